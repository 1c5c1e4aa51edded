# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Responses that break after the request was sent: a read is repeated, and of a write nobody knows whether it took effect."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from ld_segment_store.core import errors
from ld_segment_store.core.api import http_connections as session
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.request import Request
from ld_segment_store.core.api.retry import RetryPolicy, Wait
from tests.support.raw_server import RawServer, http
from tests.support.scripted import TOKEN, FakeClock

GET, POST = Request("GET", "/x"), Request("POST", "/x", body={"a": 1})
BOMB = gzip.compress(b" " * (80 << 20))
DAMAGED = {
    "two lengths": b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
    "a negative chunk": b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n0\r\n\r\n",
    "a chunk that is none": b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n",
    "no gzip": b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
    "a bomb": b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(BOMB), BOMB),
    "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "103": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": b"",
    "half a header": b"HTTP/1.1 201 Cre",
    "JSON that ends too early": b'HTTP/1.1 201 Created\r\nContent-Length: 20\r\n\r\n{"_id": "1"}',
    "deep JSON": http(201, "[" * 100_000),
}
damaged = pytest.mark.parametrize("damage", DAMAGED.values(), ids=list(DAMAGED))


def send(server: RawServer, request: Request, waits: list[Wait] | None = None) -> Any:
    retry = RetryPolicy(attempts=2, random=lambda: 0.0)
    on_wait = None if waits is None else waits.append
    with Client(TOKEN, server.url, clock=FakeClock(), retry=retry, timeout=5, on_wait=on_wait) as client:
        return client._transport.send(request, client.deadline())


@damaged
def test_a_write_with_a_damaged_response_may_have_worked(damage: bytes) -> None:
    with RawServer(damage) as server, pytest.raises(errors.OutcomeUnknown) as caught:
        send(server, POST)
    assert len(server.got) == 1
    assert TOKEN not in str(caught.value)


@damaged
def test_a_read_with_a_damaged_response_is_repeated(damage: bytes) -> None:
    waits: list[Wait] = []
    with RawServer(damage) as server, pytest.raises(errors.ApiError) as caught:
        send(server, GET, waits)
    assert not isinstance(caught.value, errors.OutcomeUnknown)
    # The second attempt may go to a connection that the server has just closed, and not arrive.
    assert len(waits) == 1


def test_a_timed_out_request_is_repeated() -> None:
    """408: the server had no complete request."""
    with RawServer(http(408, '{"code": "timeout", "message": "late"}')) as server, pytest.raises(errors.ServerError):
        send(server, GET)
    assert len(server.got) == 2


def test_a_key_that_exists_is_no_conflict_that_passes() -> None:
    body = '{"code": "key_exists", "message": "exists already"}'
    with RawServer(http(409, body)) as server, pytest.raises(errors.KeyExists, match="exists already"):
        send(server, POST)


def test_a_small_body_that_grows_is_cut_while_it_grows() -> None:
    assert len(BOMB) < 100_000
    assert session.MAX_BYTES < 80 << 20
