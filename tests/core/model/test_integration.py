# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Integrations as they are read, whole or in part, and as they are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ld_segment_store.core.errors import UnexpectedResponse
from ld_segment_store.core.model.account import (
    Environment,
    Project,
    read_environment,
    read_project,
    read_public_addresses,
)
from ld_segment_store.core.model.form_variables import REDIS
from ld_segment_store.core.model.integration import (
    Integration,
    Status,
    StatusError,
    normal,
    read_integration,
    read_listed_integration,
    redact_config,
)
from tests.support.scripted import integration, redis_item

STATUS = {
    "available": True,
    "potentiallyStale": False,
    "lastSync": 5,
    "lastError": 4,
    "errors": [{"statusCode": 500, "message": "refused", "timestamp": 3}, {}, "odd"],
}
READ = Status(True, False, 5, 4, (StatusError(500, "refused", 3), StatusError(None, "", None)))
REQUEST = "GET list"


def test_a_status() -> None:
    assert integration(redis_item(_status=STATUS)).status == READ
    assert READ.as_dict() == {
        "available": True,
        "potentially_stale": False,
        "last_sync": 5,
        "last_error": 4,
        "errors": [
            {"status_code": 500, "message": "refused", "timestamp": 3},
            {"status_code": None, "message": "", "timestamp": None},
        ],
    }


@pytest.mark.parametrize("odd", [None, "5", 5.0, True, 10**15, -(10**15)])
def test_a_time_that_is_none(odd: Any) -> None:
    assert integration(redis_item(_status={"lastSync": odd})).status.last_sync is None


@pytest.mark.parametrize("time", [0, -5, 10**15 - 1])
def test_a_time(time: int) -> None:
    assert integration(redis_item(_status={"lastSync": time})).status.last_sync == time


def test_an_item_that_cannot_be_read_as_a_whole() -> None:
    item = redis_item(version="1", _status=STATUS)
    problem = "The response to GET list has no usable `version` in the integration."
    assert read_listed_integration(item, REQUEST) == Integration(
        "id-1", "redis", "shop", "live", "main", True, ("a", "b"), 0, None, READ, problem
    )
    assert read_listed_integration({**item, "on": False}, REQUEST).enabled is False


@pytest.mark.parametrize("item", [{}, {"_id": 1, "name": None, "on": "true", "tags": "a", "_status": 1}])
def test_an_item_of_which_nothing_can_be_read(item: Any) -> None:
    problem = "The response to GET list has no usable `_id` in the integration."
    assert read_listed_integration(item, REQUEST) == Integration("", "", "", "", "", False, (), 0, problem=problem)


@pytest.mark.parametrize("item", [None, "text", []])
def test_an_item_that_is_no_object(item: Any) -> None:
    problem = "The response to GET list has something else than the integration."
    assert read_listed_integration(item, REQUEST) == Integration("", "", "", "", "", False, (), 0, problem=problem)


@pytest.mark.parametrize(
    "field", ["_id", "integrationKey", "projectKey", "environmentKey", "on", "tags", "version", "config", "name"]
)
def test_a_field_that_cannot_be_used(field: str) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        read_integration(redis_item(**{field: 7.5}), REQUEST)
    assert caught.value.problem == f"The response to GET list has no usable `{field}` in the integration."
    assert caught.value.request == REQUEST


@pytest.mark.parametrize("name", [None, ""])
def test_an_integration_without_a_name(name: str | None) -> None:
    assert read_integration(redis_item(name=name), REQUEST).name == ""


def test_a_project_with_its_environments() -> None:
    live = {"key": "live", "name": "Live", "_id": "c-1", "tags": ["eu", 5]}
    test = {"key": "test", "name": "Test", "_id": "c-2"}
    item = {"key": "shop", "name": "Shop", "tags": ["a"], "environments": {"items": [live, test], "totalCount": 2}}
    environments = (Environment("live", "Live", "c-1", ("eu", "5")), Environment("test", "Test", "c-2", ()))
    assert read_project(item, REQUEST) == Project("shop", "Shop", ("a",), environments)
    with pytest.raises(UnexpectedResponse) as caught:
        read_project({**item, "environments": {"items": [{**live, "_id": 1}], "totalCount": 1}}, REQUEST)
    assert caught.value.problem == "The response to GET list has no usable `_id` in the environment."
    assert caught.value.request == REQUEST


READERS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "the project": (read_project, {"key": "k", "name": "n"}, "key"),
    "the environment": (read_environment, {"key": "k", "name": "n", "_id": "i"}, "_id"),
    "the list of addresses": (read_public_addresses, {"addresses": [], "outboundAddresses": []}, "outboundAddresses"),
}


@pytest.mark.parametrize("kind", READERS)
def test_other_objects_of_responses(kind: str) -> None:
    reader, item, field = READERS[kind]
    reader(item, "GET x")
    for odd, problem in (
        ([], f"has something else than {kind}."),
        ({**item, field: 7}, f"has no usable `{field}` in {kind}."),
    ):
        with pytest.raises(UnexpectedResponse) as caught:
            reader(odd, "GET x")
        assert caught.value.problem == f"The response to GET x {problem}"
        assert caught.value.request == "GET x"


def test_shown() -> None:
    shown = integration(redis_item(_status=STATUS, tags=["b", "a"])).redacted()
    assert shown == {
        "id": "id-1",
        "project_key": "shop",
        "environment_key": "live",
        "integration_key": "redis",
        "name": "main",
        "enabled": True,
        "tags": ["a", "b"],
        "version": 1,
        "config": {
            "host": "redis.example.com",
            "port": "6379",
            "username": "",
            "password": "set",
            "tls_enabled": False,
        },
        "status": READ.as_dict(),
    }
    assert replace(integration(), config=None).redacted()["config"] is None


def test_a_config_of_an_unknown_store() -> None:
    config = {"someHost": "h", "someKey": "a**b", "list": [{"x": "a**"}], "none": None}
    shown = {"some_host": "h", "some_key": "set", "list": "set", "none": None}
    assert redact_config("cassandra", config) == shown
    assert redact_config("redis", {**config, "password": None}) == {**shown, "password": "not set"}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("tlsEnabled", True, True),
        ("tlsEnabled", False, False),
        ("tlsEnabled", "TRUE", True),
        ("tlsEnabled", "no", False),
        ("tlsEnabled", None, False),
        ("port", 6380, "6380"),
        ("port", "", "6379"),
        ("port", None, "6379"),
        ("username", None, ""),
        ("host", None, None),
        ("host", "", ""),
    ],
)
def test_values_in_the_type_of_the_manifest(key: str, value: Any, expected: Any) -> None:
    found = normal(REDIS.variable(key), value)
    assert (found, type(found)) == (expected, type(expected))


def test_an_unknown_variable() -> None:
    with pytest.raises(KeyError, match="'hots'"):
        REDIS.variable("hots")
    assert REDIS.by_key("hots") is None
    assert REDIS.by_option("tlsEnabled") is None
