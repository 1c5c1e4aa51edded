# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How many requests the budget lets through, as the headers say. Time is given, nothing waits."""

from __future__ import annotations

import math
import threading
from typing import Any

import pytest

from ld_segment_store.core.api.rate_limit import Budget, Gate, Stopped
from ld_segment_store.core.api.retry import SYSTEM_CLOCK, Deadline
from ld_segment_store.core.errors import InvalidSettings

EPOCH = 1_790_000_000.0
GET, POST = "GET 8", "POST 7"


def headers(
    remaining: int, *, reset: float = 10.0, route: int | None = None, token: int | None = None
) -> dict[str, str]:
    said = {"X-Ratelimit-Global-Remaining": str(remaining), "X-Ratelimit-Reset": str(round((EPOCH + reset) * 1000))}
    if route is not None:
        said["X-Ratelimit-Route-Remaining"] = str(route)
    if token is not None:
        said["X-Ratelimit-Auth-Token-Remaining"] = str(token)
    return said


def warm(concurrency: int, share: float = 1.0) -> Budget:
    """One that has seen enough answers to send so many requests at once."""
    budget = Budget(concurrency, share)
    for _number in range(concurrency):
        assert budget.take(GET, 0.0) == 0
        budget.give_back(GET, {}, 0.0, EPOCH)
    return budget


def let_through(budget: Budget, now: float = 0.0, route: str = GET) -> int:
    """How many may be sent now without an answer."""
    number = 0
    while budget.take(route, now) == 0:
        number += 1
    return number


def answer(budget: Budget, said: dict[str, str] | None, now: float = 0.0, route: str = GET) -> None:
    budget.give_back(route, said, now, EPOCH + now)


def rounds(budget: Budget, said: dict[str, str], number: int, now: float = 0.0, route: str = GET) -> list[int]:
    """How many requests are in flight in each round trip."""
    sent = []
    for _round in range(number):
        sent.append(let_through(budget, now, route))
        for _answer in range(sent[-1]):
            answer(budget, said, now, route)
    return sent


def test_the_first_headers_are_seen_before_many_are_sent() -> None:
    assert rounds(Budget(8, 1.0), {}, 3) == [1, 8, 8]
    assert rounds(Budget(8, 1.0), headers(5), 3) == [1, 5, 5]


def test_after_a_429_the_number_doubles_in_each_round_trip() -> None:
    budget = warm(8)
    budget.hold(5.0, 0.0)
    assert rounds(budget, {}, 5, now=5.1) == [1, 2, 4, 8, 8]


def test_a_route_with_a_limit_of_its_own_is_tried_with_one_request() -> None:
    budget = Budget(8, 1.0)
    assert rounds(budget, headers(50, route=50), 2, route=POST) == [1, 8]
    assert rounds(budget, headers(50, route=3), 3) == [1, 3, 3]


def test_without_headers_only_the_concurrency_counts() -> None:
    assert let_through(warm(8)) == 8


def test_no_more_than_what_remains() -> None:
    budget = warm(8)
    assert budget.take(GET, 0.0) == 0
    answer(budget, headers(3))
    assert let_through(budget) == 3


def test_requests_under_way_are_taken_off() -> None:
    """They may not be counted yet in what an answer says remains."""
    budget = warm(8)
    assert let_through(budget) == 8
    answer(budget, headers(9))
    assert let_through(budget) == 1  # 9 remain, 7 are under way, and 8 may be
    answer(budget, headers(4))
    assert let_through(budget) == 0


def test_an_older_answer_does_not_bring_room_back() -> None:
    budget = warm(8)
    assert let_through(budget) == 8
    for remaining in (2, 5):
        answer(budget, headers(remaining))
    for _rest in range(6):
        answer(budget, None)
    assert let_through(budget) == 2


def test_an_exhausted_limit_says_how_long() -> None:
    budget = warm(8)
    budget.take(GET, 1.0)
    answer(budget, headers(0, reset=10.0), now=1.0)
    assert budget.take(GET, 1.0) == pytest.approx(9.0, abs=0.1)
    assert let_through(budget, now=9.9) == 0


def test_a_new_window_is_taken_to_be_as_large_as_the_last() -> None:
    budget = warm(8)
    for remaining in (5, 0):
        budget.take(GET, 0.0)
        answer(budget, headers(remaining))
    assert let_through(budget, now=10.1) == 5


def test_who_joins_late_in_a_window_is_not_held_to_what_was_left_of_it() -> None:
    budget = warm(8)
    budget.take(GET, 0.0)
    answer(budget, headers(2, reset=3.0))
    assert budget.take(GET, 3.1) == 0
    answer(budget, headers(99, reset=13.0), now=3.1)
    assert let_through(budget, now=3.1) == 8


def test_a_part_is_left_to_others() -> None:
    budget = warm(50, share=0.6)
    budget.take(GET, 0.0)
    answer(budget, headers(20))
    assert let_through(budget) == 12


