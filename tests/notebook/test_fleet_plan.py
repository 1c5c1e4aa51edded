# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Many stores planned and applied: nothing is applied that was not shown."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets as w
import pytest

from ld_segment_store import read_declarations
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.errors import InvalidSettings, SegmentStoreError
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import FleetPlan
from tests.notebook.conftest import PASSWORD, writes

MakePlan = Callable[..., FleetPlan]


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Three stores: one to update, one to create, and one in an environment that does not exist."""
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    redis = {"host": "redis.example.com", "port": 6380, "password": {"env": "REDIS_PASSWORD"}}
    live = {"environment_key": "live", "name": "Ours", "redis": redis}
    test = {"environment_key": "test", "redis": redis}
    wrong = {"environment_key": "liev", "redis": redis}
    path = tmp_path / "stores.json"
    path.write_text(json.dumps({"defaults": {"project_key": "shop"}, "stores": [live, test, wrong]}))
    return str(path)


@pytest.fixture
def plan(stores: str, ld: Emulator) -> Iterator[FleetPlan]:
    made = FleetPlan(stores, access_token=ld.access_token, api_host=ld.url)
    assert made.worker.wait(20)
    yield made
    made.close()


def send(widget: FleetPlan, **content: Any) -> None:
    """As a message of the browser arrives."""
    widget.table._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
    assert widget.worker.wait(20)


def words(plan: FleetPlan) -> list[tuple[str, str]]:
    return [(row["word"], row["state"]) for row in plan.table.rows]


def test_the_plan_is_a_table_and_sends_nothing(plan: FleetPlan, ld: Emulator) -> None:
    assert isinstance(plan, w.Widget)
    assert words(plan) == [("update", "planned"), ("create", "planned"), ("failed", "failed")]
    assert plan.table.rows[0]["details"][0].startswith('Name: "Main store" → "Ours"')
    assert "has no environment" in plan.table.rows[2]["text"]
    assert writes(ld) == []
    assert PASSWORD not in json.dumps(plan.table.rows) + plan.text() + plan.to_html() + repr(plan)


def test_what_is_selected_is_applied_and_nothing_else(plan: FleetPlan, ld: Emulator) -> None:
    send(plan, apply=[1], version=plan.table.version)
    assert writes(ld) == ["POST"]
    assert words(plan) == [("update", "planned"), ("create", "applied"), ("failed", "failed")]
    assert (plan.table.done, plan.table.total, plan.table.running) == (1, 1, False)
    assert "Applied 1 change." in plan._message.value
    send(plan, apply=[1], version=plan.table.version)  # once more
    assert writes(ld) == ["POST"]


def test_a_selection_in_an_older_plan_is_refused(plan: FleetPlan, ld: Emulator) -> None:
    old = plan.table.version
    send(plan, plan=True)
    send(plan, apply=[0, 1], version=old)
    assert writes(ld) == []
    assert "The plan has changed." in plan._message.value


@pytest.mark.parametrize("numbers", [[2], [99], [-1], ["0"], [None]])
def test_what_has_no_plan_is_not_applied(plan: FleetPlan, ld: Emulator, numbers: list[Any]) -> None:
    send(plan, apply=numbers, version=plan.table.version)
    assert writes(ld) == []


def test_a_store_that_changed_since_fails_and_can_be_planned_again(plan: FleetPlan, ld: Emulator) -> None:
    with Client(ld.access_token, ld.url) as other:
        patch = [{"op": "replace", "path": "/tags", "value": ["theirs"]}]
        other.update_integration(StoreKey("shop", "live", "redis"), "store-1", patch)
    ld.clear_requests()
    send(plan, apply=[0, 1], version=plan.table.version)
    assert writes(ld) == ["POST"]
    assert isinstance(plan.applied[0], SegmentStoreError)
    assert words(plan)[:2] == [("failed", "failed"), ("create", "applied")]
    assert "1 failed" in plan._message.value
    send(plan, retry=True)
    assert words(plan)[:2] == [("update", "planned"), ("create", "applied")]
    assert writes(ld) == ["POST"]
    send(plan, apply=[0], version=plan.table.version)
    assert writes(ld) == ["POST", "PATCH"]


def test_cancel_starts_no_more(stores: str, ld: Emulator, tmp_path: Path) -> None:
    redis = {"host": "redis.example.com"}
    with Client(ld.access_token, ld.url):
        many = [{"project_key": "shop", "environment_key": f"e{n}", "redis": redis} for n in range(30)]
    environments: dict[str, Any] = {f"e{n}": {} for n in range(30)}
    path = tmp_path / "many.json"
    path.write_text(json.dumps({"stores": many}))
    with Emulator(seed={"projects": {"shop": {"environments": environments}}}) as slow:
        plan = FleetPlan(str(path), access_token=slow.access_token, api_host=slow.url)
        assert plan.worker.wait(30)
        slow.faults.add(*["delay"] * 30, seconds=0.3, method="POST")
        plan.table._handle_msg(
            {
                "content": {"data": {"method": "custom", "content": {"apply": list(range(30)), "version": 1}}},
                "buffers": [],
            }
        )
        deadline = time.monotonic() + 20
        while plan.table.done < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        plan.cancel()
        assert plan.worker.wait(30)
        assert 2 <= len(slow.account.integrations) < 30
        assert len(slow.account.integrations) == len(plan.applied)
        assert "not attempted" in plan._message.value
        plan.close()


def test_hundreds_are_cancelled_in_the_middle_and_what_failed_is_applied_again() -> None:
    environments: dict[str, Any] = {f"e{n}": {} for n in range(490)}
    declared = [{"environment_key": f"e{n}", "redis": {"host": "redis.example.com"}} for n in range(500)]
    with Emulator(seed={"projects": {"shop": {"environments": environments}}}) as big:
        stores = read_declarations(declared, {"project_key": "shop"})
        plan = FleetPlan(stores, access_token=big.access_token, api_host=big.url)
        assert plan.worker.wait(60)
        assert Counter(words(plan)) == {("create", "planned"): 490, ("failed", "failed"): 10}
        big.faults.rate(0.2, [403], method="POST", seed=1)
        plan.worker.put(plan.apply, range(500))
        while plan.table.done < 50:
            assert plan.table.running or not plan.table.done
            time.sleep(0.01)
        plan.worker.put(plan.cancel)
        assert plan.worker.wait(60)
        after = Counter(words(plan))
        assert after["create", "applied"] == len(big.account.integrations)
        assert after["failed", "failed"] > 10
        assert after["create", "planned"] > 0
        rejected = [number for number, end in plan.applied.items() if isinstance(end, SegmentStoreError)]
        big.faults.clear()
        send(plan, retry=True)
        assert Counter(words(plan))["failed", "failed"] == 10  # whose environments do not exist
        send(plan, apply=rejected, version=plan.table.version)
        assert Counter(words(plan))["create", "applied"] == after["create", "applied"] + len(rejected)
        assert len(big.account.integrations) == after["create", "applied"] + len(rejected)
        plan.close()


@pytest.mark.parametrize("stores", [[], 5, ["shop/live"], None])
def test_stores_of_the_wrong_kind_are_refused(stores: Any) -> None:
    with pytest.raises(InvalidSettings, match="stores"):
        FleetPlan(stores)
