# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A server on loopback that sends exactly the given bytes, and records the request."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Union

# What to send before the connection is closed; a callable gets the request.
Answer = Union[bytes, Callable[[bytes], bytes]]


def http(status: int, body: str, *headers: str) -> bytes:
    """A complete HTTP answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body.encode())}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", body]).encode()


class RawServer:
    """One answer for each connection, the last one for all that follow; b"" closes without an answer."""

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.got: list[bytes] = []
        self._answers = list(answers)
        self._stopping = False
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return "{}://127.0.0.1:{}".format("https" if self._tls else "http", self.port)

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        # A closed socket doesn't wake `accept` everywhere; one more connection does.
        self._stopping = True
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
            pass
        self._thread.join(timeout=5)
        self._socket.close()
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while True:
            connection, _address = self._socket.accept()
            if self._stopping:
                connection.close()
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                self._handle(self._tls.wrap_socket(connection, server_side=True) if self._tls else connection)

    def _handle(self, connection: socket.socket) -> None:
        with connection:
            request = _read_request(connection)
            if not request:
                return  # connected, and went away
            self.got.append(request)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            connection.sendall(answer(self.got[-1]) if callable(answer) else answer)


def _read_request(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got and got[:1] != b"\x16":  # with that byte TLS begins
        more = connection.recv(65536)
        if not more:
            return got
        got += more
    head, _end, body = got.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
