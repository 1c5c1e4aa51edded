# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Requests go out at once. Answers end: one that drips at the deadline of who asked, an endless one when it is too large."""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Iterator

import pytest

from ld_segment_store.core import errors
from ld_segment_store.core.api import http_connections as session
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.request import Request
from ld_segment_store.core.api.retry import RetryPolicy
from tests.support.breaking_proxy import BreakingProxy
from tests.support.raw_server import RawServer
from tests.support.raw_server import http as response
from tests.support.scripted import TOKEN, FakeClock

GET = Request("GET", "/x")
POST = Request("POST", "/x", body={"a": 1})
PADDING = "X-Padding: " + "x" * 500
OK = response(200, '{"ok": true, "padding": "' + "y" * 500 + '"}', PADDING)


@pytest.fixture
def dripping() -> Iterator[BreakingProxy]:
    """Head and body of an answer take a second each, and no pause is longer than a tenth."""
    with RawServer(OK) as server, BreakingProxy(server.port, drip_seconds=0.1) as proxy:
        proxy.rate(1.0, ["drip"])
        yield proxy


@pytest.mark.parametrize(("seconds", "part"), [(0.3, "head"), (1.5, "body")])
@pytest.mark.parametrize("request_", [GET, POST], ids=lambda request: request.method)
def test_an_answer_that_drips_ends_at_the_deadline(
    dripping: BreakingProxy, request_: Request, seconds: float, part: str
) -> None:
    with Client(TOKEN, dripping.url, timeout=1.0, clock=time, retry=RetryPolicy(deadline=seconds)) as client:
        began = time.monotonic()
        with pytest.raises(errors.ApiError, match="did not respond within") as caught:
            client._transport.send(request_, client.deadline())
        assert seconds - 0.05 < time.monotonic() - began < seconds + 2
    assert type(caught.value) is (errors.NetworkError if request_ is GET else errors.OutcomeUnknown)


def test_an_answer_that_drips_in_time_is_read(dripping: BreakingProxy) -> None:
    with Client(TOKEN, dripping.url, timeout=1.0, clock=time) as client:
        assert client._transport.send(GET, client.deadline())["ok"] is True


def failure(url: str) -> errors.ApiError:
    with Client(TOKEN, url, clock=FakeClock(), timeout=5, allow_http=True) as client:
        with pytest.raises(errors.ApiError) as caught:
            client._transport.send(GET, client.deadline())
        return caught.value


def test_an_answer_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(OK) as server:
        monkeypatch.setattr(session, "MAX_BYTES", 5)
        assert type(failure(server.url)) is errors.NetworkError
        monkeypatch.setattr(session, "MAX_BYTES", len(OK.split(b"\r\n\r\n")[1]))
        with Client(TOKEN, server.url, clock=FakeClock()) as client:
            assert client._transport.send(GET, client.deadline())["ok"] is True


def test_an_answer_of_a_proxy_ends_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MAX_BYTES", 5)
    with RawServer(OK) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert type(failure("http://ld.example.com")) is errors.NetworkError
        assert proxy.got[0].startswith(b"GET http://ld.example.com/x ")


@pytest.mark.parametrize("request_", [GET, POST], ids=lambda request: request.method)
def test_headers_and_body_are_sent_at_once(monkeypatch: pytest.MonkeyPatch, request_: Request) -> None:
    sent: list[bytes] = []
    send = http.client.HTTPConnection.send

    def noted(self: http.client.HTTPConnection, data: bytes) -> None:
        sent.append(data)
        send(self, data)

    monkeypatch.setattr(http.client.HTTPConnection, "send", noted)
    with RawServer(OK) as server, Client(TOKEN, server.url, clock=FakeClock()) as client:
        client._transport.send(request_, client.deadline())
    (whole,) = sent
    head, _, body = whole.partition(b"\r\n\r\n")
    assert head.startswith(request_.method.encode() + b" /x HTTP/1.1\r\n")
    assert body == (b'{"a": 1}' if request_ is POST else b"")


def test_a_request_that_could_not_be_sent_is_no_part_of_the_next() -> None:
    exchange = session._Exchange()
    exchange.begin(lambda: 1.0, has_body=True)
    assert exchange.joined(b"headers") == b""
    exchange.begin(lambda: 1.0, has_body=False)
    assert exchange.joined(b"others") == b"others"


class Connected:
    """A connection whose read timeout is 30 s, or none, and that has two bytes."""

    def __init__(self, timeout: float | None) -> None:
        self.timeout = timeout

    def gettimeout(self) -> float | None:
        return self.timeout

    def settimeout(self, seconds: float) -> None:
        self.timeout = seconds

    def makefile(self, _mode: str, buffering: int) -> io.BytesIO:
        assert buffering == 0
        return io.BytesIO(b"ab")


@pytest.mark.parametrize(("timeout", "left", "expected"), [(30.0, 2.0, 2.0), (30.0, 40.0, 30.0), (None, 40.0, 40.0)])
def test_each_read_ends_at_the_deadline(timeout: float | None, left: float, expected: float) -> None:
    """A read that begins shortly before the deadline does not wait for the whole timeout."""
    connection, exchange = Connected(timeout), session._Exchange()
    exchange.left = lambda: left
    assert session._Reader(connection, exchange).read(2) == b"ab"
    assert connection.timeout == expected


def test_no_read_begins_at_the_deadline() -> None:
    exchange = session._Exchange()
    exchange.left = lambda: 0.0
    with pytest.raises(socket.timeout):
        session._Reader(Connected(30.0), exchange).read(1)
