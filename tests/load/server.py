"""A server with a fresh store, and requests to it from chosen loopback addresses."""

import asyncio
import json
import os
import re
import signal
import subprocess
import tempfile

BINARY = os.environ.get("COUNTERSIGN_BIN", "target/debug/countersign")
CALLBACK = "http://127.0.0.1:9000/callback"


class Server:
    """Runs `countersign serve` on a random port, with one public client. `settings` are environment variables. `prepare` is
    called with the server before it starts."""

    def __init__(self, prepare=None, **settings):
        self.prepare = prepare
        self.settings = settings

    async def __aenter__(self):
        self.folder = tempfile.TemporaryDirectory()
        place = self.folder.name
        self.environment = {
            **os.environ,
            "COUNTERSIGN__ISSUER": "http://localhost:8080",
            "COUNTERSIGN__HOSTS": "*",
            "COUNTERSIGN__LISTEN": "127.0.0.1:0",
            "COUNTERSIGN__STORE__URL": f"sqlite://{place}/store.db",
            "COUNTERSIGN__MASTER_KEY_FILE": f"{place}/master.key",
            **self.settings,
        }
        with open(f"{place}/master.key", "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as key:
            key.write(self.command("keys", "generate-master"))
        created = self.command(
            "clients", "create", "--name", "Load", "--grant-type", "authorization_code", "--public",
            "--redirect-uri", CALLBACK, "--scope", "openid", "--json",
        )
        self.client = json.loads(created)["client_id"]
        if self.prepare is not None:
            self.prepare(self)
        self.process = await asyncio.create_subprocess_exec(
            BINARY, "serve", env=self.environment, stderr=asyncio.subprocess.PIPE, limit=1 << 20
        )
        self.port = None
        while self.port is None:
            line = (await asyncio.wait_for(self.process.stderr.readline(), 60)).decode()
            if not line:
                raise RuntimeError("the server ended")
            found = re.search(r"listening on 127\.0\.0\.1:(\d+)", line)
            self.port = found and int(found.group(1))
        self.drained = asyncio.create_task(drain(self.process.stderr))
        return self

    async def __aexit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), 30)
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()
        await self.drained
        self.folder.cleanup()

    def command(self, *arguments, **options):
        """Runs a command and returns its output."""
        command = [BINARY, *arguments]
        run = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True, **options)
        return run.stdout

    def resident(self):
        """Resident memory in MiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            kilobytes = re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)
        return int(kilobytes) // 1024


async def drain(stream):
    while await stream.read(1 << 16):
        pass


async def connect(server, address):
    """Opens a connection from a loopback address."""
    return await asyncio.open_connection("127.0.0.1", server.port, local_addr=(address, 0))


async def request(server, method, path, body="", address="127.0.0.1", headers=""):
    """Sends one request on a connection of its own and returns the status."""
    reader, writer = await connect(server, address)
    try:
        writer.write(head(method, path, body, headers) + body.encode())
        line = await reader.readline()
        await reader.read()
        return int(line.split()[1])
    finally:
        writer.close()


def head(method, path, body="", headers="", connection="close"):
    kind = "Content-Type: application/json\r\n" if body else ""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\n{kind}{headers}"
        f"Content-Length: {len(body.encode())}\r\n\r\n"
    ).encode()
