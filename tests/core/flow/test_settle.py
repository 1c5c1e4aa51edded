# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The look for duplicates after a creation, step by step, and the lock before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.rate_limit import Gate
from ld_segment_store.core.errors import ApiError, Conflict
from ld_segment_store.core.flow.creation import Looks, Settled, notes, settle
from ld_segment_store.core.flow.host_lock import HostLock, lock_name, lock_store
from ld_segment_store.core.model.integration import Integration
from tests.support.scripted import FakeClock, Script, answer, error, integration, redis_item

OURS = replace(integration(), id="id-5")
SMALLER, LARGER = replace(OURS, id="id-4"), replace(OURS, id="id-6")
ELSEWHERE = replace(OURS, id="id-1", environment_key="test")
# Seconds between looks for an own integration that is not listed yet, and for others to go.
LOOKS, GRACE = [0.5, 1, 2, 4], [1, 2]


class Lists:
    """The lists of the account, one after the other; the last one stays. `since` has the times that were asked for."""

    def __init__(self, *lists: Sequence[Integration] | ApiError) -> None:
        self._lists = list(lists)
        self.since: list[float] = []

    def __call__(self, since: float) -> Sequence[Integration]:
        self.since.append(since)
        found = self._lists.pop(0) if len(self._lists) > 1 else self._lists[0]
        if isinstance(found, ApiError):
            raise found
        return found


def settled(client: Client, *lists: Sequence[Integration] | ApiError) -> Settled:
    """The result, where every request is bound by the deadline that was given."""
    deadline = client.deadline()
    client.deadline = lambda: pytest.fail("another deadline")  # type: ignore[method-assign]
    return settle(client, Looks(OURS, ()), Lists(*lists), client.clock.monotonic(), deadline)


def test_the_only_one_stays(client: Client, script: Script, clock: FakeClock) -> None:
    assert settled(client, [ELSEWHERE, OURS]) is Settled.KEPT
    assert (script.calls, clock.slept) == ([], [])


def test_one_with_a_smaller_id_stays(client: Client, script: Script, clock: FakeClock) -> None:
    script.answers = [answer(204)]
    assert settled(client, [SMALLER, OURS, LARGER]) is Settled.WITHDRAWN
    assert (script.calls, clock.slept) == (["DELETE id-5"], [])
    assert script.sent[0].path_url.endswith("/shop/live/redis/id-5")


def test_the_others_have_time_to_go(client: Client, script: Script, clock: FakeClock) -> None:
    assert settled(client, [LARGER, OURS], [LARGER, OURS], [OURS]) is Settled.KEPT
    assert (script.calls, clock.slept) == ([], GRACE)


def test_others_that_stay(client: Client, script: Script, clock: FakeClock) -> None:
    script.answers = [answer(200, redis_item()), answer(204)]
    assert settled(client, [LARGER, OURS]) is Settled.WITHDRAWN
    assert (script.calls, clock.slept) == (["GET id-6", "DELETE id-5"], GRACE)


def test_others_that_are_only_listed(client: Client, script: Script, clock: FakeClock) -> None:
    """They are deleted, and the list does not show that yet."""
    script.answers = [error(404, "not_found"), error(404, "not_found")]
    assert settled(client, [LARGER, replace(LARGER, id="id-7"), OURS]) is Settled.KEPT
    assert (script.calls, clock.slept) == (["GET id-6", "GET id-7"], GRACE)


def test_others_while_it_is_not_listed_itself(client: Client, script: Script, clock: FakeClock) -> None:
    script.answers = [answer(200, redis_item()), answer(204)]
    assert settled(client, [LARGER]) is Settled.WITHDRAWN
    assert (script.calls, clock.slept) == (["GET id-6", "DELETE id-5"], GRACE)


def test_an_integration_that_is_known_to_be_deleted(client: Client, script: Script) -> None:
    lists = Lists([SMALLER, OURS])
    assert settle(client, Looks(OURS, {"id-4"}), lists, 0.0, client.deadline()) is Settled.KEPT
    assert script.calls == []


def test_one_that_is_listed_late(client: Client, script: Script, clock: FakeClock) -> None:
    assert settled(client, [], [ELSEWHERE], [OURS]) is Settled.KEPT
    assert (script.calls, clock.slept) == ([], LOOKS[:2])


@pytest.mark.parametrize(
    ("got", "outcome"),
    [(answer(200, redis_item()), Settled.UNKNOWN), (error(404, "not_found"), Settled.GONE)],
)
def test_one_that_is_never_listed_is_read(
    client: Client, script: Script, clock: FakeClock, got: Any, outcome: Settled
) -> None:
    script.answers = [got]
    assert settled(client, []) is outcome
    assert (script.calls, clock.slept) == (["GET id-5"], LOOKS)
    assert script.sent[0].path_url.endswith("/shop/live/redis/id-5")


