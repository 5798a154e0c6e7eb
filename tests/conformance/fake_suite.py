"""A small stand-in for the suite: answers its API, and ends each module as it is told."""

import http.server
import json
import threading
import urllib.parse

from fake_upstream import FakeUpstream


class FakeSuite:
    """`ends` maps a module to its end: a result, or a status in which it stays. The default is `PASSED`.

    `starts` names modules that wait for a start, and `client_modules` those of plans for a relying party. `events` lists
    what happened, in order.
    """

    def __init__(self, modules=("module",), ends=None, starts=(), client_modules=("oidcc-client-test",)):
        self.modules, self.ends, self.starts, self.client_modules = modules, ends or {}, starts, client_modules
        self.events, self.plans, self.runs, self.stopped, self.started = [], {}, {}, set(), set()
        self.clients, self.upstream = {}, FakeUpstream()

    def __enter__(self):
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path, _, query = self.path.partition("?")
                if path.startswith("/test/"):
                    self.provide(path, query)
                else:
                    self.respond(fake.read(path.removeprefix("/api/")))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.removeprefix("/api/").partition("?")
                if path.startswith("/test/"):
                    self.provide(path, body.decode())
                    return
                self.respond(fake.write(path, dict(urllib.parse.parse_qsl(query)), json.loads(body or b"null")))

            def do_DELETE(self):
                fake.stopped.add(self.path.rpartition("/")[2])
                self.respond({})

            def provide(self, path, query):
                status, body, target = fake.provide(path, dict(urllib.parse.parse_qsl(query)))
                self.send_response(status)
                if target:
                    self.send_header("Location", target)
                self.end_headers()
                self.wfile.write(body.encode())

            def respond(self, value):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(value).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.upstream.folder.cleanup()

    def write(self, path, query, body):
        if path == "plan":
            plan = f"plan-{len(self.plans)}"
            self.plans[plan] = {"name": query["planName"], "variant": json.loads(query["variant"]), "configuration": body}
            modules = self.client_modules if "-client-" in query["planName"] else self.modules
            return {"id": plan, "modules": [{"testModule": module, "variant": {}} for module in modules]}
        if path == "runner":
            run = f"run-{len(self.runs)}"
            self.runs[run] = query["test"]
            self.clients[run] = self.plans.get(query["plan"], {}).get("configuration", {}).get("client")
            self.events.append(f"create {query['test']}")
            return {"id": run}
        run = path.rpartition("/")[2]
        self.started.add(run)
        self.events.append(f"start {self.runs[run]}")
        return {}

    def provide(self, path, parameters):
        """Answers as the provider of a run."""
        run, _, endpoint = path.removeprefix("/test/").partition("/")
        return self.upstream.answer(run, self.issuer(run), self.runs[run], self.clients[run], endpoint, parameters)

    def issuer(self, run):
        return f"{self.url}/test/{run}/"

    def read(self, path):
        kind, _, run = path.partition("/")
        if kind == "server":
            return {"version": "1.2.3", "revision": "abcdef0"}
        module = self.runs[run]
        if kind == "runner":
            return {"exposed": {"issuer": self.issuer(run)}}
        if kind == "log":
            check = {"src": "Check", "msg": f"log of {module}", "result": "WARNING"}
            token = self.upstream.tokens.get(run)
            return [check, {"Created token endpoint response": {"id_token": token}}] if token else [check]
        end = self.ends.get(module, "PASSED")
        if "-client-" in module and run not in {run for run, _ in self.upstream.requests}:
            return {"status": "WAITING"}
        if module in self.starts and run not in self.started:
            return {"status": "CONFIGURED"}
        if run in self.stopped:
            return {"status": "INTERRUPTED", "result": "FAILED"}
        if end in ("WAITING", "INTERRUPTED"):
            return {"status": end}
        return {"status": "FINISHED", "result": end}
