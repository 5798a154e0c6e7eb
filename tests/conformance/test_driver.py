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

import plans
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


class Page(unittest.TestCase):
    def page(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        page = pathlib.Path(folder.name) / "page.md"
        page.write_text(text, encoding="utf-8")
        return page

    def test_results_replace_only_earlier_results(self):
        page = self.page(f"before\n{report.BEGIN}\nearlier\n{report.END}\nafter\n")
        report.document("now\n", page)
        self.assertEqual(page.read_text(encoding="utf-8"), f"before\n{report.BEGIN}\n\nnow\n\n{report.END}\nafter\n")

    def test_page_without_place_for_results_is_error(self):
        for text in ("", report.BEGIN + "\n", report.END):
            with self.assertRaises(ValueError):
                report.document("now\n", self.page(text))

    def test_documentation_has_place_for_results(self):
        text = report.PAGE.read_text(encoding="utf-8")
        self.assertEqual((text.count(report.BEGIN), text.count(report.END)), (1, 1))

    def test_table_has_row_per_module_and_column_per_plan(self):
        text = report.table({"Basic": {"a": "PASSED", "b": "REVIEW"}, "Config": {"b": "FAILED"}}, "1.2.3")
        self.assertIn("version 1.2.3 of the suite, 3 module runs: 1 passed, 1 review, 1 failed.", text)
        self.assertTrue(text.endswith("| a | passed |  |\n| b | review | failed |\n"), text)


class Product(unittest.TestCase):
    """The driver with the server, against a suite that only answers."""

    def drive(self, **fake):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        errors = io.StringIO()
        output = contextlib.redirect_stdout(io.StringIO())
        with FakeSuite(**fake) as suite, output, contextlib.redirect_stderr(errors):
            status = run.main([suite.url, "--folder", folder.name])
        (logs,) = pathlib.Path(folder.name).iterdir()
        return status, suite, logs, errors.getvalue()

    def test_every_plan_runs_with_clients_of_its_own(self):
        status, suite, logs, _ = self.drive()
        self.assertEqual(status, 0)
        configurations = [plan["configuration"] for plan in suite.plans.values()]
        self.assertEqual([plan["name"] for plan in suite.plans.values()], [plan.name for plan in plans.PLANS])
        clients = [each[client]["client_id"] for each in configurations for client in plans.CLIENTS]
        self.assertEqual(len(set(clients)), len(plans.PLANS) * len(plans.CLIENTS))
        for plan in plans.PLANS:
            log = json.loads((logs / plan.alias / "module.json").read_text(encoding="utf-8"))
            self.assertEqual(log[0]["msg"], "log of module")
        self.assertIn("| module |" + " passed |" * len(plans.PLANS), (logs / "results.md").read_text(encoding="utf-8"))

    def test_failed_module_is_named_and_fails_the_run(self):
        status, _, _, errors = self.drive(modules=["good", "bad"], ends={"bad": "FAILED"})
        self.assertEqual(status, 1)
        self.assertIn("not met: Basic: bad: FAILED", errors)
        self.assertNotIn("good", errors)

    def test_server_has_issuer_behind_tls_and_rotates_keys(self):
        with Provider() as provider:
            context = ssl.create_default_context(cafile=provider.certificate)
            with urllib.request.urlopen(f"{provider.issuer}/.well-known/openid-configuration", context=context) as metadata:
                self.assertEqual(json.load(metadata)["issuer"], provider.issuer)
            before = keys(provider)
            provider.rotate_keys()
            self.assertGreater(keys(provider), before)


def keys(provider):
    return {key["kid"] for key in json.loads(provider.document("/oauth2/jwks.json"))["keys"]}


if __name__ == "__main__":
    unittest.main()