def _window(budget: Budget, start: float, others: int) -> int:
    """How many of 100 requests a run sends in a window in which others use so many after it, as far as the limit allows."""
    sent = 0
    while budget.take(GET, start) == 0:
        sent += 1
        answer(budget, headers(100 - sent, reset=start + 10), now=start)
    assert budget.take(GET, start + 5) == pytest.approx(5, abs=0.1)
    while budget.take(GET, start + 9.5) == 0:
        sent += 1
        answer(budget, headers(max(0, 100 - sent - others), reset=start + 10), now=start + 9.5)
    return sent


def test_what_others_were_seen_to_use_is_left_to_them() -> None:
    budget = Budget(8, share=0.9)
    # The 91st request of each window comes late in it and shows what others use.
    assert _window(budget, 0.0, others=0) == 91
    assert _window(budget, 10.1, others=5) == 91
    assert _window(budget, 20.2, others=7) == 91
    # They use all that is left to them, and may need more: they get twice as much each time, until they leave something.
    sent = [_window(budget, 30.3 + 10.1 * number, others=40) for number in range(5)]
    assert sent == [91, 81, 61, 50, 55]
    # As soon as they need less, the run takes more.
    assert _window(budget, 90.9, others=0) == 90
    assert _window(budget, 101.0, others=0) == 91


def test_with_the_whole_limit_nothing_is_sent_late() -> None:
    budget = Budget(8, share=1.0)
    assert [_window(budget, start, others=0) for start in (0.0, 10.1)] == [100, 100]


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_a_small_limit_and_share_still_let_one_through_in_each_window(share: float) -> None:
    budget = warm(8, share)
    budget.take(GET, 0.0)
    answer(budget, headers(1))
    assert let_through(budget, now=10.1) == 1


def test_each_route_has_its_own() -> None:
    budget = warm(8)
    budget.take(POST, 0.0)
    answer(budget, headers(50, route=2), route=POST)
    assert let_through(budget, route=POST) == 2
    assert let_through(budget, route=GET) == 6


def test_the_token_has_its_own() -> None:
    budget = warm(8)
    budget.take(GET, 0.0)
    answer(budget, headers(50, route=50, token=1))
    assert let_through(budget) == 1


def test_after_a_429_nothing_and_then_one() -> None:
    budget = warm(8)
    assert let_through(budget) == 8
    for _answer in range(8):
        answer(budget, {})
    budget.hold(5.0, 0.0)
    budget.hold(1.0, 0.0)  # of another worker, shorter
    assert budget.take(GET, 1.0) == pytest.approx(4.0)
    assert let_through(budget, now=5.1) == 1


def test_a_reset_in_the_past_asks_for_no_wait() -> None:
    budget = warm(8)
    budget.take(GET, 100.0)
    answer(budget, headers(4, reset=50.0), now=100.0)
    budget.take(GET, 100.2)
    answer(budget, headers(0, reset=50.0), now=100.2)
    assert budget.take(GET, 100.4) == 0


def test_a_limit_that_was_only_seen_exhausted_has_no_known_size() -> None:
    budget = warm(8)
    budget.take(GET, 0.0)
    answer(budget, headers(0))
    assert let_through(budget) == 0
    assert let_through(budget, now=10.1) == 8


@pytest.mark.parametrize("junk", ["", "-1", "many", "1.5", "\u0663"])
def test_headers_that_make_no_sense_are_as_none(junk: str) -> None:
    budget = warm(4)
    budget.take(GET, 0.0)
    answer(budget, {"X-Ratelimit-Global-Remaining": junk, "X-Ratelimit-Reset": junk})
    assert let_through(budget) == 4


def test_a_request_without_an_answer_frees_its_place() -> None:
    budget = Budget(4, 1.0)
    for _try in range(3):
        assert budget.take(GET, 0.0) == 0
        assert budget.take(GET, 0.0) == math.inf
        answer(budget, None)


def test_stopped_who_waits_is_told_so_and_not_of_a_limit() -> None:
    gate = Gate()
    deadline = Deadline(SYSTEM_CLOCK, 30)
    ends: list[object] = []

    def wait_at_the_gate() -> None:
        try:
            ends.append(gate.enter(GET, "GET /it", deadline))
        except Stopped as stopped:
            ends.append(stopped.message)

    assert gate.enter(GET, "GET /first", deadline)
    waiting = [threading.Thread(target=wait_at_the_gate), threading.Thread(target=lambda: ends.append(gate.pause(30)))]
    for thread in waiting:
        thread.start()
    assert gate.stop() == 1
    for thread in waiting:
        thread.join(5)
    assert sorted(map(str, ends)) == ["False", "GET /it was not sent, because the run was stopped."]


@pytest.mark.parametrize(("concurrency", "share"), [(0, 0.5), (101, 0.5), (8, 0), (8, 1.1), (8, math.nan), (True, 1.0)])
def test_numbers_that_make_no_sense(concurrency: Any, share: Any) -> None:
    with pytest.raises(
        InvalidSettings, match=r"is not a (whole number from 1 to 100|number above 0 and up to 1)\. Give"
    ):
        Gate(concurrency, share)


def test_an_interrupt_that_a_condition_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes while the waiting thread takes the lock again."""
    gate = Gate(concurrency=1)
    deadline = Deadline(SYSTEM_CLOCK, 20)
    assert gate.enter(GET, "GET /", deadline)

    def interrupted(_state: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(gate._changed, "_acquire_restore", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gate.enter(GET, "GET /", deadline)
