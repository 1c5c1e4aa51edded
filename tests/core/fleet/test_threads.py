# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Work in threads: every item once; a failure ends the run and wakes the workers at the gate; an interrupt is passed on."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections import Counter

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.rate_limit import Gate, Stopped
from ld_segment_store.core.api.retry import SYSTEM_CLOCK, Deadline
from ld_segment_store.core.fleet.threads import Pace, in_parallel

ROUTE = "GET route"
# Longer than a test takes, so that only a stopped gate ends a wait.
SECONDS = 20.0


def enter(gate: Gate) -> bool:
    return gate.enter(ROUTE, "GET /", Deadline(SYSTEM_CLOCK, SECONDS))


def wait_for(event: threading.Event) -> None:
    assert event.wait(SECONDS)


@pytest.fixture
def gate() -> Gate:
    """A gate that lets one request through until its response has come."""
    return Gate()


def test_every_item_once(client: Client, gate: Gate) -> None:
    done: list[int] = []

    def work(_client: Client, item: int) -> bool:
        done.append(item)
        return True

    in_parallel(client, gate, 4, range(100), work)
    assert sorted(done) == list(range(100))
    assert not gate.stopped


def test_threads_that_would_only_hinder_each_other_are_of_no_use() -> None:
    pace = Pace(8)
    assert pace.useful == 8
    pace.learn(0.080, 0.0003)
    assert pace.useful == 8  # each waits for responses most of the time
    for _item in range(50):
        pace.learn(0.0010, 0.0003)
    assert pace.useful == 3
    pace.learn(0.0004, 0.0003)  # the others of these 32 waited for the processor
    assert pace.useful == 2
    for _item in range(31):
        pace.learn(0.080, 0.0003)
        assert pace.useful == 2
    pace.learn(0.080, 0.0003)
    assert pace.useful == 8  # responses became slow


def test_items_without_a_request_say_nothing() -> None:
    pace = Pace(8)
    for _item in range(20):
        pace.learn(0.020, 0.0003)
        pace.learn(0.00004, 0.00004)  # an integration that does not exist, and must not
        pace.learn(0.00008, 0.00004)
        pace.learn(0.0030, 0.0029)  # settings that are wrong
        assert pace.useful == 8


def test_the_average_moves_by_an_eighth() -> None:
    pace = Pace(16)
    pace.learn(8.0, 1.0)
    assert pace.useful == 8
    pace.learn(8.0, 2.0)
    assert pace.useful == 7


@pytest.mark.parametrize(("seconds", "processor", "useful"), [(10, 8, 5), (10, 8.1, 16), (2, 0.5, 2), (2, 0.4, 16)])
def test_what_counts_as_an_item_with_a_request(seconds: float, processor: float, useful: int) -> None:
    """It waited for a fifth of its time, and was half as much work as the others."""
    pace = Pace(16)
    pace.learn(100.0, 1.0)
    pace.learn(seconds, processor)
    assert pace.useful == useful


def test_one_thread_and_a_clock_without_ticks() -> None:
    pace = Pace(1)
    pace.learn(0.001, 0.0)
    assert pace.useful == 1
    pace.learn(0.001, 0.0005)
    assert pace.useful == 1


def test_a_thread_of_no_use_goes_on_where_the_others_are_held_up(
    client: Client, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "thread_time", lambda: time.monotonic() * 0.6)
    done: set[int] = set()
    finished = threading.Event()

    def work(_client: Client, item: int) -> bool:
        time.sleep(0.001)
        if item in (100, 101):
            wait_for(finished)
        done.add(item)
        if len(done) == 108:
            finished.set()
        return True

    in_parallel(client, gate, 3, range(110), work)
    assert done == set(range(110))


def done_by_thread(client: Client, gate: Gate) -> list[int]:
    """How many of 400 items each of 8 threads does, the busiest first, where an item takes a millisecond."""
    by_thread: Counter[int] = Counter()
    all_started = threading.Barrier(8)

    def work(_client: Client, _item: int) -> bool:
        if threading.get_ident() not in by_thread:
            all_started.wait(SECONDS)
        time.sleep(0.001)
        by_thread[threading.get_ident()] += 1
        return True

    in_parallel(client, gate, 8, range(400), work)
    assert sum(by_thread.values()) == 400
    return sorted([*by_thread.values(), *[0] * 8], reverse=True)


