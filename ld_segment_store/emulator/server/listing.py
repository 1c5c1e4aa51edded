# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Filtering, sorting and pages, common to the lists of projects and of environments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, Union
from urllib.parse import urlencode

from ..account.account import Environment, Integration, Project
from ..whole_number import whole_number
from .messages import Problem

Listed = Union[Project, Environment]
DEFAULT_LIMIT = 20


class LateList:
    """The list of integrations as it was up to `delay` seconds ago, for changes that came by requests."""

    def __init__(self, delay: float, clock: Callable[[], float]) -> None:
        self._delay = delay
        self._clock = clock
        # Until when an integration is listed as it was before its oldest hidden change; None is one that did not exist.
        self._hidden: dict[str, tuple[float, Integration | None]] = {}

    def changed(self, integration_id: str, before: Integration | None) -> None:
        """An integration was created, changed or deleted just now."""
        now = self._clock()
        if self._delay and self._hidden.get(integration_id, (now, None))[0] <= now:
            self._hidden[integration_id] = (now + self._delay, before)

    def show(self, integrations: Sequence[Integration]) -> list[Integration]:
        """What the list has now, of the integrations that exist now."""
        now = self._clock()
        hidden = {integration_id: before for integration_id, (until, before) in self._hidden.items() if until > now}
        existing = {integration.id: integration for integration in integrations}
        return [integration for integration in {**existing, **hidden}.values() if integration]


def page(
    things: Sequence[Any],
    query: Mapping[str, str],
    path: str,
    show: Callable[[Any], dict[str, Any]],
    *,
    filters: Sequence[str],
    sorts: Sequence[str],
) -> dict[str, Any]:
    """One page of `things` (in order of creation) as the API's collection. Raises Problem (400) for a bad query."""
    limit = _number(query, "limit", DEFAULT_LIMIT, 1)
    offset = _number(query, "offset", 0, 0)
    chosen = _sorted(_filtered(things, query.get("filter", ""), filters), query.get("sort", ""), sorts)
    return {
        "_links": _links(path, query, limit, offset, len(chosen)),
        "items": [show(thing) for thing in chosen[offset : offset + limit]],
        "totalCount": len(chosen),
    }


def _number(query: Mapping[str, str], name: str, default: int, least: int) -> int:
    number = whole_number(query.get(name, str(default)))
    if number is None or number < least:
        raise _refused(f"The parameter {name} must be a whole number from {least}.")
    return number


def _filtered(things: Sequence[Listed], text: str, known: Sequence[str]) -> list[Listed]:
    chosen = list(things)
    for part in filter(None, text.split(",")):
        name, _, value = part.partition(":")
        if name not in known or not value:
            raise _refused("The parameter filter accepts field:value; its fields are {}.".format(", ".join(known)))
        wanted = value.lower()
        chosen = [thing for thing in chosen if _matches(thing, name, wanted)]
    return chosen


def _matches(thing: Listed, name: str, wanted: str) -> bool:
    if name == "query":
        return wanted in thing.key.lower() or wanted in thing.name.lower()
    if name == "keys":
        return thing.key.lower() in wanted.split("|")
    return set(wanted.split("+")) <= {tag.lower() for tag in thing.tags}


def _sorted(things: list[Any], text: str, known: Sequence[str]) -> list[Any]:
    created = {thing.key: number for number, thing in enumerate(things)}
    keys: dict[str, Callable[[Any], Any]] = {
        "name": lambda thing: thing.name.lower(),
        "createdOn": lambda thing: created[thing.key],
        "critical": lambda _environment: False,  # none is
    }
    # The last field first: Python's sort is stable, so the first field decides.
    for part in reversed([part for part in text.split(",") if part]):
        descending = part.startswith("-")
        name = part[1:] if descending else part
        if name not in known:
            raise _refused("The parameter sort accepts {}, with a dash before it to descend.".format(", ".join(known)))
        things = sorted(things, key=keys[name], reverse=descending)
    return things


def page_of(things: Sequence[Any], query: Mapping[str, str], path: str, size: int) -> tuple[list[Any], dict[str, Any]]:
    """The part of `things` by `limit` (up to `size`) and `offset`, and its links. Raises Problem (400)."""
    limit = min(_number(query, "limit", size, 1), size)
    offset = _number(query, "offset", 0, 0)
    return list(things[offset : offset + limit]), _links(path, query, limit, offset, len(things))


def _links(path: str, query: Mapping[str, str], limit: int, offset: int, total: int) -> dict[str, dict[str, str]]:
    last = max(total - 1, 0) // limit * limit
    offsets = {"self": offset}
    if offset > 0:
        offsets["first"] = 0
        offsets["prev"] = max(offset - limit, 0)
    if offset + limit < total:
        offsets["next"] = offset + limit
        offsets["last"] = last
    kept = {name: query[name] for name in ("filter", "sort", "expand") if query.get(name)}
    return {
        name: {
            "href": "{}?{}".format(path, urlencode({"limit": limit, "offset": start, **kept})),
            "type": "application/json",
        }
        for name, start in offsets.items()
    }


def _refused(message: str) -> Problem:
    return Problem(400, "invalid_request", message)
