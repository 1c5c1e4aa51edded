# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Each kind of fault as an HTTP client meets it."""

from __future__ import annotations

import json
import socket
import threading
import time
import zlib
from typing import Any

import pytest
import requests

from ld_segment_store.emulator import Emulator, Fault, Faults, InvalidFault
from ld_segment_store.emulator.damage import BOMB_BYTES
from tests.emulator.server.contract import REDIS, STORES, Caller, place

IDENTITY = "/api/v2/caller-identity"
BODY = {"config": {"host": "redis.example.com"}}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 502, 503, 599])
def test_status_instead_of_doing_anything(ld: Emulator, call: Caller, status: int) -> None:
    ld.faults.add(status, method="POST")

    response = call.raw("POST", REDIS, json=BODY)

    assert response.status_code == status
    assert set(response.json()) == {"code", "message", "id"}
    assert ld.account.integrations == []
    assert call("POST", REDIS, json=BODY).status_code == 201


def test_429_with_retry_after(ld: Emulator, call: Caller) -> None:
    ld.faults.add(429, retry_after=7)

    headers = call("GET", IDENTITY).headers

    assert headers["Retry-After"] == "7"
    assert "X-Ratelimit-Reset" not in headers


@pytest.mark.parametrize("reset_in", [10, -30, 0.25])
def test_429_with_reset(reset_in: float) -> None:
    with Emulator(clock=lambda: 1_700_000_000.0) as ld:
        ld.faults.add(429, reset_in=reset_in)
        headers = Caller(ld)("GET", IDENTITY).headers
        assert int(headers["X-Ratelimit-Reset"]) == 1_700_000_000_000 + reset_in * 1000
        assert "Retry-After" not in headers


def test_429_with_no_header(ld: Emulator, call: Caller) -> None:
    ld.faults.add(429)

    headers = call("GET", IDENTITY).headers

    assert not [name for name in headers if name.lower().startswith(("retry", "x-ratelimit"))]


def test_html(ld: Emulator, call: Caller) -> None:
    ld.faults.add("html", method="POST")

    response = call.raw("POST", REDIS, json=BODY)

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")
    assert ld.account.integrations == []


def test_truncated_json_of_what_was_done(ld: Emulator, call: Caller) -> None:
    ld.faults.add("truncated")

    response = call.raw("POST", REDIS, json=BODY)

    assert response.status_code == 201
    assert response.text.startswith('{"_links"')
    with pytest.raises(json.JSONDecodeError):
        response.json()
    assert len(ld.account.integrations) == 1


def test_delay(ld: Emulator, call: Caller) -> None:
    ld.faults.add("delay", seconds=0.3)
    started = time.monotonic()

    assert call("GET", IDENTITY).status_code == 200

    assert time.monotonic() - started >= 0.3


def test_delay_longer_than_the_clients_patience(ld: Emulator, call: Caller) -> None:
    ld.faults.add("delay", seconds=600)

    with pytest.raises(requests.ReadTimeout):
        call.session.get(ld.url + IDENTITY, timeout=0.2)


def test_stopping_does_not_wait_for_a_delay() -> None:
    started = time.monotonic()
    with Emulator() as ld:
        ld.faults.add(Fault("delay", seconds=600))
        call = Caller(ld)
        with pytest.raises(requests.ReadTimeout):
            call.session.get(ld.url + IDENTITY, timeout=0.2)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(("kind", "done"), [("close_before", 0), ("close_after", 1)])
def test_connection_closed(ld: Emulator, call: Caller, kind: str, done: int) -> None:
    ld.faults.add(kind)

    with pytest.raises(requests.ConnectionError):
        call.raw("POST", REDIS, json=BODY)

    assert len(ld.account.integrations) == done
    (record,) = ld.requests
    assert (record.status, record.fault, record.operation) == (None, kind, "createBigSegmentStoreIntegration")
    # The next request, on a connection of its own, is served.
    assert call("GET", IDENTITY).status_code == 200


def test_close_after_a_delete(ld: Emulator, call: Caller) -> None:
    created = call.create()
    ld.faults.add("close_after", method="DELETE")

    with pytest.raises(requests.ConnectionError):
        call.raw("DELETE", place(created))

    assert ld.account.integrations == []


def test_a_code_of_its_own(ld: Emulator, call: Caller) -> None:
    ld.faults.add(409, code="key_exists", method="POST")
    ld.faults.add(408)

    assert call("POST", REDIS, json=BODY).json()["code"] == "key_exists"
    assert call.raw("GET", IDENTITY).status_code == 408
    assert call("GET", IDENTITY).status_code == 200


