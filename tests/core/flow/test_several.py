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
from ld_segment_store.core.model.integration import read_integration
from ld_segment_store.core.model.settings import Settings
from tests.support.scripted import (
    FakeClock,
    Script,
    answer,
    connection_closed,
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


@pytest.mark.parametrize(("name", "present"), [(None, True), ("third", True), (None, False)])
def test_several_that_match_are_listed(
    client: Client, script: Script, clock: FakeClock, name: str | None, present: bool
) -> None:
    """After some seconds, in which runs that create at the same time would have left one of them."""
    script.answers = [listing(*TWO)] * 4
    with pytest.raises(errors.AmbiguousIntegration) as caught:
        ensure_present(client, redis(name=name)) if present else ensure_absent(client, TARGET)
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


@pytest.mark.parametrize("check", [False, True])
def test_one_of_another_name_is_not_removed(client: Client, script: Script, check: bool) -> None:
    """As in a second run, after the one with that name was removed."""
    script.answers = [listing(TWO[0])] * 2
    outcome = ensure_absent(client, TARGET._replace(name="second"), check=check)
    assert (outcome.changed, outcome.integration) == (False, None)
    left = "No integration is named 'second', so none was removed. Of another name: id-1 ('main', on)."
    assert outcome.warnings == (left,)
    assert script.calls == ["GET list"] * 2


def test_the_looks_for_one_of_a_name_end_at_one_deadline(client: Client, script: Script) -> None:
    deadlines = [client.deadline()]
    client.deadline = deadlines.pop  # type: ignore[method-assign]
    script.answers = [listing(TWO[0])] * 2
    assert ensure_absent(client, TARGET._replace(name="second")).warnings
    assert deadlines == []


def test_several_of_other_names_are_not_removed(client: Client, script: Script) -> None:
    listed = [read_integration(item, "GET list") for item in TWO]
    outcome = ensure_absent(client, TARGET._replace(name="third"), listed=listed)
    assert not outcome.changed
    assert outcome.warnings[0].endswith(" Of another name: id-1 ('main', on); id-2 ('second', off).")
    assert script.calls == []


def test_one_of_another_store_is_not_mentioned(client: Client, script: Script) -> None:
    elsewhere = read_integration(redis_item(environmentKey="test"), "GET list")
    assert ensure_absent(client, TARGET._replace(name="third"), listed=[elsewhere]).warnings == ()


def test_whether_there_are_others_is_not_worth_a_failure(client: Client, script: Script) -> None:
    script.answers = [listing(TWO[0]), error(403, "forbidden")]
    outcome = ensure_absent(client, TARGET._replace(name="second"))
    assert (outcome.changed, outcome.warnings) == (False, ())


@pytest.mark.parametrize("lost", [connection_closed(), error(404, "not_found")])
def test_after_a_removal_by_name_the_next_look_takes_no_other(client: Client, script: Script, lost: Any) -> None:
    """The response to the DELETE is lost, or another host was faster: five hosts would remove two integrations."""
    script.answers = [listing(*TWO), got(TWO[1]), lost, listing(TWO[0]), listing(TWO[0])]
    outcome = ensure_absent(client, TARGET._replace(name="second"))
    assert script.calls.count("DELETE id-2") == sum(call.startswith("DELETE") for call in script.calls) == 1
    assert outcome.changed is isinstance(lost, Exception)


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
