# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What came of a fleet, for people and for programs. Nothing here holds a secret: plans are redacted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .run import StoreResult

# In the order of a summary: what was done, and what a plan would do.
_DONE = {
    "create": "created",
    "update": "updated",
    "delete": "removed",
    "nothing": "as declared already",
    "failed": "failed",
    "not attempted": "not attempted",
}
_PLANNED = {**_DONE, "create": "to create", "update": "to update", "delete": "to remove"}


def as_dict(result: StoreResult) -> dict[str, Any]:
    """One result as plain data in snake_case, without its error."""
    target, outcome = result.declaration.target, result.outcome
    there = (outcome.integration or outcome.plan.target) if outcome else None
    return {
        **target.key._asdict(),
        "integration_id": there.id if there else target.integration_id,
        "action": result.action,
        "changed": result.changed,
        "purged": result.purged,
        "drift": [drift.as_dict() for drift in outcome.plan.drift] if outcome else [],
        "warnings": list(outcome.warnings) if outcome else [],
    }


def table(results: Iterable[StoreResult]) -> list[str]:
    """A line for each store with something to tell, and one for each of its fields that was not as desired."""
    return [line for result in results if result.action != "nothing" for line in _lines(result)]


def summary(results: Sequence[StoreResult], *, check: bool) -> str:
    """One sentence: how many of what."""
    counts = Counter(result.action for result in results)
    words = _PLANNED if check else _DONE
    told = [f"{counts[action]} {word}" for action, word in words.items() if counts[action]]
    return "{}: {}.".format(counted(len(results), "store"), ", ".join(told) or "nothing to do")


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "store"), counted(2, "store")
    ('1 store', '2 stores')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def warnings(results: Iterable[StoreResult]) -> list[str]:
    """Each warning once, with the store it is about, or how many there are."""
    about: dict[str, list[str]] = {}
    for result in results:
        for text in result.outcome.warnings if result.outcome else ():
            about.setdefault(text, []).append(str(result.declaration.key))
    return [
        f"{places[0]}: {text}" if len(places) == 1 else f"{places[0]} and {len(places) - 1} more: {text}"
        for text, places in about.items()
    ]


def _lines(result: StoreResult) -> Iterator[str]:
    told = f": {result.error.message}" if result.error else ""
    purged = ", which is not declared" if result.purged else ""
    yield f"{result.action:<13} {result.declaration.key}{purged}{told}"
    if result.action == "update" and result.outcome:
        for drift in result.outcome.plan.drift:
            before, after = (json.dumps(value, ensure_ascii=False) for value in (drift.before, drift.after))
            yield f"              {drift.field} {drift.reason}: {before} -> {after}"
