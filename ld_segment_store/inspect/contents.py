# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a store holds under one prefix. Plain data, the same for Redis and DynamoDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Callable, Optional

from ..core.errors import InvalidSettings, SegmentStoreError
from ..preflight.checks import require_timeout
from .layout import SegmentRef, read_milliseconds, read_ref, sdk_status

# Called with the number of keys or items read so far.
OnProgress = Optional[Callable[[int], None]]
DEFAULT_LIMIT = 100_000
# Enough for a local server and for one on another continent.
DEFAULT_TIMEOUT = 5.0


class StoreUnreadable(SegmentStoreError):
    """The store could not be read. The message names the cause and what to do."""

    failure = "store_unreadable"


@dataclass(frozen=True)
class Sync:
    """The last sync: `synchronized_on` in epoch milliseconds, None where the store has no readable time.

    `age_seconds` was measured when the store was read. `status` is what an SDK reports: HEALTHY, STALE, or STORE_ERROR for a
    time that is not a number, which the SDK for Node.js reports as STALE.
    """

    synchronized_on: int | None
    age_seconds: float | None
    status: str


@dataclass(frozen=True)
class SegmentContents:
    """One generation of a segment: the number of contexts that it includes and excludes."""

    key: str
    generation: int | None
    included: int
    excluded: int


@dataclass(frozen=True)
class StoreContents:
    """What a store holds under `prefix`. No context is named.

    `contexts` counts the contexts with at least one entry, `size_bytes` their keys and values without the server's overhead.
    Both, and `segments`, are None where the caller may not list them. They cover the part that was read; `complete` tells
    whether that was everything. `other_prefixes` are those seen on the way, None where unknown. `lock` and `cursor` are the
    Relay Proxy's own entries, None where absent. `notes` say what could not be read, and why.
    """

    store: str
    place: str
    prefix: str
    sync: Sync
    segments: tuple[SegmentContents, ...] | None
    contexts: int | None
    size_bytes: int | None
    complete: bool
    other_prefixes: tuple[str, ...] | None
    lock: str | None
    cursor: str | None
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON and for Ansible."""
        return asdict(self)


def check_bounds(timeout: float, limit: int = 1) -> None:
    """Raise InvalidSettings unless both are positive."""
    require_timeout(timeout)
    if limit < 1:
        raise InvalidSettings.for_field("limit", "is not a positive number", "give the number of keys to read at most")


def read_sync(text: str | None, now: float) -> Sync:
    """The last sync from the text in the store. `now` is in epoch seconds."""
    milliseconds = read_milliseconds(text)
    age = None if milliseconds is None else round(now - milliseconds / 1000, 3)
    return Sync(milliseconds, age, sdk_status(text, now))


class Tally:
    """Counts the entries of contexts, one context at a time. `unreadable` counts keys of another type."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self.unreadable = 0
        self._contexts: set[str] = set()
        self._included: Counter[SegmentRef] = Counter()
        self._excluded: Counter[SegmentRef] = Counter()

    def add(self, context_hash: str, included: Iterable[str], excluded: Iterable[str], size_bytes: int) -> None:
        """Count the sets of one context. Redis keeps them under two keys, so a context may come twice."""
        included_refs, excluded_refs = [read_ref(text) for text in included], [read_ref(text) for text in excluded]
        if included_refs or excluded_refs:
            self._contexts.add(context_hash)
        self._included.update(included_refs)
        self._excluded.update(excluded_refs)
        self.size_bytes += size_bytes

    @property
    def contexts(self) -> int:
        """The number of contexts with at least one entry."""
        return len(self._contexts)

    def segments(self) -> tuple[SegmentContents, ...]:
        """The segments, sorted by key and generation."""
        refs = sorted(self._included.keys() | self._excluded.keys(), key=lambda ref: (ref.key, ref.generation or 0))
        return tuple(SegmentContents(ref.key, ref.generation, self._included[ref], self._excluded[ref]) for ref in refs)
