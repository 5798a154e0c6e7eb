"""Measures whether the time of an answer reveals which addresses have an account."""

import math
import random
import re
import statistics
import tempfile
import time
from urllib.parse import urlencode

from server import Server, connect

SAMPLES = 10_000
# The rate limits allow five mails per address and 50 per sender in ten minutes.
PER_ADDRESS = 5
PER_SENDER = 40
LIMIT = 4.5


async def run(scale):
    """Takes interleaved samples of recoveries and sign-ups for known and unknown addresses."""
    each = max(int(SAMPLES * scale) // 2, 50)
    gates = {}
    for name, path in (("recoveries", "/recover"), ("sign-ups", "/sign-up")):
        with tempfile.TemporaryDirectory() as folder:
            settings = {"MAIL__URL": f"file://{folder}", "MAIL__FROM": "id@example.org", "LOGIN__SIGN_UP": "open"}
            async with Server(**{f"COUNTERSIGN__{key}": value for key, value in settings.items()}) as server:
                known, unknown = await samples(server, path, each)
        t = welch(known, unknown)
        means = [f"{statistics.fmean(times) * 1e6:.0f} us" for times in (known, unknown)]
        print(
            f"| {2 * each} {name}, for known and unknown addresses in random order | "
            f"Welch's t {t:.2f}; mean {means[0]} for known and {means[1]} for unknown addresses |"
        )
        gates[f"Welch's t of {name} below {LIMIT}"] = abs(t) < LIMIT
    return gates


async def samples(server, path, each):
    """Returns the times of answers for known and for unknown addresses."""
    addresses = [f"{number:05}@known.example" for number in range(-(-each // PER_ADDRESS))]
    declare(server, addresses)
    jobs = [(side, addresses[number // PER_ADDRESS]) for side in (0, 1) for number in range(each)]
    random.shuffle(jobs)
    times = ([], [])
    cookie, fields = await opened(server, path)
    for start in range(0, len(jobs), PER_SENDER):
        number = start // PER_SENDER
        stream = await connect(server, f"127.1.{number // 250}.{number % 250 + 1}")
        for side, address in jobs[start : start + PER_SENDER]:
            email = address if side == 0 else address.replace("known", "other")
            body = urlencode({**fields, "email": email}).encode()
            times[side].append(await timed(stream, path, body, cookie))
        stream[1].close()
    return times


def declare(server, addresses):
    """Creates users."""
    documents = "---\n".join(f"kind: user\nemail: {address}\n" for address in addresses)
    server.command("apply", "-f", "-", input=documents)


async def opened(server, path):
    """Opens the page, and returns its cookie and the hidden fields of its form."""
    reader, writer = await connect(server, "127.0.0.1")
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    page = (await reader.read()).decode()
    writer.close()
    cookie = re.search(r"(?i)^set-cookie: ([^;\r]+)", page, re.MULTILINE).group(1)
    return cookie, dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))


async def timed(stream, path, body, cookie):
    """Posts the form, and returns the seconds until the whole head of the answer."""
    reader, writer = stream
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    start = time.perf_counter()
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    taken = time.perf_counter() - start
    if b" 303 " not in answer.split(b"\r\n", 1)[0] or f"{path}/check?".encode() not in answer:
        raise RuntimeError(answer.decode())
    return taken


def welch(first, second):
    """Returns Welch's t."""
    error = math.sqrt(statistics.variance(first) / len(first) + statistics.variance(second) / len(second))
    return (statistics.fmean(first) - statistics.fmean(second)) / error
