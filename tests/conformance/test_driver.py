"""Tests of the driver. They need the server, but no suite."""

import contextlib
import io
import json
import pathlib
import ssl
import tempfile
import unittest
import urllib.request
from unittest import mock

import fake_upstream
import plans
import relying_party
import report
import run
from fake_suite import FakeSuite
from provider import Provider
from suite import Suite


class Rotations:
    """Stands in for the server where only its keys matter."""

    def __init__(self, events):
        self.events = events

    def rotate_keys(self):
        self.events.append("rotate")


def ended(**fake):
    """Runs one module against a suite. Returns the result, what happened, and whether the driver stopped the run."""
    with FakeSuite(**fake) as suite:
        module = {"testModule": suite.modules[0]}
        result, _ = run.run_module(Suite(suite.url), Rotations(suite.events), "plan", module, seconds=1)
        return result, suite.events, bool(suite.stopped)


class Modules(unittest.TestCase):
    def test_result_is_that_of_suite(self):
        for result in ("PASSED", "REVIEW", "SKIPPED", "WARNING", "FAILED", "INTERRUPTED"):
            self.assertEqual(ended(ends={"module": result}), (result, ["create module"], False))

    def test_module_that_never_ends_is_stopped(self):
        self.assertEqual(ended(ends={"module": "WAITING"}), ("TIMEOUT", ["create module"], True))

    def test_keys_are_rotated_before_module_starts(self):
        module = "oidcc-server-rotate-keys"
        result, events, _ = ended(modules=[module], starts=[module])
        self.assertEqual((result, events), ("PASSED", [f"create {module}", "rotate", f"start {module}"]))


class Verdict(unittest.TestCase):
    def test_only_passed_reviewed_and_skipped_modules_are_fine(self):
        for result in ("PASSED", "REVIEW", "SKIPPED"):
            self.assertTrue(plans.is_fine("module", result), result)
        for result in ("WARNING", "FAILED", "INTERRUPTED", "TIMEOUT", "UNKNOWN"):
            self.assertFalse(plans.is_fine("module", result), result)

    def test_exception_allows_only_its_result(self):
        with mock.patch.dict(plans.EXCEPTIONS, {"module": ("WARNING", "the suite is wrong")}):
            self.assertTrue(plans.is_fine("module", "WARNING"))
            self.assertFalse(plans.is_fine("module", "FAILED"))
            self.assertFalse(plans.is_fine("another", "WARNING"))

    def test_client_signs_in_or_refuses_as_module_demands(self):
        lie = "oidcc-client-test-nonce-invalid"
        self.assertTrue(plans.is_expected("oidcc-client-test", "signed in"))
        self.assertFalse(plans.is_expected("oidcc-client-test", "refused: nonce is not the one of the request"))
        self.assertTrue(plans.is_expected(lie, "refused: nonce is not the one of the request"))
        self.assertFalse(plans.is_expected(lie, "refused: aud is not the client ID"))
        self.assertFalse(plans.is_expected(lie, "signed in"))

    def test_client_is_signed_out_unless_logout_must_be_refused(self):
        module = "oidcc-client-test-rp-backchannel-rpinitlogout"
        self.assertTrue(plans.is_expected(module, "signed out"))
        self.assertFalse(plans.is_expected(module, "signed in"))
        self.assertFalse(plans.is_expected(f"{module}-wrong-aud", "signed out"))


