# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One ordered queue for everything that happens in a form.

With ipykernel 7, changes of widgets and clicks arrive on different threads and overtake each other. So handlers only enqueue,
one thread takes the jobs in order, and a click's job waits a moment and then reads the widgets, not what was once sent.
Long calls run on threads of their own and hand their results back through the queue.
"""

from __future__ import annotations

import contextvars
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..core.errors import SegmentStoreError

# A change that a click overtook is there after this many seconds: found by trying, with JupyterLab 4 and ipykernel 7.
SETTLE_SECONDS = 0.05


class Cancelled(SegmentStoreError):
    """Somebody cancelled a call before its end."""

    failure = "cancelled"

    def __init__(self) -> None:
        super().__init__("Cancelled.")


class Task:
    """A long call on its own thread. It is also the core's clock, so that waiting ends at once when it is cancelled.

    `progress` is what the call tells its news to.
    """

    def __init__(self, on_progress: Callable[[Any], None]) -> None:
        self.progress = on_progress
        self._cancelled = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask it to end; what waits ends now."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise Cancelled when it was cancelled."""
        if self.is_cancelled:
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """Wait; raise Cancelled as soon as it is cancelled."""
        if self._cancelled.wait(max(0.0, seconds)):
            raise Cancelled

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()


class Worker:
    """Takes jobs in order, on one thread that lives while there are any. `on_error` is told of a job that fails."""

    def __init__(self, on_error: Callable[[BaseException], None], settle: float = SETTLE_SECONDS) -> None:
        self._on_error = on_error
        # Threads speak for the cell that made the form. Else ipykernel takes them to speak for whatever came in last, and from
        # 7.4 on routes the browser's messages there: to a subshell that may be gone by then, so that they are lost.
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
        """Enqueue the job of a click: it runs when changes that were made before the click are in."""
        self._put(time.monotonic() + self._settle, job, arguments)

    def start(
        self,
        task: Task,
        work: Callable[[Task], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[BaseException], None],
    ) -> None:
        """Call `work(task)` on a thread of its own; one of the other two is called in the queue when it ends."""

        def run() -> None:
            try:
                result = work(task)
            except BaseException as error:  # noqa: BLE001  # whatever it is, it is shown
                self.put(on_error, error)
            else:
                self.put(on_done, result)
            finally:
                with self._changed:
                    self._tasks.discard(task)
                    self._changed.notify_all()

        with self._changed:
            self._tasks.add(task)
        self._thread("ldss-call", run)

    def wait(self, timeout: float = 10.0) -> bool:
        """Block until there is nothing left to do; False after `timeout` seconds. For tests and scripts."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._running or self._jobs or self._tasks), timeout)

    def close(self) -> None:
        """Cancel every call, forget every job."""
        with self._changed:
            self._jobs.clear()
            for task in self._tasks:
                task.cancel()

    def _put(self, not_before: float, job: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        with self._changed:
            self._jobs.append((not_before, job, arguments))
            if not self._running:
                self._running = True
                self._thread("ldss-form", self._run)

    def _thread(self, name: str, target: Callable[[], None]) -> None:
        threading.Thread(target=self._context.copy().run, args=(target,), name=name, daemon=True).start()

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
            except BaseException as error:  # noqa: BLE001  # whatever it is, it is shown
                self._on_error(error)


def describe(error: BaseException) -> tuple[str, tuple[str, ...]]:
    """A sentence for an error, and details. Of one that is not ours only type and place: its text may hold a secret."""
    if isinstance(error, SegmentStoreError):
        details = error.details if len(error.details) > 1 else ()
        return (f"{len(details)} problems:" if details else error.message), details
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return (
        f"This form failed with {type(error).__name__}{place}. It is a fault of ld-segment-store: please report it.",
        (),
    )
