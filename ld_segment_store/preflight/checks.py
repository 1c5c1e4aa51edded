# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Results of a preflight, and the runner that produces them, with a bound on every wait.

A preflight is a list of `Step`s. A step's function returns a `Verdict`, by `passed`, `warning`, `failure` or `skipped`; the
runner turns it into a `Check`. No text may hold a secret: functions write their own sentences and never pass on the text of an
exception that could.
"""

from __future__ import annotations

import enum
import itertools
import math
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Callable, Generic, NamedTuple, Optional, TypeVar

from ..core.errors import InvalidSettings
from ..core.printable import printable

T = TypeVar("T")


class Outcome(enum.Enum):
    """How a check ended."""

    PASS = "pass"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


# From best to worst. A skipped check says nothing about the store.
_RANK = (Outcome.SKIPPED, Outcome.PASS, Outcome.WARNING, Outcome.FAILURE)
_SYMBOLS = {Outcome.PASS: "✓", Outcome.WARNING: "!", Outcome.FAILURE: "✗", Outcome.SKIPPED: "-"}


@dataclass(frozen=True)
class Check:
    """One result. `name` is stable, for programs; `title`, `seen` (one sentence) and `remedy` (what to do) are for people.

    `remedy` is empty where nothing is to be done. `measured` holds numbers by name, such as `certificate_days`.
    """

    name: str
    title: str
    outcome: Outcome
    seen: str
    remedy: str = ""
    measured: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The check as plain data, for JSON and for Ansible."""
        return {
            "name": self.name,
            "title": self.title,
            "outcome": self.outcome.value,
            "seen": self.seen,
            "remedy": self.remedy,
            "measured": dict(self.measured),
        }


class Verdict(NamedTuple):
    """The return value of a step's function."""

    outcome: Outcome
    seen: str
    remedy: str = ""
    measured: Mapping[str, float] = {}


def passed(seen: str, **measured: float) -> Verdict:
    """The check found no problem."""
    return Verdict(Outcome.PASS, seen, measured=measured)


def warning(seen: str, remedy: str, **measured: float) -> Verdict:
    """The store may work, but needs attention."""
    return Verdict(Outcome.WARNING, seen, remedy, measured)


def failure(seen: str, remedy: str, **measured: float) -> Verdict:
    """The store cannot work."""
    return Verdict(Outcome.FAILURE, seen, remedy, measured)


def skipped(reason: str, remedy: str = "") -> Verdict:
    """The check was not made, with the reason."""
    return Verdict(Outcome.SKIPPED, reason, remedy)


@dataclass(frozen=True)
class Step:
    """A check to run. It starts when all steps named in `needs` are done, and is skipped when one of them failed.

    `waits` is the number of waits on the network that it makes one after the other.
    """

    name: str
    title: str
    run: Callable[[], Verdict]
    needs: tuple[str, ...] = ()
    waits: int = 1


