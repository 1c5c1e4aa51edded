# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Name, port, TLS or plain: each way of not reaching Redis, provoked for real on loopback."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.support.redis_preflight import almost_redis, listener, not_checked_after, reported, run, run_on
from tests.support.redis_server import RedisServer, free_port


def test_a_name_that_does_not_resolve() -> None:
    checks = run({"host": "redis.invalid"})
    assert checks["resolve"].seen in (
        "'redis.invalid' does not resolve",
        "'redis.invalid' does not resolve: the name server gave no answer",  # where the tests have no network
    )
    assert "spelling" in checks["resolve"].remedy
    assert not_checked_after(checks, "resolve")


def test_a_name_that_no_resolver_takes_is_reported_as_well() -> None:
    checks = run({"host": "a" * 64 + ".example"})
    assert checks["resolve"].seen.startswith("'aaa")
    assert not_checked_after(checks, "resolve")


def test_what_may_be_a_pasted_password_is_not_repeated() -> None:
    checks = run({"host": "default:planted-pAssw0rd-Zq9:redis.example.com"})
    assert checks["resolve"].seen.startswith("the host does not resolve")


def test_an_address_of_this_machine_is_out_of_launchdarklys_reach(bare: RedisServer) -> None:
    checks = run_on(bare)
    assert reported(checks["resolve"]) == ("warning", "127.0.0.1 cannot be reached from the Internet")
    by_name = run_on(bare, config={"host": "localhost"})
    assert by_name["resolve"].outcome.value == "warning"
    assert by_name["resolve"].seen.startswith("'localhost' resolves to ")
    assert by_name["resolve"].seen.endswith("127.0.0.1 cannot be reached from the Internet")


def test_a_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "refused")
    _fake_connections(monkeypatch, ["198.51.100.7", "8.8.8.8"], refused)
    assert reported(run({"host": "redis.example.com"})["resolve"]) == (
        "warning",
        "'redis.example.com' resolves to 198.51.100.7, 8.8.8.8; 198.51.100.7 cannot be reached from the Internet",
    )
    _fake_connections(monkeypatch, ["8.8.8.8"], refused)
    assert reported(run({"host": "redis.example.com"})["resolve"]) == (
        "pass",
        "'redis.example.com' resolves to 8.8.8.8",
    )
    _fake_connections(monkeypatch, ["2001:4860:4860::8888"], refused)
    assert reported(run({"host": "redis.example.com"})["resolve"]) == (
        "warning",
        "'redis.example.com' resolves to 2001:4860:4860::8888; it has no IPv4 address",
    )


def test_a_closed_port() -> None:
    port = free_port()
    checks = run({"host": "127.0.0.1", "port": port})
    assert checks["connect"].seen == f"port {port} refused the connection at 127.0.0.1"
    assert "`bind`" in checks["connect"].remedy
    assert not_checked_after(checks, "connect")


def test_a_machine_without_a_route(monkeypatch: pytest.MonkeyPatch) -> None:
    _fake_connections(monkeypatch, ["2001:db8::1", "192.0.2.1"], OSError(errno.ENETUNREACH, "unreachable"))
    checks = run({"host": "redis.example.com"})
    assert checks["connect"].seen == (
        "port 6379 is unreachable (no route) at 2001:db8::1, is unreachable (no route) at 192.0.2.1"
    )
    assert "route" in checks["connect"].remedy
    assert not_checked_after(checks, "connect")


def _fake_connections(monkeypatch: pytest.MonkeyPatch, addresses: list[str], error: OSError) -> None:
    """The tests' network is unknown, so these two cases are played."""

    def connect(*_: Any, **__: Any) -> socket.socket:
        raise error

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 6379)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", connect)


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue is full: the kernel drops what comes, as a firewall does."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port: int = listening.getsockname()[1]
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