def test_threads_of_no_use_leave_the_items_to_two(client: Client, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "thread_time", lambda: time.monotonic() * 0.6)
    done = done_by_thread(client, gate)
    assert done[1] > 2 * done[2]


def test_all_threads_are_of_use_where_they_wait(client: Client, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(time, "thread_time", lambda: 10 + next(ticks) * 1e-9)  # ten seconds before this run
    done = done_by_thread(client, gate)
    assert done[1] < 2 * done[2]


def test_the_last_one_is_waited_for(client: Client, gate: Gate) -> None:
    done: list[int] = []

    def work(_client: Client, item: int) -> bool:
        time.sleep(0.3)
        done.append(item)
        return True

    in_parallel(client, gate, 2, range(2), work)
    assert sorted(done) == [0, 1]


def test_the_threads_do_not_keep_python_from_ending(client: Client, gate: Gate) -> None:
    threads: set[tuple[str, bool]] = set()

    def work(_client: Client, _item: int) -> bool:
        threads.add((threading.current_thread().name, threading.current_thread().daemon))
        return True

    in_parallel(client, gate, 2, range(10), work)
    assert threads == {("stores", True)}


def test_false_ends_the_run_without_stopping_the_gate(client: Client, gate: Gate) -> None:
    done: list[int] = []

    def work(_client: Client, item: int) -> bool:
        done.append(item)
        return item < 3

    in_parallel(client, gate, 1, range(100), work)
    assert done == [0, 1, 2, 3]
    assert not gate.stopped


def test_a_failure_stops_the_gate_for_the_workers_that_wait(client: Client, gate: Gate) -> None:
    inside, follows = threading.Event(), threading.Event()
    outcomes: list[str] = []

    def work(_client: Client, item: int) -> bool:
        if item == 0:
            assert enter(gate)
            inside.set()
            wait_for(follows)
            time.sleep(0.1)  # until the other one waits at the gate
            raise ValueError("the failure")
        wait_for(inside)
        follows.set()
        try:
            outcomes.append(f"entered: {enter(gate)}")
        except Stopped:
            outcomes.append("stopped")
        return True

    began = time.monotonic()
    with pytest.raises(ValueError, match="the failure"):
        in_parallel(client, gate, 2, range(10), work)
    assert time.monotonic() - began < SECONDS / 2
    assert gate.stopped
    assert outcomes == ["stopped"]


def test_an_interrupt_stops_the_gate_and_waits_for_what_is_in_flight(client: Client, gate: Gate) -> None:
    answered = threading.Event()
    outcomes: list[str] = []
    reported: list[int] = []

    def work(_client: Client, item: int) -> bool:
        if item == 0:
            assert enter(gate)
            os.kill(os.getpid(), signal.SIGINT)
            wait_for(answered)
            gate.leave(ROUTE, {})
            outcomes.append("answered")
            return True
        try:
            enter(gate)
        except Stopped:
            outcomes.append("stopped")
        return True

    def report(in_flight: int) -> None:
        assert gate.stopped
        reported.append(in_flight)
        answered.set()

    with pytest.raises(KeyboardInterrupt):
        in_parallel(client, gate, 2, range(10), work, report)
    assert reported == [1]
    assert "answered" in outcomes
    assert len(outcomes) <= 3  # no more items after the interrupt


def test_an_interrupt_that_python_hides_behind_another_error(
    client: Client, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Thread.start` waits for a Condition, which raises RuntimeError when it is interrupted while it takes its lock again."""

    def start(_thread: threading.Thread) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            threading.Lock().release()

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(KeyboardInterrupt):
        in_parallel(client, gate, 2, range(10), lambda _client, _item: True)
    assert gate.stopped


def test_a_thread_that_cannot_be_started_is_no_interrupt(
    client: Client, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        in_parallel(client, gate, 2, range(10), lambda _client, _item: True)
    assert not gate.stopped