class Once(Generic[T]):
    """A value that the first caller computes; the others wait for it. An exception is kept like a value."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._result: Future[T] | None = None

    def __call__(self) -> T:
        """Return the value, or raise the exception."""
        with self._lock:
            if self._result is None:
                result: Future[T] = Future()
                try:
                    result.set_result(self._work())
                except Exception as error:  # noqa: BLE001 - it is raised to every caller
                    result.set_exception(error)
                self._result = result
        return self._result.result()


OnCheck = Optional[Callable[[Check], None]]


def run_steps(
    steps: Sequence[Step], *, timeout: float = 3.0, concurrent: bool = True, on_check: OnCheck = None
) -> list[Check]:
    """Run the steps and return their checks in the order of the steps.

    `timeout` is in seconds and for each wait of a step; a step that takes longer than all of its waits is a failure, and its
    thread is left behind. Without `concurrent`, one step runs at a time. `on_check` is called in the caller's thread with each
    check as it completes.
    """
    runner = _Runner(steps, timeout, concurrent, on_check)
    while len(runner.done) < len(steps):
        runner.start_ready_steps()
        if runner.deadlines:
            runner.wait()
    return [runner.done[step.name] for step in steps]


def require_timeout(timeout: float) -> None:
    """Raise InvalidSettings unless `timeout` is a positive number of seconds."""
    if not (math.isfinite(timeout) and timeout > 0):
        raise InvalidSettings.for_field("timeout", "is not a positive number of seconds", "give seconds, such as 3")


class _Runner:
    def __init__(self, steps: Sequence[Step], timeout: float, concurrent: bool, on_check: OnCheck) -> None:
        self.done: dict[str, Check] = {}
        self.deadlines: dict[str, float] = {}  # of the steps that run
        self._steps = {step.name: step for step in steps}
        self._timeout = timeout
        self._concurrent = concurrent
        self._on_check = on_check
        self._results: queue.Queue[tuple[Step, Verdict]] = queue.Queue()

    def start_ready_steps(self) -> None:
        for step in self._steps.values():
            if step.name in self.done or step.name in self.deadlines or not all(n in self.done for n in step.needs):
                continue
            reason = _why_not([self.done[name] for name in step.needs])
            if reason:
                self._finish(step, skipped(reason))
            elif self._concurrent or not self.deadlines:
                self.deadlines[step.name] = time.monotonic() + self._timeout * step.waits
                threading.Thread(target=_work, args=(step, self._results), daemon=True).start()

    def wait(self) -> None:
        """Wait for a result, until the nearest deadline."""
        nearest = min(self.deadlines, key=lambda name: self.deadlines[name])
        try:
            step, verdict = self._results.get(timeout=max(0.0, self.deadlines[nearest] - time.monotonic()))
        except queue.Empty:
            step = self._steps[nearest]
            verdict = _too_slow(self._timeout * step.waits)
        if step.name in self.deadlines:  # otherwise it timed out before
            self._finish(step, verdict)

    def _finish(self, step: Step, verdict: Verdict) -> None:
        self.deadlines.pop(step.name, None)
        seen, remedy = printable(verdict.seen), printable(verdict.remedy)
        self.done[step.name] = Check(step.name, step.title, verdict.outcome, seen, remedy, verdict.measured)
        if self._on_check is not None:
            self._on_check(self.done[step.name])


def worst(checks: Iterable[Check]) -> Outcome:
    """The worst outcome among the checks; `SKIPPED` only if no check was made."""
    return max((check.outcome for check in checks), key=_RANK.index, default=Outcome.SKIPPED)


def summary(checks: Sequence[Check]) -> str:
    """One line: the verdict on the store, and how many checks ended how."""
    counts = Counter(check.outcome for check in checks)
    everything = Outcome.SKIPPED not in counts
    verdict = {
        Outcome.PASS: "The store is ready" if everything else "The store is ready as far as it was checked",
        Outcome.WARNING: "The store may work; see the warnings",
        Outcome.FAILURE: "The store cannot work as it is",
        Outcome.SKIPPED: "Nothing was checked",
    }[worst(checks)]
    words = {
        Outcome.FAILURE: "failed",
        Outcome.WARNING: "warned",
        Outcome.PASS: "passed",
        Outcome.SKIPPED: "skipped",
    }
    return f"{verdict}: " + ", ".join(f"{counts[outcome]} {word}" for outcome, word in words.items()) + "."


def render(checks: Iterable[Check]) -> str:
    """The checks as text: symbol, outcome, title, what was seen; below it what to do.

    Neighbours with the same outcome and sentence share a line.
    """
    lines = []
    for (outcome, seen, remedy), group in itertools.groupby(
        checks, lambda check: (check.outcome, check.seen, check.remedy)
    ):
        titles = ", ".join(check.title for check in group)
        lines.append(f"{_SYMBOLS[outcome]} {outcome.value:<7}  {titles}: {seen}")
        if remedy:
            lines.append(f"{'':<11}-> {remedy}")
    return "\n".join(lines)


def _work(step: Step, results: queue.Queue[tuple[Step, Verdict]]) -> None:
    try:
        verdict = step.run()
    # Without a verdict the runner would wait. The text of the exception is left out, since it may hold a secret.
    except Exception as error:  # noqa: BLE001
        verdict = failure(f"the check raised {type(error).__name__}", "report this as a bug in ld-segment-store")
    results.put((step, verdict))


def _why_not(needed: Sequence[Check]) -> str:
    """Why a step with these needs cannot run, or "". The reason of a skipped check is passed on, so that the cause is named."""
    for check in needed:
        if check.outcome is Outcome.FAILURE:
            return f"not checked, because '{check.title}' failed"
        if check.outcome is Outcome.SKIPPED:
            return check.seen
    return ""


def _too_slow(seconds: float) -> Verdict:
    return failure(f"no result within {seconds:g} s", "retry; if the network is slow, use a longer timeout")
