# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A connection that speaks Redis's protocol (RESP2), with pipelining.

The preflight does not use redis-py: that drops the user name when Redis 5 rejects it, cuts the error code off the error
text, connects by name only, and retries.
"""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterable
from typing import Any

Command = tuple[str, ...]

# Far above any response that is requested here; a foreign server could announce more than the memory holds.
_MAX_LINE = 64 * 1024
_MAX_BYTES = 64 * 1024 * 1024
_MAX_ITEMS = 1_000_000


class Refusal(Exception):
    """An error response of the server. `code` is its first word, such as `NOPERM`; `text` is the complete line."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
        word = text.partition(" ")[0]
        self.code = word if re.fullmatch("[A-Z]+", word) else "ERR"


class UnexpectedBytes(ConnectionError):
    """The response is not RESP2."""


class Connection:
    """An open socket that speaks RESP2. The socket's timeout bounds each wait for data.

    `ask` and `read` raise Refusal, `socket.timeout`, and OSError when the connection breaks.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._file = sock.makefile("rb")
        self.closed = False

    def send(self, commands: Iterable[Command]) -> None:
        """Send commands together, without waiting for a response."""
        self._sock.sendall(b"".join(_packed(command) for command in commands))

    def read(self) -> Any:
        """The response to the oldest command without one: text, a number, None, or a list."""
        response = self._response()
        if isinstance(response, Refusal):
            raise response
        return response

    def ask(self, *command: str) -> Any:
        """Send one command and read its response."""
        self.send([command])
        return self.read()

    def ask_all(self, commands: Iterable[Command]) -> list[Any]:
        """Send commands in one round trip. A refused one has its Refusal as its response."""
        commands = list(commands)
        self.send(commands)
        return [self._response() for _command in commands]

    def disconnect(self) -> None:
        """Close the connection. Redis then discards an open transaction."""
        self.closed = True
        with contextlib.suppress(OSError):
            self._file.close()
            self._sock.close()

    def _response(self) -> Any:
        line = self._file.readline(_MAX_LINE)
        if not line.endswith(b"\r\n"):
            raise ConnectionResetError("the server closed the connection") if not line else UnexpectedBytes
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return _text(rest)
        if kind == b"-":
            return Refusal(_text(rest))
        size = _number(rest)
        if kind == b":":
            return size
        if kind == b"$":
            return self._bulk(size)
        if kind == b"*" and size <= _MAX_ITEMS:
            return None if size < 0 else [self._response() for _element in range(size)]
        raise UnexpectedBytes

    def _bulk(self, size: int) -> str | None:
        if size < 0:
            return None
        if size > _MAX_BYTES:
            raise UnexpectedBytes
        data = self._file.read(size + 2)
        if len(data) < size + 2:
            raise ConnectionResetError("the server closed the connection")
        return _text(data[:-2])


def _packed(command: Command) -> bytes:
    parts = [part.encode("utf-8", "surrogateescape") for part in command]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _number(text: bytes) -> int:
    if not re.fullmatch(rb"-?[0-9]{1,19}", text):
        raise UnexpectedBytes
    return int(text)
