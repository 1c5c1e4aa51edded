# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""HTTP over sockets, by the standard library, tuned: keep-alive, no Nagle delay, one write for each response."""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import sys
import threading
import traceback
from collections.abc import Collection, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable

from ...core.errors import SegmentStoreError
from ...core.version import __version__
from ..whole_number import whole_number
from .messages import Problem, Request, Response

MAX_BODY = 1 << 20
# A body that is too large is read up to here, so that the client receives the response.
_MAX_DRAINED = 8 << 20
_STOP_SECONDS = 5.0
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
_MAX_CHUNK_LINE = 1 << 12

# The response to a request, or None to close the connection without one.
Handle = Callable[[Request], "Response | None"]


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens on `host` and `port` (0 picks one) and responds by `handle`. Raises OSError if it cannot listen."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, handle: Handle, unbounded: Collection[str] = ()) -> None:
        """Bodies need a length of up to 1 MiB, except on the paths in `unbounded`."""
        self.handle = handle
        self.unbounded = unbounded
        self._open: set[Any] = set()
        self._changed = threading.Condition()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Connection)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="emulator", daemon=True)

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Serve in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, end all connections and wait for their threads."""
        self.shutdown()
        self._thread.join()
        with self._changed:
            for connection in self._open:
                _end(connection)
            self._changed.wait_for(lambda: not self._open, _STOP_SECONDS)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember a new connection, and serve it in a thread."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that went away. For other errors print the place, not the text, which may hold a secret."""
        kind, error, trace = sys.exc_info()
        if kind is None or isinstance(error, (ConnectionError, TimeoutError)):
            return
        sys.stderr.write("".join(traceback.format_tb(trace)) + f"The emulator failed: {kind.__name__}\n")


def _end(connection: Any) -> None:
    # The client may have closed it.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _Connection(BaseHTTPRequestHandler):
    """One client connection, with one request after another."""

    protocol_version = "HTTP/1.1"
    server_version = "ld-segment-store-emulator/" + __version__
    sys_version = ""
    disable_nagle_algorithm = True
    # Buffered, and flushed once when a response is complete.
    wbufsize = -1
    server: Server

    def _answer(self) -> None:
        try:
            request = self._request()
        except Problem as problem:
            self.close_connection = True
            self._send(problem.response())
            return
        try:
            response = self.server.handle(request)
        except SegmentStoreError as error:
            response = Problem(500, "internal_error", error.message).response()
        except Exception:  # noqa: BLE001 - the client gets a response in any case
            self.server.handle_error(self.request, self.client_address)
            response = Problem(500, "internal_error", "The emulator itself failed; see its standard error.").response()
        if response is None:
            self.close_connection = True
        else:
            self._send(response)

    def __getattr__(self, name: str) -> Any:
        """`do_<METHOD>` of any method: a method that a path does not have is a 405, not the standard library's 501."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): ", ".join(self.headers.get_all(name, ())) for name in self.headers}
        return Request(self.command, path, query, headers, self._body(path in self.server.unbounded))

    def _body(self, unbounded: bool) -> bytes:
        if self.headers.get("Transfer-Encoding"):
            if unbounded:
                return b"".join(self._chunks())
            raise Problem(400, "invalid_request", "Send the body with Content-Length, not in chunks.")
        length = whole_number(self.headers.get("Content-Length", "0"))
        if length is None:
            raise Problem(400, "invalid_request", "The header Content-Length is not a number of bytes.")
        if length > MAX_BODY and not unbounded:
            self._drain(min(length, _MAX_DRAINED))
            raise Problem(400, "invalid_request", f"The body is larger than {MAX_BODY} bytes.")
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionResetError("the client went away in the middle of its request")
        return body

    def _chunks(self) -> Iterator[bytes]:
        while True:
            digits = self.rfile.readline(_MAX_CHUNK_LINE).partition(b";")[0].strip()
            if not _CHUNK_SIZE.fullmatch(digits):
                raise Problem(400, "invalid_request", "The body is in chunks, and one has no valid length.")
            length = int(digits, 16)
            chunk = self.rfile.read(length) if length else b""
            if len(chunk) < length:
                raise ConnectionResetError("the client went away in the middle of its request")
            # The line break after a chunk; after the last one trailers may come before it.
            while self.rfile.readline(_MAX_CHUNK_LINE).strip() and not length:
                pass
            if not length:
                return
            yield chunk

    def _drain(self, length: int) -> None:
        while length > 0:
            chunk = self.rfile.read(min(length, 1 << 16))
            if not chunk:
                return
            length -= len(chunk)

    def _send(self, response: Response) -> None:
        if response.raw:
            self.close_connection = True
            self.wfile.write(response.raw)
            self.wfile.flush()
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.content)
        self.wfile.flush()

    def handle_expect_100(self) -> bool:
        """Flush: the client waits for this before it sends the body."""
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Errors of the standard library as JSON, without the request's text."""
        self.close_connection = True
        # Otherwise the response to an invalid request line would have no status, as in HTTP/0.9.
        self.request_version = self.protocol_version
        status = HTTPStatus(code)
        sentence = f"Invalid request: {status.phrase}."
        self._send(Problem(code, status.name.lower(), sentence).response())

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: `/_emulator/requests` lists the requests."""
