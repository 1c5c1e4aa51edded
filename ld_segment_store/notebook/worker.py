# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One ordered queue for everything that happens in a form.

With ipykernel 7, changes of widgets and clicks arrive on different threads and overtake each other. So handlers only enqueue,
one thread takes the jobs in order, and the job of a click waits a moment before it reads the widgets. Long calls run on
threads of their own and return their results through the queue.
"""

from __future__ import annotations

import contextvars
import math
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..core.api.retry import Wait
from ..core.errors import SegmentStoreError

# A change that a click overtook has arrived after this many seconds: measured with JupyterLab 4 and ipykernel 7.
SETTLE_SECONDS = 0.05


class Cancelled(SegmentStoreError):
    """The user cancelled a call."""

    failure = "cancelled"

    def __init__(self) -> None:
        super().__init__("Cancelled.")


class Task:
    """A long call on its own thread. It is also the core's clock, so that waiting ends at once when the task is cancelled.

    The call reports to `progress`.
    """

    def __init__(self, on_progress: Callable[[Any], None]) -> None:
        self.progress = on_progress
        self._cancelled = threading.Event()
        self._reason = ""

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the call to end; a wait ends now."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise Cancelled if the task was cancelled."""
        if self.is_cancelled:
            raise Cancelled

    def announce(self, wait: Wait) -> None:
        """Count the next wait down on screen, with its reason."""
        self._reason = wait.reason.rstrip(".")

    def sleep(self, seconds: float) -> None:
        """Wait; raise Cancelled as soon as the task is cancelled."""
        reason, self._reason = self._reason, ""
        end = time.monotonic() + max(0.0, seconds)
        while True:
            left = end - time.monotonic()
            if reason and left > 0:
                self.progress(f"{reason[:1].upper()}{reason[1:]}; retrying in {math.ceil(left)} s.")
            if self._cancelled.wait(max(0.0, min(left, 1.0))):
                raise Cancelled
            if left <= 1.0:
                return

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()


class Worker:
    """Runs jobs in order, on one thread that lives while there are any. `on_error` receives the error of a job."""

    def __init__(self, on_error: Callable[[BaseException], None], settle: float = SETTLE_SECONDS) -> None:
        self._on_error = on_error
        # Threads act for the cell that made the form. Otherwise ipykernel attributes them to the last message it received, and
        # from 7.4 on routes the browser's messages there: to a subshell that may have ended, so that they are lost.
        self._context = contextvars.copy_context()
        self._settle = settle
        self._jobs: deque[tuple[float, Callable[..., Any], tuple[Any, ...]]] = deque()
        self._changed = threading.Condition()
        self._running = False
        self._tasks: set[Task] = set()

    def put(self, job: Callable[..., Any], *arguments: Any) -> None:
        """Enqueue a job."""
        self._put(0.0, job, arguments)

    def click(self, job: Callable[..., Any], *arguments: Any) -> None:
        """Enqueue the job of a click: it runs once changes that were made before the click have arrived."""
        self._put(time.monotonic() + self._settle, job, arguments)

    def start(
        self,
        task: Task,
        work: Callable[[Task], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[BaseException], None],
    ) -> None:
        """Call `work(task)` on its own thread, then `on_done` or `on_error` in the queue."""

        def run() -> None:
            try:
                result = work(task)
            except BaseException as error:  # noqa: BLE001  # shown to the user
                self.put(on_error, error)
            else:
                self.put(on_done, result)
            finally:
                with self._changed:
                    self._tasks.discard(task)
                    self._changed.notify_all()

        with self._changed:
            self._tasks.add(task)
        self.thread("ldss-call", run)

    def thread(self, name: str, target: Callable[[], None]) -> None:
        """Start a thread that acts for the cell that made the form."""
        threading.Thread(target=self._context.copy().run, args=(target,), name=name, daemon=True).start()

    def wait(self, timeout: float = 10.0) -> bool:
        """Block until the queue is empty; return False after `timeout` seconds. For tests and scripts."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._running or self._jobs or self._tasks), timeout)

    def close(self) -> None:
        """Cancel every call and drop every job."""
        with self._changed:
            self._jobs.clear()
            for task in self._tasks:
                task.cancel()

    def _put(self, not_before: float, job: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        with self._changed:
            self._jobs.append((not_before, job, arguments))
            if not self._running:
                self._running = True
                self.thread("ldss-form", self._run)

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._jobs:
                    self._running = False
                    self._changed.notify_all()
                    return
                not_before, job, arguments = self._jobs.popleft()
            time.sleep(max(0.0, not_before - time.monotonic()))
            try:
                job(*arguments)
            except BaseException as error:  # noqa: BLE001  # shown to the user
                self._on_error(error)


def describe(error: BaseException) -> tuple[str, tuple[str, ...]]:
    """Describe an error in a sentence, with details. Of a defect only type and place: the text may hold a secret."""
    if isinstance(error, SegmentStoreError):
        details = error.details if len(error.details) > 1 else ()
        return (f"{len(details)} problems:" if details else error.message), details
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return (
        f"Defect in ld-segment-store: {type(error).__name__}{place}. Please report it.",
        (),
    )
