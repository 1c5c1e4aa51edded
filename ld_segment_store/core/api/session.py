# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The HTTP session: connections that are kept, and answers that end.

The time-out of `requests` counts anew with each byte, so a server that drips could hold a caller for as long as it likes.
"""

from __future__ import annotations

import io
import socket
from typing import Any

from ..errors import MissingDependency
from .retry import Deadline

# The list of an account with 10,000 integrations has 6 MB.
MOST_BYTES = 256 << 20


class Limit:
    """By when the answer must be complete that a session is waiting for.

    It holds no session: the classes of connections refer to it, and would keep connections open that nobody uses.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline


def new_session(limit: Limit, *, trust_env: bool) -> Any:
    """A session whose answers end at the limit, or when they have become too large.

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


class _Answer(io.RawIOBase):
    """What comes through a connection from now on, until it takes too long or is too much."""

    def __init__(self, connection: Any, limit: Limit) -> None:
        self._connection = connection
        self._raw = connection.makefile("rb", buffering=0)
        self._limit = limit
        self._bytes = 0

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What http.client asks a socket for, to read the answer from."""
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
        self._bytes += number or 0
        if self._bytes > MOST_BYTES:
            raise OSError("the answer is too large")
        return number

    def close(self) -> None:
        self._raw.close()
        super().close()


def _adapter(limit: Limit) -> Any:
    """What makes the connections. Its classes are made here, since their bases are slow to import."""
    import http.client

    from requests.adapters import HTTPAdapter

    class Response(http.client.HTTPResponse):
        def __init__(self, connection: Any, *args: Any, **options: Any) -> None:
            answer: Any = _Answer(connection, limit)
            super().__init__(answer, *args, **options)

    def bounded(manager: Any) -> Any:
        pools = {}
        for scheme, pool in manager.pool_classes_by_scheme.items():
            connection = type("Connection", (pool.ConnectionCls,), {"response_class": Response})
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
