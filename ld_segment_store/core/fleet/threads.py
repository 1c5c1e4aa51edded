# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Run the same work for many items in several threads, each with a client of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Generic, TypeVar

from ..api.client import Client
from ..api.rate_limit import Gate, interruptible
from ..api.retry import Clock

Item = TypeVar("Item")

# How fast an item can be done is seen from so many of the last.
_RECENT = 32
# Of an item in the moving average.
_WEIGHT = 0.125
# The part of its time that an item with a request waits at least.
_WAITS = 0.2
# Seconds that a thread of no use waits before it takes an item all the same: the others may be held up.
_PATIENCE = 0.05


def in_parallel(
    client: Client,
    gate: Gate,
    concurrency: int,
    items: Collection[Item],
    work: Callable[[Client, Item], bool],
    on_interrupt: Callable[[int], None] | None = None,
) -> None:
    """Run `work(client, item)` for all items, in up to `concurrency` threads, until one returns False or raises; pass that on.

    An interrupt waits for the in-flight requests, whose number goes to `on_interrupt`; a second one does not.
    """
    size = min(concurrency, len(items))
    queue = _Queue(items, size, gate.clock)
    failures: list[BaseException] = []

    def worker(number: int, running: threading.Lock) -> None:
        try:
            with client.sharing(gate) as own:
                for item in queue.items(number):
                    if not work(own, item):
                        queue.close()
        except BaseException as error:  # noqa: BLE001 - passed on below
            failures.append(error)
            queue.close()
            gate.stop()
        running.release()

    locks = [threading.Lock() for _number in range(size)]
    # Daemons: Python would wait for other threads when it ends, even after a second interrupt.
    threads = [
        threading.Thread(target=worker, args=(number, lock), name="stores", daemon=True)
        for number, lock in enumerate(locks)
    ]
    try:
        for thread, lock in zip(threads, locks):
            lock.acquire()
            with interruptible():  # it waits for a Condition
                thread.start()
        _wait_for(threads, locks)
    except KeyboardInterrupt:
        queue.close()
        under_way = gate.stop()
        if on_interrupt:
            on_interrupt(under_way)
        _wait_for(threads, locks)
        raise KeyboardInterrupt from None
    if failures:
        raise failures[0]


def _wait_for(threads: Iterable[threading.Thread], locks: Iterable[threading.Lock]) -> None:
    """Not by `Thread.join`: before Python 3.13 one that was interrupted takes the thread for ended. Nor by an event, which has a
    Condition (see `interruptible`).

    A thread that an interrupt has kept from being started is not alive.
    """
    for thread, lock in zip(threads, locks):
        # Not in one wait: a signal that comes just before it begins would be noticed only when it ends.
        while thread.is_alive() and not lock.acquire(timeout=0.1):
            pass


class Pace:
    """How many of `size` threads are `useful`, by how long each item took.

    Python runs one thread at a time. Where responses come as fast as requests are made, more threads only hinder each other: 8
    took 1.6 times as long as 2 (docs/background/measurements.md). Before anything is known, all are useful.
    """

    def __init__(self, size: int) -> None:
        self.useful = self._size = size
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._processor = 0.0

    def learn(self, seconds: float, processor: float) -> None:
        """An item took so long, and so many seconds of the processor.

        One that hardly waited, or that was much less work than the others, needed no request and says nothing.
        """
        if seconds - processor < _WAITS * seconds or processor < self._processor / 2:
            return
        self._processor += (processor - self._processor) * (_WEIGHT if self._recent else 1)
        self._recent.append(seconds)
        if self._processor > 0:
            # The fastest of them waited least for other threads.
            self.useful = min(self._size, max(2, int(min(self._recent) / self._processor)))


class _Queue(Generic[Item]):
    """Items for several threads, each for one of them, until it is closed."""

    def __init__(self, items: Iterable[Item], size: int, clock: Clock) -> None:
        self._items = iter(items)
        self._pace = Pace(size)
        self._clock = clock
        self._changed = threading.Condition()
        self._closed = False

    def items(self, number: int) -> Iterator[Item]:
        """Those for the thread of this number (from 0)."""
        while (item := self._next(number)) is not None:
            began, used = self._clock.monotonic(), time.thread_time()
            yield item
            with self._changed:
                self._pace.learn(self._clock.monotonic() - began, time.thread_time() - used)

    def close(self) -> None:
        """Give out no more."""
        self._closed = True

    def _next(self, number: int) -> Item | None:
        with self._changed:
            if number >= self._pace.useful and not self._closed:
                self._changed.wait(_PATIENCE)
            item = None if self._closed else next(self._items, None)
            if item is None:
                self.close()
                self._changed.notify_all()
            return item
