# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The network path to Redis: name, port, TLS or plain text. On plain sockets, so that each fault gets its own sentence.

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
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ...core.errors import InvalidSettings
from ..checks import Verdict, failure, passed, warning
from .protocol import Connection

# More addresses than any name of a store has.
_MAX_ADDRESSES = 16


@dataclass
class Endpoint:
    """The host and port of Redis. `timeout` bounds each single wait, in seconds.

    The checks store here what later checks need: `addresses` of the host, the `address` that accepted a connection, and
    `open_to_all` if Redis serves clients without a password.
    """

    host: str
    port: int
    tls: bool
    ca_path: str | None
    timeout: float
    addresses: list[str] = field(default_factory=list)
    address: str = ""
    open_to_all: bool = False

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """Verifies certificates by the well-known authorities and those of `ca_path`. Raises OSError for a bad file."""
        return trusting(self.ca_path)

    def require_trust(self) -> None:
        """Raise InvalidSettings for a `ca_path` that cannot be used."""
        try:
            _trust = self.trust if self.tls else None
        except OSError as error:
            no_certificate = isinstance(error, ssl.SSLError)
            problem = "names a file without a certificate" if no_certificate else f"can't be read ({error.strerror})"
            raise InvalidSettings.for_field("ca_path", problem, "give a PEM file of CA certificates") from None

    def open(self) -> Connection:
        """A connection to Redis, with a verified certificate if TLS is on, and without a login. Raises OSError."""
        plain = self.connect()
        if not self.tls:
            return Connection(plain)
        try:
            return Connection(self.trust.wrap_socket(plain, server_hostname=self.host))
        except OSError:
            plain.close()
            raise

    def connect(self) -> socket.socket:
        """A TCP connection to `address`."""
        return socket.create_connection((self.address, self.port), timeout=self.timeout)

    @contextlib.contextmanager
    def connect_tls(self, context: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
        """A connection to `address` with TLS. Raises ssl.SSLError when the handshake fails."""
        with self.connect() as plain, context.wrap_socket(plain, server_hostname=self.host) as encrypted:
            yield encrypted

    @property
    def public_addresses(self) -> list[str]:
        """The addresses that the Internet can reach."""
        return [address for address in self.addresses if ipaddress.ip_address(address.split("%")[0]).is_global]


def trusting(ca_path: str | None) -> ssl.SSLContext:
    """A context that trusts the well-known authorities of this machine, and those of `ca_path`. Raises OSError."""
    context = ssl.create_default_context()
    # Python would accept the common name of a certificate without other names; other TLS clients, such as Go's, do not.
    context.hostname_checks_common_name = False
    if ca_path is not None:
        context.load_verify_locations(ca_path)
    return context


def check_resolve(endpoint: Endpoint, by_launchdarkly: bool = True) -> Verdict:
    """Whether the host has an address, and one that LaunchDarkly can reach where that matters."""
    # A text with colons is an IPv6 address or a pasted "user:password", which is not repeated.
    name = "the host" if ":" in endpoint.host and not _is_address(endpoint.host) else repr(endpoint.host)
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        silent = getattr(error, "errno", None) == socket.EAI_AGAIN
        return failure(
            f"{name} does not resolve{': the name server did not respond' if silent else ''}",
            "check the spelling of the host, and DNS on the machine where this runs",
        )
    endpoint.addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))[:_MAX_ADDRESSES]
    seen = endpoint.host if _is_address(endpoint.host) else f"{name} resolves to {', '.join(endpoint.addresses)}"
    if not by_launchdarkly:
        return passed(seen)
    public = endpoint.public_addresses
    if len(public) < len(endpoint.addresses):
        private = ", ".join(address for address in endpoint.addresses if address not in public)
        subject = private if _is_address(endpoint.host) else f"{seen}; {private}"
        return warning(
            f"{subject} cannot be reached from the Internet",
            "LaunchDarkly connects from outside: give the host a public address, unless DNS answers differently outside",
        )
    if all(":" in address for address in public):
        # LaunchDarkly documents that its API has no IPv6; for its connections to stores nothing is documented.
        return warning(
            f"{seen}; it has no IPv4 address",
            "add an IPv4 address: LaunchDarkly does not document that it connects over IPv6",
        )
    return passed(seen)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def check_connect(endpoint: Endpoint) -> Verdict:
    """Whether the addresses accept a TCP connection. One that does is enough to go on."""
    with ThreadPoolExecutor(len(endpoint.addresses)) as pool:
        results = dict(
            zip(endpoint.addresses, pool.map(lambda address: _try_connect(endpoint, address), endpoint.addresses))
        )
    failures = {address: error for address, error in results.items() if error}
    seen = f"port {endpoint.port} " + ", ".join(f"{_why(error)} at {address}" for address, error in failures.items())
    if len(failures) == len(results):
        return failure(seen, _connect_remedy(list(failures.values())))
    endpoint.address = next(address for address, error in results.items() if error is None)
    if failures:
        return warning(
            f"{seen}; continuing with {endpoint.address}",
            "remove this address from DNS or make Redis listen on it: LaunchDarkly may pick any of the addresses",
        )
    return passed(f"{', '.join(results)} port {endpoint.port} accepts connections")


def _try_connect(endpoint: Endpoint, address: str) -> OSError | None:
    try:
        socket.create_connection((address, endpoint.port), endpoint.timeout).close()
    except OSError as error:
        return error
    return None


