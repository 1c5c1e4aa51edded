# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What an SDK answers for one context, worked out from the sets that a store holds. Pure.

Source: the evaluator and the stores in LaunchDarkly's server SDKs for Python 9 and Node 9. Tests compare it with them.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .contents import Sync
from .layout import SegmentRef, hash_context, read_ref


class Membership(enum.Enum):
    """What the store says of a context and a segment."""

    INCLUDED = "included"
    EXCLUDED = "excluded"
    NOT_PRESENT = "not present"


@dataclass(frozen=True)
class SegmentAnswer:
    """The answer for one segment in one generation. `generation` is None where neither the caller nor the store names one.

    `in_both` tells that the context is in both sets: the SDK takes it as included. `other_generations` are in the store, and
    an SDK ignores them.
    """

    segment: str
    generation: int | None
    membership: Membership
    in_both: bool = False
    other_generations: tuple[int, ...] = ()


@dataclass(frozen=True)
class ContextAnswer:
    """What a store holds for one context, and what an SDK makes of it.

    `included` and `excluded` are the sets as stored. `segments` has the segment that was asked for, or else every segment in
    the sets.
    """

    store: str
    place: str
    prefix: str
    context_key: str
    context_hash: str
    sync: Sync
    included: tuple[str, ...]
    excluded: tuple[str, ...]
    segments: tuple[SegmentAnswer, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON and for Ansible."""
        return {
            "store": self.store,
            "place": self.place,
            "prefix": self.prefix,
            "context_key": self.context_key,
            "context_hash": self.context_hash,
            "sync": vars(self.sync).copy(),
            "included": list(self.included),
            "excluded": list(self.excluded),
            "segments": [
                {
                    **vars(found),
                    "membership": found.membership.value,
                    "other_generations": list(found.other_generations),
                }
                for found in self.segments
            ],
        }


@dataclass(frozen=True)
class Question:
    """A context to look up, and optionally the segment and its current generation.

    Without `generation` the newest one in the context's sets counts: only LaunchDarkly knows the current one.
    """

    context_key: str
    segment: str | None = None
    generation: int | None = None

    @property
    def context_hash(self) -> str:
        """The context's name in the store."""
        return hash_context(self.context_key)


def evaluate(question: Question, included: Collection[str], excluded: Collection[str]) -> tuple[SegmentAnswer, ...]:
    """The answers for the sets of the question's context."""
    refs = {read_ref(text): text for text in [*excluded, *included]}
    keys = (
        sorted({ref.key for ref in refs if ref.generation is not None})
        if question.segment is None
        else [question.segment]
    )
    return tuple(_answer(key, question.generation, refs, included, excluded) for key in keys)


def _answer(
    key: str, generation: int | None, refs: Collection[SegmentRef], included: Collection[str], excluded: Collection[str]
) -> SegmentAnswer:
    stored = sorted({ref.generation for ref in refs if ref.key == key and ref.generation is not None})
    current = generation if generation is not None else (stored[-1] if stored else None)
    others = tuple(number for number in stored if number != current)
    # The text itself is compared, as an SDK does.
    text = f"{key}.g{current}"
    if current is not None and text in included:
        return SegmentAnswer(key, current, Membership.INCLUDED, text in excluded, others)
    if current is not None and text in excluded:
        return SegmentAnswer(key, current, Membership.EXCLUDED, False, others)
    return SegmentAnswer(key, current, Membership.NOT_PRESENT, False, others)
