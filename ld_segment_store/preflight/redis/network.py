# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The way to Redis: name, port, TLS or plain. On plain sockets, so that each fault gets a sentence of its own.

No password is sent here.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ..checks import Verdict, failure, passed, warning


@dataclass
class Endpoint:
    """Where Redis is said to be. `timeout` is for one wait, in seconds.

    The checks leave here what the later ones need: `addresses` from resolving, the one `address` that took a connection, and
    `open_to_all` when Redis answered a client that gave no password.
    """

    host: str
    port: int
    tls: bool
    ca_path: str | None
    timeout: float
    addresses: list[str] = field(default_factory=list)
    address: str = ""
    open_to_all: bool = False

    def connect(self, timeout: float) -> socket.socket:
        """A plain connection to `address`."""
        return socket.create_connection((self.address, self.port), timeout=timeout)

    @contextlib.contextmanager
    def connect_tls(self, context: ssl.SSLContext, timeout: float) -> Iterator[ssl.SSLSocket]:
        """A connection to `address` with TLS. Raises ssl.SSLError when the handshake fails."""
        with self.connect(timeout) as plain, context.wrap_socket(plain, server_hostname=self.host) as encrypted:
            yield encrypted


def check_resolve(endpoint: Endpoint) -> Verdict:
    """Whether the host's name has an address."""
    # With colons it must be an IPv6 address. If it isn't, it may be a pasted "user:password": don't repeat it.
    name = "the host" if ":" in endpoint.host and not _is_address(endpoint.host) else repr(endpoint.host)
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        silent = getattr(error, "errno", None) == socket.EAI_AGAIN
        return failure(
            "{0} does not resolve{1}".format(name, ": the name server gave no answer" if silent else ""),
            "check the spelling of the host, and the DNS of the machine that this runs on",
        )
    endpoint.addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    addresses = ", ".join(endpoint.addresses)
    if all(ipaddress.ip_address(address.split("%")[0]).is_global for address in endpoint.addresses):
        return passed("{0} is {1}".format(name, addresses))
    if _is_address(endpoint.host):
        return warning(
            "{0} is not a public address".format(endpoint.host),
            "LaunchDarkly connects from outside: give it a public name or address",
        )
    return passed("{0} is {1} here; LaunchDarkly needs a public address for it".format(name, addresses))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def check_connect(endpoint: Endpoint) -> Verdict:
    """Whether one of the addresses takes a TCP connection. They share the time."""
    failures: dict[str, OSError] = {}
    for address in endpoint.addresses:
        try:
            with socket.create_connection((address, endpoint.port), endpoint.timeout / len(endpoint.addresses)):
                endpoint.address = address
                return passed("{0} port {1} takes connections".format(address, endpoint.port))
        except OSError as error:
            failures[address] = error
    seen = "port {0} {1}".format(
        endpoint.port, ", ".join("{0} at {1}".format(_why(error), address) for address, error in failures.items())
    )
    return failure(seen, _connect_remedy(list(failures.values())))


