# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the module prints of checks; the checks themselves have tests with real stores."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.preflight.checks import Check, Outcome
from ansible_collections.featureops.launchdarkly.plugins.modules import ld_big_segment_store_preflight as module

from .launchdarkly import PASSWORD, Run

OPTIONS = {"redis": {"host": "redis.example.com", "password": PASSWORD}}


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """What the checks find."""
    found: list[Check] = []

    def preflight_redis(given: dict[str, Any], **_: Any) -> list[Check]:
        assert given["password"] == PASSWORD
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
