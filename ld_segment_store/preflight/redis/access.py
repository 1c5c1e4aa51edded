# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Login to Redis."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Callable, TypeVar

from ...core.secret import Secret
from ..checks import Verdict, failure, passed, warning
from .network import Endpoint
from .protocol import Connection, Refusal

_Result = TypeVar("_Result")

_SHORTEST_LEAK = 4  # a shorter part of a password in a message tells nothing


@dataclass
class Access:
    """A login to Redis. `user` is the name for sentences: `default` if none was given."""

    endpoint: Endpoint
    username: str
    password: Secret

    def __post_init__(self) -> None:
        self.user = self.username or "default"
        self._kept: Connection | None = None

    def connect(self) -> Connection:
        """A connection that is logged in; close it with `disconnect`. Raises Refusal and OSError."""
        connection = self.endpoint.open()
        try:
            self._login(connection)
        except (Refusal, OSError):
            connection.disconnect()
            raise
        return connection

    def attempt(self, use: Callable[[Connection], _Result]) -> _Result | Verdict:
        """The result of `use` on a connection that is logged in, or a failure that describes why there is none.

        Unless `use` closes it, the connection stays open for the next attempt: a preflight needs one client slot of Redis.
        """
        connection, self._kept = self._kept, None
        try:
            connection = connection or self.connect()
            result = use(connection)
        except Refusal as error:
            verdict = failure(f"Redis refuses: {self.words(error)}", "look up this error in the documentation of Redis")
        except socket.timeout:
            verdict = failure("Redis stopped responding", "check whether it is overloaded, then retry")
        except OSError:
            verdict = failure("Redis closed the connection", "check its log, then retry")
        else:
            self._kept = None if connection.closed else connection
            return result
        if connection:
            connection.disconnect()
        return verdict

    def log_in(self) -> None:
        """Log in and keep the connection for the next attempt. Raises Refusal and OSError."""
        connection = self.connect()
        try:
            connection.ask("PING")
        except Refusal as error:
            if error.code in ("LOADING", "NOAUTH"):
                connection.disconnect()
                raise
            # Logged in. The permissions of the user are another check.
        except OSError:
            connection.disconnect()
            raise
        self._kept = connection

    def close(self) -> None:
        """Close the connection that `attempt` has kept."""
        connection, self._kept = self._kept, None
        if connection:
            connection.disconnect()

    def words(self, error: Refusal) -> str:
        """The first sentence of the error, or its code alone if a server repeats the password or a part of it."""
        password = self.password.reveal()
        text = error.text.partition(", with args")[0].partition(". ")[0][:200]
        ends = {password[:_SHORTEST_LEAK], password[-_SHORTEST_LEAK:]}
        if len(password) < _SHORTEST_LEAK or not any(end in error.text for end in ends):
            return text
        return f"{error.code} (the rest may hold the password)"

    def accepts_no_password(self) -> bool:
        """Whether the user can log in with an empty password, as one with `nopass` can. Raises OSError."""
        connection = self.endpoint.open()
        try:
            connection.ask("AUTH", self.username, "")
        except Refusal:
            return False
        finally:
            connection.disconnect()
        return True

    def _login(self, connection: Connection) -> None:
        if self.username:
            connection.ask("AUTH", self.username, self.password.reveal())
        elif self.password:
            connection.ask("AUTH", self.password.reveal())


def check_authenticate(access: Access) -> Verdict:
    """Whether Redis accepts the user and password, and whether it requires a password."""
    try:
        access.log_in()
        without_password = bool(access.username and access.password) and access.accepts_no_password()
    except Refusal as error:
        return _judge_refusal(access, error)
    except socket.timeout:
        return failure("Redis does not respond to AUTH", "check whether it is overloaded, then retry")
    except OSError:
        return failure("Redis closed the connection at AUTH", "check its log, then retry")
    if without_password:
        return failure(
            f"Redis accepts the user {access.user!r} with an empty password",
            f"as an administrator: ACL SETUSER {access.user} resetpass, then set the password again; with `nopass` or an"
            " empty password anybody can log in",
        )
    if access.endpoint.open_to_all:
        return warning(
            "Redis also serves clients that give no password",
            "anybody who reaches the port can read and change it: set a password or switch the user `default` off",
        )
    return passed(f"Redis accepts the user {access.user!r} and its password")


def _judge_refusal(access: Access, error: Refusal) -> Verdict:
    text = error.text
    if error.code == "LOADING":
        return failure("Redis is still loading its data", "retry when it is done")
    if error.code == "NOAUTH":
        return failure("Redis requires a password, and none was given", "give the user and password of Redis")
    if "wrong number of arguments for 'auth'" in text and access.username:
        return failure(
            "this Redis is older than version 6 and has no user names: it rejects AUTH with the name"
            f" {access.username!r}",
            "leave the user name out and give the password of `requirepass`, or upgrade to Redis 6 or later",
        )
    if "without any password configured" in text or "no password is set" in text:
        return failure("a password was given, but Redis has none set", "leave the password out, or set one in Redis")
    if error.code == "WRONGPASS" or text == "ERR invalid password":
        return _rejected(access)
    # The message is left out: Redis repeats the arguments of a command that it does not know, here the password.
    return failure("Redis does not accept the command AUTH", "check that this is Redis itself, not a proxy")


def _rejected(access: Access) -> Verdict:
    if not access.password:
        return failure(f"Redis has no user {access.user!r} that needs no password", "give the password of this user")
    return failure(
        f"Redis rejects the user {access.user!r} with this password",
        "check both; Redis does not distinguish a wrong password from a user that is missing or off: an administrator"
        f" sees it with `ACL GETUSER {access.user}`",
    )
