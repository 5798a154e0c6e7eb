"""Idle and slow connections from 50 addresses: how long other clients wait for an answer meanwhile."""

import asyncio
import time

from server import Server, connect, head, request

ATTACKERS = [f"127.0.2.{number}" for number in range(1, 51)]
HONEST = 400
PATH = "/oauth2/jwks.json"


async def hold(server, number):
    """Opens a connection and goes quiet: after an answer, within the headers, or at once."""
    try:
        reader, writer = await connect(server, ATTACKERS[number % len(ATTACKERS)])
        behavior = number % 3
        if behavior == 0:
            writer.write(head("GET", PATH, connection="keep-alive"))
            await reader.readuntil(b"}")
        elif behavior == 1:
            writer.write(head("GET", PATH)[:-10])
        return writer
    except OSError:
        return None
    except asyncio.IncompleteReadError:
        return writer


async def attack(server, number, until):
    """Keeps this many connections open, and replaces those that the server closes."""
    held = {}
    while not until.is_set():
        for place in range(number):
            writer = held.get(place)
            if writer is None or writer.transport.is_closing():
                held[place] = await hold(server, place)
            if until.is_set():
                break
        await asyncio.sleep(0.05)
    for writer in held.values():
        if writer is not None:
            writer.close()


async def honest(server, address, headers=""):
    """Latencies of requests, each on a connection of its own, in milliseconds, and the number of failures."""
    times, failures = [], 0
    for _ in range(HONEST):
        started = time.monotonic()
        try:
            status = await asyncio.wait_for(request(server, "GET", PATH, address=address, headers=headers), 10)
            failures += status != 200
        except (OSError, IndexError, asyncio.TimeoutError):
            failures += 1
        times.append((time.monotonic() - started) * 1000)
        await asyncio.sleep(0.01)
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100], failures


async def run(scale):
    number = round(5000 * scale)
    gates = {}
    for proxies, clients in (
        (0, [("another address", "127.0.3.1", ""), ("one of the 50 addresses", ATTACKERS[0], "")]),
        (1, [("a trusted proxy", "127.0.4.1", "X-Forwarded-For: 192.0.2.7\r\n")]),
    ):
        # The default limit is 800 connections.
        settings = {"COUNTERSIGN__CONNECTIONS": str(round(800 * scale)), "COUNTERSIGN__PROXIES": str(proxies)}
        async with Server(**settings) as server:
            until = asyncio.Event()
            attacks = [asyncio.create_task(attack(server, number // 10, until)) for _ in range(10)]
            await asyncio.sleep(3)
            for name, address, headers in clients:
                median, p99, failures = await honest(server, address, headers)
                print(f"| {number} slow sockets, client at {name} | p50 {median:.1f} ms, p99 {p99:.1f} ms, {failures} failures; resident {server.resident()} MiB |")
                gates[f"p99 at {name} below 50 ms"] = p99 < 50
                gates[f"no failure at {name}"] = failures == 0
            until.set()
            await asyncio.gather(*attacks)
    return gates
