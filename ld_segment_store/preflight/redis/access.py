# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Logging in to Redis, and asking it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, TypeVar

from ...core.errors import MissingDependency
from ...core.secret import Secret
from ..checks import Verdict, failure, passed, warning
from .network import Endpoint

_Result = TypeVar("_Result")


def load_library() -> Any:
    """The package redis. Raises MissingDependency without it; the extra `redis` of ld-segment-store installs it."""
    try:
        import redis
    except ImportError:
        raise MissingDependency("redis") from None
    return redis


@dataclass
class Access:
    """How to log in to Redis. `user` is the name for sentences, `default` where none was given."""

    endpoint: Endpoint
    username: str
    password: Secret

    def __post_init__(self) -> None:
        self.redis = load_library()
        self.user = self.username or "default"

    def connect(self) -> Any:
        """An authenticated connection, to be closed by `disconnect`. Raises what redis-py raises."""
        # The bare connection of redis-py, not its client: answers come as they are, and nothing is tried again. A client
        # of redis-py 8 repeats even a wrong password for seconds.
        options = {
            "host": self.endpoint.host,
            "port": self.endpoint.port,
            "username": self.username or None,
            "password": self.password.reveal() or None,
            "socket_timeout": self.endpoint.timeout,
            "socket_connect_timeout": self.endpoint.timeout,
            "protocol": 2,
            "decode_responses": True,
            "encoding_errors": "replace",
        }
        if self.endpoint.tls:
            options.update(ssl_cert_reqs="required", ssl_check_hostname=True, ssl_ca_certs=self.endpoint.ca_path)
        connection = (self.redis.SSLConnection if self.endpoint.tls else self.redis.Connection)(**options)
        connection.connect()
        return connection

    def attempt(self, use: Callable[[Any], _Result]) -> _Result | Verdict:
        """What `use` makes of an authenticated connection, or a failure that puts in words why it could not."""
        try:
            connection = self.connect()
            try:
                return use(connection)
            finally:
                connection.disconnect()
        except self.redis.ResponseError as error:
            return failure("Redis refuses: {0}".format(self.words(error)), "look this up in Redis's documentation")
        except self.redis.TimeoutError:
            return failure("Redis stopped answering", "see whether it is overloaded, then try again")
        except (self.redis.ConnectionError, OSError):
            return failure("Redis broke the connection", "see its log, then try again")

    def words(self, error: Exception) -> str:
        """The first sentence of what Redis said, without the password in case a server repeats it."""
        text = str(error)
        if self.password:
            text = text.replace(self.password.reveal(), "***")
        return text.split(". ", maxsplit=1)[0][:200]


def ask(connection: Any, *command: str) -> Any:
    """Send one command and read its answer. Raises redis-py's ResponseError and its kin."""
    connection.send_command(*command)
    return connection.read_response()


def check_authenticate(access: Access) -> Verdict:
    """Whether Redis takes the user and password, and whether it asks for one at all."""
    redis = access.redis
    try:
        connection = access.connect()
        try:
            ask(connection, "PING")
        except redis.ResponseError:
            pass  # logged in; what this user may run is another check
        finally:
            connection.disconnect()
    except redis.AuthenticationError as error:
        return _judge_refusal(access, str(error))
    except redis.BusyLoadingError:
        return failure("Redis is still loading its data", "try again when it is done")
    except redis.TimeoutError:
        return failure("Redis does not answer to AUTH", "see whether it is overloaded, then try again")
    except redis.ResponseError:
        # Its text is left out: an unknown command is answered with its arguments, and here that's the password.
        return failure("Redis does not accept the command AUTH", "check that this is Redis itself, not a proxy")
    except (redis.ConnectionError, OSError):
        return failure("Redis broke the connection at AUTH", "see its log, then try again")
    if access.endpoint.open_to_all:
        return warning(
            "Redis also serves clients that give no password",
            "anybody who reaches the port can read and change it: set a password or switch the user `default` off",
        )
    return passed("Redis takes the user {0!r} and its password".format(access.user))


def _judge_refusal(access: Access, text: str) -> Verdict:
    if not access.username and not access.password:
        return failure("Redis demands a password, and none was given", "give the user and password of Redis")
    if "without any password configured" in text or "no password is set" in text:
        return failure("a password was given, but Redis has none set", "leave the password out, or set one in Redis")
    if not access.password:
        return failure(
            "Redis has no user {0!r} that needs no password".format(access.user), "give the password of this user"
        )
    return failure(
        "Redis refuses the user {0!r} with this password".format(access.user),
        "check both; Redis does not tell a wrong password from a user that is missing or off,"
        " an administrator sees it by `ACL GETUSER {0}`".format(access.user),
    )
