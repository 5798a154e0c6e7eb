"""Checks the statuses of all operations: each one succeeded at least once, and none failed with 5xx."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    counts = json.load(file)

requests = 0
wrong = []
for operation, statuses in sorted(counts.items()):
    requests += sum(statuses.values())
    print(f"{operation:24}", ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())))
    if any(status >= "500" for status in statuses):
        wrong.append(f"{operation} had an internal error")
    elif not any(status.startswith("2") for status in statuses):
        wrong.append(f"{operation} never succeeded")
for line in wrong or ([] if counts else ["no operation was called"]):
    print(line, file=sys.stderr)
print(f"{len(counts)} operations, {requests} requests, {len(wrong)} problems")
sys.exit(1 if wrong or not counts else 0)
