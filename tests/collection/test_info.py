# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""ld_big_segment_store_info: everything, or what matches, with config and status and without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ld_segment_store.emulator import Behaviour, Emulator
from tests.collection.playbooks import (
    DYNAMODB,
    PASSWORD,
    REDIS,
    SHOP,
    TOKEN,
    Playbooks,
    Result,
    checked,
    config,
    info,
)

FULL_REDIS = {**REDIS, "port": "6380", "password": PASSWORD}


@pytest.fixture
def ld() -> Iterator[Emulator]:
    """Two projects with the same environment keys, and integrations in both."""
    projects = {**SHOP["projects"], "blog": SHOP["projects"]["shop"]}
    with Emulator(
        seed={"projects": projects}, access_tokens=[TOKEN], behaviour=Behaviour(list_config="empty")
    ) as emulator:
        create = emulator.account.create
        create("shop", "live", "redis", FULL_REDIS, name="one", on=True, tags=["b", "a"])
        create("shop", "live", "dynamodb", config("dynamodb", DYNAMODB), name="two")
        create("shop", "test", "redis", {**FULL_REDIS, "password": ""}, name="three")
        create("blog", "live", "redis", FULL_REDIS, name="four")
        yield emulator


def _names(result: Result) -> list[str]:
    return [integration["name"] for integration in result["integrations"]]


def test_filters(playbooks: Playbooks, ld: Emulator) -> None:
    four = ld.account.integrations[3].id
    filters: dict[str, tuple[dict[str, Any], list[str]]] = {
        "everything": ({}, ["one", "two", "three", "four"]),
        "project": ({"project_key": "shop"}, ["one", "two", "three"]),
        "environment": ({"environment_key": "live"}, ["one", "two", "four"]),
        "store type": ({"integration_key": "dynamodb"}, ["two"]),
        "ID": ({"integration_id": four}, ["four"]),
        "several": ({"project_key": "shop", "environment_key": "live", "integration_key": "redis"}, ["one"]),
        "nothing": ({"project_key": "blog", "environment_key": "test"}, []),
        "contradiction": ({"project_key": "shop", "integration_id": four}, []),
        "unknown": ({"project_key": "nowhere"}, []),
    }
    read = {name: len(expected) for name, (_options, expected) in filters.items()}
    # Settings and health are known once an integration was read.
    ld.set_status(ld.account.integrations[0].id, {"available": True, "potentiallyStale": True})
    for name, options, expected in (
        ("name", {"name": "two"}, ["two"]),
        ("tags", {"tags": ["a", "b"]}, ["one"]),
        ("on", {"enabled": True}, ["one"]),
        ("off", {"enabled": False, "integration_key": "redis"}, ["three", "four"]),
        ("stale", {"health": ["warning", "critical"]}, ["one"]),
        ("healthy", {"health": ["ok"], "project_key": "shop"}, ["two", "three"]),
    ):
        filters[name] = (options, expected)
        read[name] = {"off": 3, "healthy": 3}.get(name, 4)
    run = playbooks.run({name: info(**options) for name, (options, _expected) in filters.items()}, ld=ld)
    for name, (options, expected) in filters.items():
        result = run[name]
        assert _names(result) == expected, name
        one_environment = "project_key" in options and "environment_key" in options
        assert result.keys == {"changed", "integrations"} | ({"client_side_id"} if one_environment else set())
        assert result["changed"] is False
        assert result.methods == ["GET"] * (1 + read[name] + one_environment)


def test_what_is_told(playbooks: Playbooks, ld: Emulator) -> None:
    one, two, three, _four = ld.account.integrations
    error = {"statusCode": 500, "message": "connection refused", "timestamp": 1_790_000_000_000}
    status = {
        "available": True,
        "potentiallyStale": False,
        "lastSync": 1_790_000_000_000,
        "lastError": 1,
        "errors": [error],
    }
    ld.set_status(one.id, status)
    run = playbooks.run({"live": info(project_key="shop"), "checked": checked(info(project_key="shop"))}, ld=ld)
    assert run["checked"].values == run["live"].values
    told = {integration["id"]: integration for integration in run["live"]["integrations"]}
    assert told[one.id] == {
        "id": one.id,
        "project_key": "shop",
        "environment_key": "live",
        "integration_key": "redis",
        "name": "one",
        "enabled": True,
        "tags": ["a", "b"],
        "version": 1,
        "config": {"host": "redis.example.com", "port": "6380", "password": "set"},
        "status": {
            "available": True,
            "potentially_stale": False,
            "last_sync": 1_790_000_000_000,
            "last_error": 1,
            "errors": [{"status_code": 500, "message": "connection refused", "timestamp": 1_790_000_000_000}],
        },
        "health": told[one.id]["health"],
    }
    assert [integration["health"] for integration in told.values()][1:] == ["ok", "ok"]
    assert told[two.id]["config"] == DYNAMODB
    assert told[three.id]["config"]["password"] == "not set"


def test_failure(playbooks: Playbooks, ld: Emulator) -> None:
    tasks = {
        "wrong token": info(access_token="api-MARKER-of-nobody"),
        "integration_key": info(integration_key="mongodb"),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    assert (run["wrong token"]["failure"]["code"], run["wrong token"]["failure"]["status"]) == ("unauthorized", 401)
    assert run["integration_key"]["msg"] == "integration_key: is not one of the choices. Give redis or dynamodb."
