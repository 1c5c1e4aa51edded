# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The results of a fleet as lines, as a sentence and as plain data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ld_segment_store.core.errors import ApiError, OutcomeUnknown
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.report import as_dict, changes, counted, summary, table, warnings
from ld_segment_store.core.fleet.result import Interrupted, StoreResult
from ld_segment_store.core.flow.plan import Drift, plan_absent, plan_nothing, plan_present
from ld_segment_store.core.flow.rounds import Outcome
from ld_segment_store.core.flow.wait import not_available
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from tests.support.scripted import PASSWORD, integration

OBSERVED = integration()
KEY = OBSERVED.key


SETTINGS = Settings("shop", "live", "redis", {"host": "new.example.com"})
UPDATE = plan_present(Settings("shop", "live", "redis", {"port": 7000, "password": PASSWORD}, name="Größe"), OBSERVED)
CREATE = plan_present(replace(SETTINGS, name="main", enabled=True), None)
DECLARED = Declaration.present(SETTINGS, integration_id="declared")
RESULTS = {
    "create": StoreResult(DECLARED, Outcome(CREATE, True, replace(OBSERVED, id="id-9"))),
    "update": StoreResult(DECLARED, Outcome(UPDATE, True, OBSERVED, ("a", "b"))),
    "delete": StoreResult(Declaration.absent(KEY), Outcome(plan_absent(OBSERVED), True, None), purged=True),
    "nothing": StoreResult(DECLARED, Outcome(plan_nothing(KEY), False, OBSERVED)),
    "failed": StoreResult(DECLARED, error=ApiError("the\x1bproblem", request="GET x")),
    "not attempted": StoreResult(DECLARED),
}
DRIFT = [Drift("name", "differs", "main", "Größe"), Drift("redis.port", "differs", "6379", "7000")]


def test_actions() -> None:
    assert [result.action for result in RESULTS.values()] == list(RESULTS)
    assert [result.changed for result in RESULTS.values()] == [True, True, True, False, False, False]
    unknown = OutcomeUnknown("no response")
    assert StoreResult(DECLARED, error=unknown).changed
    assert Interrupted(list(RESULTS.values())).results == tuple(RESULTS.values())


def test_plain_data() -> None:
    key = {"project_key": "shop", "environment_key": "live", "integration_key": "redis"}
    update = as_dict(RESULTS["update"])
    assert sorted(update.pop("drift"), key=lambda drift: str(drift["field"])) == [drift.as_dict() for drift in DRIFT]
    assert update == {
        **key,
        "integration_id": "id-1",
        "action": "update",
        "changed": True,
        "integration": OBSERVED.redacted(),
        "purged": False,
        "warnings": ["a", "b"],
    }
    assert as_dict(RESULTS["not attempted"]) == {
        **key,
        "integration_id": "declared",
        "action": "not attempted",
        "changed": False,
        "integration": None,
        "purged": False,
        "drift": [],
        "warnings": [],
    }
    assert [as_dict(result)["integration_id"] for result in RESULTS.values()] == [
        *("id-9", "id-1", "id-1", "id-1", "declared", "declared"),
    ]
    assert as_dict(RESULTS["delete"])["purged"]


def test_changes() -> None:
    assert sorted(changes(RESULTS["update"])) == DRIFT
    assert changes(RESULTS["create"]) == [
        Drift("name", "is set", None, "main"),
        Drift("enabled", "is set", None, True),
        Drift("tags", "is set", None, []),
        Drift("redis.host", "is set", None, "new.example.com"),
    ]
    removed = changes(RESULTS["delete"])
    assert removed[0] == Drift("name", "is removed", "main", None)
    assert removed[3:] == [
        Drift("redis.host", "is removed", "redis.example.com", None),
        Drift("redis.port", "is removed", "6379", None),
        Drift("redis.username", "is removed", "", None),
        Drift("redis.password", "is removed", "set", None),
        Drift("redis.tls_enabled", "is removed", False, None),
    ]
    assert [changes(RESULTS[name]) for name in ("nothing", "failed", "not attempted")] == [[], [], []]


def test_a_store_that_did_not_become_available() -> None:
    error = not_available(OBSERVED, 5, 0)
    created, unchanged = (replace(RESULTS[action], error=error) for action in ("create", "nothing"))
    assert (created.action, created.changed) == ("create", True)
    assert summary([created, unchanged], check=False) == "2 stores: 1 created, 1 unchanged; 2 not available."
    assert table([created, unchanged]) == [
        f"create        shop/live redis: {error.message}",
        f"nothing       shop/live redis: {error.message}",
    ]


LINES = {
    "create": ["create        shop/live redis"],
    "update": [
        "update        shop/live redis",
        '              redis.port differs: "6379" -> "7000"',
        '              name differs: "main" -> "Größe"',
    ],
    "delete": ["delete        shop/live redis (not declared)"],
    "nothing": [],
    "failed": [r"failed        shop/live redis: the\x1bproblem"],
    "not attempted": ["not attempted shop/live redis"],
}


@pytest.mark.parametrize("action", LINES)
def test_table(action: str) -> None:
    assert table([RESULTS[action]]) == LINES[action]


def test_table_with_attributes() -> None:
    created, deleted = (table([RESULTS[action]], attributes=True) for action in ("create", "delete"))
    assert created == [
        *LINES["create"],
        *('              name: "main"', "              enabled: true", "              tags: []"),
        '              redis.host: "new.example.com"',
    ]
    assert deleted[:2] == [*LINES["delete"], '              name: "main"']
    assert table([RESULTS["update"]], attributes=True) == LINES["update"]


def test_summary() -> None:
    results = [*RESULTS.values(), RESULTS["create"]]
    assert summary(results, check=False) == (
        "7 stores: 2 created, 1 updated, 1 removed, 1 unchanged, 1 failed, 1 not attempted."
    )
    assert summary(results, check=True) == (
        "7 stores: 2 to create, 1 to update, 1 to remove, 1 unchanged, 1 failed, 1 not attempted."
    )
    assert summary([RESULTS["create"]], check=False) == "1 store: 1 created."
    assert summary([], check=False) == "0 stores: nothing to do."
    assert counted(0, "store") == "0 stores"


def test_warnings_once_with_their_places() -> None:
    other = StoreResult(Declaration.absent(StoreKey("shop", "test", "redis")), RESULTS["update"].outcome)
    third = replace(other, outcome=Outcome(UPDATE, True, OBSERVED, ("a",)))
    assert warnings([RESULTS["failed"], RESULTS["update"], other, third]) == [
        "shop/live redis and 2 more: a",
        "shop/live redis and 1 more: b",
    ]
    assert warnings([third]) == ["shop/test redis: a"]
