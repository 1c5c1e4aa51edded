# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Redis servers that no package registry has, played from their protocol, and a slow network in front of a real one.

The responses follow the public source of each server: Redis 5.0 (`server.c`, `authCommand`), KeyDB 6.3 (`helloCommand`, role
of an active replica), Twemproxy 0.5 (`nc_redis.c` closes the connection at a command that it does not support), ElastiCache as
its documentation describes it (no CONFIG).
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.redis_preflight import listener

# A raw reply for each command; None closes the connection. "QUEUED" and EXEC follow from MULTI.
Replies = Mapping[str, "str | None"]


def _bulk(text: str) -> str:
    return f"${len(text)}\r\n{text}"


def _map(**fields: str) -> str:
    words = [word for pair in fields.items() for word in pair]
    return f"*{len(words)}\r\n" + "\r\n".join(map(_bulk, words))


_NO_CONFIG = "-ERR unknown command 'CONFIG', with args beginning with: 'GET' 'save'"

REDIS_5: Replies = {
    "AUTH": "+OK",
    "AUTH 2": "-ERR wrong number of arguments for 'auth' command",
    "HELLO": "-ERR unknown command `HELLO`, with args beginning with: `2`, ",
    "INFO": _bulk("# Server\r\nredis_version:5.0.14\r\nredis_mode:standalone\r\n# Replication\r\nrole:master\r\n"),
}
KEYDB_ACTIVE_REPLICA: Replies = {
    "HELLO": _map(server="redis", version="6.3.4", mode="standalone", role="active-replica"),
    "INFO": _bulk("# Server\r\nredis_version:6.3.4\r\n# Replication\r\nrole:active-replica\r\n"),
}
NO_ROLE: Replies = {"HELLO": _map(server="redis", version="7.2.4"), "INFO": _bulk("redis_version:7.2.4\r\n")}
TWEMPROXY: Replies = dict.fromkeys(("HELLO", "INFO", "CONFIG", "WATCH", "UNWATCH", "MULTI", "EXEC", "SCAN"), None)
ELASTICACHE: Replies = {
    "HELLO": _map(server="redis", version="7.1.0", mode="standalone", role="master"),
    "INFO": _bulk(
        "maxmemory_policy:volatile-lru\r\nused_memory:10\r\nmaxmemory:100\r\naof_enabled:0\r\nrole:master\r\n"
    ),
    "CONFIG": _NO_CONFIG,
}
# The policy's name is that of Upstash's documentation.
ANOTHER_POLICY: Replies = {**ELASTICACHE, "INFO": _bulk("maxmemory_policy:optimistic-volatile\r\nrole:master\r\n")}


@contextlib.contextmanager
def recorded(replies: Replies) -> Iterator[tuple[dict[str, Any], list[list[str]]]]:
    """A server that gives these replies, and else those of an empty Redis. Gives the `config` to reach it, and the commands."""
    received: list[list[str]] = []

    def serve(connection: socket.socket) -> None:
        queued: list[str] | None = None
        for parts in _commands(connection):
            received.append(parts)
            name = parts[0].upper()
            reply = replies.get(f"{name} {len(parts) - 1}", replies.get(name, _EMPTY_REDIS.get(name, "+OK")))
            if reply is None:
                return
            if name == "MULTI":
                queued = []
            elif name in ("EXEC", "DISCARD"):
                if name == "EXEC" and queued is not None:
                    reply = f"*{len(queued)}" + "".join(f"\r\n{item}" for item in queued)
                queued = None
            elif queued is not None and not reply.startswith("-"):
                queued.append(reply)
                reply = "+QUEUED"
            connection.sendall(reply.encode() + b"\r\n")

    with listener(serve) as config:
        yield config, received


_EMPTY_REDIS = {"PING": "+PONG", "GET": "$-1", "SMEMBERS": "*0", "SCAN": "*2\r\n$1\r\n0\r\n*0"}


def _commands(connection: socket.socket) -> Iterator[list[str]]:
    with connection.makefile("r", newline="\r\n") as lines:
        for line in lines:
            if line.startswith("*"):
                words = [lines.readline() for _ in range(2 * int(line[1:]))]
                yield [word.strip() for word in words[1::2]]
            else:
                yield line.split()


@contextlib.contextmanager
def distant(port: int, round_trip: float) -> Iterator[int]:
    """A port that forwards to `port` of this machine, with `round_trip` seconds from a request to its response."""

    def serve(near: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as far:
            back = threading.Thread(target=_forward, args=(far, near, round_trip / 2), daemon=True)
            back.start()
            _forward(near, far, round_trip / 2)
            back.join()

    with listener(serve) as config:
        yield config["port"]


def _forward(source: socket.socket, target: socket.socket, delay: float) -> None:
    """Hand on what arrives, each piece `delay` later; several pieces may be on their way at once."""
    pieces: queue.Queue[tuple[float, bytes]] = queue.Queue()

    def deliver() -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = pieces.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not data:
                    break
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=deliver, daemon=True)
    sender.start()
    data = b"-"
    while data:
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        pieces.put((time.monotonic() + delay, data))
    sender.join()
