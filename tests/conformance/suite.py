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
        self.url, self.ca_file = url.rstrip("/"), ca_file
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

    def issuer(self, run):
        """Returns the issuer of a run in which the suite is the provider."""
        return self._call("GET", f"runner/{run}")["exposed"]["issuer"]

    def id_token(self, run):
        """Returns the ID token that the suite issued in a run."""
        responses = (entry.get("Created token endpoint response", {}) for entry in self.log(run))
        return next(response["id_token"] for response in responses if "id_token" in response)

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

    def end(self, run, timeout):
        """Waits until a run has ended, and stops it after the timeout. Returns its result and its log."""
        record = self.wait(run, ENDED, timeout)
        if record is None:
            self.stop(run)
            self.wait(run, ENDED, timeout)
            return "TIMEOUT", self.log(run)
        return "INTERRUPTED" if record["status"] == "INTERRUPTED" else record["result"], self.log(run)

    def _call(self, method, path, query=None, body=None):
        url = f"{self.url}/api/{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, context=self.context, timeout=60) as response:
            return json.loads(response.read() or b"null")
