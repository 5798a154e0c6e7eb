"""Tables of results."""

import collections
import pathlib
import time

from plans import NOT_APPLICABLE

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "conformance.md"
# Names of the places on the page.
RESULTS, RELYING_PARTY = "results", "results as a relying party"
TENANTS = {
    "Own": "the server's own",
    "Path": "at a path: `ISSUER/t/conformance`",
    "Host": "at a host: `https://tenant.localhost`",
}


def reasons(log):
    """Returns the failures and warnings of a log, one line of at most 250 characters each."""
    entries = (entry for entry in log if entry.get("result") in ("FAILURE", "WARNING"))
    return [f"{entry['result']}: {entry.get('src')}: {entry.get('msg')}"[:250] for entry in entries]


def provider(results, version):
    """Returns the numbers of results at each tenant, the modules that differ, and the results at the first tenant."""
    first = next(iter(results), None)
    counts = {tenant: counted(plans.values()) for tenant, plans in results.items()}
    names = dict.fromkeys(["passed", "review", "skipped", "failed", *(name for count in counts.values() for name in count)])
    rows = [[TENANTS[tenant], *(count[name] for name in names)] for tenant, count in counts.items()]
    different = [
        [TENANTS[tenant], plan, module, result.lower(), results[first][plan].get(module, "not run").lower()]
        for tenant, plans in results.items()
        for plan, modules in plans.items()
        for module, result in modules.items()
        if result != results[first][plan].get(module)
    ]
    runs = sum(sum(count.values()) for count in counts.values())
    parts = [f"{intro(version)}, {runs} module runs. In each tenant:", table(["tenant", *names], rows)]
    if different:
        parts.append("The modules with another result than in the server's own tenant:")
        parts.append(table(["tenant", "plan", "module", "result", "own tenant"], different))
        parts.append("In the server's own tenant:")
    else:
        parts.append("Every module has the same result in all tenants:")
    plans = results[first] if first else {}
    modules = dict.fromkeys(module for plan in plans.values() for module in plan)
    rows = [[module, *(plan.get(module, "").lower() for plan in plans.values())] for module in modules]
    return "\n\n".join([*parts, table(["module", *plans], rows)]) + "\n"


def relying_party(results, version):
    """Returns the results of the plans in which the server is a client, and the modules that do not apply."""
    modules = {}
    for plan in results.values():
        for module, (_, outcome) in plan.items():
            outcomes = modules.setdefault(module, [])
            outcomes += [] if outcome in outcomes else [outcome]
    total = counted({module: result for module, (result, _) in plan.items()} for plan in results.values())
    numbers = ", ".join(f"{number} {name}" for name, number in total.most_common())
    rows = [
        [module, *(plan.get(module, ("", ""))[0].lower() for plan in results.values()), "; ".join(outcomes)]
        for module, outcomes in modules.items()
    ]
    parts = [
        f"{intro(version)}, {sum(total.values())} module runs: {numbers}.",
        table(["module", *results, "the server"], rows),
        "These modules of `oidcc-client-test-plan` do not apply:",
        table(["module", "reason"], NOT_APPLICABLE.items()),
    ]
    return "\n\n".join(parts) + "\n"


def intro(version):
    return f"On {time.strftime('%Y-%m-%d')}, with version {version} of the suite"


def counted(plans):
    return collections.Counter(result.lower() for modules in plans for result in modules.values())


def table(heads, rows):
    head, *lines = (f"| {' | '.join(str(cell) for cell in cells)} |" for cells in (heads, *rows))
    return "\n".join([head, "|---" * len(heads) + "|", *lines])


def document(place, text, page=PAGE):
    """Replaces the text at a place of a page."""
    begin, end = marks(place)
    before, found, rest = page.read_text(encoding="utf-8").partition(begin + "\n")
    _, ends, after = rest.partition(end)
    if not found or not ends:
        raise ValueError(f"{page} has no place for {place}")
    page.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")


def marks(place):
    """Returns the lines around a place of the page."""
    return f"<!-- {place}: written by scripts/conformance -->", f"<!-- end of {place} -->"
