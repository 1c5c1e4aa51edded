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


def test_each_store_has_its_integration(run: Run) -> None:
    there = redis_item()
    (store,) = run(module, options(), listing(there), reading(there))["stores"]
    config = {"host": "redis.example.com", "port": "6379", "username": "", "password": "set", "tls_enabled": False}
    assert store["integration"]["config"] == config
    assert (store["integration"]["id"], store["integration"]["version"]) == ("id-1", 1)
    assert store["integration"]["status"]["available"] is True


@pytest.mark.parametrize("check", [False, True])
def test_wait(run: Run, check: bool) -> None:
    """One list for each look, and none in check mode."""
    down = redis_item(_status={"available": False})
    later = [] if check else [listing(down), listing(redis_item())]
    done = run(module, options(wait=True, wait_interval=0.01), listing(down), reading(down), *later, check=check)
    (store,) = done["stores"]
    assert store["integration"]["status"]["available"] is not check
    assert (done.code, store["failure"]) == (0, None)


def test_a_store_that_does_not_become_available(run: Run) -> None:
    errors = [{"statusCode": 500, "message": "connection refused", "timestamp": 1}]
    down = redis_item(_status={"available": False, "errors": errors})
    done = run(module, options(wait=True, wait_timeout=0.01), listing(down), reading(down))
    (store,) = done["stores"]
    assert done.code == 1
    assert done["changed"] is False
    assert done["summary"] == "1 store: 1 unchanged; 1 not available."
    assert (store["action"], store["failure"]["code"]) == ("nothing", "not_available")
    assert "did not become available within 0.01 s" in done["msg"]
    assert "connection refused" in store["msg"]
    assert store["integration"]["status"]["available"] is False


def test_a_time_that_cannot_be_waited(run: Run) -> None:
    done = run(module, options(wait=True, wait_timeout=-1))
    assert done["msg"].startswith("wait_timeout: must be a positive number of seconds.")


@pytest.mark.parametrize("check", [False, True])
def test_purge(run: Run, check: bool) -> None:
    there, stray = redis_item(), redis_item(_id="id-2", environmentKey="test")
    delete = Call("DELETE", STORES + "/shop/test/redis/id-2", status=204)
    calls = [listing(there, stray), reading(there), reading(stray), *([] if check else [delete])]
    done = run(module, options(purge={"projects": ["shop"]}), *calls, check=check)
    assert done["changed"] is True
    assert [(store["action"], store["purged"]) for store in done["stores"]] == [("nothing", False), ("delete", True)]


def test_undeclared_integrations_are_reported(run: Run) -> None:
    there, stray = redis_item(), redis_item(_id="id-2", environmentKey="test")
    purge = {"projects": ["shop"], "report_only": True}
    done = run(module, options(purge=purge), listing(there, stray), reading(there))
    assert done["changed"] is False
    assert [(store["action"], store["integration"]["id"]) for store in done["stores"]] == [
        ("nothing", "id-1"),
        ("undeclared", "id-2"),
    ]


def test_secrets_of_one_store_in_the_wrong_place(run: Run) -> None:
    redis = {"host": "redis.example.com", "pasword": PASSWORD}
    done = run(module, options(defaults={"redis": redis}))
    assert done.code == 1
    assert "pasword" in done["msg"]
