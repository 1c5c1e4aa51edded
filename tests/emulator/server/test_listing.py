# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Projects and environments: pages, filters, order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ld_segment_store.emulator import Emulator
from tests.emulator.server.contract import PROJECTS, Caller

SEED = {
    "projects": {
        "web": {"name": "Shop front", "tags": ["Public", "eu"], "environments": {"live": {}, "test": {}}},
        "app": {"name": "mobile app", "tags": ["public"], "environments": {"live": {}}},
        "api": {"name": "Backend", "environments": {"live": {"client_side_id": "64c0ffee"}}},
        "many": {"environments": {f"env-{number:02}": {} for number in range(45)}},
    }
}


@pytest.fixture(scope="module")
def call() -> Iterator[Caller]:
    with Emulator(seed=SEED) as ld:
        yield Caller(ld)


def keys(call: Caller, query: str, path: str = PROJECTS) -> list[str]:
    return [item["key"] for item in call("GET", path + "?" + query).json()["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["web", "app", "api", "many"]),
        ("filter=query:SHOP", ["web"]),
        ("filter=query:ap", ["app", "api"]),
        ("filter=tags:public", ["web", "app"]),
        ("filter=tags:public%2BEU", ["web"]),
        ("filter=tags:public+eu", []),  # a plus that is not encoded is a space
        ("filter=keys:api%7Cweb", ["web", "api"]),
        ("filter=query:ap,tags:public", ["app"]),
        ("filter=query:zzz", []),
        ("sort=name", ["api", "many", "app", "web"]),
        ("sort=-name", ["web", "app", "many", "api"]),
        ("sort=createdOn", ["web", "app", "api", "many"]),
        ("sort=-createdOn", ["many", "api", "app", "web"]),
        ("sort=-createdOn,name", ["many", "api", "app", "web"]),
        ("sort=name&limit=2&offset=1", ["many", "app"]),
        ("offset=9", []),
    ],
)
def test_projects(call: Caller, query: str, expected: list[str]) -> None:
    assert keys(call, query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=",
        "offset=-1",
        "offset=1.5",
        "limit=99999999999",
        "limit=%C2%B2",
        "filter=query",
        "filter=colour:red",
        "filter=tags:",
        "sort=key",
        "sort=--name",
        "sort=critical",
    ],
)
def test_bad_queries_are_named(call: Caller, query: str) -> None:
    response = call("GET", PROJECTS + "?" + query)

    assert response.status_code == 400
    assert "parameter " + query.partition("=")[0] in response.json()["message"]


def test_every_page_is_reached_by_next(call: Caller) -> None:
    path = PROJECTS + "/many/environments?filter=query:env"
    seen: list[str] = []
    pages = 0
    while path:
        page = call("GET", path).json()
        seen += [item["key"] for item in page["items"]]
        pages += 1
        assert page["totalCount"] == 45
        path = page["_links"].get("next", {}).get("href", "")

    assert seen == [f"env-{number:02}" for number in range(45)]
    assert pages == 3


@pytest.mark.parametrize(
    ("offset", "links"),
    [
        (0, {"self": 0, "next": 20, "last": 40}),
        (20, {"self": 20, "first": 0, "prev": 0, "next": 40, "last": 40}),
        (40, {"self": 40, "first": 0, "prev": 20}),
        (5, {"self": 5, "first": 0, "prev": 0, "next": 25, "last": 40}),
    ],
)
def test_links_of_a_page(call: Caller, offset: int, links: dict[str, int]) -> None:
    page = call("GET", f"{PROJECTS}/many/environments?offset={offset}").json()

    assert {name: int(link["href"].rpartition("offset=")[2]) for name, link in page["_links"].items()} == links


def test_environments(call: Caller) -> None:
    (environment,) = call("GET", PROJECTS + "/api/environments").json()["items"]

    assert environment["_id"] == "64c0ffee"
    assert (environment["key"], environment["name"]) == ("live", "live")
    assert keys(call, "sort=-name", PROJECTS + "/web/environments") == ["test", "live"]
    assert keys(call, "sort=critical,-name", PROJECTS + "/web/environments") == ["test", "live"]
    assert keys(call, "filter=query:TES", PROJECTS + "/web/environments") == ["test"]
    assert call("GET", PROJECTS + "/web/environments?filter=keys:test").status_code == 400


def test_expand(call: Caller) -> None:
    plain = call("GET", PROJECTS).json()["items"]
    expanded = call("GET", PROJECTS + "?expand=environments").json()["items"]

    assert all("environments" not in project for project in plain)
    assert [project["environments"]["totalCount"] for project in expanded] == [2, 1, 1, 45]
    assert len(expanded[3]["environments"]["items"]) == 20


def test_client_side_ids_differ_and_stay_the_same() -> None:
    ids = []
    for _ in range(2):
        with Emulator() as ld:
            items = Caller(ld)("GET", PROJECTS + "/default/environments").json()["items"]
            ids.append([item["_id"] for item in items])

    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2
