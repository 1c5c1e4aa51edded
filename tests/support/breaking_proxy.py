# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A TCP proxy on loopback that breaks: connections are refused, reset, cut, held up, or closed between two requests.

It reads just enough of HTTP to know where a request and an answer end. What breaks is scripted, or drawn by a seed.
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterable
from types import TracebackType

# What happens to one request and its answer.
KINDS = (
    "refuse",  # the connection is reset, and for a moment nobody listens
    "reset_before",  # the request is not passed on
    "reset_after",  # it is, and the answer is not
    "late",  # the connection is reset, and after a while the request is passed on
    "cut",  # half of the answer
    "delay",  # the request is held up
    "drip",  # the answer comes in small pieces
    "close_idle",  # the connection is closed after the answer, without a header that says so
)
REFUSED_SECONDS = 0.03
HELD_UP_SECONDS = (0.02, 0.15)
LATE_SECONDS = (0.02, 0.4)
_PIECES = 20
_LOOK_SECONDS = 0.02
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 seconds; closing then resets


class BreakingProxy:
    """Listens from `with` on and passes on to a port of loopback. `counts` has how often each kind happened, `connections`
    how many were made.

    What drips comes in 20 pieces, `drip_seconds` apart.
    """

    def __init__(self, port: int, *, seed: int = 0, drip_seconds: float = 0.005) -> None:
        self.counts: Counter[str] = Counter()
        self.connections = 0
        self._upstream = port
        self._drip_seconds = drip_seconds
        self._random = random.Random(seed)
        self._rate = 0.0
        self._kinds: tuple[str, ...] = ()
        self._scripted: dict[str, str] = {}
        self._changed = threading.Condition()
        self._open: dict[tuple[str, int], socket.socket] = {}  # by the client's address
        self._refusing = threading.Event()
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> BreakingProxy:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(timeout=10)
        with self._changed:
            for connection in self._open.values():
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            assert self._changed.wait_for(lambda: not self._open, timeout=10)
        assert not self._thread.is_alive()

    def script(self, kind: str, method: str) -> None:
        """Let this happen to the next request of that method."""
        with self._changed:
            self._scripted[method] = kind

    def rate(self, rate: float, kinds: Iterable[str] = KINDS) -> None:
        """Let one of `kinds` happen to this share of the requests."""
        with self._changed:
            self._rate, self._kinds = rate, tuple(kinds)

    def clear(self) -> None:
        """Break nothing more."""
        with self._changed:
            self._rate = 0.0
            self._scripted.clear()

    def wait_quiet(self) -> None:
        """Until all that was sent is dealt with, what comes late and what nobody had read yet included.

        Who sent it must have closed its connections, or be dead.
        """
        with self._changed:
            assert self._changed.wait_for(self._have_accepted_a_new_one, timeout=30)
            assert self._changed.wait_for(lambda: not self._open and not self._refusing.is_set(), timeout=30)

    def _have_accepted_a_new_one(self) -> bool:
        """Connections are accepted in order, so those that were made before are accepted too."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as last:
            mine = last.getsockname()
            return self._changed.wait_for(lambda: mine in self._open, timeout=1)
        return False  # nobody listens at the moment

    def _accept(self) -> None:
        while not self._stopping.is_set():
            if self._refusing.is_set():
                self._listener.close()
                self._stopping.wait(REFUSED_SECONDS)
                self._listener = socket.create_server(("127.0.0.1", self.port))
                with self._changed:
                    self._refusing.clear()
                    self._changed.notify_all()
            self._listener.settimeout(_LOOK_SECONDS)
            with contextlib.suppress(TimeoutError, socket.timeout):
                connection, address = self._listener.accept()
                with self._changed:
                    self.connections += 1
                    self._open[address] = connection
                    self._changed.notify_all()
                threading.Thread(target=self._serve, args=(address, connection), daemon=True).start()
        self._listener.close()

    def _serve(self, address: tuple[str, int], client: socket.socket) -> None:
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with socket.create_connection(("127.0.0.1", self._upstream)) as upstream, contextlib.suppress(OSError):
                upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while self._exchange(client, upstream):
                    pass
        except OSError:
            pass  # the server behind is gone
        finally:
            with self._changed:
                client.close()
                del self._open[address]
                self._changed.notify_all()

    def _exchange(self, client: socket.socket, upstream: socket.socket) -> bool:
        """Pass on one request and its answer; False when the connection is at its end."""
        request = _read_message(client)
        if not request:
            return False
        with self._changed:
            kind = self._draw(request)
            held_up = self._random.uniform(*(LATE_SECONDS if kind == "late" else HELD_UP_SECONDS))
        return self._pass_on(kind, held_up, request, client, upstream)

    def _draw(self, request: bytes) -> str:
        kind = self._scripted.pop(request.split(b" ", 1)[0].decode(), "")
        if not kind and self._random.random() < self._rate:
            kind = self._random.choice(self._kinds)
        if kind:
            self.counts[kind] += 1
        return kind

    def _pass_on(
        self, kind: str, held_up: float, request: bytes, client: socket.socket, upstream: socket.socket
    ) -> bool:
        if kind == "refuse":
            self._refusing.set()
        if kind in ("refuse", "reset_before", "late"):
            _reset(client)
        if kind in ("refuse", "reset_before"):
            return False
        if kind in ("late", "delay"):
            time.sleep(held_up)
        upstream.sendall(request)
        answer = _read_message(upstream)
        if kind == "reset_after":
            _reset(client)
        if kind in ("reset_after", "late") or not answer:
            return False
        if kind == "drip":
            self._drip(client, answer)
        else:
            client.sendall(answer[: len(answer) // 2] if kind == "cut" else answer)
        return kind not in ("cut", "close_idle")

    def _drip(self, client: socket.socket, answer: bytes) -> None:
        size = max(1, len(answer) // _PIECES)
        for start in range(0, len(answer), size):
            client.sendall(answer[start : start + size])
            self._stopping.wait(self._drip_seconds)


def _read_message(connection: socket.socket) -> bytes:
    """One request or answer; b"" where the other side has closed."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            return b""
        got += more
    head, _end, body = got.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    pieces = [got]
    while missing > 0:
        more = connection.recv(65536)
        if not more:
            return b""
        pieces.append(more)
        missing -= len(more)
    return b"".join(pieces)


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()
