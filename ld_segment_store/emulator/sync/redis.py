# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Writing big segments to Redis, in the layout and with the commands of LaunchDarkly's public Relay Proxy."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...core.errors import MissingDependency
from ...core.secret import Secret
from ..account.account import Config
from ..account.segments import Change
from .store_error import StoreError

# Commands of one transaction: more would make Redis wait too long for one client.
_BATCH = 1000
_ATTEMPTS = 3


class RedisStore:
    """The Redis of an integration. `prefix` is the environment's client-side ID."""

    def __init__(self, config: Config, prefix: str, timeout: float, ca_file: str | None) -> None:
        password = config.get("password")
        self._host = str(config["host"])
        self._port = int(str(config.get("port") or "6379"))
        self._place = "{}:{}".format(f"[{self._host}]" if ":" in self._host else self._host, self._port)
        self._username = str(config.get("username") or "")
        self._password = password if isinstance(password, Secret) else Secret("")
        self._tls = config.get("tlsEnabled") is True
        self._prefix = prefix
        self._timeout = timeout
        self._ca_file = ca_file

    @contextmanager
    def open(self) -> Iterator[RedisSession]:
        """A new connection each time, so that a changed password or permission takes effect at once."""
        try:
            import redis
        except ImportError:
            raise MissingDependency("redis") from None
        # The bare connection of redis-py, not its client: it does not retry. A client of redis-py 8 repeats even a wrong
        # password for seconds.
        options: dict[str, Any] = {
            "host": self._host,
            "port": self._port,
            "username": self._username or None,
            "password": self._password.reveal() or None,
            "socket_timeout": self._timeout,
            "socket_connect_timeout": self._timeout,
            "protocol": 2,
            "decode_responses": True,
        }
        if self._tls:
            options.update(ssl_cert_reqs="required", ssl_check_hostname=True, ssl_ca_certs=self._ca_file)
        connection: Any = (redis.SSLConnection if self._tls else redis.Connection)(**options)
        session = RedisSession(connection, self._prefix)
        try:
            connection.connect()
            session.ask("PING")
            yield session
        except (redis.RedisError, OSError) as error:
            raise StoreError(self._words(error, session.command)) from None
        finally:
            connection.disconnect()

    def _words(self, error: Exception, command: str) -> str:
        """A sentence for the error, without Redis's own text: that may repeat the password."""
        from redis import exceptions as redis

        if isinstance(error, redis.AuthenticationError):
            if command:
                return f"NOAUTH: {self._place} demands a password"
            if "without any password configured" in str(error) or "no password is set" in str(error):
                return f"ERR: {self._place} has no password set, and one was given"
            return f"WRONGPASS: {self._place} refuses this user name and password"
        if isinstance(error, (redis.ResponseError, redis.BusyLoadingError)):
            code = _code(error)
            if code == "NOPERM":
                user = self._username or "default"
                return f"NOPERM: the user {user!r} may not use {command} on keys under {self._prefix}:"
            if code in ("MOVED", "CROSSSLOT"):
                return f"{code}: {self._place} belongs to a Redis Cluster, which is not supported"
            return "{}: {} refuses {}".format(code, self._place, command or "AUTH")
        if isinstance(error, redis.TimeoutError):
            return f"no answer from {self._place} within {self._timeout:g} s"
        if isinstance(error, redis.InvalidResponse):
            return f"{self._place} does not answer as Redis does"
        hint = "" if self._tls or command not in ("", "PING") else ": does it demand TLS?"
        return self._why_no_connection(_cause(error)) or f"{self._place} broke the connection{hint}"

    def _why_no_connection(self, cause: BaseException | None) -> str:
        if isinstance(cause, ConnectionRefusedError):
            return f"connection refused by {self._place}"
        if isinstance(cause, socket.gaierror):
            return f"the name {self._host!r} does not resolve"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the TLS certificate of {self._place} is refused: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            reason = (cause.reason or "no reason given").lower().replace("_", " ")
            return f"TLS with {self._place} fails: {reason}"
        return ""


class RedisSession:
    """An open connection. `command` is the last command sent, "" before the first."""

    def __init__(self, connection: Any, prefix: str) -> None:
        self.command = ""
        self._connection = connection
        self._prefix = prefix
        self._synchronized_on = prefix + ":big_segments_synchronized_on"
        # The Relay Proxy's: every writer watches and sets the lock; the cursor is the version of the newest change.
        self._lock = prefix + ":big_segments_lock"
        self._cursor = prefix + ":big_segments_cursor"

    def ask(self, *command: str) -> Any:
        """The reply to one command. Raises redis-py's errors."""
        return self._ask_all([command])[0]

    def synchronized_on(self) -> int | None:
        """The last synchronisation, in epoch milliseconds; None if it is missing or no number."""
        found = self.ask("GET", self._synchronized_on)
        return int(found) if found is not None and found.isdigit() else None

    def write(self, some: list[Change], now: int) -> None:
        """Make the changes, up to 1,000 commands in a transaction, then write `now`."""
        commands = [command for change in some for command in self._commands(change)]
        for start in range(0, len(commands), _BATCH):
            self._transact(commands[start : start + _BATCH], str(now))
        self.ask("SET", self._synchronized_on, str(now))

    def _commands(self, change: Change) -> Iterator[tuple[str, ...]]:
        for command, membership in (("SADD", change.add), ("SREM", change.remove)):
            for kind, segments in (("include", membership.included), ("exclude", membership.excluded)):
                if segments:
                    key = f"{self._prefix}:big_segment_{kind}:{change.context_hash}"
                    yield (command, key, *sorted(segments))

    def _transact(self, commands: list[tuple[str, ...]], version: str) -> None:
        """All or nothing, as the Relay Proxy does, and again if another writer interfered."""
        cursor = [("SET", self._lock, ""), ("SET", self._cursor, version)]
        for _attempt in range(_ATTEMPTS):
            self.ask("WATCH", self._lock)
            results = self._ask_all([("MULTI",), *commands, *cursor, ("EXEC",)])[-1]
            if results is not None:
                for command, result in zip(commands, results):
                    if isinstance(result, Exception):  # EXEC returns errors, it does not raise them
                        self.command = command[0]
                        raise result
                return
        raise StoreError(f"another writer repeatedly changes {self._lock}")

    def _ask_all(self, commands: list[tuple[str, ...]]) -> list[Any]:
        """Send the commands together and read the replies one by one, so that an error belongs to `command`."""
        self._connection.send_packed_command(self._connection.pack_commands(commands))
        replies = []
        for command in commands:
            self.command = command[0]
            replies.append(self._connection.read_response())
        return replies


def _code(error: Exception) -> str:
    """Redis's code for an error, such as READONLY. redis-py removes it if it has a class for the error."""
    from redis import exceptions as redis

    for kind, code in (
        (redis.OutOfMemoryError, "OOM"),
        (redis.ReadOnlyError, "READONLY"),
        (redis.BusyLoadingError, "LOADING"),
        (redis.NoPermissionError, "NOPERM"),
        (redis.MovedError, "MOVED"),
        (redis.ClusterCrossSlotError, "CROSSSLOT"),
        (redis.ClusterDownError, "CLUSTERDOWN"),
    ):
        if isinstance(error, kind):
            return code
    # EXEC reports why it did nothing: "Transaction discarded because of: NOPERM ...".
    word = str(error).rpartition("because of: ")[2].partition(" ")[0]
    return word if word.isalpha() and word.isupper() else "ERR"


def _cause(error: BaseException | None) -> BaseException | None:
    """The operating system's or TLS error behind redis-py's own."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__ or error.__context__
    return error
