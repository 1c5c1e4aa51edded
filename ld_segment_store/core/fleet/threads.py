# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Run the same work for many items in several threads, each with a client of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from typing import Generic, TypeVar

from ..api.client import Client
from ..api.rate_limit import Gate, interruptible

Item = TypeVar("Item")


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
    queue = _Queue(items)
    failures: list[BaseException] = []

    def worker(running: threading.Lock) -> None:
        try:
            with client.sharing(gate) as own:
                for item in iter(queue.next, None):
                    if not work(own, item):
                        queue.close()
        except BaseException as error:  # noqa: BLE001 - passed on below
            failures.append(error)
            queue.close()
            gate.stop()
        running.release()

    locks = [threading.Lock() for _number in range(min(concurrency, len(items)))]
    # Daemons: Python would wait for other threads when it ends, even after a second interrupt.
    threads = [threading.Thread(target=worker, args=(lock,), name="stores", daemon=True) for lock in locks]
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


class _Queue(Generic[Item]):
    """Items for several threads, each for one of them, until it is closed."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self._lock = threading.Lock()
        self._closed = False

    def next(self) -> Item | None:
        """The next one, None at the end."""
        with self._lock:
            return None if self._closed else next(self._items, None)

    def close(self) -> None:
        """Give out no more."""
        self._closed = True
