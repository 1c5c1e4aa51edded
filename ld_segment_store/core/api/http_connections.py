# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""HTTP connections to one host that are kept open, and responses that end in time and within bounds.

requests finds the proxy and the certificates, and makes the connection pool. Requests are sent by the pool itself, because
`requests.Session.send` takes as long as all the rest. The read timeout starts again with each byte, so a server that drips
could hold a caller forever.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import MissingDependency
from .retry import Deadline

# Of a response, decoded. The list of an account with 10,000 integrations has 6 MB.
MAX_BYTES = 64 << 20
# Decoding multiplies a read of this size by up to a thousand before the size is checked.
_READ = 16 << 10


class _Exchange:
    """The current exchange: the seconds `left` to its deadline, and whether at least a part of the request was `sent`.

    It holds no pool: the classes of connections refer to it, and would keep connections open that nobody uses.
    """

    def __init__(self) -> None:
        self.begin(lambda: 0.0, has_body=False)

    def begin(self, left: Callable[[], float], *, has_body: bool) -> None:
        """Another exchange begins; what was kept of a request that could not be sent is gone."""
        self.left = left
        self.sent = False
        self._waits_for_body = has_body
        self._head = b""

    def joined(self, data: bytes) -> bytes:
        """What to send now, where http.client sends the headers first and then the body: nothing, and then both.

        One after the other they are two packets, and two records of TLS. 1,000 creates took 0.96 of the time so.
        """
        if self._waits_for_body:
            self._waits_for_body, self._head = False, data
            return b""
        data, self._head = self._head + data, b""
        return data


class Response(NamedTuple):
    """A complete response; `content` is decoded."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Connections:
    """Connections to `api_host`. Proxies and CA files that environment variables name are used where `trust_env` is set."""

    def __init__(self, api_host: str, *, verify: bool | str, trust_env: bool) -> None:
        try:
            import requests
        except ImportError:
            raise MissingDependency("requests") from None
        self._session = requests.Session()
        self._session.trust_env = trust_env
        self._url = api_host.rstrip("/") + "/"
        self._verify = verify
        self._pool: Any = None
        # A proxy for http:// gets the whole URL, everybody else the path.
        self._prefix = ""
        self._current = _Exchange()

    @property
    def sent(self) -> bool:
        """Whether at least a part of the last request was sent."""
        return self._current.sent

    def close(self) -> None:
        """Close all connections."""
        if self._pool is not None:
            self._pool.close()
        self._session.close()

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, timeout: float, deadline: Deadline
    ) -> Response:
        """Send a request and read the response. Raises OSError, ValueError, and urllib3's HTTPError.

        `timeout` is in seconds, for connecting and for each read. Redirects are not followed.
        """
        self._current.begin(deadline.left, has_body=body is not None)
        if self._pool is None:
            self._pool, self._prefix = self._new_pool()
        # Not by `request`, which copies the headers of a POST twice: a tenth of the time of a run that creates stores.
        response = self._pool.request_encode_url(
            method,
            self._prefix + path,
            body=body,
            headers=headers,
            timeout=timeout,
            retries=False,
            redirect=False,
            assert_same_host=False,
            preload_content=False,
        )
        content = None
        try:
            content = _read(response)
        finally:
            if content is None:
                response.close()
            response.release_conn()
        return Response(response.status, response.headers, content)

    def _new_pool(self) -> tuple[Any, str]:
        from requests import Request

        request = Request("GET", self._url).prepare()
        settings = self._session.merge_environment_settings(self._url, {}, None, self._verify, None)
        proxies, verify, certificate = settings["proxies"], settings["verify"], settings["cert"]
        adapter: Any = self._session.get_adapter(self._url)
        if hasattr(adapter, "get_connection_with_tls_context"):
            pool = adapter.get_connection_with_tls_context(request, verify, proxies, certificate)
        else:  # requests before 2.32
            pool = adapter.get_connection(self._url, proxies)
        adapter.cert_verify(pool, self._url, verify, certificate)
        pool.ConnectionCls = _bounded(pool.ConnectionCls, self._current)
        return pool, adapter.request_url(request, proxies).rstrip("/")


def _read(response: Any) -> bytes:
    """The decoded content. Raises OSError where it is larger than MAX_BYTES."""
    length = response.length_remaining
    if length is not None and length <= MAX_BYTES and "Content-Encoding" not in response.headers:
        whole: bytes = response.read()  # in less than half of the time of `stream`
        return whole
    chunks, size = [], 0
    for chunk in response.stream(_READ, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise OSError("the response is too large")
    return b"".join(chunks)


def _bounded(connection: Any, exchange: _Exchange) -> Any:
    """A class of connections whose responses end at the deadline, and that note when a request is sent.

    It is made here, because its bases are slow to import.
    """
    import http.client

    from .response_head import begin

    class Response(http.client.HTTPResponse):
        def __init__(self, connected: Any, *args: Any, **options: Any) -> None:
            within_deadline: Any = _Reader(connected, exchange)
            super().__init__(within_deadline, *args, **options)

        def begin(self) -> None:
            if not begin(self):
                super().begin()

    class Connection(connection):  # type: ignore[misc]
        response_class = Response
        tunnelling = False

        def send(self, data: Any) -> None:
            if self.sock is None and self.auto_open:
                self.connect()
            if self.tunnelling:
                super().send(data)
            elif joined := exchange.joined(data):
                exchange.sent = True
                super().send(joined)

        def _tunnel(self) -> None:
            """Open a tunnel through a proxy, which is not yet the request."""
            self.tunnelling = True
            try:
                super()._tunnel()
            finally:
                self.tunnelling = False

    return Connection


class _Reader(io.RawIOBase):
    """The bytes that come through a connection from now on, until the deadline."""

    def __init__(self, connection: Any, exchange: _Exchange) -> None:
        self._connection = connection
        self._raw = connection.makefile("rb", buffering=0)
        self._current = exchange

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The file that http.client reads a response from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left, timeout = self._current.left(), self._connection.gettimeout()
        if left <= 0:
            raise socket.timeout("timed out")
        if timeout is None or left < timeout:
            self._connection.settimeout(left)
        number: int | None = self._raw.readinto(buffer)
        return number

    def close(self) -> None:
        self._raw.close()
        super().close()
