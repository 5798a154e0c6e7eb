"""Parallel sign-ins with wrong passwords: how much memory the server takes, and whether it gives it back."""

import asyncio
import collections
import json
import time

from server import CALLBACK, Server, request

# A hundred failed sign-ins per address are allowed in ten minutes, see `docs/security.md`.
PER_ADDRESS = 50
# Limits of resident memory in MiB, above the memory of the idle server. A release build is idle at about 17 MiB.
PEAK, AFTER = 110, 20


async def sign_in(server, number):
    body = json.dumps({
        "email": f"user-{number}@example.com",
        "password": "wrong",
        "client_id": server.client,
        "redirect_uri": CALLBACK,
        "scope": "openid",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    })
    started = time.monotonic()
    status = await request(server, "POST", "/v1/oauth2/authorize", body, f"127.0.1.{1 + number // PER_ADDRESS}")
    return status, time.monotonic() - started


async def run(scale):
    number = round(1000 * scale)
    async with Server() as server:
        idle = server.resident()
        answers = asyncio.gather(*(sign_in(server, each) for each in range(number)))
        peak = idle
        while not answers.done():
            peak = max(peak, server.resident())
            await asyncio.sleep(0.02)
        answers = await answers
        ended = time.monotonic()
        while server.resident() > idle + AFTER and time.monotonic() - ended < 10:
            await asyncio.sleep(0.2)
        after, waited = server.resident(), time.monotonic() - ended
    statuses = collections.Counter(status for status, _ in answers)
    slowest = max(took for _, took in answers)
    counts = ", ".join(f"{count} times {status}" for status, count in sorted(statuses.items()))
    print(f"| {number} parallel sign-ins | {counts}; slowest answer {slowest:.1f} s; resident {idle} MiB idle, {peak} MiB at most, {after} MiB {waited:.1f} s later |")
    return {
        f"at most {PEAK} MiB more under load": peak <= idle + PEAK,
        f"at most {AFTER} MiB more after 10 s": after <= idle + AFTER,
        "every answer is 401 or 503": set(statuses) <= {401, 503},
    }
