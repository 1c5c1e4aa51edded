# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The results of a fleet, for people and for programs. They hold no secret: plans are redacted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..flow.plan import Action, Drift
from ..printable import printable
from .result import StoreResult

# In the order of a summary: what was done, and what a plan would do.
_DONE = {
    "create": "created",
    "update": "updated",
    "delete": "removed",
    "nothing": "unchanged",
    "undeclared": "not declared",
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
        **(outcome.as_dict() if outcome else {"integration": None, "drift": []}),
        "action": result.action,
        "changed": result.changed,
        "purged": result.purged,
        "warnings": list(outcome.warnings) if outcome else [],
    }


def changes(result: StoreResult) -> list[Drift]:
    """Each attribute that the result's action sets, changes or removes, redacted; those that stay the same are left out."""
    if result.outcome is None:
        return []
    plan = result.outcome.plan
    if plan.action is Action.UPDATE:
        return list(plan.drift)
    reason = "is set" if plan.action is Action.CREATE else "is removed"
    before, after = (_flat(side, result.declaration.key.integration_key) for side in (plan.before, plan.after))
    names = dict.fromkeys([*before, *after])
    pairs = [(name, before.get(name), after.get(name)) for name in names]
    return [Drift(name, reason, old, new) for name, old, new in pairs if old != new]


def table(results: Iterable[StoreResult], *, attributes: bool = False) -> list[str]:
    """A line for each store that is not unchanged or has an error, then one for each changed attribute of an update.

    With `attributes`, creations and removals list theirs too. Each line is safe for a terminal.
    """
    shown = [result for result in results if result.action != "nothing" or result.error]
    return [printable(line) for result in shown for line in _lines(result, attributes)]


def summary(results: Sequence[StoreResult], *, check: bool) -> str:
    """One sentence with the number of stores for each action, and of those that did not become available after it."""
    counts = Counter(result.action for result in results)
    words = _PLANNED if check else _DONE
    parts = [f"{counts[action]} {word}" for action, word in words.items() if counts[action]]
    unavailable = sum(bool(result.outcome and result.error) for result in results)
    end = f"; {unavailable} not available" if unavailable else ""
    return f"{counted(len(results), 'store')}: {', '.join(parts) or 'nothing to do'}{end}."


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "store"), counted(2, "store")
    ('1 store', '2 stores')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def warnings(results: Iterable[StoreResult]) -> list[str]:
    """Each warning once, with the store that it is about, or how many there are."""
    about: dict[str, list[str]] = {}
    for result in results:
        for text in result.outcome.warnings if result.outcome else ():
            about.setdefault(text, []).append(str(result.declaration.key))
    return [
        f"{places[0]}: {text}" if len(places) == 1 else f"{places[0]} and {len(places) - 1} more: {text}"
        for text, places in about.items()
    ]


def _lines(result: StoreResult, attributes: bool) -> Iterator[str]:
    error = f": {result.error.message}" if result.error else ""
    purged = " (not declared)" if result.purged else ""
    yield f"{result.action:<13} {result.declaration.key}{purged}{error}"
    if result.action == "update":
        for drift in changes(result):
            yield f"{'':<13} {drift.field} {drift.reason}: {_json(drift.before)} -> {_json(drift.after)}"
    elif attributes:
        for drift in changes(result):
            yield f"{'':<13} {drift.field}: {_json(drift.before if result.action == 'delete' else drift.after)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _flat(side: Mapping[str, Any], integration_key: str) -> dict[str, Any]:
    """One side of a plan, the options of the store as the user writes them: `redis.host`."""
    top = {name: value for name, value in side.items() if name != "config"}
    return {**top, **{f"{integration_key}.{name}": value for name, value in (side.get("config") or {}).items()}}