def _why(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(error, socket.timeout):  # a TimeoutError only from Python 3.10 on
        return "did not respond in time"
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return "is unreachable (no route)"
    return f"is unreachable ({os.strerror(error.errno) if error.errno else type(error).__name__})"


def _connect_remedy(errors: list[OSError]) -> str:
    if any(isinstance(error, socket.timeout) for error in errors):
        return "a firewall or security group probably drops the packets: let this machine, and LaunchDarkly, reach the port"
    if any(isinstance(error, ConnectionRefusedError) for error in errors):
        return "check the port, that Redis runs, and that its `bind` setting names more than the loopback address"
    return "check the host, and the route and VPN of the machine where this runs"


class _Kind(enum.Enum):
    REDIS = "Redis responded"
    FOREIGN = "something else responded"
    SILENT = "no response"
    CLOSED = "the connection was closed"
    TLS_FAILED = "the TLS handshake failed"
    CLIENT_CERTIFICATE = "a client certificate is required"


class _Answer(NamedTuple):
    """The response to a PING: `text` is its first line, or OpenSSL's reason; `seconds` the round trip."""

    kind: _Kind
    text: str = ""
    seconds: float = 0.0


def check_tls(endpoint: Endpoint) -> Verdict:
    """Whether Redis responds as configured, with TLS or in plain text, or else the other way."""
    answer = _ping(endpoint, endpoint.tls)
    if answer.kind is _Kind.REDIS:
        return _judge_greeting(endpoint, answer)
    if answer.kind is _Kind.CLIENT_CERTIFICATE:
        return _client_certificate()
    other = _ping(endpoint, not endpoint.tls)
    if other.kind in (_Kind.REDIS, _Kind.CLIENT_CERTIFICATE):
        if endpoint.tls:
            return failure(
                "the port speaks plain text, but tls_enabled is true",
                "give the port on which Redis speaks TLS (its `tls-port`), or set tls_enabled to false",
            )
        return failure("the port speaks TLS, but tls_enabled is false", "set tls_enabled to true")
    telling = (found for kind in (_Kind.FOREIGN, _Kind.TLS_FAILED) for found in (answer, other) if found.kind is kind)
    return _judge_stranger(next(telling, answer))


def _ping(endpoint: Endpoint, tls: bool) -> _Answer:
    """Send one PING on a new connection, without a login. The certificate is not verified here."""
    try:
        with endpoint.connect_tls(_trust_anybody()) if tls else endpoint.connect() as connection:
            start = time.monotonic()
            # A server that has rejected the connection may have closed it; its message can still be read.
            with contextlib.suppress(ssl.SSLEOFError, ConnectionError):
                connection.sendall(b"PING\r\n")
            answer = connection.recv(512)
            seconds = time.monotonic() - start
    except socket.timeout:
        return _Answer(_Kind.SILENT)
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return _Answer(_Kind.CLOSED)
    except ssl.SSLError as error:
        # With TLS 1.3 it comes as an alert after the handshake.
        required = "CERTIFICATE_REQUIRED" in (error.reason or "")
        return _Answer(_Kind.CLIENT_CERTIFICATE if required else _Kind.TLS_FAILED, error.reason or "")
    except OSError:
        return _Answer(_Kind.CLOSED)
    if not answer:
        return _Answer(_Kind.CLOSED)
    line = answer.split(b"\r\n")[0][:60].decode("ascii", "replace")
    return _Answer(_Kind.REDIS if answer[:1] in (b"+", b"-") else _Kind.FOREIGN, line, seconds)


def _trust_anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _judge_greeting(endpoint: Endpoint, answer: _Answer) -> Verdict:
    if answer.text.startswith("-DENIED"):
        return failure(
            "Redis is in protected mode and rejects all but local clients",
            "give its users passwords and set `protected-mode no`",
        )
    if answer.text.startswith("-ERR max number of clients"):
        return failure("Redis has reached its limit of clients", "raise its `maxclients`, or close idle clients")
    # A proxy puts a line before the client's first command. After version 2 of it, which is binary, Redis stays silent.
    if answer.text.upper().startswith("-ERR UNKNOWN COMMAND 'PROXY'"):
        return _proxy_protocol()
    endpoint.open_to_all = answer.text.startswith("+PONG")
    if endpoint.tls:
        return passed("Redis responds with TLS", round_trip_seconds=answer.seconds)
    if endpoint.public_addresses:
        return warning(
            "Redis responds in plain text: the password and all members cross the Internet unencrypted",
            "use TLS: enable it in Redis and set tls_enabled to true",
            round_trip_seconds=answer.seconds,
        )
    return passed("Redis responds in plain text, without encryption", round_trip_seconds=answer.seconds)


def _proxy_protocol() -> Verdict:
    return failure(
        "a proxy sends Redis the PROXY protocol header, which Redis does not understand",
        "turn that off at the proxy or load balancer: `send-proxy` of HAProxy, proxy protocol of a target group",
    )


def _client_certificate() -> Verdict:
    return failure(
        "Redis requires a client certificate, and LaunchDarkly's form has no field for one",
        "set `tls-auth-clients no` in Redis",
    )


def _judge_stranger(answer: _Answer) -> Verdict:
    if answer.kind is _Kind.FOREIGN:
        return failure(f"the port does not speak Redis's protocol: it sends {answer.text!r}", "check host and port")
    if answer.kind is _Kind.TLS_FAILED:
        return failure(
            f"the TLS handshake fails: {answer.text.lower().replace('_', ' ') or 'no reason given'}",
            "check the TLS settings of Redis: `tls-protocols`, `tls-ciphers`, and `tls-auth-clients no`",
        )
    happens = "is closed at once" if answer.kind is _Kind.CLOSED else "stays silent"
    return failure(
        f"the port accepts a connection, which then {happens}, with TLS and without",
        "check that the port is Redis's own, and that a proxy, tunnel or load balancer in front of it reaches Redis and does not"
        " send the PROXY protocol header (`send-proxy-v2`)",
    )
