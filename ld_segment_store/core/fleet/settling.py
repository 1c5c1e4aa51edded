# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a run has created and does not yet know to be the only integrations of their stores: one list is a look at all of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from ..api.client import Client
from ..api.retry import Clock, Deadline
from ..flow.creation import Looks
from ..model.integration import Integration
from .listing import Listing

# Seconds between looks while a run still creates.
_INTERVAL = 5.0


@dataclass
class Unsettled:
    """A creation; `due` is the monotonic time after which a list must have been requested to be the next look."""

    looks: Looks
    due: float


class Settling:
    """The unsettled creations of a run, by the numbers of their stores. For use from several threads."""

    def __init__(self, listing: Listing, clock: Clock) -> None:
        self._listing = listing
        self._clock = clock
        self._unsettled: dict[int, Unsettled] = {}
        self._doubtful: deque[int] = deque()
        self._looking = threading.Lock()
        self._looked_at = clock.monotonic()

    def add(self, number: int, created: Integration, gone: Collection[str]) -> None:
        """An integration that was just created; `gone` are the IDs of deleted ones that the list may still show."""
        self._unsettled[number] = Unsettled(Looks(created, gone), self._clock.monotonic())

    def take(self, number: int) -> Unsettled | None:
        """One that is about to be settled; None where there is none, or another thread has taken it."""
        return self._unsettled.pop(number, None)

    def numbers(self) -> list[int]:
        """Those that are unsettled."""
        return sorted(self._unsettled)

    def look_now_and_then(self, client: Client) -> list[int]:
        """`look`, by one thread at a time and not too often. The numbers that this thread is to settle now.

        Of those that need requests it is one, so that all threads share them.
        """
        alone: list[int] = []
        if self._unsettled and self._clock.monotonic() - self._looked_at >= _INTERVAL and self._looking.acquire(False):
            try:
                alone, doubtful = self.look(client, client.deadline())
                self._doubtful.extend(doubtful)
            finally:
                self._looked_at = self._clock.monotonic()
                self._looking.release()
        with suppress(IndexError):  # most of the time there is none
            alone.append(self._doubtful.popleft())
        return alone

    def look(self, client: Client, deadline: Deadline) -> tuple[list[int], list[int]]:
        """Look at all that are due, by one list. The numbers of those that are alone, and of those that need requests to settle.

        Raises ApiError.
        """
        now = self._clock.monotonic()
        alone: list[int] = []
        doubtful: list[int] = []
        for number, unsettled in sorted(list(self._unsettled.items())):  # noqa: C414 - a copy: threads add to it
            if unsettled.due > now:
                continue
            listed = self._listing.since(client, unsettled.looks.created.key, unsettled.due, deadline)
            pause = unsettled.looks.pause_after(listed)
            if pause is None:
                (alone if unsettled.looks.alone else doubtful).append(number)
            else:
                unsettled.due = self._clock.monotonic() + pause
        return alone, doubtful

    def pause(self) -> float | None:
        """Seconds until all are due; None where all are settled."""
        dues = [unsettled.due for unsettled in list(self._unsettled.values())]
        return max(0.0, max(dues) - self._clock.monotonic()) if dues else None
