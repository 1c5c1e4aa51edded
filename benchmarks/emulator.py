# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How soon the emulator is ready, and how many requests a second it answers, beside bare servers of the standard library.

    python benchmarks/emulator.py

Each server runs in a process of its own, with its bytecode cached as after an installation. "Ready" is from the start of the
process to its first answer. The load comes from this process, over 8 connections that are kept alive, written with plain
sockets so that the client costs little.
"""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTS = 7
CONNECTIONS = 8
SECONDS = 3.0

# `untuned` is what the standard library gives without further thought: HTTP/1.0, Nagle's delay, many small writes.
_BARE = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    if sys.argv[1] == "tuned":
        protocol_version, disable_nagle_algorithm, wbufsize = "HTTP/1.1", True, -1

    def do_GET(self):
        body = b'{"items":[]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("listening on http://127.0.0.1:%d" % server.server_address[1], flush=True)
server.serve_forever()
"""
_STORES = "/api/v2/integration-capabilities/big-segment-store"
_SEED = ROOT / "benchmarks" / "emulator-seed.json"
_CACHE = tempfile.TemporaryDirectory()
_EMULATOR = [sys.executable, "-m", "ld_segment_store", "emulator"]
_SERVERS = {
    "standard library, untuned": ([sys.executable, "-c", _BARE, "untuned"], "/"),
    "standard library, tuned": ([sys.executable, "-c", _BARE, "tuned"], "/"),
    "emulator, caller identity": (_EMULATOR, "/api/v2/caller-identity"),
    "emulator, list of no integrations": (_EMULATOR, _STORES),
    "emulator, one integration": ([*_EMULATOR, "--seed", str(_SEED)], _STORES + "/shop/live/redis/store"),
}


class Running:
    """A server's process; `ready` is the time in seconds from its start to its first answer."""

    def __init__(self, command: list[str], path: str) -> None:
        started = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": _CACHE.name}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        found = re.search(r":(\d+)$", self.process.stdout.readline().strip())
        if found is None:
            raise SystemExit(f"the server did not start: {command}")
        self.port = int(found.group(1))
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: api-emulator\r\n"
            "LD-API-Version: beta\r\nUser-Agent: benchmark\r\nAccept: */*\r\n\r\n"
        ).encode()
        with self.connect() as connection:
            self.ask(connection)
        self.ready = time.perf_counter() - started

    def connect(self) -> socket.socket:
        """A connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, connection: socket.socket) -> bool:
        """One request. Returns whether the connection may be used again."""
        connection.sendall(self.request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive(connection)
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " not in head[:20]:
            raise SystemExit(f"unexpected answer: {head[:80]!r}")
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))  # type: ignore[union-attr]
        while len(body) < length:
            body += self._receive(connection)
        return head.startswith(b"HTTP/1.1")

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    @staticmethod
    def _receive(connection: socket.socket) -> bytes:
        chunk = connection.recv(1 << 16)
        if not chunk:
            raise SystemExit("the server closed the connection")
        return chunk


def throughput(server: Running) -> float:
    """Requests a second over all connections."""
    counts = [0] * CONNECTIONS
    end = time.perf_counter() + SECONDS

    def load(number: int) -> None:
        connection = server.connect()
        while time.perf_counter() < end:
            reusable = server.ask(connection)
            counts[number] += 1
            if not reusable:
                connection.close()
                connection = server.connect()
        connection.close()

    threads = [threading.Thread(target=load, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def measure(command: list[str], path: str) -> tuple[float, float]:
    """The median time until it is ready in seconds, and requests a second."""
    Running(command, path).stop()  # fills the cache
    ready = []
    rate = 0.0
    for number in range(STARTS):
        server = Running(command, path)
        ready.append(server.ready)
        if number == STARTS - 1:
            rate = throughput(server)
        server.stop()
    return statistics.median(ready), rate


def main() -> None:
    """Measure and print a table."""
    print("{:36} {:>10} {:>12}".format("", "ready, ms", "requests/s"))
    for name, (command, path) in _SERVERS.items():
        ready, rate = measure(command, path)
        print(f"{name:36} {ready * 1000:10.0f} {rate:12.0f}")
    print(f"{os.cpu_count()} processors, {CONNECTIONS} connections; ready: median of {STARTS} starts")


if __name__ == "__main__":
    main()
