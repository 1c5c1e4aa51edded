# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the module asks LaunchDarkly and the store; reading real stores has tests of its own."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.inspect.contents import (
    StoreContents,
    StoreUnreadable,
    Sync,
)
from ansible_collections.featureops.launchdarkly.plugins.modules import ld_big_segment_store_inspect_info as module

from .launchdarkly import PASSWORD, STORES, TOKEN, Call, Run, listing, reading, redis_item

ID = "64c0f1a2b3c4d5e6f7a8b9c0"
CONTENTS = StoreContents(
    store="redis",
    place="redis.example.com:6379",
    prefix=ID,
    sync=Sync(None, None, "STALE"),
    segments=(),
    contexts=0,
    size_bytes=0,
    complete=True,
    other_prefixes=(),
    lock=None,
    cursor=None,
)
ENVIRONMENTS = Call(
    "GET",
    "/api/v2/projects/shop/environments",
    {"items": [{"key": "live", "name": "Live", "_id": ID, "tags": []}]},
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the store is asked."""
    calls: list[dict[str, Any]] = []

    def inspect_redis(config: dict[str, Any], **options: Any) -> StoreContents:
        calls.append({**config, **options})
        return CONTENTS

    monkeypatch.setattr(module, "inspect_redis", inspect_redis)
    return calls


def test_options_of_the_task_alone(run: Run, asked: list[dict[str, Any]]) -> None:
    redis = {"host": "redis.example.com", "password": PASSWORD}
    done = run(module, {"redis": redis, "client_side_id": ID, "limit": 5})
    assert (done.code, done["changed"], done["client_side_id"]) == (0, False, ID)
    assert done["contents"]["place"] == "redis.example.com:6379"
    assert asked == [{**redis, "prefix": ID, "timeout": 5.0, "ca_path": None, "limit": 5}]


def test_the_store_of_an_environment(run: Run, asked: list[dict[str, Any]]) -> None:
    there = redis_item()
    options = {"access_token": TOKEN, "project_key": "shop", "environment_key": "live"}
    redis = {"username": "sdk", "password": PASSWORD}
    done = run(module, {**options, "redis": redis}, listing(there), reading(there), ENVIRONMENTS)
    assert (done.code, done["client_side_id"]) == (0, ID)
    (call,) = asked
    assert (call["host"], call["username"], call["prefix"]) == (there["config"]["host"], "sdk", ID)
    assert call["password"] == PASSWORD


def test_another_client_side_id_is_refused(run: Run, asked: list[dict[str, Any]]) -> None:
    there = redis_item()
    options = {"access_token": TOKEN, "project_key": "shop", "environment_key": "live", "client_side_id": "another"}
    done = run(module, {**options, "redis": {}}, listing(there), reading(there), ENVIRONMENTS)
    assert (done.code, done["failure"]["code"]) == (1, "invalid_settings")
    assert asked == []


def test_a_store_that_can_not_be_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def inspect_redis(*_: Any, **__: Any) -> StoreContents:
        raise StoreUnreadable("redis.example.com:6379: the connection was refused.")

    monkeypatch.setattr(module, "inspect_redis", inspect_redis)
    done = run(module, {"redis": {"host": "redis.example.com"}, "client_side_id": ID})
    assert (done.code, done["failure"]["code"]) == (1, "store_unreadable")


def test_a_refused_token_reaches_no_store(run: Run, asked: list[dict[str, Any]]) -> None:
    options = {"access_token": TOKEN, "project_key": "shop", "environment_key": "live", "redis": {}}
    done = run(module, options, Call("GET", STORES, {"code": "unauthorized", "message": "no"}, status=401))
    assert (done.code, done["failure"]["status"]) == (1, 401)
    assert asked == []