def test_a_proxy_that_sends_twice(ld: Emulator, call: Caller) -> None:
    ld.faults.add("twice", method="POST")
    ld.faults.add("twice", method="DELETE")

    second = call("POST", REDIS, json=BODY).json()

    assert [integration.id for integration in ld.account.integrations][1:] == [second["_id"]]
    assert [(record.number, record.status, record.fault) for record in ld.requests] == [
        (1, 201, "twice"),
        (2, 201, "twice"),
    ]
    assert call("DELETE", place(second)).status_code == 404
    assert len(ld.account.integrations) == 1


def raw_answer(ld: Emulator) -> bytes:
    """Every byte of the answer to a POST that creates an integration."""
    body = json.dumps(BODY).encode()
    lines = [
        f"POST {REDIS} HTTP/1.1",
        "Host: localhost",
        "Authorization: " + ld.access_token,
        "LD-API-Version: beta",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    with socket.create_connection(("127.0.0.1", int(ld.url.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@pytest.mark.parametrize(
    ("kind", "head", "contained"),
    [
        (101, b"HTTP/1.1 101 Switching Protocols\r\n", b"Upgrade: h2c\r\n"),
        (103, b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 201 ", b'"_id"'),
        ("negative_chunk", b"HTTP/1.1 201 ", b"Transfer-Encoding: chunked\r\n\r\n-1\r\n"),
    ],
)
def test_an_answer_that_is_no_http(ld: Emulator, kind: int | str, head: bytes, contained: bytes) -> None:
    ld.faults.add(Fault(kind))

    received = raw_answer(ld)

    assert received.startswith(head)
    assert contained in received
    assert len(ld.account.integrations) == 1
    assert Caller(ld)("GET", IDENTITY).status_code == 200


def test_two_lengths_that_differ(ld: Emulator) -> None:
    ld.faults.add("two_lengths")

    head, _, content = raw_answer(ld).partition(b"\r\n\r\n")

    assert head.count(b"Content-Length: ") == 2
    assert b"Content-Length: %d" % len(content) in head
    assert len(ld.account.integrations) == 1


def test_a_redirect_to_no_url(ld: Emulator, call: Caller) -> None:
    ld.faults.add("bad_location")

    # requests looks at the target although it may not follow it.
    with pytest.raises(ValueError, match="Invalid IPv6 URL"):
        call.raw("POST", REDIS, json=BODY, allow_redirects=False)

    assert ld.requests[0].status == 302
    assert len(ld.account.integrations) == 1


def test_a_gzip_bomb(ld: Emulator, call: Caller) -> None:
    ld.faults.add("gzip_bomb")

    with call.raw("GET", STORES, stream=True) as answer:
        packed = answer.raw.read(decode_content=False)
        assert answer.headers["Content-Encoding"] == "gzip"
    decoder = zlib.decompressobj(31)
    start, size = decoder.decompress(packed, 100), 100
    while decoder.unconsumed_tail:
        size += len(decoder.decompress(decoder.unconsumed_tail, 1 << 20))

    assert len(packed) < 1 << 20
    assert start.startswith(b'{"_links":{},"items":[ ')
    assert size > BOMB_BYTES
    assert decoder.eof


@pytest.mark.parametrize("field", ["_id", "_status", "name"])
def test_an_item_that_is_odd(ld: Emulator, call: Caller, field: str) -> None:
    call.create()
    second = call.create()
    ld.faults.add(Fault("item_without", field=field), Fault("item_with_null", field=field))

    without, with_null = (call.raw("GET", STORES).json()["items"] for _ in range(2))

    assert field not in without[0]
    assert with_null[0][field] is None
    assert [without[1]["_id"], with_null[1]["_id"]] == [second["_id"]] * 2
    # What has no items stays as it is.
    ld.faults.add(Fault("item_without", field=field))
    assert call("GET", place(second)).json() == second


def test_scripted_faults_come_in_order_each_to_its_route(ld: Emulator, call: Caller) -> None:
    ld.faults.add(503, operation="getProjects")
    ld.faults.add(500, 409, operation="getBigSegmentStoreIntegrations")
    ld.faults.add(502, method="GET", times=2)

    statuses = [call.raw("GET", path).status_code for path in (STORES, STORES, IDENTITY, STORES, STORES)]

    assert statuses == [500, 409, 502, 502, 200]
    assert call("GET", "/api/v2/projects").status_code == 503
    assert call("GET", "/api/v2/projects").status_code == 200


def test_faults_come_before_the_token_is_looked_at(ld: Emulator, call: Caller) -> None:
    ld.faults.add(503)

    assert call("GET", STORES, headers={"Authorization": None}).status_code == 503


def test_faults_never_hit_the_emulators_own_routes(ld: Emulator, call: Caller) -> None:
    ld.faults.rate(1, [503])

    assert call("GET", "/_emulator/health").status_code == 200
    assert call("GET", STORES).status_code == 503


def _statuses(seed: int) -> list[int]:
    with Emulator() as ld:
        call = Caller(ld)
        ld.faults.rate(0.3, [503, 429], seed=seed, method="GET")
        return [call("GET", IDENTITY).status_code for _ in range(60)]


def test_a_rate_is_the_same_for_the_same_seed() -> None:
    first = _statuses(1)

    assert first == _statuses(1)
    assert first != _statuses(2)
    assert set(first) == {200, 429, 503}
    assert 5 <= sum(status != 200 for status in first) <= 35


def test_a_rate_leaves_other_routes_alone(ld: Emulator, call: Caller) -> None:
    ld.faults.rate(1, [503], operation="getProjects")

    assert call("GET", IDENTITY).status_code == 200
    assert call("GET", "/api/v2/projects").status_code == 503


def test_over_http(ld: Emulator, call: Caller) -> None:
    scripted = {"kind": 429, "operation": "getProjects", "method": "GET", "retry_after": 1, "times": 2}
    added = call("POST", "/_emulator/faults", json={"faults": [scripted, {"kind": "html"}]})
    assert added.status_code == 201
    assert [fault["kind"] for fault in added.json()["scripted"]] == [429, "html"]

    assert call("GET", "/api/v2/projects").headers["Retry-After"] == "1"
    assert call("GET", "/_emulator/faults").json()["scripted"][0]["times"] == 1

    call("POST", "/_emulator/faults", json={"faults": [{"kind": 503}], "rate": 1.0, "seed": 3})
    assert call("GET", "/_emulator/faults").json()["rates"][0]["seed"] == 3

    assert call("DELETE", "/_emulator/faults").status_code == 204
    assert call("GET", "/_emulator/faults").json() == {"scripted": [], "rates": []}
    assert call("GET", "/api/v2/projects").status_code == 200


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"kind": 200}, "kind"),
        ({"kind": 102}, "kind"),
        ({"kind": "html", "code": "key_exists"}, "code"),
        ({"kind": 409, "code": 7}, "code"),
        ({"kind": 409, "field": "name"}, "field"),
        ({"kind": "item_without"}, "field"),
        ({"kind": "item_with_null", "field": None}, "field"),
        ({"kind": 103, "retry_after": 1}, "retry_after"),
        ({"kind": 600}, "kind"),
        ({"kind": True}, "kind"),
        ({"kind": "fire"}, "kind"),
        ({"kind": None}, "kind"),
        ({"kind": ["html"]}, "kind"),
        ({"kind": "delay"}, "seconds"),
        ({"kind": "delay", "seconds": -1}, "seconds"),
        ({"kind": "delay", "seconds": 601}, "seconds"),
        ({"kind": "delay", "seconds": "1"}, "seconds"),
        ({"kind": "html", "retry_after": 1}, "retry_after"),
        ({"kind": 429, "retry_after": "1"}, "retry_after"),
        ({"kind": 429, "reset_in": True}, "reset_in"),
        ({"kind": 503, "times": 0}, "times"),
        ({"kind": 503, "times": 1.5}, "times"),
        ({"kind": 503, "method": 1}, "method"),
        ({"kind": 503, "operation": "getproject"}, "operation"),
        ({"kind": 503, "method": "get"}, "method"),
        ({"kind": 503, "colour": "red"}, "kind"),
        ({}, "kind"),
    ],
)
def test_impossible_faults(ld: Emulator, call: Caller, settings: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidFault, match=named):
        Fault.from_json(settings)
    response = call("POST", "/_emulator/faults", json={"faults": [{"kind": 503}, settings]})
    assert response.status_code == 400
    assert ld.faults.shown() == {"scripted": [], "rates": []}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"faults": {}},
        {"faults": [], "rate": 0.5},
        {"faults": [{"kind": 503}], "rate": 2},
        {"faults": [{"kind": 503}], "rate": "1"},
        {"faults": [{"kind": 503}], "rate": 1, "seed": "x"},
        {"faults": [{"kind": 503}], "rates": 1},
    ],
)
def test_impossible_bodies(call: Caller, body: Any) -> None:
    assert call("POST", "/_emulator/faults", json=body).status_code == 400


def test_a_fault_is_used_up_once_by_many_threads() -> None:
    faults = Faults()
    faults.add(503, times=100)
    taken: list[Fault] = []

    def take() -> None:
        for _ in range(50):
            fault = faults.take("getProjects", "GET")
            if fault:
                taken.append(fault)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 100
