# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Each kind of fault as an HTTP client meets it."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
import requests

from ld_segment_store.emulator import Emulator, Fault, Faults, InvalidFault
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
