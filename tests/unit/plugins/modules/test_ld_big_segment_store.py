# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The module's exact requests, and what it prints."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.featureops.launchdarkly.plugins.modules import ld_big_segment_store as module

from .launchdarkly import PASSWORD, STORES, TOKEN, Call, Run, listing, reading, redis_item

ENVIRONMENTS = Call(
    "GET", "/api/v2/projects/shop/environments", {"items": [{"key": "live", "name": "Live", "_id": "client-1"}]}
)


def options(**more: Any) -> dict[str, Any]:
    """A Redis store of shop/live."""
    redis = {"host": "redis.example.com", "password": PASSWORD}
    return {"access_token": TOKEN, "project_key": "shop", "environment_key": "live", "redis": redis, **more}


def moved() -> dict[str, Any]:
    """The same at another address."""
    return options(redis={"host": "new.example.com", "password": PASSWORD})


def test_create(run: Run) -> None:
    config = {"host": "redis.example.com", "password": PASSWORD}
    made = redis_item(name="main", tags=["a"])
    create = Call("POST", STORES + "/shop/live/redis", made, {"config": config, "on": True, "tags": ["a"]}, 201)
    # The list after the creation shows that no other run created one too.
    done = run(module, options(enabled=True, tags=["a"]), listing(), create, listing(made))
    assert done.code == 0
    assert (done["changed"], done["action"]) == (True, "create")
    assert done["integration"]["config"]["password"] == "set"


def test_create_checked_only_reads(run: Run) -> None:
    done = run(module, options(), listing(), ENVIRONMENTS, check=True)
    assert (done["changed"], done["action"]) == (True, "create")
    assert done["diff"]["after"]["config"]["password"] == "set"


@pytest.mark.parametrize("check", [False, True])
def test_nothing_to_do(run: Run, check: bool) -> None:
    there = redis_item()
    done = run(module, options(), listing(there), reading(there), check=check)
    assert (done["changed"], done["action"], done["drift"]) == (False, "nothing", [])


def test_update(run: Run) -> None:
    there = redis_item()
    config = {**there["config"], "host": "new.example.com", "password": PASSWORD}
    patch = Call(
        "PATCH",
        STORES + "/shop/live/redis/id-1",
        redis_item(config={**there["config"], "host": "new.example.com"}, version=2),
        [{"op": "replace", "path": "/config", "value": config}],
    )
    done = run(module, moved(), listing(there), reading(there), patch)
    assert (done["changed"], done["action"]) == (True, "update")
    assert [drift["field"] for drift in done["drift"]] == ["redis.host"]


def test_update_checked_only_reads(run: Run) -> None:
    there = redis_item()
    done = run(module, moved(), listing(there), reading(there), check=True)
    assert (done["changed"], done["action"]) == (True, "update")
    assert done["integration"]["config"]["host"] == "new.example.com"


def test_a_change_without_the_password_is_refused_before_it_is_sent(run: Run) -> None:
    there = redis_item()
    done = run(module, options(redis={"host": "new.example.com"}), listing(there), reading(there))
    assert done.code == 1
    assert done["failure"]["code"] == "secret_required"


@pytest.mark.parametrize("check", [False, True])
def test_remove(run: Run, check: bool) -> None:
    delete = Call("DELETE", STORES + "/shop/live/redis/id-1", status=204)
    calls = [listing(redis_item()), reading(redis_item()), *([] if check else [delete])]
    done = run(module, options(state="absent"), *calls, check=check)
    assert (done["changed"], done["action"], done["integration"]) == (True, "delete", None)


def test_an_answer_that_repeats_a_secret(run: Run) -> None:
    refused = {"code": "invalid_request", "message": "not usable: " + PASSWORD}
    there = redis_item()
    config = {**there["config"], "host": "new.example.com", "password": PASSWORD}
    sent = [{"op": "replace", "path": "/config", "value": config}]
    patch = Call("PATCH", STORES + "/shop/live/redis/id-1", refused, sent, 400)
    done = run(module, moved(), listing(there), reading(there), patch)
    assert done.code == 1
    assert "not usable: ********" in done["msg"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"redis": {"host": "redis.example.com", "pasword": PASSWORD}},
        {"redis": {"host": f"redis://user:{PASSWORD}@redis.example.com"}},
        {"redis": f"{{'password': '{PASSWORD}'"},
        {"api_host": f"https://{PASSWORD}@app.launchdarkly.com"},
    ],
    ids=["misspelled", "in a URL", "no dictionary", "in the address"],
)
def test_secrets_in_the_wrong_place(run: Run, wrong: dict[str, Any]) -> None:
    """Nothing is sent, and the runner finds no secret in the output, where Ansible shows the options."""
    done = run(module, options(**wrong))
    assert done.code == 1
    assert done["msg"]
