# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A probe: one statement about the API, the question that decides it, and the answer."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .bench import Bench


class Verdict(enum.Enum):
    """What a run found out about a statement."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    NOT_DECIDED = "not decided"


class Answer(NamedTuple):
    """A verdict with its evidence, a sentence without names and IDs.

    `behaviour` has the settings of the emulator that behave like the instance.
    """

    verdict: Verdict
    evidence: str
    behaviour: Mapping[str, Any] = {}


class Probe(NamedTuple):
    """A statement and its consequence if it is wrong, both as in docs/known-and-guessed.md."""

    statement: str
    ask: Callable[[Bench], Answer]
    if_wrong: str = ""


def judged(holds: bool, evidence: str, **behaviour: Any) -> Answer:
    """Confirmed if the statement holds, else refuted."""
    return Answer(Verdict.CONFIRMED if holds else Verdict.REFUTED, evidence, behaviour)


def undecided(evidence: str, **behaviour: Any) -> Answer:
    """Not decided, for this reason."""
    return Answer(Verdict.NOT_DECIDED, evidence, behaviour)


def never(reason: str) -> Callable[[Bench], Answer]:
    """The question of a statement that no probe can decide."""
    return lambda _bench: undecided(reason)
