# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The module's exact requests for several stores, one after the other."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.featureops.launchdarkly.plugins.modules import ld_big_segment_stores as module

from .launchdarkly import PASSWORD, STORES, TOKEN, Call, Run, listing, reading, redis_item


def options(**more: Any) -> dict[str, Any]:
    """A Redis store of shop/live, and nothing at once, so that the order of calls is certain."""
    redis = {"host": "redis.example.com", "password": PASSWORD}
    stores = [{"project_key": "shop", "environment_key": "live", "redis": redis}]
    return {"access_token": TOKEN, "stores": stores, "concurrency": 1, **more}


def test_as_declared(run: Run) -> None:
    there = redis_item()
    done = run(module, options(), listing(there), reading(there))
    assert done["changed"] is False
    assert [store["action"] for store in done["stores"]] == ["nothing"]


@pytest.mark.parametrize("check", [False, True])
def test_purge(run: Run, check: bool) -> None:
    there, stray = redis_item(), redis_item(_id="id-2", environmentKey="test")
    delete = Call("DELETE", STORES + "/shop/test/redis/id-2", status=204)
    calls = [listing(there, stray), reading(there), reading(stray), *([] if check else [delete])]
    done = run(module, options(purge={"projects": ["shop"]}), *calls, check=check)
    assert done["changed"] is True
    assert [(store["action"], store["purged"]) for store in done["stores"]] == [("nothing", False), ("delete", True)]


def test_secrets_of_one_store_in_the_wrong_place(run: Run) -> None:
    redis = {"host": "redis.example.com", "pasword": PASSWORD}
    done = run(module, options(defaults={"redis": redis}))
    assert done.code == 1
    assert "pasword" in done["msg"]
