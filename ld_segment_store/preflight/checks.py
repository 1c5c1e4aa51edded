# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a preflight finds, and the runner that finds it: side by side, each check bounded in time.

A preflight is a list of `Step`s. A step's function returns a `Verdict`, by `passed`, `warning`, `failure` or `skipped`; the
runner makes a `Check` of it. No text may hold a secret: functions write their own sentences and never pass on an
exception's text that could.
"""

from __future__ import annotations

import enum
import itertools
import queue
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Callable, NamedTuple, Optional


class Outcome(enum.Enum):
    """How a check ended, in a word."""

    PASS = "pass"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


# From best to worst. What was skipped says nothing about the store.
_RANK = (Outcome.SKIPPED, Outcome.PASS, Outcome.WARNING, Outcome.FAILURE)
_SYMBOLS = {Outcome.PASS: "✓", Outcome.WARNING: "!", Outcome.FAILURE: "✗", Outcome.SKIPPED: "-"}


@dataclass(frozen=True)
class Check:
    """One result. `name` is stable, for programs; `title`, `seen` (one sentence) and `remedy` (what to do) are for people.

    `remedy` is empty where nothing is to be done.
    """

    name: str
    title: str
    outcome: Outcome
    seen: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """The same as plain strings, for JSON and for Ansible."""
        return {
            "name": self.name,
            "title": self.title,
            "outcome": self.outcome.value,
            "seen": self.seen,
            "remedy": self.remedy,
        }


class Verdict(NamedTuple):
    """What a step's function returns."""

    outcome: Outcome
    seen: str
    remedy: str = ""


def passed(seen: str) -> Verdict:
    """All is well."""
    return Verdict(Outcome.PASS, seen)


def warning(seen: str, remedy: str) -> Verdict:
    """It may work, but look at it."""
    return Verdict(Outcome.WARNING, seen, remedy)


def failure(seen: str, remedy: str) -> Verdict:
    """It can't work."""
    return Verdict(Outcome.FAILURE, seen, remedy)


def skipped(reason: str, remedy: str = "") -> Verdict:
    """Not checked, and why."""
    return Verdict(Outcome.SKIPPED, reason, remedy)


@dataclass(frozen=True)
class Step:
    """A check to be run. It starts when all steps named in `needs` are done, and is skipped when one of them didn't pass."""

    name: str
    title: str
    run: Callable[[], Verdict]
    needs: tuple[str, ...] = ()


OnCheck = Optional[Callable[[Check], None]]


def run_steps(steps: Sequence[Step], *, timeout: float = 3.0, on_check: OnCheck = None) -> list[Check]:
    """Run the steps side by side and return their checks in the order of the steps.

    Each step gets `timeout` seconds; one that takes longer is a failure, and its thread is left behind. `on_check` is called
    in the caller's thread with each check as it comes in, in no fixed order.
    """
    done: dict[str, Check] = {}
    deadlines: dict[str, float] = {}
    answers: queue.Queue[tuple[Step, Verdict]] = queue.Queue()
    by_name = {step.name: step for step in steps}

    def finish(step: Step, verdict: Verdict) -> None:
        deadlines.pop(step.name, None)
        done[step.name] = Check(
            step.name, step.title, verdict.outcome, _printable(verdict.seen), _printable(verdict.remedy)
        )
        if on_check is not None:
            on_check(done[step.name])

    while len(done) < len(steps):
        for step in steps:
            if step.name in done or step.name in deadlines or not all(name in done for name in step.needs):
                continue
            reason = _why_not([done[name] for name in step.needs])
            if reason:
                finish(step, skipped(reason))
            else:
                deadlines[step.name] = time.monotonic() + timeout
                threading.Thread(target=_work, args=(step, answers), daemon=True).start()
        if not deadlines:
            continue
        nearest = min(deadlines, key=lambda name: deadlines[name])
        try:
            step, verdict = answers.get(timeout=max(0.0, deadlines[nearest] - time.monotonic()))
        except queue.Empty:
            step, verdict = by_name[nearest], _too_slow(timeout)
        if step.name in deadlines:  # else it was given up, and answers late
            finish(step, verdict)
    return [done[step.name] for step in steps]


def worst(checks: Iterable[Check]) -> Outcome:
    """The worst outcome among the checks; `SKIPPED` only where nothing was checked at all."""
    return max((check.outcome for check in checks), key=_RANK.index, default=Outcome.SKIPPED)


def render(checks: Iterable[Check]) -> str:
    """The checks as text: symbol, word, title, what was seen; below it what to do.

    Neighbours that were skipped for the same reason share a line.
    """
    lines = []
    for (outcome, seen, remedy), group in itertools.groupby(
        checks, lambda check: (check.outcome, check.seen, check.remedy)
    ):
        titles = ", ".join(check.title for check in group)
        lines.append("{0} {1:<7}  {2}: {3}".format(_SYMBOLS[outcome], outcome.value, titles, seen))
        if remedy:
            lines.append("{0:<11}-> {1}".format("", remedy))
    return "\n".join(lines)


def _printable(text: str) -> str:
    """Some of it may come from a server: no line breaks, no escape sequences."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _work(step: Step, answers: queue.Queue[tuple[Step, Verdict]]) -> None:
    try:
        verdict = step.run()
    # A thread must always answer. The error's text is left out, since it may hold a secret.
    except Exception as error:  # noqa: BLE001
        verdict = failure(
            "the check itself failed with {0}".format(type(error).__name__),
            "this is a fault of ld-segment-store: please report it",
        )
    answers.put((step, verdict))


def _why_not(needed: Sequence[Check]) -> str:
    """Why a step with these needs can't run, or "". A skipped one hands on its own reason, so that the cause is named."""
    for check in needed:
        if check.outcome is Outcome.FAILURE:
            return "not checked, because '{0}' failed".format(check.title)
        if check.outcome is Outcome.SKIPPED:
            return check.seen
    return ""


def _too_slow(timeout: float) -> Verdict:
    return failure(
        "no answer within {0:g} s".format(timeout),
        "try again; if the way to the store is slow, give a longer timeout",
    )
