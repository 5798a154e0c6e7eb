"""The HTTP API of a running conformance suite."""

import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

ENDED = ("FINISHED", "INTERRUPTED")


class Suite:
    """A suite at a base URL. `ca_file` names the authority of its certificate, if the system does not trust it."""

    def __init__(self, url, ca_file=None):
        self.url = url.rstrip("/")
        self.context = ssl.create_default_context(cafile=ca_file) if self.url.startswith("https:") else None

    def callback(self, alias, name):
        """Returns a URL at which the suite receives requests for the plan with this alias."""
        return f"{self.url}/test/a/{alias}/{name}"

    def version(self):
        """Returns the version of the suite and the commit that it was built from."""
        server = self._call("GET", "server")
        return f"{server['version']} ({server['revision']})"

    def create_plan(self, name, variant, configuration):
        """Creates a plan. Returns its identifier and its modules, each with `testModule` and `variant`."""
        plan = self._call("POST", "plan", {"planName": name, "variant": json.dumps(variant)}, configuration)
        return plan["id"], plan["modules"]

    def create_module(self, plan, module):
        """Creates a run of a module, which starts at once unless it waits in the state `CONFIGURED`. Returns its identifier."""
        query = {"plan": plan, "test": module["testModule"], "variant": json.dumps(module.get("variant") or {})}
        return self._call("POST", "runner", query)["id"]

    def start(self, run):
        """Starts a run that waits."""
        self._call("POST", f"runner/{run}")

    def stop(self, run):
        """Interrupts a run."""
        try:
            self._call("DELETE", f"runner/{run}")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise

    def info(self, run):
        """Returns a record with `status` and, once the run has ended, `result`."""
        return self._call("GET", f"info/{run}")

    def log(self, run):
        """Returns the log entries of a run."""
        return self._call("GET", f"log/{run}")

    def wait(self, run, states, timeout):
        """Waits until the status of a run is one of these. Returns the record of the run, or None after the timeout."""
        ends = time.monotonic() + timeout
        while time.monotonic() < ends:
            record = self.info(run)
            if record["status"] in states:
                return record
            time.sleep(0.2)
        return None

    def _call(self, method, path, query=None, body=None):
        url = f"{self.url}/api/{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, context=self.context, timeout=60) as response:
            return json.loads(response.read() or b"null")