@pytest.mark.slow
def test_a_port_behind_a_firewall_that_drops(full_port: int) -> None:
    checks = run({"host": "127.0.0.1", "port": full_port}, timeout=0.5)
    assert checks["connect"].seen == f"port {full_port} did not respond in time at 127.0.0.1"
    assert "firewall or security group" in checks["connect"].remedy
    assert not_checked_after(checks, "connect")


@pytest.mark.slow
@pytest.mark.parametrize("tls", [False, True])
def test_a_port_that_takes_connections_and_never_answers(tls: bool) -> None:
    ended = threading.Event()
    with listener(lambda _: _wait(ended)) as config:
        checks = run({**config, "tls_enabled": tls}, timeout=0.5)
        ended.set()
    assert checks["tls"].seen == "the port accepts a connection, which then stays silent, with TLS and without"
    assert "load balancer" in checks["tls"].remedy
    assert not_checked_after(checks, "tls")


def _wait(event: threading.Event) -> None:
    event.wait(10)


def test_a_port_that_hangs_up() -> None:
    with listener(lambda _: None) as config:
        checks = run(config)
    assert checks["tls"].seen == "the port accepts a connection, which then is closed at once, with TLS and without"
    assert not_checked_after(checks, "tls")


def test_plain_asked_where_redis_speaks_tls(secured: RedisServer) -> None:
    checks = run_on(secured, "writer", config={"tls_enabled": False})
    assert checks["tls"].seen == "the port speaks TLS, but tls_enabled is false"
    assert checks["tls"].remedy == "set tls_enabled to true"
    assert not_checked_after(checks, "tls")


@pytest.mark.slow
def test_tls_asked_where_redis_speaks_plain(guarded: RedisServer) -> None:
    checks = run_on(guarded, config={"tls_enabled": True}, timeout=0.5)
    assert checks["tls"].seen == "the port speaks plain text, but tls_enabled is true"
    assert "tls_enabled to false" in checks["tls"].remedy
    assert not_checked_after(checks, "tls")


class _Web(BaseHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("tls", [False, True])
def test_a_web_server(tls: bool) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        checks = run({"host": "127.0.0.1", "port": server.server_address[1], "tls_enabled": tls})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert checks["tls"].seen.startswith("the port does not speak Redis's protocol: it sends '")
    assert checks["tls"].remedy == "check host and port"
    assert not_checked_after(checks, "tls")


def test_a_server_that_speaks_first() -> None:
    with listener(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")) as config:
        checks = run(config)
    assert reported(checks["tls"]) == (
        "failure",
        "the port does not speak Redis's protocol: it sends 'SSH-2.0-OpenSSH_9.2'",
    )


@pytest.mark.parametrize("protocols", ["TLSv1.2", "TLSv1.3"])
def test_a_client_certificate_is_demanded(protocols: str) -> None:
    with RedisServer(tls=True, config={"tls-auth-clients": "yes", "tls-protocols": protocols}) as server:
        checks = run_on(server)
    if protocols == "TLSv1.3":
        assert "requires a client certificate" in checks["tls"].seen
    else:  # there the alert doesn't tell
        assert checks["tls"].seen.startswith("the TLS handshake fails: ")
        assert checks["tls"].seen.endswith(" alert handshake failure")
    assert "`tls-auth-clients no`" in checks["tls"].remedy
    assert not_checked_after(checks, "tls")


def test_protected_mode() -> None:
    with almost_redis({"PING": "-DENIED Redis is running in protected mode because ..."}) as (config, received):
        checks = run(config)
    assert checks["tls"].seen == "Redis is in protected mode and rejects all but local clients"
    assert "protected-mode no" in checks["tls"].remedy
    assert received == [["PING"]]
    assert not_checked_after(checks, "tls")


def test_no_place_for_another_client() -> None:
    with RedisServer() as server, server.admin() as admin:
        admin.config_set("maxclients", "1")  # this client stays connected
        checks = run_on(server)
    assert checks["tls"].seen == "Redis has reached its limit of clients"
    assert "maxclients" in checks["tls"].remedy
    assert not_checked_after(checks, "tls")
