# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""An update that had to wait for the rate limit is planned again, and a synchronization meanwhile is none after the change."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core import errors
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.flow.apply import ensure_present
from ld_segment_store.core.flow.apply_plan import apply_plan
from ld_segment_store.core.flow.plan import Action, plan_present
from ld_segment_store.core.model.settings import Settings
from tests.core.flow.exchanges import GONE, GOT, GOT_RENAMED, NOT_THERE, RENAMED, THERE
from tests.support.scripted import PASSWORD, Script, answer, error, integration, redis_item, with_config


def limited(seconds: int = 6) -> Any:
    return answer(429, headers={"Retry-After": str(seconds)})


def test_an_update_that_had_to_wait_is_made_from_what_is_there_then(client: Client, script: Script) -> None:
    """Otherwise it would undo what somebody changed meanwhile, since LaunchDarkly replaces a config as a whole."""
    settings = Settings("shop", "live", "redis", {"host": "new.example.com", "password": PASSWORD})
    edited = with_config(port="7000", username="somebody")
    script.answers = [THERE, GOT, limited(), answer(200, edited), GOT]
    assert ensure_present(client, settings).changed
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1", "GET id-1", "PATCH id-1"]
    (config,) = (each["value"] for each in script.body(4) if each["path"] == "/config")
    assert (config["host"], config["port"], config["username"]) == ("new.example.com", "7000", "somebody")


def test_an_update_that_had_to_wait_and_is_not_needed_any_more(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, limited(), GOT_RENAMED]
    assert not ensure_present(client, RENAMED).changed


def test_waits_for_the_rate_limit_are_no_conflicts(client: Client, script: Script) -> None:
    """They end at the deadline alone."""
    script.answers = [THERE, GOT, *[limited(), GOT] * 9, GOT_RENAMED]
    assert ensure_present(client, RENAMED).changed
    script.answers = [THERE, GOT, *[limited(50), GOT] * 5, limited(50)]
    with pytest.raises(errors.RateLimited):
        ensure_present(client, RENAMED)


def test_a_plan_that_had_to_wait_is_compared_again(client: Client, script: Script) -> None:
    plan = plan_present(RENAMED, integration())
    script.answers = [GOT, limited(), GOT, GOT_RENAMED]
    assert apply_plan(client, plan) is not None
    assert script.calls == ["GET id-1", "PATCH id-1", "GET id-1", "PATCH id-1"]


def test_conflicts_end_it_as_without_waits(client: Client, script: Script) -> None:
    conflict = error(409, "optimistic_locking_error")
    script.answers = [THERE, GOT, *[limited(), GOT] * 2, *[conflict, THERE, GOT] * 4, conflict]
    with pytest.raises(errors.Conflict):
        ensure_present(client, RENAMED)
    assert script.calls.count("PATCH id-1") == 2 + 5


def test_an_update_that_had_to_wait_and_whose_integration_is_gone(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, limited(), GONE, NOT_THERE, answer(201, redis_item(_id="id-2"))]
    outcome = ensure_present(client, RENAMED)
    assert outcome.plan.action is Action.CREATE


def test_a_short_wait_does_not_count(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, limited(1), GOT_RENAMED]
    assert ensure_present(client, RENAMED).changed
    assert script.calls[2:] == ["PATCH id-1", "PATCH id-1"]


@pytest.mark.parametrize("response", [7, None])
def test_a_synchronization_by_the_time_of_the_change_does_not_count(
    client: Client, script: Script, response: int | None
) -> None:
    """It may have happened while the change waited: with the old password."""
    settings = Settings("shop", "live", "redis", {"host": "new.example.com", "password": PASSWORD})
    before = redis_item(_status={"available": True, "lastSync": 5})
    after = redis_item(_status={"available": True, **({} if response is None else {"lastSync": response})})
    script.answers = [THERE, answer(200, before), answer(200, after)]
    assert ensure_present(client, settings).last_sync_before() == (response or 5)
