# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Several integrations of one store: which one is meant, and when none is known."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core import errors
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.flow.apply import ensure_absent, ensure_present
from ld_segment_store.core.flow.lookup import Target
from ld_segment_store.core.model.settings import Settings
from tests.support.scripted import (
    FakeClock,
    Script,
    answer,
    error,
    listing,
    redis_item,
)

TARGET = Target("shop", "live", "redis")


def redis(config: Any = None, **more: Any) -> Settings:
    options: Any = {"host": "redis.example.com", **(config or {})}
    return Settings("shop", "live", "redis", options, **more)


def got(item: dict[str, Any] | None = None) -> Any:
    return answer(200, redis_item() if item is None else item)


TWO = [redis_item(), redis_item(_id="id-2", name="second", on=False)]


@pytest.mark.parametrize("name", [None, "third"])
@pytest.mark.parametrize("present", [True, False])
def test_several_that_match_are_listed(
    client: Client, script: Script, clock: FakeClock, name: str | None, present: bool
) -> None:
    """After some seconds, in which runs that create at the same time would have left one of them."""
    script.answers = [listing(*TWO)] * 4
    with pytest.raises(errors.AmbiguousIntegration) as caught:
        ensure_present(client, redis(name=name)) if present else ensure_absent(client, TARGET._replace(name=name))
    assert caught.value.details == ("id-1 ('main', on)", "id-2 ('second', off)")
    assert "Choose one with integration_id, or with the name of one of them." in str(caught.value)
    assert script.calls == ["GET list"] * 4
    assert clock.slept == [1, 2, 5]


def test_several_that_become_one(client: Client, script: Script) -> None:
    script.answers = [listing(*TWO), listing(redis_item()), got()]
    assert not ensure_present(client, redis()).changed


def test_several_in_check_mode_are_reported_at_once(client: Client, script: Script) -> None:
    script.answers = [listing(*TWO)]
    with pytest.raises(errors.AmbiguousIntegration):
        ensure_present(client, redis(), check=True)


def test_several_are_narrowed_by_name(client: Client, script: Script) -> None:
    script.answers = [listing(*TWO), got(TWO[1]), listing(*TWO), got(TWO[1]), answer(204)]
    assert not ensure_present(client, redis(name="second")).changed
    assert ensure_absent(client, TARGET._replace(name="second")).changed
    assert script.calls == ["GET list", "GET id-2", "GET list", "GET id-2", "DELETE id-2"]


def test_several_of_one_name_are_still_several(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item(), redis_item(_id="id-2"), redis_item(_id="id-3", name="x"))] * 4
    with pytest.raises(errors.AmbiguousIntegration) as caught:
        ensure_present(client, redis(name="main"))
    assert len(caught.value.details) == 2


def test_several_are_narrowed_by_id(client: Client, script: Script) -> None:
    script.answers = [got(TWO[1])]
    assert not ensure_present(client, redis(), integration_id="id-2").changed


def test_several_after_a_lost_creation_become_one(client: Client, script: Script, clock: FakeClock) -> None:
    """This run's late one and another run's: they are looked at again, and none is created."""
    script.answers = [listing(), error(504), listing(*TWO), listing(*TWO), listing(TWO[0]), got()]
    assert ensure_present(client, redis(enabled=True)).changed
    assert script.calls.count("POST redis") == 1
    assert clock.slept == [1.0, 1.0]
