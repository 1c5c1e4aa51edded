# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A preflight of Redis with what holds for every run, and servers that are almost Redis."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, Callable

from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.preflight.checks import Check, Outcome, render
from ld_segment_store.preflight.redis.store import preflight_redis
from tests.support.redis_server import RedisServer
from tests.support.sync import available, create, options, redis_config, seed

PREFIX = "64c0ffee64c0ffee64c0ffee"
# The password of every test: wherever it turns up, it has leaked.
PASSWORD = "planted-pAssw0rd-Zq9"
# The least rights of a user who writes.
KEYS = f"~{PREFIX}:big_segments_* ~{PREFIX}:big_segment_include:* ~{PREFIX}:big_segment_exclude:*"
COMMANDS = "+ping +get +set +sadd +srem +watch +unwatch +multi +exec +discard"
READER_NAMES = ["resolve", "connect", "tls", "certificate", "authenticate", "permissions", "data"]
NAMES = [
    "resolve",
    "connect",
    "tls",
    "certificate",
    "authenticate",
    "permissions",
    "writes",
    "eviction",
    "memory",
    "persistence",
    "mode",
    "version",
    "data",
]


def run(
    config: dict[str, Any], *, password: str = PASSWORD, prefix: str | None = PREFIX, bound: float = 15, **options: Any
) -> dict[str, Check]:
    """Run the preflight and return its checks by name.

    Holds for all: the names and their order, an end within `bound` seconds, a remedy for what went wrong, no password anywhere.
    """
    names = READER_NAMES if options.get("reader") else NAMES
    arrived: list[Check] = []
    start = time.monotonic()
    secret = {"password": Secret(password)} if password else {}
    checks = preflight_redis({**config, **secret}, prefix=prefix, on_check=arrived.append, **options)
    assert time.monotonic() - start < bound
    assert [check.name for check in checks] == names
    assert sorted(arrived, key=lambda check: names.index(check.name)) == checks
    for check in checks:
        assert check.remedy or check.outcome in (Outcome.PASS, Outcome.SKIPPED), check
        assert "bug in ld-segment-store" not in check.remedy, check
    shown = render(checks) + repr(checks) + repr([check.as_dict() for check in checks])
    assert PASSWORD not in shown
    return {check.name: check for check in checks}


def run_on(server: RedisServer, username: str = "", **options: Any) -> dict[str, Check]:
    """The same for a server, with what it needs for TLS."""
    options.setdefault("ca_path", server.ca_path)
    config = {"host": server.host, "port": server.port, "tls_enabled": server.ca_path is not None}
    if username:
        config["username"] = username
    return run({**config, **options.pop("config", {})}, **options)


def reported(check: Check) -> tuple[str, str]:
    """Outcome and sentence, to compare."""
    return check.outcome.value, check.seen


def not_checked_after(checks: dict[str, Check], name: str) -> bool:
    """Whether this check failed, and all later ones were skipped for it."""
    rest = NAMES[NAMES.index(name) + 1 :]
    reason = f"not checked, because '{checks[name].title}' failed"
    return checks[name].outcome is Outcome.FAILURE and all(
        reported(checks[later]) == ("skipped", reason) for later in rest
    )


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that a server does in its own time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@contextlib.contextmanager
def listener(serve: Callable[[socket.socket], None]) -> Iterator[dict[str, Any]]:
    """A server on loopback that hands each connection to `serve`; gives the `config` to reach it."""
    listening = socket.create_server(("127.0.0.1", 0))
    opened: list[socket.socket] = []

    def serve_one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            serve(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                opened.append(connection)
                threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield {"host": "127.0.0.1", "port": listening.getsockname()[1]}
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        acceptor.join(5)
        for connection in opened:
            connection.close()


@contextlib.contextmanager
def almost_redis(answers: dict[str, str | None]) -> Iterator[tuple[dict[str, Any], list[list[str]]]]:
    """A server that says OK to everything but the commands in `answers`: a raw answer, "" for silence, None to hang up.

    `{0}` in an answer stands for the command's arguments. Gives the `config` to reach it, and the commands it received.
    """
    received: list[list[str]] = []

    def serve(connection: socket.socket) -> None:
        with connection.makefile("r", newline="\r\n") as lines:
            for line in lines:
                if line.startswith("*"):
                    words = [lines.readline() for _ in range(2 * int(line[1:]))]
                    parts = [word.strip() for word in words[1::2]]  # between them stand their lengths
                else:
                    parts = line.split()
                received.append(parts)
                answer = answers.get(parts[0], "+PONG" if parts[0] == "PING" else "+OK")
                if answer is None:
                    return
                if answer:
                    connection.sendall(answer.replace("{0}", " ".join(parts[1:])).encode() + b"\r\n")

    with listener(serve) as config:
        yield config, received


def acl_user(rules: str, name: str = "writer") -> str:
    """A line of an ACL file: a user with PASSWORD and these rules alone."""
    return f"user {name} on >{PASSWORD} resetchannels {rules}"


def write_by_emulator(server: RedisServer, **login: str) -> None:
    """Have the emulator's writer write to this server; it must work."""
    with Emulator(seed=seed(), sync=options(redis_ca_file=server.ca_path)) as ld:
        available(ld, create(ld, "redis", redis_config(server, **login)))
