# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

import threading
import time

from ld_segment_store.preflight.checks import (
    Check,
    Outcome,
    Step,
    Verdict,
    failure,
    passed,
    render,
    run_steps,
    skipped,
    summary,
    warning,
    worst,
)
from tests.support.redis_preflight import wait_until


def test_independent_steps_run_side_by_side_and_come_back_in_order() -> None:
    together = threading.Barrier(3)

    def wait() -> Verdict:
        together.wait(timeout=5)  # breaks unless all three run at once
        return passed("met")

    checks = run_steps([Step(name, name.upper(), wait) for name in ("a", "b", "c")])
    assert [(check.name, check.title, check.outcome) for check in checks] == [
        ("a", "A", Outcome.PASS),
        ("b", "B", Outcome.PASS),
        ("c", "C", Outcome.PASS),
    ]


def test_a_step_starts_after_what_it_needs_even_when_that_only_warned() -> None:
    order: list[str] = []

    def first() -> Verdict:
        order.append("first")
        return warning("so so", "look")

    def second() -> Verdict:
        order.append("second")
        return passed("fine")

    checks = run_steps([Step("second", "Second", second, ("first",)), Step("first", "First", first)])
    assert order == ["first", "second"]
    assert [check.outcome for check in checks] == [Outcome.PASS, Outcome.WARNING]


def test_what_needs_a_failed_step_is_skipped_and_the_first_cause_named() -> None:
    steps = [
        Step("port", "Port", lambda: failure("closed", "open it")),
        Step("login", "Login", lambda: passed("never run"), ("port",)),
        Step("data", "Data", lambda: passed("never run"), ("login",)),
    ]
    assert [(check.outcome.value, check.seen) for check in run_steps(steps)] == [
        ("failure", "closed"),
        ("skipped", "not checked, because 'Port' failed"),
        ("skipped", "not checked, because 'Port' failed"),
    ]


def test_a_slow_step_is_given_up_and_its_late_answer_ignored() -> None:
    release = threading.Event()
    threads = threading.active_count()
    reported: list[str] = []

    def answer_late() -> Verdict:
        release.wait(5)
        return passed("late")

    def on_check(check: Check) -> None:
        reported.append(check.name)
        if check.name == "slow":
            release.set()
            wait_until(lambda: threading.active_count() <= threads)  # both have answered, before the runner looks again

    start = time.monotonic()
    steps = [
        Step("slow", "Slow", answer_late),
        Step("after", "After", lambda: passed("never run"), ("slow",)),
        Step("other", "Other", answer_late),
    ]
    checks = run_steps(steps, timeout=0.1, on_check=on_check)
    assert time.monotonic() - start < 2
    assert [(check.outcome.value, check.seen) for check in checks] == [
        ("failure", "no result within 0.1 s"),
        ("skipped", "not checked, because 'Slow' failed"),
        ("pass", "late"),
    ]
    assert sorted(reported) == ["after", "other", "slow"]


def test_checks_are_reported_as_they_come_in_and_in_the_callers_thread() -> None:
    reported: list[tuple[str, threading.Thread]] = []
    first_reported = threading.Event()

    def on_check(check: Check) -> None:
        reported.append((check.name, threading.current_thread()))
        first_reported.set()

    def last() -> Verdict:
        assert first_reported.wait(5)
        return passed("after the other was reported")

    run_steps([Step("last", "Last", last), Step("first", "First", lambda: passed("soon"))], on_check=on_check)
    assert reported == [("first", threading.current_thread()), ("last", threading.current_thread())]


def test_a_step_that_raises_is_a_failure_without_the_errors_text() -> None:
    def broken() -> Verdict:
        raise ValueError("hunter2")

    (check,) = run_steps([Step("broken", "Broken", broken)])
    assert check.outcome is Outcome.FAILURE
    assert check.seen == "the check raised ValueError"
    assert "hunter2" not in repr(check)


def test_what_a_server_says_cannot_move_the_cursor() -> None:
    (check,) = run_steps([Step("rude", "Rude", lambda: warning("says \x1b[2J\r\nnothing", "\x07"))])
    assert (check.seen, check.remedy) == (r"says \x1b[2J\r\nnothing", r"\x07")


def test_worst() -> None:
    def check(outcome: Outcome) -> Check:
        return Check("x", "X", outcome, "")

    assert worst([]) is Outcome.SKIPPED
    assert worst([check(Outcome.SKIPPED), check(Outcome.PASS)]) is Outcome.PASS
    assert worst([check(Outcome.WARNING), check(Outcome.PASS), check(Outcome.SKIPPED)]) is Outcome.WARNING
    assert worst([check(Outcome.FAILURE), check(Outcome.WARNING)]) is Outcome.FAILURE


def test_one_at_a_time_and_as_long_as_its_waits() -> None:
    running: list[str] = []

    def slow(name: str) -> Verdict:
        running.append(name)
        time.sleep(0.15)  # longer than one wait
        assert running == [name]
        running.remove(name)
        return passed(name)

    steps = [Step(name, name, lambda name=name: slow(name), waits=10) for name in "ab"]  # type: ignore[misc]
    checks = run_steps(steps, timeout=0.1, concurrent=False)
    assert [(check.outcome, check.seen) for check in checks] == [(Outcome.PASS, "a"), (Outcome.PASS, "b")]


def test_summary() -> None:
    def check(outcome: Outcome) -> Check:
        return Check("x", "X", outcome, "")

    assert summary([]) == "Nothing was checked: 0 failed, 0 warned, 0 passed, 0 skipped."
    assert summary([check(Outcome.PASS)]) == "The store is ready: 0 failed, 0 warned, 1 passed, 0 skipped."
    assert summary([check(Outcome.PASS), check(Outcome.SKIPPED)]) == (
        "The store is ready as far as it was checked: 0 failed, 0 warned, 1 passed, 1 skipped."
    )
    assert summary([check(Outcome.WARNING)]).startswith("The store may work; see the warnings: 0 failed, 1 warned")
    assert summary([check(Outcome.FAILURE), check(Outcome.WARNING)]).startswith(
        "The store cannot work as it is: 1 failed"
    )


def test_text_and_plain_data() -> None:
    steps = [
        Step("name", "Name", lambda: passed("resolves")),
        Step("port", "Port", lambda: failure("closed", "open it"), ("name",)),
        Step("login", "Login", lambda: skipped("never run"), ("port",)),
        Step("data", "Data", lambda: skipped("never run"), ("login",)),
        Step("certificate", "Certificate", lambda: warning("expires soon", "renew it")),
    ]
    checks = run_steps(steps)
    assert render(checks) == (
        "✓ pass     Name: resolves\n"
        "✗ failure  Port: closed\n"
        "           -> open it\n"
        "- skipped  Login, Data: not checked, because 'Port' failed\n"
        "! warning  Certificate: expires soon\n"
        "           -> renew it"
    )
    assert checks[1].as_dict() == {
        "name": "port",
        "title": "Port",
        "outcome": "failure",
        "seen": "closed",
        "remedy": "open it",
        "measured": {},
    }
