"""Tables of results."""

import collections
import pathlib
import time

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "conformance.md"
# The results are between these lines.
BEGIN, END = "<!-- results: written by scripts/conformance -->", "<!-- end of results -->"


def reasons(log):
    """Returns the failures and warnings of a log, one line of at most 250 characters each."""
    entries = (entry for entry in log if entry.get("result") in ("FAILURE", "WARNING"))
    return [f"{entry['result']}: {entry.get('src')}: {entry.get('msg')}"[:250] for entry in entries]


def table(results, version):
    """Returns a table of modules and plans, with the date, the version of the suite and the number of each result."""
    counts = collections.Counter(result for modules in results.values() for result in modules.values())
    total = ", ".join(f"{count} {result.lower()}" for result, count in counts.most_common())
    modules = dict.fromkeys(module for modules in results.values() for module in modules)
    lines = [
        f"On {time.strftime('%Y-%m-%d')}, with version {version} of the suite, {sum(counts.values())} module runs: {total}.",
        "",
        "| module | " + " | ".join(results) + " |",
        "|---" * (len(results) + 1) + "|",
    ]
    for module in modules:
        cells = (plan.get(module, "").lower() for plan in results.values())
        lines.append(f"| {module} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def document(text, page=PAGE):
    """Replaces the results on a page."""
    before, found, rest = page.read_text(encoding="utf-8").partition(BEGIN + "\n")
    _, ends, after = rest.partition(END)
    if not found or not ends:
        raise ValueError(f"{page} has no place for results")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
