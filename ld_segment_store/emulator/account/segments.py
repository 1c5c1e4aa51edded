# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Big segments of an environment, and their entries in a store.

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
    """Segments that cannot be read. The text names the field, never a value."""

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
        if self == other:  # the usual case; new objects for all contexts take long
            return NO_MEMBERSHIP
        return Membership(self.included - other.included, self.excluded - other.excluded) if other else self

    def __bool__(self) -> bool:
        return bool(self.included or self.excluded)


# Memberships by the hash of the context.
Memberships = Mapping[str, Membership]
NO_MEMBERSHIP = Membership()


class Change(NamedTuple):
    """The segments to add to a context's entry in a store, those to remove, and the entry afterwards."""

    context_hash: str
    add: Membership
    remove: Membership
    wanted: Membership


def parse_segments(data: Any, where: str = "segments") -> dict[str, Segment]:
    """Segments by key from plain data: `{"big-one": {"included": ["user-1"], "excluded": [], "generation": 1}}`.

    Every field may be left out. Raises InvalidSegments; `where` names the data in errors.
    """
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise InvalidSegments(f"{where} must be a mapping of segment keys.")
    return {_key(key, where): _segment(entry, f"{where}.{key}") for key, entry in data.items()}


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
    """The hash by which a store identifies a context.

    >>> hash_of("user-1")
    'xsKJ5J6cBbIUWGA4e3O8sY30P7CaHkpKlxPHbIi7VBs='
    """
    return base64.b64encode(hashlib.sha256(context_key.encode()).digest()).decode()


def memberships(segments: Mapping[str, Segment]) -> Memberships:
    """The entries that a store needs for these segments."""
    found: dict[str, Membership] = {}
    for key, segment in segments.items():
        name = frozenset([f"{key}.g{segment.generation}"])
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
    """The changes that give a store `wanted`, if it has all of `held` and may have any of `suspected`."""
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
        raise InvalidSegments(f"{where} has a key that is not text: put it in quotes.")
    if not _is_unicode(key):
        raise InvalidSegments(f"{where} has a key that is not valid Unicode.")
    return key


def _segment(entry: Any, where: str) -> Segment:
    entry = {} if entry is None else entry
    known = ("included", "excluded", "generation")
    if not isinstance(entry, Mapping) or not set(entry) <= set(known):
        raise InvalidSegments("{} must be a mapping with any of {}.".format(where, ", ".join(known)))
    generation = entry.get("generation", 1)
    if type(generation) is not int or generation < 1:
        raise InvalidSegments(f"{where}.generation must be a whole number from 1.")
    return Segment(_context_keys(entry, "included", where), _context_keys(entry, "excluded", where), generation)


def _context_keys(entry: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    keys = entry.get(name)
    keys = [] if keys is None else keys
    if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
        raise InvalidSegments(f"{where}.{name} must be a list of context keys, each in quotes.")
    if not all(map(_is_unicode, keys)):
        raise InvalidSegments(f"{where}.{name} has a context key that is not valid Unicode.")
    return tuple(keys)


def _is_unicode(text: str) -> bool:
    """JSON can write half of a surrogate pair, which cannot be hashed."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
