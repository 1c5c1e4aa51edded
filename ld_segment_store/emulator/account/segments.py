# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Big segments of an environment, and what of them a store holds.

A store has for each context the segments that include it and those that exclude it. Source: the public code of LaunchDarkly's
Relay Proxy, which writes them, and of its SDKs, which read them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...core.errors import SegmentStoreError


class InvalidSegments(SegmentStoreError):
    """Segments that can't be read; its text names the field, never a value."""

    failure = "invalid_segments"


@dataclass(frozen=True)
class Segment:
    """The context keys that a big segment includes and excludes. A new `generation` makes SDKs ignore the old entries."""

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    generation: int = 1


class Membership(NamedTuple):
    """The segments (`<key>.g<generation>`) that include one context, and those that exclude it."""

    included: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()

    def union(self, other: Membership) -> Membership:
        """The segments of both."""
        return Membership(self.included | other.included, self.excluded | other.excluded)

    def without(self, other: Membership) -> Membership:
        """The segments that `other` does not have."""
        if self == other:  # as most are, and a new object for each takes long
            return NO_MEMBERSHIP
        return Membership(self.included - other.included, self.excluded - other.excluded) if other else self

    def __bool__(self) -> bool:
        return bool(self.included or self.excluded)


# Memberships by the hash of the context.
Memberships = Mapping[str, Membership]
NO_MEMBERSHIP = Membership()


class Change(NamedTuple):
    """What to add to a context's entry in a store, what to remove, and what it then is."""

    context_hash: str
    add: Membership
    remove: Membership
    wanted: Membership


def parse_segments(data: Any, where: str = "segments") -> dict[str, Segment]:
    """Segments by key from plain data: `{"big-one": {"included": ["user-1"], "excluded": [], "generation": 1}}`.

    Every field may be left out. Raises InvalidSegments; `where` is what it calls the data.
    """
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise InvalidSegments("{0} must be a mapping of segment keys.".format(where))
    return {_key(key, where): _segment(entry, "{0}.{1}".format(where, key)) for key, entry in data.items()}


def dump_segments(segments: Mapping[str, Segment]) -> dict[str, Any]:
    """The plain data from which `parse_segments` makes the same segments."""
    return {
        key: {
            "included": list(segment.included),
            "excluded": list(segment.excluded),
            "generation": segment.generation,
        }
        for key, segment in segments.items()
    }


def hash_of(context_key: str) -> str:
    """How a store calls a context.

    >>> hash_of("user-1")
    'xsKJ5J6cBbIUWGA4e3O8sY30P7CaHkpKlxPHbIi7VBs='
    """
    return base64.b64encode(hashlib.sha256(context_key.encode()).digest()).decode()


def memberships(segments: Mapping[str, Segment]) -> Memberships:
    """All that a store has to hold of these segments."""
    found: dict[str, Membership] = {}
    for key, segment in segments.items():
        name = frozenset(["{0}.g{1}".format(key, segment.generation)])
        for one, context_keys in (
            (Membership(included=name), segment.included),
            (Membership(excluded=name), segment.excluded),
        ):
            for context_key in context_keys:
                context_hash = hash_of(context_key)
                others = found.get(context_hash)
                found[context_hash] = others.union(one) if others else one
    return found


def union(some: Memberships, others: Memberships) -> Memberships:
    """The segments of both, by context."""
    return {**some, **{key: some.get(key, NO_MEMBERSHIP).union(others[key]) for key in others}}


def changes(wanted: Memberships, held: Memberships, suspected: Memberships) -> list[Change]:
    """What to change in a store that has all of `held` and maybe all of `suspected`, so that it has `wanted`."""
    if wanted is held and wanted is suspected:
        return []
    found = []
    for context_hash in {**suspected, **wanted}:
        after = wanted.get(context_hash, NO_MEMBERSHIP)
        add = after.without(held.get(context_hash, NO_MEMBERSHIP))
        remove = suspected.get(context_hash, NO_MEMBERSHIP).without(after)
        if add or remove:
            found.append(Change(context_hash, add, remove, after))
    return found


def _key(key: Any, where: str) -> str:
    if not isinstance(key, str) or not key:
        raise InvalidSegments("{0} has a key that is not text: put it in quotes.".format(where))
    return key


def _segment(entry: Any, where: str) -> Segment:
    entry = {} if entry is None else entry
    known = ("included", "excluded", "generation")
    if not isinstance(entry, Mapping) or not set(entry) <= set(known):
        raise InvalidSegments("{0} must be a mapping with any of {1}.".format(where, ", ".join(known)))
    generation = entry.get("generation", 1)
    if type(generation) is not int or generation < 1:
        raise InvalidSegments("{0}.generation must be a whole number from 1 on.".format(where))
    return Segment(_context_keys(entry, "included", where), _context_keys(entry, "excluded", where), generation)


def _context_keys(entry: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    keys = entry.get(name)
    keys = [] if keys is None else keys
    if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
        raise InvalidSegments("{0}.{1} must be a list of context keys, each in quotes.".format(where, name))
    return tuple(keys)
