# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The HTTP session: connections that are kept, and responses that end.

The timeout of `requests` starts again with each byte, so a server that drips could hold a caller forever.
"""

from __future__ import annotations

import io
import socket
from typing import Any

from ..errors import MissingDependency
from .retry import Deadline

# Of a response, decoded. The list of an account with 10,000 integrations has 6 MB.
MAX_BYTES = 64 << 20
# Decoding multiplies a read of this size by up to a thousand before the size is checked.
_READ = 16 << 10


class Limit:
    """The bounds of the exchange that a session is at, and whether its request was `sent`, at least in part.

    It holds no session: the classes of connections refer to it, and would keep connections open that nobody uses.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.sent = False

    def begin(self, deadline: Deadline) -> None:
        """Begin an exchange."""
        self.deadline = deadline
        self.sent = False


def read_content(response: Any) -> bytes:
    """The decoded content. Raises OSError where it is larger than MAX_BYTES."""
    chunks, size = [], 0
    for chunk in response.iter_content(_READ):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise OSError("the response is too large")
    return b"".join(chunks)


def new_session(limit: Limit, *, trust_env: bool) -> Any:
    """A session whose responses end at the limit.

    `trust_env` lets requests see proxy settings; never for loopback, where a proxy would get the token.
    """
    try:
        import requests
    except ImportError:
        raise MissingDependency("requests") from None
    session = requests.Session()
    session.trust_env = trust_env
    adapter = _adapter(limit)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session


class _Response(io.RawIOBase):
    """The bytes that come through a connection from now on, until the deadline."""

    def __init__(self, connection: Any, limit: Limit) -> None:
        self._connection = connection
        self._raw = connection.makefile("rb", buffering=0)
        self._limit = limit

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The file that http.client reads a response from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left, timeout = self._limit.deadline.left(), self._connection.gettimeout()
        if left <= 0:
            raise socket.timeout("timed out")
        if timeout is None or left < timeout:
            self._connection.settimeout(left)
        number: int | None = self._raw.readinto(buffer)
        return number

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Sends:
    """Notes on a connection that a request is being sent; what opens a tunnel through a proxy does not count."""

    limit: Limit
    tunnelling = False

    def send(self, data: Any) -> None:
        connection: Any = self
        if connection.sock is None and connection.auto_open:
            connection.connect()
        self.limit.sent = self.limit.sent or not self.tunnelling
        super().send(data)  # type: ignore[misc]

    def _tunnel(self) -> None:
        self.tunnelling = True
        try:
            super()._tunnel()  # type: ignore[misc]
        finally:
            self.tunnelling = False


def _adapter(limit: Limit) -> Any:
    """Makes the connections. Its classes are defined here, because their bases are slow to import."""
    import http.client

    from requests.adapters import HTTPAdapter

    class Response(http.client.HTTPResponse):
        def __init__(self, connection: Any, *args: Any, **options: Any) -> None:
            bounded_connection: Any = _Response(connection, limit)
            super().__init__(bounded_connection, *args, **options)

    def bounded(manager: Any) -> Any:
        pools = {}
        for scheme, pool in manager.pool_classes_by_scheme.items():
            own = {"response_class": Response, "limit": limit}
            connection = type("Connection", (_Sends, pool.ConnectionCls), own)
            pools[scheme] = type("Pool", (pool,), {"ConnectionCls": connection})
        manager.pool_classes_by_scheme = pools
        return manager

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            bounded(self.poolmanager)

        def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
            known = proxy in self.proxy_manager
            manager = super().proxy_manager_for(proxy, **options)
            return manager if known else bounded(manager)

        def close(self) -> None:
            # urllib3 2 leaves that to the garbage collector, and a pool that an error came from to its last run.
            for manager in (self.poolmanager, *self.proxy_manager.values()):
                for pool in [manager.pools.get(key) for key in manager.pools.keys()]:  # noqa: SIM118 - it is no dict
                    pool.close()
            super().close()

    return Adapter()
