"""Sends token requests at a fixed rate, whatever the server does. A program of its own, so that the measurement shares no
interpreter with the loads.

Reads a JSON object from standard input: `port`, `seconds`, and `streams`, each with `name`, `path`, `per_second`, and
`forms`. Each form has its own connection and thread. Prints the statuses of each stream, and the milliseconds from the time
at which each request was due until its whole answer. A form with a refresh token uses the next token from then on, so the
forms are printed, too.
"""

import collections
import json
import re
import socket
import sys
import threading
import time
from urllib.parse import urlencode

LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
PATIENCE = 10


class Connection:
    """A persistent connection, which is opened again after a failure."""

    def __init__(self, port):
        self.port = port
        self.socket = None

    def post(self, path, form):
        """Posts a form. Returns the status, or 0 without an answer, and the body."""
        body = urlencode(form)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.sendall((head + body).encode())
            return self.answer()
        except OSError:
            self.close()
            return 0, b""

    def answer(self):
        received = b""
        while True:
            head, found, body = received.partition(b"\r\n\r\n")
            if found and len(body) >= int(LENGTH.search(head).group(1)):
                return int(head.split(b" ", 2)[1]), body
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise ConnectionError("the server closed the connection")
            received += piece

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def converse(port, path, form, due, interval, until, answers):
    """Posts a form again and again. `answers` gets the status and the milliseconds of each request."""
    connection = Connection(port)
    while due < until:
        time.sleep(max(0, due - time.perf_counter()))
        status, body = connection.post(path, form)
        answers.append((status, (time.perf_counter() - due) * 1000))
        if status == 200 and "refresh_token" in form:
            form["refresh_token"] = json.loads(body)["refresh_token"]
        due += interval
    connection.close()


def main(job):
    start = time.perf_counter() + 0.1
    threads = []
    for stream in job["streams"]:
        stream["answers"] = []
        forms = stream["forms"]
        interval = len(forms) / stream["per_second"]
        for number, form in enumerate(forms):
            due = start + number / stream["per_second"]
            arguments = (job["port"], stream["path"], form, due, interval, start + job["seconds"], stream["answers"])
            threads.append(threading.Thread(target=converse, args=arguments))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results = {}
    for stream in job["streams"]:
        statuses = collections.Counter(status for status, _ in stream["answers"])
        milliseconds = sorted(taken for _, taken in stream["answers"])
        results[stream["name"]] = {"statuses": statuses, "milliseconds": milliseconds, "forms": stream["forms"]}
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main(json.load(sys.stdin))
