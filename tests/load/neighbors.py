"""A quiet tenant beside a noisy one, which is flooded, limited, exported, edited, deleted and removed: what the quiet one
notices, compared with the same load alone.

The runs alternate. The server removes a deleted tenant at the beginning of the second minute after its deletion. Each run
of the full size therefore has the removal of a tenant in its middle.
"""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

import tenants
from server import BINARY, Server

# Rates of the quiet tenant, and connections.
RATES = {"client credentials": (100, 8), "refresh": (50, 8)}
# Requests per second that flood the noisy tenant, and the requests per minute that it may have.
FLOOD, CONNECTIONS, LIMIT = 600, 4, 60
# Largest p99 beside the noisy tenant, for the same p99 alone.
LARGEST_RATIO = 1.5
# The server looks for deleted tenants at this interval, in seconds.
ROUND = 60
# Pause after each export in seconds, and the number of exports for each edit.
PAUSE, PER_EDIT = 1, 4
# The flood and the exports run only while the server and the measurement leave a core idle: they stand for other machines.
# Commands that write do not: an idle program that is not scheduled could keep the lock of the store.
IDLE = ("chrt", "--idle", "0")


async def run(scale):
    full = scale >= 1
    runs, users, seconds = (5, 300, 20) if full else (1, 50, 5)
    names = [f"noisy-{number}" for number in range(runs + 2)]
    forms = {}

    def prepare(server):
        for name in ["quiet", *names]:
            forms[name] = tenants.create(server, name, None if name == "quiet" else {"requests": LIMIT})
            tenants.fill(server, name, users)
        # The removal during the first run.
        server.command("tenants", "delete", names[0])

    async with Server(prepare) as server:
        started = time.monotonic()
        await asyncio.to_thread(server.command, "tenants", "delete", names[1])
        quiet = await asyncio.to_thread(streams, server, forms["quiet"])
        alone, beside, flood = [], [], {}
        for number, name in enumerate(names[2:]):
            alone.append(await load(server, quiet, seconds))
            if full:
                # The server began its first round when it started.
                removal = started + ROUND * (number + 1)
                await asyncio.sleep(max(0, removal - seconds / 2 - time.monotonic()))
            disturbed = asyncio.create_task(disturb(server, name, forms[name], seconds))
            beside.append(await load(server, quiet, seconds))
            for status, count in (await disturbed).items():
                flood[status] = flood.get(status, 0) + count
        listed = await asyncio.to_thread(server.command, "tenants", "list", "--json")
    gates = report(alone, beside, flood, runs)
    if full:
        left = {tenant["name"] for tenant in json.loads(listed)}
        gates["a deleted tenant was removed in each run"] = left.isdisjoint(names[:runs])
    return gates


def streams(server, machine):
    """Returns the load of the quiet tenant."""
    client, password = tenants.application(server, "quiet")
    grants = [tenants.grant(server, "quiet", client, password) for _ in range(RATES["refresh"][1])]
    forms = {"client credentials": [machine] * RATES["client credentials"][1], "refresh": grants}
    path = "/t/quiet/oauth2/token"
    return [{"name": name, "path": path, "per_second": RATES[name][0], "forms": forms[name]} for name in RATES]


async def load(server, of, seconds, *before):
    """Runs an open loop in a process of its own, and returns its results. Streams keep their last refresh tokens."""
    program = Path(__file__).with_name("open_loop.py")
    process = await asyncio.create_subprocess_exec(
        *before, sys.executable, program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    job = json.dumps({"port": server.port, "seconds": seconds, "streams": of})
    output, _ = await process.communicate(job.encode())
    results = json.loads(output)
    for stream in of:
        stream["forms"] = results[stream["name"]]["forms"]
    return results


async def disturb(server, name, form, seconds):
    """Floods a tenant while it is exported and edited, and deletes it at last. Returns the statuses of the flood."""
    end = time.monotonic() + seconds * 0.8
    path = f"/t/{name}/oauth2/token"
    stream = {"name": "flood", "path": path, "per_second": FLOOD, "forms": [form] * CONNECTIONS}
    flood = asyncio.create_task(load(server, [stream], seconds, *IDLE))
    number = 0
    while time.monotonic() < end:
        await command(server, *IDLE, BINARY, "export", "--tenant", name, "--users")
        if number % PER_EDIT == 0:
            limits = {"requests": LIMIT + number // PER_EDIT % 2}
            await command(server, BINARY, "tenants", "edit", name, "--limits", json.dumps(limits))
        number += 1
        await asyncio.sleep(PAUSE)
    await command(server, BINARY, "tenants", "delete", name)
    return (await flood)["flood"]["statuses"]


async def command(server, *arguments):
    process = await asyncio.create_subprocess_exec(
        *arguments, env=server.environment, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait() != 0:
        raise RuntimeError(f"{arguments} failed")


def report(alone, beside, flood, runs):
    gates = {}
    errors = 0
    times = []
    for name in RATES:
        p99 = [median_p99(results, name) for results in (alone, beside)]
        ratio = p99[1] / p99[0]
        times.append(f"{name}: p99 {p99[0]:.2f} ms alone, {p99[1]:.2f} ms beside, ratio {ratio:.2f}")
        gates[f"p99 of {name} beside the noisy tenant at most {LARGEST_RATIO} times that alone"] = ratio <= LARGEST_RATIO
        for result in alone + beside:
            errors += sum(count for status, count in result[name]["statuses"].items() if status != "200")
    counts = ", ".join(f"{count} times {status}" for status, count in sorted(flood.items()))
    print(
        f"| {runs} runs of a tenant alone, and beside one that is flooded, exported, edited, deleted and removed | "
        f"{'; '.join(times)}; {errors} errors; the flood got {counts} |"
    )
    # A run may begin in one minute and end in the next one, and the last edit raises the limit by one.
    allowed = runs * 2 * (LIMIT + 1)
    return gates | {
        "no error of the quiet tenant": errors == 0,
        "the noisy tenant gets 429": flood.get("429", 0) > 0,
        f"the noisy tenant gets at most {allowed} tokens": flood.get("200", 0) <= allowed,
    }


def median_p99(results, name):
    """Returns the median of the p99 of all runs."""
    times = [result[name]["milliseconds"] for result in results]
    return statistics.median(run[len(run) * 99 // 100] for run in times)
