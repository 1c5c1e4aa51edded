# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Retries: how long to wait before a request is sent again, and when to give up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ..errors import ApiError


class Clock(Protocol):
    """Time, injected so that tests don't wait."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def time(self) -> float:
        """Seconds since the epoch."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Wait(NamedTuple):
    """A wait of `seconds` and its reason; `verb` says what follows: retrying or sending `request`, or reading it."""

    seconds: float
    reason: str
    request: str
    verb: str = "retrying"

    @property
    def text(self) -> str:
        """One sentence."""
        reason = self.reason.rstrip(".")
        when = f" in {self.seconds:.1f} s" if self.seconds else ""
        return f"{reason[:1].upper()}{reason[1:]}; {self.verb} {self.request}{when}."


class Failure(NamedTuple):
    """A failed attempt. `error` is raised unless the attempt is repeated, which `retry` allows.

    `reason` is what the retry is announced with, `asked` the seconds that the response asked to wait. With `until_deadline`
    the number of attempts does not count.
    """

    error: ApiError
    reason: str = ""
    retry: bool = False
    asked: float | None = None
    until_deadline: bool = False


class Words(NamedTuple):
    """The API's own words in an error response."""

    code: str = ""
    message: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class RetryPolicy:
    """Bounds, in seconds and attempts.

    `deadline` bounds one operation with all its requests and waits. `attempts` bounds the repetitions after 5xx,
    network errors and unexpected responses; a 429 is repeated until the deadline, as its headers say. Without headers the wait
    doubles from `first_wait` to `longest_wait`. `jitter` is added on top, at random, so that many callers don't
    return at once.
    """

    deadline: float = 300.0
    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 20.0
    jitter: float = 0.5
    random: Callable[[], float] = field(default=random.random, repr=False)

    def backoff(self, attempt: int) -> float:
        """The wait after the attempt with this number (from 1), where no header says more."""
        return min(self.longest_wait, self.first_wait * 2.0 ** min(attempt - 1, 16)) + self.jitter * self.random()


class Deadline:
    """The time by which an operation must end."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - self._clock.monotonic())


SYSTEM_CLOCK: Clock = time