class Page(unittest.TestCase):
    def page(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        page = pathlib.Path(folder.name) / "page.md"
        page.write_text(text, encoding="utf-8")
        return page

    def test_results_replace_only_earlier_results(self):
        begin, end = report.marks("results")
        other = "\n".join(report.marks("results as a relying party"))
        page = self.page(f"before\n{begin}\nearlier\n{end}\nafter\n{other}\n")
        report.document("results", "now\n", page)
        self.assertEqual(page.read_text(encoding="utf-8"), f"before\n{begin}\n\nnow\n\n{end}\nafter\n{other}\n")

    def test_page_without_place_for_results_is_error(self):
        begin, end = report.marks("results")
        for text in ("", begin + "\n", end):
            with self.assertRaises(ValueError):
                report.document("results", "now\n", self.page(text))

    def test_documentation_has_places_for_results(self):
        text = report.PAGE.read_text(encoding="utf-8")
        for place in (report.RESULTS, report.RELYING_PARTY):
            self.assertEqual([text.count(mark) for mark in report.marks(place)], [1, 1])

    def test_table_has_row_per_module_and_column_per_plan(self):
        text = report.provider({"Own": {"Basic": {"a": "PASSED", "b": "REVIEW"}, "Config": {"b": "FAILED"}}}, "1.2.3")
        self.assertIn("version 1.2.3 of the suite, 3 module runs. In each tenant:", text)
        self.assertIn("| tenant | passed | review | skipped | failed |\n", text)
        self.assertIn("| the server's own | 1 | 1 | 0 | 1 |\n", text)
        self.assertTrue(text.endswith("| a | passed |  |\n| b | review | failed |\n"), text)

    def test_module_with_other_result_in_tenant_is_listed(self):
        same = {"Own": {"Basic": {"a": "PASSED"}}, "Path": {"Basic": {"a": "PASSED"}}}
        self.assertIn("Every module has the same result in all tenants:", report.provider(same, "1.2.3"))
        other = report.provider({**same, "Path": {"Basic": {"a": "FAILED"}}}, "1.2.3")
        self.assertNotIn("Every module", other)
        self.assertIn(f"| {report.TENANTS['Path']} | Basic | a | failed | passed |", other)

    def test_table_as_relying_party_says_what_the_server_did(self):
        results = {"Basic RP": {"a": ("PASSED", "signed in")}, "Config RP": {"a": ("FAILED", "refused: it lies")}}
        text = report.relying_party(results, "1.2.3")
        self.assertIn("2 module runs: 1 passed, 1 failed.", text)
        self.assertIn("| a | passed | failed | signed in; refused: it lies |", text)
        for module in plans.NOT_APPLICABLE:
            self.assertIn(f"| {module} |", text)


class Product(unittest.TestCase):
    """The driver with the server, against a suite that only answers."""

    def drive(self, *options, **fake):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        errors = io.StringIO()
        output = contextlib.redirect_stdout(io.StringIO())
        with FakeSuite(**fake) as suite, output, contextlib.redirect_stderr(errors):
            status = run.main([suite.url, "--folder", folder.name, *options])
        (logs,) = pathlib.Path(folder.name).iterdir()
        return status, suite, logs, errors.getvalue()

    def test_every_plan_runs_in_every_tenant_with_clients_of_its_own(self):
        status, suite, logs, errors = self.drive()
        self.assertEqual((status, errors), (0, ""))
        names = [plan.name for plan in plans.PLANS] * 3
        # One to list the modules, and one for each module.
        names += [plan.name for plan in plans.RELYING_PARTY_PLANS for _ in range(2)]
        self.assertEqual([plan["name"] for plan in suite.plans.values()], names)
        configurations = [plan["configuration"] for plan in suite.plans.values() if "server" in plan["configuration"]]
        clients = [each[client]["client_id"] for each in configurations for client in plans.CLIENTS]
        self.assertEqual(len(set(clients)), len(configurations) * len(plans.CLIENTS))
        self.assertEqual(len({each["alias"] for each in configurations}), len(configurations))
        issuers = dict.fromkeys(each["server"]["discoveryUrl"].partition("/.well-known/")[0] for each in configurations)
        own, path, host = issuers
        self.assertEqual((path, host), (f"{own}/t/conformance", own.replace("localhost", "tenant.localhost")))
        for tenant in report.TENANTS:
            for plan in plans.PLANS:
                title = plan.title.lower().replace(" ", "-")
                log = json.loads((logs / tenant / title / "module.json").read_text(encoding="utf-8"))
                self.assertEqual(log[0]["msg"], "log of module")
        results = (logs / "results.md").read_text(encoding="utf-8")
        self.assertIn("| module |" + " passed |" * len(plans.PLANS), results)
        self.assertIn("| oidcc-client-test |" + " passed |" * len(plans.RELYING_PARTY_PLANS) + " signed in |", results)

    def test_failed_module_is_named_and_fails_the_run(self):
        options = "--tenant", "Path", "--plan", "Basic"
        status, _, _, errors = self.drive(*options, modules=["good", "bad"], ends={"bad": "FAILED"})
        self.assertEqual(status, 1)
        self.assertIn("not met: Path: Basic: bad: FAILED", errors)
        self.assertNotIn("good", errors)

    def test_server_signs_in_at_suite_and_refuses_its_lies(self):
        modules = {
            "oidcc-client-test": "signed in",
            "oidcc-client-test-invalid-iss": "refused: iss is not the issuer of the provider",
            "oidcc-client-test-missing-sub": "refused: sub is missing or too long",
            "oidcc-client-test-nonce-invalid": "refused: nonce is not the one of the request",
            "oidcc-client-test-discovery-jwks-uri-keys": "refused: no key of the provider has the kid and alg of the token",
            "oidcc-client-test-signing-key-rotation": "signed in",
            "oidcc-client-test-rp-backchannel-rpinitlogout": "signed out",
            "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud": "refused: aud is not the client ID",
            "oidcc-client-test-rp-frontchannel-rpinitlogout": "signed out",
        }
        with mock.patch.object(relying_party, "PAUSE", 0):
            status, suite, logs, errors = self.drive(
                "--tenant", "Own", "--plan", "Basic RP", client_modules=[*modules, *plans.NOT_APPLICABLE]
            )
        self.assertEqual((status, errors), (0, ""))
        results = (logs / "results.md").read_text(encoding="utf-8")
        for module, outcome in modules.items():
            self.assertIn(f"| {module} | passed | {outcome} |", results)
        self.assertEqual(list(suite.runs.values()), list(modules))

    def test_client_that_believes_lie_fails_the_run(self):
        module = "oidcc-client-test-nonce-invalid"
        with mock.patch.dict(fake_upstream.LIES, {module: {}}):
            status, _, _, errors = self.drive("--tenant", "Own", "--plan", "Basic RP", client_modules=[module])
        self.assertEqual(status, 1)
        self.assertIn(f"not met: Basic RP: {module}: PASSED, signed in", errors)

    def test_server_has_issuer_behind_tls_and_rotates_keys_of_each_tenant(self):
        with Provider() as provider:
            own = provider.tenants[0]
            context = ssl.create_default_context(cafile=provider.certificate)
            with urllib.request.urlopen(f"{own.issuer}/.well-known/openid-configuration", context=context) as metadata:
                self.assertEqual(json.load(metadata)["issuer"], own.issuer)
            for tenant in provider.tenants:
                metadata = json.loads(tenant.document("/.well-known/openid-configuration"))
                self.assertEqual(metadata["issuer"], tenant.issuer)
                before = {tenant.title: keys(tenant) for tenant in provider.tenants}
                tenant.rotate_keys()
                for other in provider.tenants:
                    self.assertEqual(keys(other) > before[other.title], other is tenant)


def keys(tenant):
    return {key["kid"] for key in json.loads(tenant.document("/oauth2/jwks.json"))["keys"]}


if __name__ == "__main__":
    unittest.main()
