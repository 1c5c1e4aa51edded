# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the module prints of checks; the checks themselves have tests with real stores."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.preflight.checks import Check, Outcome
from ansible_collections.featureops.launchdarkly.plugins.modules import ld_big_segment_store_preflight as module

from .launchdarkly import PASSWORD, TOKEN, Call, Run

OPTIONS = {"redis": {"host": "redis.example.com", "password": PASSWORD}}
ID = "64c0f1a2b3c4d5e6f7a8b9c0"
ENVIRONMENT = {"access_token": TOKEN, "project_key": "shop", "environment_key": "live"}
ENVIRONMENTS = Call(
    "GET",
    "/api/v2/projects/shop/environments",
    {"items": [{"key": "live", "name": "Live", "_id": ID, "tags": []}]},
)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """What the checks find."""
    found: list[Check] = []

    def preflight_redis(given: dict[str, Any], **options: Any) -> list[Check]:
        assert given["password"] == PASSWORD
        found.append(Check("data", "Data", Outcome.PASS, f"prefix {options['prefix']}"))
        return found

    monkeypatch.setattr(module, "preflight_redis", preflight_redis)
    return found


def test_a_store_that_can_work(run: Run, checks: list[Check]) -> None:
    checks += [
        Check("login", "Login", Outcome.PASS, "the login works"),
        Check("eviction", "Eviction", Outcome.WARNING, "it is allkeys-lru", "set it to noeviction"),
    ]
    done = run(module, OPTIONS)
    assert (done.code, done["changed"], done["outcome"]) == (0, False, "warning")
    assert "Eviction: it is allkeys-lru; set it to noeviction." in done.output


def test_a_store_that_cannot_work_fails(run: Run, checks: list[Check]) -> None:
    checks.append(Check("login", "Login", Outcome.FAILURE, "Redis refuses " + PASSWORD, "give the right one"))
    done = run(module, OPTIONS, check=True)
    assert done.code == 1
    assert done["failure"]["code"] == "preflight_failed"
    assert done["checks"][0]["outcome"] == "failure"


def test_both_stores_at_once_are_refused(run: Run, checks: list[Check]) -> None:
    done = run(module, {**OPTIONS, "dynamodb": {"table_name": "t", "region": "eu-central-1", "external_id": PASSWORD}})
    assert done.code == 1
    assert "mutually exclusive" in done["msg"]


def test_the_client_side_id_is_looked_up(run: Run, checks: list[Check]) -> None:
    done = run(module, {**OPTIONS, **ENVIRONMENT}, ENVIRONMENTS)
    assert (done.code, done["client_side_id"], done["checks"][-1]["seen"]) == (0, ID, f"prefix {ID}")
    assert run(module, {**OPTIONS, "client_side_id": ID})["client_side_id"] == ID
    assert run(module, OPTIONS)["client_side_id"] is None


def test_another_client_side_id_is_refused(run: Run, checks: list[Check]) -> None:
    done = run(module, {**OPTIONS, **ENVIRONMENT, "client_side_id": "another"}, ENVIRONMENTS)
    assert (done.code, done["failure"]["code"]) == (1, "invalid_settings")
    assert done["msg"].startswith("client_side_id: is not that of shop/live")
    assert checks == []


def test_a_failed_check_after_a_lookup(run: Run, checks: list[Check]) -> None:
    checks.append(Check("login", "Login", Outcome.FAILURE, "Redis refuses", "give the right one"))
    done = run(module, {**OPTIONS, **ENVIRONMENT}, ENVIRONMENTS)
    assert (done.code, done["failure"]["code"]) == (1, "preflight_failed")
    assert done["msg"] == "The store cannot work as it is. Login: Redis refuses; give the right one."


def test_half_an_environment_is_refused(run: Run, checks: list[Check]) -> None:
    assert "required together" in run(module, {**OPTIONS, "project_key": "shop"})["msg"]
