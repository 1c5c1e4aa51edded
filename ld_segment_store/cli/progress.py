# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A progress bar on a terminal; nothing where standard error goes elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from ..core.api.retry import Wait
from ..core.fleet.report import counted
from ..core.fleet.result import StoreResult
from ..core.printable import printable
from .connection import interrupt_text

_BAR = 30
# Width of the line, so that a shorter text covers a longer one.
_LINE = 79
# Seconds before the first estimate: earlier ones jump.
_FIRST_ESTIMATE = 5.0


class Bar:
    """The bar of one run, and the messages that come between."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._shows = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = False
        self._clock = clock
        self._began = clock()

    def show(self, done: int, total: int, text: str) -> None:
        """Show how much of the total is done, and the time left."""
        if self._shows:
            bar = "#" * (_BAR * done // total)
            self._write(f"\r{f'[{bar:<{_BAR}}] {text}{self._time_left(done, total)}':<{_LINE}}")
            self._shown = True

    def say(self, text: str) -> None:
        """Print a line of its own instead of the bar."""
        line = printable(text)
        self._write(f"\r{line:<{_LINE}}\n" if self._shows else f"{line}\n")

    def report_wait(self, wait: Wait) -> None:
        """Print why the run waits."""
        self.say(wait.text)

    def warn(self, text: str) -> None:
        """Print a warning."""
        self.say(f"Warning: {text}")

    def report_interrupt(self, number: int) -> None:
        """Print how many in-flight requests an interrupted run waits for."""
        if number:
            self.say(interrupt_text(number))

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._shown:
            self._write("\n")
        self._shows = self._shown = False

    def _time_left(self, done: int, total: int) -> str:
        elapsed = self._clock() - self._began
        if elapsed < _FIRST_ESTIMATE or done == total:
            return ""
        left = elapsed / done * (total - done)
        return f", {left / 60:.0f} min left" if left >= 90 else f", {left:.0f} s left"

    def _write(self, text: str) -> None:
        with suppress(OSError):  # if nobody reads it, the work goes on
            self._stream.write(text)
            self._stream.flush()


class Progress(Bar):
    """The bar of `plan` and `apply`, which counts results."""

    def __init__(
        self, stream: TextIO, total: int, changes: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(stream, clock=clock)
        self._total = total
        self._changes = changes
        self._done = self._changed = self._failed = self._unavailable = 0

    def count(self, result: StoreResult) -> None:
        """Count one more result. Those of a purge are not known at the beginning."""
        self._done += 1
        self._total = max(self._total, self._done)
        self._changed += result.changed
        self._failed += result.error is not None
        text = f"{self._done}/{self._total} stores, {self._changed} {self._changes}, {self._failed} failed"
        self.show(self._done, self._total, text)

    def report_unavailable(self, number: int) -> None:
        """Print how many stores are not available yet, when that has changed."""
        if number != self._unavailable:
            self.say(f"Waiting for {counted(number, 'store')} to become available.")
        self._unavailable = number
