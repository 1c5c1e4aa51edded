# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Settings that change what the routes answer, other than masks and PATCH."""

from __future__ import annotations

import http.client
from typing import Any

import pytest

from ld_segment_store.emulator import Behaviour, Emulator
from tests.emulator.server.contract import REDIS, STORES, Caller, place

HOST = {"host": "redis.example.com"}


def ids_by_page(call: Caller, path: str = STORES) -> list[list[str]]:
    """The IDs in the list, page by page, as the links lead."""
    pages = []
    while path:
        answer = call("GET", path).json()
        pages.append([item["_id"] for item in answer["items"]])
        path = answer["_links"].get("next", {}).get("href", "")
    return pages


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (2, [2]), (3, [2, 1]), (5, [2, 2, 1])])
def test_the_list_in_pages(count: int, sizes: list[int]) -> None:
    with Emulator(behaviour=Behaviour(list_page_size=2)) as ld:
        call = Caller(ld)
        created = [call.create()["_id"] for _ in range(count)]

        pages = ids_by_page(call)

        assert [len(page) for page in pages] == sizes
        assert [each for page in pages for each in page] == created


def test_limit_and_offset_of_the_list() -> None:
    with Emulator(behaviour=Behaviour(list_page_size=3)) as ld:
        call = Caller(ld)
        created = [call.create()["_id"] for _ in range(4)]

        assert ids_by_page(call, STORES + "?limit=1&offset=2") == [[each] for each in created[2:]]
        assert ids_by_page(call, STORES + "?limit=50")[0] == created[:3]
        assert call("GET", STORES + "?limit=0").status_code == 400


def test_without_pages_limit_is_ignored(call: Caller) -> None:
    created = [call.create()["_id"] for _ in range(25)]

    assert ids_by_page(call, STORES + "?limit=1&offset=2") == [created]


def test_an_integration_appears_late_in_the_list() -> None:
    now = [1000.0]
    with Emulator(behaviour=Behaviour(list_delay=2.5), clock=lambda: now[0]) as ld:
        call = Caller(ld)
        other = ld.account.create("default", "test", "redis", HOST)
        created = call.create()

        assert ids_by_page(call) == [[other.id]]
        assert call("GET", place(created)).json() == created
        now[0] += 2.4
        assert ids_by_page(call) == [[other.id]]
        now[0] += 0.1
        assert ids_by_page(call) == [[other.id, created["_id"]]]


def test_changes_and_deletions_appear_late_in_the_list() -> None:
    now = [1000.0]
    with Emulator(behaviour=Behaviour(list_delay=2.5), clock=lambda: now[0]) as ld:
        call = Caller(ld)
        created = call.create(name="Old")
        now[0] += 3
        changed = call.patch(created, {"op": "replace", "path": "/name", "value": "New"}).json()

        assert call("GET", place(created)).json() == changed
        assert [item["name"] for item in call("GET", STORES).json()["items"]] == ["Old"]
        now[0] += 2.5
        assert [item["name"] for item in call("GET", STORES).json()["items"]] == ["New"]
        call("DELETE", place(created))
        assert call("GET", place(created)).status_code == 404
        assert ids_by_page(call) == [[created["_id"]]]
        now[0] += 2.5
        assert ids_by_page(call) == [[]]


@pytest.mark.parametrize(
    ("counts", "versions", "status"),
    [
        ("first", ["beta", "20240415"], 200),
        ("first", ["20240415", "beta"], 403),
        ("last", ["beta", "20240415"], 403),
        ("last", ["20240415", "beta"], 200),
    ],
)
def test_two_version_headers(counts: str, versions: list[str], status: int) -> None:
    with Emulator(behaviour=Behaviour(repeated_version_header=counts)) as ld:
        connection = http.client.HTTPConnection("127.0.0.1", int(ld.url.rpartition(":")[2]), timeout=10)
        connection.putrequest("GET", STORES)
        connection.putheader("Authorization", ld.access_token)
        for version in versions:
            connection.putheader("LD-API-Version", version)
        connection.endheaders()
        assert connection.getresponse().status == status
        connection.close()


@pytest.mark.parametrize(("setting", "code"), [("403", "forbidden"), ("401", "unauthorized")])
def test_a_token_that_may_only_read(setting: str, code: str) -> None:
    with Emulator(read_only_tokens=["api-reader"], behaviour=Behaviour(missing_permission=setting)) as ld:
        call = Caller(ld)
        created = call.create()
        call.session.headers["Authorization"] = "api-reader"

        assert call("GET", place(created)).json() == created
        refused = [
            call("POST", REDIS, json={"config": HOST}),
            call.patch(created, {"op": "replace", "path": "/on", "value": True}),
            call("DELETE", place(created)),
        ]
        assert [answer.status_code for answer in refused] == [int(setting)] * 3
        assert [answer.json()["code"] for answer in refused] == [code] * 3
        assert "permission" in refused[0].json()["message"]
        assert [integration.version for integration in ld.account.integrations] == [1]
        assert [record.authorization for record in ld.requests] == ["matched"] * 5


