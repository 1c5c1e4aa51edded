# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A plan that was shown is applied to what it was made from, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import Wait
from ld_segment_store.core.errors import StalePlan
from ld_segment_store.core.flow.apply import ensure_absent, ensure_present
from ld_segment_store.core.flow.apply_plan import apply_plan
from ld_segment_store.core.flow.lookup import Target
from ld_segment_store.core.flow.plan import Action, Plan
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.emulator import Emulator
from tests.support.scripted import FakeClock

SEED: dict[str, Any] = {
    "projects": {
        "shop": {
            "environments": {
                "live": {"integrations": [{"id": "i1", "name": "one", "redis": {"host": "a.example.com"}}]},
                "test": {},
            }
        }
    }
}


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=SEED) as emulator:
        yield emulator


@pytest.fixture
def client(ld: Emulator) -> Iterator[Client]:
    with Client(ld.access_token, ld.url) as made:
        yield made


def shown(client: Client, environment: str = "live", **values: Any) -> Plan:
    config: Any = {"host": values.pop("host", "a.example.com")}
    return ensure_present(client, Settings("shop", environment, "redis", config, **values), check=True).plan


def writes(ld: Emulator) -> list[str]:
    return [record.method for record in ld.requests if record.method != "GET"]


def test_creates_updates_and_deletes(client: Client, ld: Emulator) -> None:
    created = apply_plan(client, shown(client, "test"))
    assert created is not None
    updated = apply_plan(client, shown(client, "test", name="new"))
    assert updated is not None
    assert (updated.id, updated.name) == (created.id, "new")
    plan = ensure_absent(client, Target("shop", "test", "redis"), check=True).plan
    assert apply_plan(client, plan) is None
    assert writes(ld) == ["POST", "PATCH", "DELETE"]


def test_nothing_to_do_sends_nothing(client: Client, ld: Emulator) -> None:
    plan = shown(client)
    assert plan.action is Action.NOTHING
    there = apply_plan(client, plan)
    assert there is not None
    assert there.id == "i1"
    assert writes(ld) == []


def test_created_by_somebody_else(client: Client, ld: Emulator) -> None:
    plan = shown(client, "test")
    client.create_integration(
        StoreKey("shop", "test", "redis"), {"config": {"host": "b.example.com"}, "name": "theirs"}
    )
    ld.clear_requests()
    with pytest.raises(StalePlan, match="the integration was created after the plan was made"):
        apply_plan(client, plan)
    assert writes(ld) == []


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/name", "value": "theirs"},
        {"op": "replace", "path": "/on", "value": True},
        {"op": "replace", "path": "/config", "value": {"host": "b.example.com"}},
    ],
)
def test_changed_by_somebody_else(client: Client, ld: Emulator, operation: dict[str, Any]) -> None:
    plan = shown(client, name="ours")
    client.update_integration(StoreKey("shop", "live", "redis"), "i1", [operation])
    ld.clear_requests()
    with pytest.raises(StalePlan, match="was changed after the plan was made"):
        apply_plan(client, plan)
    assert writes(ld) == []


def test_removed_by_somebody_else(client: Client, ld: Emulator) -> None:
    plan = shown(client, name="ours")
    client.delete_integration(StoreKey("shop", "live", "redis"), "i1")
    ld.clear_requests()
    with pytest.raises(StalePlan, match="was deleted after"):
        apply_plan(client, plan)
    assert writes(ld) == []


def test_a_new_status_is_no_change(client: Client, ld: Emulator) -> None:
    plan = shown(client, name="ours")
    ld.set_status("i1", {"available": True, "lastSync": 1_790_000_000_000})
    changed = apply_plan(client, plan)
    assert changed is not None
    assert changed.name == "ours"


@pytest.mark.parametrize("edited", [True, False])
def test_an_update_that_had_to_wait_is_compared_again(ld: Emulator, client: Client, edited: bool) -> None:
    operation = {"op": "replace", "path": "/config", "value": {"host": "b.example.com"}}

    def edit(_wait: Wait) -> None:
        if edited:
            client.update_integration(StoreKey("shop", "live", "redis"), "i1", [operation])

    plan = shown(client, name="ours")
    ld.faults.add(429, retry_after=6, method="PATCH")
    with Client(ld.access_token, ld.url, clock=FakeClock(), on_wait=edit) as waiting:
        if edited:
            with pytest.raises(StalePlan, match="was changed after the plan was made"):
                apply_plan(waiting, plan)
            assert ld.account.integrations[0].config["host"] == "b.example.com"
        else:
            assert apply_plan(waiting, plan)
    assert ld.account.integrations[0].name == ("one" if edited else "ours")
