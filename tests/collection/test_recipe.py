# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The recipe for create, update and delete: check mode, do, do again. Check mode tells what comes and only reads."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.emulator import Behaviour, Emulator, Integration
from ld_segment_store.emulator.account.account import unseal
from tests.collection.playbooks import (
    DYNAMODB,
    PASSWORD,
    REDIS,
    SHOP,
    TOKEN,
    Playbooks,
    Result,
    Run,
    Task,
    checked,
    config,
    store,
)

FULL_REDIS = {**REDIS, "port": "6380", "username": "launchdarkly", "password": PASSWORD, "tls_enabled": True}
# All options of a store, and one change of them.
STORES = {"redis": (FULL_REDIS, {"port": "6381"}), "dynamodb": (DYNAMODB, {"region": "eu-west-1"})}
OTHER_GUESSES = Behaviour(
    list_config="empty", config_defaults="filled", mask_stars="eight", omitted_secret="kept", patch_test="refused"
)
# For an integration that is not there yet; `version` grows with an update.
ONLY_LIVE = {"id", "version", "status"}


@pytest.mark.parametrize(
    ("integration_key", "behaviour"),
    [("redis", Behaviour()), ("dynamodb", Behaviour()), ("redis", OTHER_GUESSES)],
    ids=["redis", "dynamodb", "redis-other-guesses"],
)
def test_recipe(playbooks: Playbooks, integration_key: str, behaviour: Behaviour) -> None:
    options, change = STORES[integration_key]
    place = {"project_key": "shop", "environment_key": "live"}
    create = store(**place, **{integration_key: options}, name="Segments", tags=["b", "a"], enabled=True)
    update = store(**place, **{integration_key: {**options, **change}}, name="Segments, new", tags=["c"], enabled=False)
    delete = store(**place, state="absent", integration_key=integration_key)
    with Emulator(seed=SHOP, access_tokens=[TOKEN], behaviour=behaviour) as ld:
        history: list[Integration] = []
        ld.account.observe(lambda _event, integration: history.append(integration))
        run = playbooks.run(
            {**_thrice("create", create), **_thrice("update", update), **_thrice("delete", delete)}, ld=ld
        )
        left = ld.account.integrations

    _check_recipe(run, "create", "POST")
    _check_recipe(run, "update", "PATCH")
    _check_recipe(run, "delete", "DELETE")
    assert "[WARNING]" not in run.output
    created, updated, _deleted = history
    assert unseal(created.config) == config(integration_key, options)
    assert (created.name, created.on, set(created.tags)) == ("Segments", True, {"a", "b"})
    assert unseal(updated.config) == config(integration_key, {**options, **change})
    assert (updated.name, updated.on, updated.tags) == ("Segments, new", False, ("c",))
    assert left == []


def _thrice(name: str, task: Task) -> dict[str, Task]:
    return {name + " checked": checked(task), name: task, name + " again": task}


def _check_recipe(run: Run, name: str, write: str) -> None:
    check, live, again = run[name + " checked"], run[name], run[name + " again"]
    assert check.keys == live.keys == again.keys == {"changed", "action", "integration", "drift", "diff"}
    for result in (check, live):
        assert result["changed"] is True
        assert result["action"] == name
    assert check["drift"] == live["drift"]
    assert check["diff"] == live["diff"]
    assert _comparable(check) == _comparable(live)

    assert set(check.methods) == {"GET"}
    # After a creation a list shows whether the new integration is the only one.
    after = ["GET"] if name == "create" else []
    before = live.methods[: -1 - len(after)]
    assert live.methods == [*before, write, *after]
    assert set(before) == {"GET"}

    assert again["changed"] is False
    assert again["action"] == "nothing"
    assert again["drift"] == []
    assert again["integration"] == live["integration"]
    assert again["diff"]["before"] == again["diff"]["after"]
    # The list, and then the integration, or, where none exists, the environment.
    assert again.methods == ["GET", "GET"]


def _comparable(result: Result) -> dict[str, Any] | None:
    integration = result["integration"]
    return integration and {key: value for key, value in integration.items() if key not in ONLY_LIVE}


def test_check_mode_tells_id_and_status_of_what_is_there(playbooks: Playbooks, ld: Emulator) -> None:
    """Only for an integration that is not there yet are they unknown."""
    made = ld.account.create("shop", "live", "redis", {"host": "old.example.com"}, name="by hand")
    task = checked(store(project_key="shop", environment_key="live", redis=REDIS))
    new = checked(store(project_key="shop", environment_key="test", redis=REDIS))
    run = playbooks.run({"update": task, "create": new}, ld=ld)
    there, planned = run["update"]["integration"], run["create"]["integration"]
    assert (there["id"], there["version"], there["status"]["available"]) == (made.id, 1, False)
    assert {planned[key] for key in ONLY_LIVE} == {None}
    assert there.keys() == planned.keys()


def test_check_mode_knows_an_unknown_environment(playbooks: Playbooks, ld: Emulator) -> None:
    """As the POST would: check mode must not promise what a real run can't do."""
    options = {"redis": REDIS, "enabled": False}
    places = {
        "environment": {"project_key": "shop", "environment_key": "nowhere"},
        "project": {"project_key": "nowhere", "environment_key": "live"},
    }
    tasks = {name: store(**place, **options) for name, place in places.items()}
    checks = {name + " checked": checked(task) for name, task in tasks.items()}
    run = playbooks.run({**tasks, **checks}, ld=ld, may_fail=True)
    for name in places:
        live, check = run[name], run[name + " checked"]
        assert live.failed
        assert check.failed
        assert live["failure"]["code"] == check["failure"]["code"] == "not_found"
        assert set(check.methods) == {"GET"}


def test_omitted_is_left_alone_and_empty_is_cleared(playbooks: Playbooks, ld: Emulator) -> None:
    made = ld.account.create("shop", "live", "redis", config("redis", FULL_REDIS), name="by hand", on=True, tags=["a"])
    place = {"project_key": "shop", "environment_key": "live"}
    omitted = store(**place, redis=REDIS)
    nothing = {"port": "", "username": "", "password": ""}
    empty = store(**place, redis={**REDIS, **nothing}, clear_secrets=True, name="", tags=[])
    run = playbooks.run({"omitted": omitted, "empty": empty, "again": empty}, ld=ld)

    assert run["omitted"]["changed"] is False
    assert run["empty"].drifted == ["redis.port", "redis.username", "redis.password", "name", "tags"]
    assert run["again"]["changed"] is False
    left = ld.account.integration(made.id)
    assert (left.name, left.tags, left.on) == ("", (), True)
    stored = unseal(left.config)
    assert stored == {"host": "redis.example.com", "port": "6379", "username": "", "password": "", "tlsEnabled": True}
