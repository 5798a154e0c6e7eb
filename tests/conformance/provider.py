"""The server under test: `countersign serve` with a fresh store, behind HAProxy, which terminates TLS."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

BINARY = os.environ.get("COUNTERSIGN_BIN", "target/debug/countersign")
SCOPE = "openid profile email address phone offline_access"
EMAIL, PASSWORD = "jane@example.com", "correct horse battery"
# The suite warns about each claim that is missing at userinfo.
CLAIMS = {
    "given_name": "Jane",
    "family_name": "Doe",
    "middle_name": "Q.",
    "nickname": "Janie",
    "preferred_username": "jane",
    "profile": "https://jane.example.com/",
    "picture": "https://jane.example.com/jane.png",
    "website": "https://jane.example.com/blog",
    "gender": "female",
    "birthdate": "1987-10-16",
    "zoneinfo": "Europe/London",
    "locale": "en-GB",
    "email_verified": True,
    "phone_number": "+44 20 7946 0123",
    "phone_number_verified": True,
    "address": {"street_address": "1 High Street", "locality": "London", "postal_code": "SW1A 1AA", "country": "GBR"},
}
PROXY = """
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen countersign
  bind {address}:{port} ssl crt {folder}/front.pem
  server countersign {inner}
"""


class Provider:
    """The server, with its own tenant, one at a path and one at a host.

    `host` is the name of this machine for the suite, and `tenant_host` another one. `ca_file` names the authority of the
    suite's certificate, if any.
    """

    def __init__(self, host="localhost", tenant_host="tenant.localhost", ca_file=None, log=None):
        self.host, self.tenant_host, self.ca_file, self.log = host, tenant_host, ca_file, log
        self.running, self.reader = [], None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="countersign-conformance-")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.reader:
            self.reader.join()
        shutil.rmtree(self.folder)

    def _start(self):
        place = pathlib.Path(self.folder)
        address = "127.0.0.1" if self.host == "localhost" else "0.0.0.0"
        port = free_port(address)
        issuer = f"https://{self.host}:{port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN__")},
            "COUNTERSIGN__ISSUER": issuer,
            # The port behind the TLS proxy differs from that of the issuer.
            "COUNTERSIGN__HOSTS": "*",
            "COUNTERSIGN__LISTEN": "127.0.0.1:0",
            "COUNTERSIGN__STORE__URL": f"sqlite://{place}/store.db",
            "COUNTERSIGN__MASTER_KEY_FILE": f"{place}/master.key",
            # The suite runs on this machine or near it.
            "COUNTERSIGN__OUTBOUND__PRIVATE_NETWORKS": "back_channel_logout",
        }
        if self.ca_file:
            self.environment["COUNTERSIGN__OUTBOUND__CA_FILE"] = os.path.abspath(self.ca_file)
        with open(place / "master.key", "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as key:
            key.write(self.command("keys", "generate-master"))
        (place / "claims.json").write_text(json.dumps(CLAIMS), encoding="utf-8")
        self.command("tenants", "create", "conformance")
        self.command("tenants", "create", "hosted", "--host", f"{self.tenant_host}:{port}")
        self.tenants = [
            Tenant(self, "Own", issuer),
            Tenant(self, "Path", f"{issuer}/t/conformance", "conformance"),
            Tenant(self, "Host", f"https://{self.tenant_host}:{port}", "hosted"),
        ]
        for tenant in self.tenants:
            tenant.command(
                "users", "create", "--email", EMAIL, "--name", "Jane Q. Doe", "--password-stdin",
                "--claims", str(place / "claims.json"), input=PASSWORD,
            )
        self.inner = f"127.0.0.1:{self._serve()}"
        self._certificate(place)
        proxy = PROXY.format(address=address, port=port, folder=place, inner=self.inner)
        (place / "haproxy.cfg").write_text(proxy, encoding="ascii")
        haproxy = shutil.which("haproxy") or "/usr/sbin/haproxy"
        self.running.append(subprocess.Popen([haproxy, "-q", "-f", place / "haproxy.cfg"]))
        within(30, lambda: is_open(port), "HAProxy does not start")

    def _serve(self):
        server = subprocess.Popen([BINARY, "serve"], env=self.environment, stderr=subprocess.PIPE, text=True)
        self.running.append(server)
        listening = threading.Event()
        found = []

        def read():
            with server.stderr, open(self.log or os.devnull, "w", buffering=1, encoding="utf-8") as log:
                for line in server.stderr:
                    log.write(line)
                    port = re.search(r"listening on 127\.0\.0\.1:(\d+)", line)
                    if port and not found:
                        found.append(int(port.group(1)))
                        listening.set()
            listening.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        if not listening.wait(60) or not found:
            raise RuntimeError("the server does not start")
        return found[0]

    def _certificate(self, place):
        kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        names = ["-subj", f"/CN={self.host}", "-addext", f"subjectAltName=DNS:{self.host},DNS:{self.tenant_host}"]
        files = ["-keyout", place / "key.pem", "-out", place / "cert.pem"]
        subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)
        (place / "front.pem").write_bytes((place / "cert.pem").read_bytes() + (place / "key.pem").read_bytes())
        self.certificate = place / "cert.pem"

    def command(self, *arguments, input=None):
        """Runs a command and returns its output."""
        done = subprocess.run(
            [BINARY, *arguments], env=self.environment, input=input, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"countersign {' '.join(arguments)}: {done.stderr}")
        return done.stdout


class Tenant:
    """An issuer of the server. `title` says where it is. `name` is None for the server's own tenant."""

    def __init__(self, provider, title, issuer, name=None):
        self.provider, self.title, self.issuer = provider, title, issuer
        self.options = ["--tenant", name] if name else []

    def command(self, *arguments, input=None):
        """Runs a command for this tenant and returns its output."""
        return self.provider.command(*arguments, *self.options, input=input)

    def document(self, path):
        """Returns the body of a GET request below the issuer."""
        url = urllib.parse.urlsplit(self.issuer + path)
        request = urllib.request.Request(f"http://{self.provider.inner}{url.path}", headers={"Host": url.netloc})
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=10) as response:
            return response.read().decode()

    def client(self, name, redirect_uri, options=()):
        """Registers a client and returns its credentials, in the suite's names.

        The suite sends no PKCE challenge, and expects the claims of the scope only at userinfo.
        """
        created = json.loads(self.command(
            "clients", "create", "--name", name, "--grant-type", "authorization_code,refresh_token", "--no-pkce",
            "--scope-claims-in-id-token", "none", "--scope", SCOPE, "--redirect-uri", redirect_uri, *options, "--json",
        ))
        return {"client_id": created["client_id"], "client_secret": created["client_secret"]}

    def rotate_keys(self):
        """Rotates the signing keys and waits until the server publishes the new ones."""
        before = self.document("/oauth2/jwks.json")
        self.command("keys", "rotate")
        within(30, lambda: self.document("/oauth2/jwks.json") != before, "the server does not publish the new keys")


def within(seconds, holds, error):
    """Waits until a condition holds."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            raise RuntimeError(error)
        time.sleep(0.1)


def is_open(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def free_port(address):
    with socket.socket() as place:
        place.bind((address, 0))
        return place.getsockname()[1]