@pytest.mark.parametrize("code", ["key_exists", "optimistic_locking_error"])
def test_a_second_integration_of_a_type(code: str) -> None:
    with Emulator(behaviour=Behaviour(second_integration=code)) as ld:
        call = Caller(ld)
        first = call.create()

        refused = call("POST", REDIS, json={"config": HOST})

        assert (refused.status_code, refused.json()["code"]) == (409, code)
        assert call("POST", STORES + "/default/production/redis", json={"config": HOST}).status_code == 201
        call("DELETE", place(first))
        assert call("POST", REDIS, json={"config": HOST}).status_code == 201


@pytest.mark.parametrize(
    ("setting", "body", "name"),
    [
        ("empty", {}, ""),
        ("assigned", {}, "redis integration"),
        ("assigned", {"name": "Main"}, "Main"),
        ("null", {}, None),
        ("null", {"name": "Main"}, "Main"),
    ],
)
def test_a_missing_name(setting: str, body: dict[str, str], name: str | None) -> None:
    with Emulator(behaviour=Behaviour(missing_name=setting)) as ld:
        call = Caller(ld)
        assert call.create(**body)["name"] == name
        assert call("GET", STORES).json()["items"][0]["name"] == name


def test_a_missing_name_is_refused() -> None:
    with Emulator(behaviour=Behaviour(missing_name="refused")) as ld:
        call = Caller(ld)
        assert call("POST", REDIS, json={"config": HOST}).status_code == 400
        assert call.create(name="Main")["name"] == "Main"


def test_two_types_on() -> None:
    with Emulator(behaviour=Behaviour(second_type_on="refused")) as ld:
        call = Caller(ld)
        other = ld.account.create("default", "test", "dynamodb", {}, on=True)

        refused = call("POST", REDIS, json={"config": HOST, "on": True})
        created = call.create(on=False)
        switched = call.patch(created, {"op": "replace", "path": "/on", "value": True})

        assert (refused.status_code, switched.status_code) == (400, 400)
        assert "dynamodb is on" in refused.json()["message"]
        ld.account.update(other.id, on=False)
        assert call.patch(created, {"op": "replace", "path": "/on", "value": True}).json()["on"] is True


def test_a_response_to_a_write_without_config() -> None:
    with Emulator(behaviour=Behaviour(written_config="omitted")) as ld:
        call = Caller(ld)
        created = call.create()
        changed = call.patch(created, {"op": "replace", "path": "/on", "value": True}).json()

        assert "config" not in created
        assert "config" not in changed
        assert call("GET", place(created)).json() == {**changed, "config": HOST}


@pytest.mark.parametrize(
    ("setting", "status", "config"),
    [
        ("kept", 201, {**HOST, "username": "", "password": ""}),
        ("omitted", 201, HOST),
        ("refused", 400, None),
    ],
)
def test_empty_fields(setting: str, status: int, config: dict[str, str] | None) -> None:
    empty = {**HOST, "username": "", "password": ""}
    with Emulator(behaviour=Behaviour(empty_field=setting)) as ld:
        call = Caller(ld)
        answer = call("POST", REDIS, json={"config": empty})
        assert (answer.status_code, answer.json().get("config")) == (status, config)
        created = call.create()
        changed = call.patch(created, {"op": "replace", "path": "/config", "value": empty})
        assert (changed.status_code, changed.json().get("config")) == (200 if status == 201 else 400, config)


def test_no_status() -> None:
    with Emulator(behaviour=Behaviour(status_field="omitted")) as ld:
        call = Caller(ld)
        assert "_status" not in call.create()
        assert "_status" not in call("GET", STORES).json()["items"][0]


@pytest.mark.parametrize(("port", "status"), [(6380, 201), (0, 400), (6380.0, 201), (True, 400), (6380.5, 400)])
def test_a_number_as_port(port: Any, status: int) -> None:
    with Emulator(behaviour=Behaviour(port_number="stored_as_text")) as ld:
        call = Caller(ld)
        answer = call("POST", REDIS, json={"config": {**HOST, "port": port}})
        assert answer.status_code == status
        if status == 201:
            assert answer.json()["config"]["port"] == "6380"
            changed = call.patch(answer.json(), {"op": "replace", "path": "/config", "value": {**HOST, "port": 1}})
            assert changed.json()["config"]["port"] == "1"
