# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Web pages that try to use an emulator on the same machine."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from tests.emulator.server.contract import REDIS, STORES, Caller

SEGMENTS = {"projectKey": "default", "environmentKey": "test", "segments": {"a": {"included": ["user-1"]}}}
WRITES: list[tuple[str, str, Any]] = [
    ("POST", REDIS, {"config": {"host": "redis.example.com"}}),
    ("POST", "/_emulator/segments", SEGMENTS),
    ("POST", "/_emulator/faults", {"faults": [{"kind": 503}]}),
    ("POST", "/_emulator/reset", None),
    ("DELETE", "/_emulator/requests", None),
]
READS: list[tuple[str, str, Any]] = [("GET", STORES, None), ("GET", "/_emulator/state", None)]
FOREIGN_HOSTS = [
    "attacker.example",
    "attacker.example:8030",
    "localhost.attacker.example",
    "127.0.0.1.attacker.example",
    "203.0.113.7",
    "[2001:db8::1]:8030",
    "0.0.0.0",
    "[",
    "",
]


def untouched(ld: Emulator) -> bool:
    """Whether nothing has reached the account, the faults or the requests seen."""
    environment = ld.account.environment("default", "test")
    seen = (ld.requests, ld.account.integrations, environment.segments, ld.faults.shown()["scripted"])
    return [len(some) for some in seen] == [0, 0, 0, 0]


@pytest.mark.parametrize(("method", "path", "body"), [*WRITES, *READS])
@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_refused(ld: Emulator, call: Caller, host: str, method: str, path: str, body: Any) -> None:
    response = call(method, path, json=body, headers={"Host": host})

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert "--allow-host" in response.json()["message"]
    assert untouched(ld)


def test_two_hosts_are_refused(ld: Emulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(ld.url.rpartition(":")[2]), timeout=10)
    connection.putrequest("POST", "/_emulator/reset", skip_host=True)
    connection.putheader("Host", "localhost")
    connection.putheader("Host", "attacker.example")
    connection.endheaders()

    assert connection.getresponse().status == 403
    connection.close()


@pytest.mark.parametrize(("method", "path", "body"), [*WRITES, *READS])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8888"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_is_refused(
    ld: Emulator, call: Caller, headers: dict[str, str], method: str, path: str, body: Any
) -> None:
    assert call(method, path, json=body, headers=headers).status_code == 403
    assert untouched(ld)


@pytest.mark.parametrize(("method", "path", "body"), [write for write in WRITES if write[2]])
@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_that_a_form_can_send_is_refused(
    ld: Emulator, call: Caller, content_type: str | None, method: str, path: str, body: Any
) -> None:
    response = call(method, path, data=json.dumps(body), headers={"Content-Type": content_type})

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert "Content-Type: application/json" in response.json()["message"]
    assert untouched(ld)


def test_an_empty_form_is_refused(ld: Emulator, call: Caller) -> None:
    call.create()

    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        assert call("POST", "/_emulator/reset", headers={"Content-Type": content_type}).status_code == 415
    assert len(ld.account.integrations) == 1


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", "application/json;x=y"]
)
def test_json_is_taken(call: Caller, content_type: str) -> None:
    body = {"config": {"host": "redis.example.com"}}

    assert call("POST", REDIS, json=body, headers={"Content-Type": content_type}).status_code == 201


@pytest.mark.parametrize("host", ["localhost", "LocalHost:1", "127.0.0.1", "127.8.9.10:80", "[::1]:9"])
def test_loopback_names_and_addresses_are_taken(call: Caller, host: str) -> None:
    assert call("GET", STORES, headers={"Host": host}).status_code == 200
    assert call("POST", "/_emulator/reset", headers={"Host": host, "Content-Type": None}).status_code == 204


def test_a_page_that_a_person_opens_is_shown(call: Caller) -> None:
    assert call("GET", "/_emulator/state", headers={"Sec-Fetch-Site": "none"}).status_code == 200


def test_names_that_are_allowed() -> None:
    with Emulator(allowed_hosts=["Emulator.test"]) as ld:
        call = Caller(ld)
        assert call("GET", STORES, headers={"Host": "emulator.test:8030"}).status_code == 200
        assert call("GET", STORES, headers={"Host": "other.test"}).status_code == 403


def test_all_addresses_of_the_machine_are_its_own_but_no_name() -> None:
    with Emulator(host="0.0.0.0") as ld:
        call = Caller(ld)
        assert call("GET", STORES).status_code == 200
        assert call("GET", STORES, headers={"Host": "192.0.2.7:8030"}).status_code == 200
        assert call("GET", STORES, headers={"Host": "attacker.example"}).status_code == 403
