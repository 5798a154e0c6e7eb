"""Runs the plans of a conformance suite against the server. See README.md in this folder."""

import argparse
import json
import pathlib
import sys
import time

import relying_party
import report
from plans import NOT_APPLICABLE, PLANS, RELYING_PARTY_PLANS, is_expected, is_fine
from provider import Provider
from relying_party import Upstream
from suite import ENDED, Suite

# A module waits 30 seconds between two uses of a code.
SECONDS = 120
# Modules that wait until the keys have been rotated.
ROTATES = ("oidcc-server-rotate-keys",)


def run_module(suite, tenant, plan, module, seconds=SECONDS):
    """Runs a module. Returns its result and its log."""
    run = suite.create_module(plan, module)
    if module["testModule"] in ROTATES and suite.wait(run, ("CONFIGURED", *ENDED), seconds):
        tenant.rotate_keys()
        suite.start(run)
    return suite.end(run, seconds)


def run_plan(suite, tenant, plan, folder):
    """Runs all modules of a plan at a tenant, and returns the results by module."""
    identifier, modules = suite.create_plan(plan.name, plan.variant, plan.configuration(suite, tenant))
    results = {}
    for module in modules:
        started = time.monotonic()
        result, log = run_module(suite, tenant, identifier, module)
        results[module["testModule"]] = result
        told(folder / tenant.title, plan, module["testModule"], (result, log), started)
    return results


def run_relying_party_plan(suite, tenant, plan, folder):
    """Runs the modules of a plan that apply to a client, and returns by module the result and what the server did.

    The redirect URI contains the name of the upstream provider. Each module has a provider of its own, and so a plan of its
    own, because servers know an earlier provider with this name for up to a second.
    """

    def create(number):
        upstream = Upstream(tenant, f"{slug(plan)}-{number}")
        return upstream, *suite.create_plan(plan.name, plan.variant, plan.configuration(upstream))

    _, _, modules = create("all")
    results = {}
    for number, module in enumerate(modules):
        name, started = module["testModule"], time.monotonic()
        if name not in NOT_APPLICABLE:
            upstream, identifier, _ = create(number)
            result, log, outcome = relying_party.run_module(suite, upstream, identifier, module, SECONDS)
            results[name] = result, outcome
            told(folder / tenant.title, plan, name, (result, log), started, outcome)
    return results


def slug(plan):
    return plan.title.lower().replace(" ", "-")


def told(folder, plan, module, ended, started, outcome=""):
    """Prints the result of a module, and stores its log."""
    result, log = ended
    place = folder / slug(plan)
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{module}.json").write_text(json.dumps(log, indent=1), encoding="utf-8")
    where = f"{folder.name:6}{plan.title:18}"
    print(f"{where}{result:12}{module} ({time.monotonic() - started:.0f} s) {outcome}".rstrip(), flush=True)
    for reason in report.reasons(log):
        print(f"{'':36}{reason}", flush=True)


def unmet(results, own):
    """Returns a line for each module that did not end as it must."""
    for (tenant, plan, module), result in flat(results):
        if not is_fine(module, result):
            yield f"{tenant}: {plan}: {module}: {result}"
    for plan, modules in own.items():
        for module, (result, outcome) in modules.items():
            if not (is_fine(module, result) and is_expected(module, outcome)):
                yield f"{plan}: {module}: {result}, {outcome}"


def flat(results):
    return (
        ((tenant, plan, module), result)
        for tenant, plans in results.items()
        for plan, modules in plans.items()
        for module, result in modules.items()
    )


def main(arguments):
    parser = argparse.ArgumentParser(description="Runs the OpenID conformance suite against the server.")
    parser.add_argument("url", help="base URL of the running suite, such as https://localhost:8443")
    parser.add_argument("--ca-file", help="PEM file with the authority of the suite's certificate")
    parser.add_argument("--host", default="localhost", help="name of this machine for the suite; by default, localhost")
    parser.add_argument("--tenant-host", default="tenant.localhost", help="another such name; by default, tenant.localhost")
    parser.add_argument("--plan", action="append", help="title of a plan to run; may be repeated; by default, all")
    parser.add_argument("--tenant", action="append", help="Own, Path or Host; may be repeated; by default, all")
    parser.add_argument("--folder", default="target/conformance", help="folder for logs; by default, target/conformance")
    parser.add_argument("--write", action="store_true", help="write the results into docs/conformance.md")
    options = parser.parse_args(arguments)
    if options.write and (options.plan or options.tenant):
        parser.error("--write needs the results of all plans at all tenants")

    def chosen(plans):
        return [plan for plan in plans if not options.plan or plan.title in options.plan]

    folder = pathlib.Path(options.folder) / time.strftime("%Y-%m-%d-%H%M%S")
    folder.mkdir(parents=True)
    suite = Suite(options.url, options.ca_file)
    version = suite.version()
    with Provider(options.host, options.tenant_host, options.ca_file, folder / "server.log") as provider:
        tenants = [tenant for tenant in provider.tenants if not options.tenant or tenant.title in options.tenant]
        results = {
            tenant.title: {plan.title: run_plan(suite, tenant, plan, folder) for plan in chosen(PLANS)} for tenant in tenants
        }
        plans = chosen(RELYING_PARTY_PLANS)
        own = {plan.title: run_relying_party_plan(suite, tenants[0], plan, folder) for plan in plans}
    texts = {report.RESULTS: report.provider(results, version), report.RELYING_PARTY: report.relying_party(own, version)}
    (folder / "results.md").write_text("\n".join(texts.values()), encoding="utf-8")
    print("\n" + "\n".join(texts.values()) + f"\nLogs: {folder}")
    if options.write:
        for place, text in texts.items():
            report.document(place, text)
    lines = list(unmet(results, own))
    for line in lines:
        print(f"not met: {line}", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