def test_a_list_that_cannot_be_read(client: Client, script: Script) -> None:
    assert settled(client, ApiError("no list")) is Settled.UNKNOWN
    assert script.calls == []


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([error(404, "not_found")], Settled.WITHDRAWN),
        ([error(403), answer(204)], Settled.WITHDRAWN),
        ([error(403), error(404, "not_found")], Settled.GONE),
        ([error(403), error(403)], Settled.UNKNOWN),
    ],
)
def test_a_deletion_is_repeated_once(client: Client, script: Script, answers: list[Any], outcome: Settled) -> None:
    script.answers = list(answers)
    assert settled(client, [SMALLER, OURS]) is outcome
    assert script.calls == ["DELETE id-5"] * len(answers)
    assert {sent.path_url.rpartition("/shop/")[2] for sent in script.sent} == {"live/redis/id-5"}


@pytest.mark.parametrize(("left", "looks"), [(LOOKS[0], 1), (LOOKS[0] + 0.1, 2)])
def test_the_deadline_ends_the_looks(client: Client, script: Script, clock: FakeClock, left: float, looks: int) -> None:
    deadline = client.deadline()
    clock.now += deadline.left() - left
    lists = Lists([])
    assert settle(client, Looks(OURS, ()), lists, 0.0, deadline) is Settled.UNKNOWN
    assert len(lists.since) == looks
    assert script.calls == []


def test_each_look_is_newer_than_the_one_before(client: Client, clock: FakeClock) -> None:
    """The first is newer than the creation."""
    lists = Lists([], [], [OURS])
    began = clock.monotonic()
    settle(client, Looks(OURS, ()), lists, 7.0, client.deadline())
    assert lists.since == [7.0, began + 0.5, began + 1.5]


@pytest.mark.parametrize(
    ("listed", "gone", "pause"),
    [
        ([ELSEWHERE, LARGER, OURS], (), GRACE[0]),
        ([ELSEWHERE, SMALLER], (), None),
        ([ELSEWHERE, OURS], (), None),
        ([ELSEWHERE], (), LOOKS[0]),
        ([SMALLER, LARGER, OURS], {"id-4"}, GRACE[0]),
        ([SMALLER, OURS], {"id-4", "id-5"}, LOOKS[0]),
    ],
)
def test_the_pause_after_a_look(listed: list[Integration], gone: Collection[str], pause: float | None) -> None:
    assert Looks(OURS, gone).pause_after(listed) == pause


def test_a_store_that_is_locked_is_waited_for(client: Client, clock: FakeClock, tmp_path: Path) -> None:
    """Until the deadline."""
    deadline = client.deadline()
    clock.now += deadline.left() - 0.25
    with HostLock(tmp_path) as ours, HostLock(tmp_path) as theirs:
        assert theirs.acquire(lock_name(client, OURS.key))
        with pytest.raises(Conflict):
            lock_store(ours, client, OURS.key, deadline)
        assert not ours.holds(lock_name(client, OURS.key))
        assert clock.slept == [0.1, 0.1, 0.1]
        theirs.release(lock_name(client, OURS.key))
        lock_store(ours, client, OURS.key, deadline)
        assert ours.holds(lock_name(client, OURS.key))
        ours.release(lock_name(client, OURS.key))
        assert not ours.holds(lock_name(client, OURS.key))
    assert len(clock.slept) == 3


def test_the_name_of_a_lock() -> None:
    with Client("api-x", "https://ld.example.com/") as client:
        assert lock_name(client, OURS.key) == "https://ld.example.com\nshop\nlive\nredis"


def test_notes() -> None:
    assert notes(Settled.WITHDRAWN, OURS) == [
        "Another run created this integration at the same time. This run deleted its own duplicate id-5 and uses the other."
    ]
    assert notes(Settled.UNKNOWN, OURS) == [
        "It is unknown whether another run created this integration at the same time. Check the list of integrations."
    ]
    assert notes(Settled.KEPT, OURS) == notes(Settled.GONE, OURS) == []


def test_a_stopped_run_does_not_wait_for_a_lock(client: Client, clock: FakeClock, tmp_path: Path) -> None:
    """Ctrl-C ended only when the deadline came."""
    gate = Gate(clock=clock)
    with HostLock(tmp_path) as ours, HostLock(tmp_path) as theirs, client.sharing(gate) as own:
        assert theirs.acquire(lock_name(client, OURS.key))
        gate.stop()
        lock_store(ours, own, OURS.key, own.deadline())
        assert not ours.holds(lock_name(client, OURS.key))
    assert clock.slept == []


def test_a_stopped_run_does_not_wait_between_looks(client: Client, clock: FakeClock) -> None:
    gate = Gate(clock=clock)
    with client.sharing(gate) as own:
        gate.stop()
        assert settle(own, Looks(OURS, ()), Lists([]), 0.0, own.deadline()) is Settled.UNKNOWN
    assert clock.slept == []