def _why(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(error, socket.timeout):  # a TimeoutError only from Python 3.10 on
        return "did not answer in time"
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return "cannot be reached: no route"
    return "cannot be reached: {0}".format(os.strerror(error.errno) if error.errno else type(error).__name__)


def _connect_remedy(errors: list[OSError]) -> str:
    if any(isinstance(error, socket.timeout) for error in errors):
        return "a firewall or security group probably drops the packets: let this machine, and LaunchDarkly, reach the port"
    if any(isinstance(error, ConnectionRefusedError) for error in errors):
        return "check the port, that Redis runs, and that its `bind` setting names more than the loopback address"
    return "check the host, and the route and VPN of the machine that this runs on"


class _Kind(enum.Enum):
    REDIS = "Redis answered"
    FOREIGN = "something else answered"
    SILENT = "nothing was answered"
    CLOSED = "the connection was closed"
    TLS_FAILED = "the TLS handshake failed"
    CLIENT_CERTIFICATE = "a client certificate is demanded"


class _Answer(NamedTuple):
    """What came back for a PING: `text` is its first line, or OpenSSL's word for what went wrong."""

    kind: _Kind
    text: str = ""


def check_tls(endpoint: Endpoint) -> Verdict:
    """Whether Redis answers in the way asked for, with TLS or plain. If it does in the other way, that is said."""
    answer = _ping(endpoint, endpoint.tls)
    if answer.kind is _Kind.REDIS:
        return _judge_greeting(endpoint, answer.text)
    if answer.kind is _Kind.CLIENT_CERTIFICATE:
        return _client_certificate()
    other = _ping(endpoint, not endpoint.tls)
    if other.kind in (_Kind.REDIS, _Kind.CLIENT_CERTIFICATE):
        if endpoint.tls:
            return failure(
                "Redis speaks plain on this port, but TLS was asked for",
                "give the port on which Redis speaks TLS (its `tls-port`), or set tls_enabled to false",
            )
        return failure(
            "Redis speaks TLS on this port, but a plain connection was asked for",
            "set tls_enabled to true",
        )
    telling = (found for kind in (_Kind.FOREIGN, _Kind.TLS_FAILED) for found in (answer, other) if found.kind is kind)
    return _judge_stranger(next(telling, answer))


def _ping(endpoint: Endpoint, tls: bool) -> _Answer:
    """Send one PING on a new connection, unauthenticated. Both ways are tried at worst, so each gets half of the time.

    The certificate is not looked at here: that is a check of its own.
    """
    timeout = endpoint.timeout / 2
    try:
        with endpoint.connect_tls(_trust_anybody(), timeout) if tls else endpoint.connect(timeout) as connection:
            # A server that has already turned us away may have closed: what it said can still be read.
            with contextlib.suppress(ssl.SSLEOFError, ConnectionError):
                connection.sendall(b"PING\r\n")
            answer = connection.recv(512)
    except socket.timeout:
        return _Answer(_Kind.SILENT)
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return _Answer(_Kind.CLOSED)
    except ssl.SSLError as error:
        # With TLS 1.3 it comes as an alert after the handshake.
        demanded = "CERTIFICATE_REQUIRED" in (error.reason or "")
        return _Answer(_Kind.CLIENT_CERTIFICATE if demanded else _Kind.TLS_FAILED, error.reason or "")
    except OSError:
        return _Answer(_Kind.CLOSED)
    if not answer:
        return _Answer(_Kind.CLOSED)
    line = answer.split(b"\r\n")[0][:60].decode("ascii", "replace")
    return _Answer(_Kind.REDIS if answer[:1] in (b"+", b"-") else _Kind.FOREIGN, line)


def _trust_anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _judge_greeting(endpoint: Endpoint, text: str) -> Verdict:
    if text.startswith("-DENIED"):
        return failure(
            "Redis is in protected mode and turns away all but local clients",
            "give its users passwords and set `protected-mode no`",
        )
    if text.startswith("-ERR max number of clients"):
        return failure("Redis has reached its limit of clients", "raise its `maxclients`, or close idle clients")
    endpoint.open_to_all = text.startswith("+PONG")
    how = "with TLS, as asked" if endpoint.tls else "plain, as asked: everything travels unencrypted"
    return passed("Redis answers {0}".format(how))


def _client_certificate() -> Verdict:
    return failure(
        "Redis demands a certificate of its clients, and LaunchDarkly's form has no field for one",
        "set `tls-auth-clients no` in Redis",
    )


def _judge_stranger(answer: _Answer) -> Verdict:
    if answer.kind is _Kind.FOREIGN:
        return failure(
            "what answers there is not Redis: it says {0!r}".format(answer.text),
            "check host and port",
        )
    if answer.kind is _Kind.TLS_FAILED:
        return failure(
            "the TLS handshake fails: {0}".format(answer.text.lower().replace("_", " ") or "no reason given"),
            "check the TLS settings of Redis: `tls-protocols`, `tls-ciphers`, and `tls-auth-clients no`",
        )
    happens = "is closed at once" if answer.kind is _Kind.CLOSED else "stays silent"
    return failure(
        "the port takes a connection, which then {0}, with TLS and without".format(happens),
        "check that the port is that of Redis, and that what stands before it (proxy, tunnel, load balancer) reaches it",
    )
