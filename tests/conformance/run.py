"""Runs the plans of a conformance suite against the server. See README.md in this folder."""

import argparse
import json
import pathlib
import sys
import time

from plans import PLANS, is_fine
from provider import Provider
from report import document, reasons, table
from suite import ENDED, Suite

# A module waits 30 seconds between two uses of a code.
SECONDS = 120
# Modules that wait until the keys have been rotated.
ROTATES = ("oidcc-server-rotate-keys",)


def run_module(suite, provider, plan, module, seconds=SECONDS):
    """Runs a module. Returns its result and its log."""
    run = suite.create_module(plan, module)
    if module["testModule"] in ROTATES and suite.wait(run, ("CONFIGURED", *ENDED), seconds):
        provider.rotate_keys()
        suite.start(run)
    record = suite.wait(run, ENDED, seconds)
    if record is None:
        suite.stop(run)
        suite.wait(run, ENDED, seconds)
        return "TIMEOUT", suite.log(run)
    return "INTERRUPTED" if record["status"] == "INTERRUPTED" else record["result"], suite.log(run)


def run_plan(suite, provider, plan, folder):
    """Runs all modules of a plan, prints and stores the results, and returns them by module."""
    identifier, modules = suite.create_plan(plan.name, plan.variant, plan.configuration(suite, provider))
    results = {}
    (folder / plan.alias).mkdir()
    for module in modules:
        name, started = module["testModule"], time.monotonic()
        result, log = run_module(suite, provider, identifier, module)
        results[name] = result
        (folder / plan.alias / f"{name}.json").write_text(json.dumps(log, indent=1), encoding="utf-8")
        print(f"{plan.title:14}{result:12}{name} ({time.monotonic() - started:.0f} s)", flush=True)
        for reason in reasons(log):
            print(f"{'':26}{reason}", flush=True)
    return results


def main(arguments):
    parser = argparse.ArgumentParser(description="Runs the OpenID conformance suite against the server.")
    parser.add_argument("url", help="base URL of the running suite, such as https://localhost:8443")
    parser.add_argument("--ca-file", help="PEM file with the authority of the suite's certificate")
    parser.add_argument("--host", default="localhost", help="name of this machine for the suite; by default, localhost")
    parser.add_argument("--plan", action="append", help="title of a plan to run; may be repeated; by default, all")
    parser.add_argument("--folder", default="target/conformance", help="folder for logs; by default, target/conformance")
    parser.add_argument("--write", action="store_true", help="write the results into docs/conformance.md")
    options = parser.parse_args(arguments)
    plans = [plan for plan in PLANS if not options.plan or plan.title in options.plan]
    if options.write and plans != PLANS:
        parser.error("--write needs the results of all plans")

    folder = pathlib.Path(options.folder) / time.strftime("%Y-%m-%d-%H%M%S")
    folder.mkdir(parents=True)
    suite = Suite(options.url, options.ca_file)
    version = suite.version()
    with Provider(options.host, options.ca_file, folder / "server.log") as provider:
        results = {plan.title: run_plan(suite, provider, plan, folder) for plan in plans}
    text = table(results, version)
    (folder / "results.md").write_text(text, encoding="utf-8")
    print(f"\n{text}\nLogs: {folder}")
    if options.write:
        document(text)
    unmet = [
        f"{plan}: {module}: {result}"
        for plan, modules in results.items()
        for module, result in modules.items()
        if not is_fine(module, result)
    ]
    for line in unmet:
        print(f"not met: {line}", file=sys.stderr)
    return 1 if unmet else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
