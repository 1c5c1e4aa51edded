# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The list of integrations."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...core.api.client import STORES_PATH
from ..bench import Bench, Undecided
from ..probe import Answer, Probe, judged, undecided

_PROMISED_SECONDS = 7.5
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0


class _TooLate(Undecided):
    """The list does not show a change."""


class _Listed(NamedTuple):
    """An integration of each type in the list: after how many seconds it came and went, and how many items there were."""

    seconds: float
    gone: float
    own: list[Mapping[str, Any]]
    items: int
    first_page: int
    pages: int
    limited: int


def _look(bench: Bench) -> _Listed:
    with bench.made() as redis:
        seconds = _wait_for(bench, redis.id, listed=True)
        with bench.made("dynamodb") as dynamodb:
            _wait_for(bench, dynamodb.id, listed=True)
            items = bench.listed()
            pages = [reply.field("items", list) or [] for reply in bench.replies.new]
            limited = bench.call("GET", STORES_PATH, params={"limit": "1", "offset": "0"}).field("items", list) or []
    gone = _wait_for(bench, redis.id, listed=False)
    own = [item for item in items if bench.is_own(item)]
    return _Listed(seconds, gone, own, len(items), len(pages[0]), len(pages), len(limited))


def _wait_for(bench: Bench, integration_id: str, *, listed: bool) -> float:
    """The seconds until the list shows an integration, or no longer shows it."""
    began = bench.clock.monotonic()
    pause = _FIRST_PAUSE
    while True:
        seconds = bench.clock.monotonic() - began
        if any(item.get("_id") == integration_id for item in bench.listed()) == listed:
            return seconds
        if seconds + pause > bench.list_seconds:
            raise _TooLate(f"The list did not show a {'creation' if listed else 'deletion'} within {seconds:.1f} s.")
        bench.clock.sleep(pause)
        pause = min(_LONGEST_PAUSE, 1.5 * pause)


def _whole(bench: Bench) -> Answer:
    listed = bench.once(_look)
    evidence = f"With limit=1 the list had {listed.limited} of {listed.items} items."
    return judged(listed.limited == listed.items, evidence)


def _pages(bench: Bench) -> Answer:
    listed = bench.once(_look)
    if listed.pages > 1:
        evidence = f"A list of {listed.items} items came in {listed.pages} pages, the first of {listed.first_page}."
        return judged(False, evidence, list_page_size=listed.first_page)
    evidence = f"A list of {listed.items} items came whole"
    if listed.limited == listed.items:
        return judged(True, f"{evidence}, also with limit=1.", list_page_size=0)
    return undecided(f"{evidence}, and with limit=1 had {listed.limited}. A longer list may have pages.")


def _delay(bench: Bench) -> Answer:
    try:
        listed = bench.once(_look)
    except _TooLate as error:
        return judged(False, str(error))
    created, deleted = (_tenths(seconds) for seconds in (listed.seconds, listed.gone))
    longest = max(created, deleted)
    evidence = f"The list showed a creation {created:g} s later, a deletion {deleted:g} s later."
    return judged(longest <= _PROMISED_SECONDS, evidence, list_delay=longest)


def _tenths(seconds: float) -> float:
    """Rounded up; 0 for what the first look shows."""
    return math.ceil(seconds * 10) / 10 if seconds >= _FIRST_PAUSE else 0


def _status(bench: Bench) -> Answer:
    have = ["_status" in item for item in bench.once(_look).own]
    evidence = f"{sum(have)} of {len(have)} new integrations have `_status` in the list."
    if any(have) != all(have):
        return judged(False, evidence)
    return judged(all(have), evidence, status_field="present" if all(have) else "omitted")


def _config_alone(bench: Bench) -> Answer:
    given = any(item.get("config") for item in bench.once(_look).own)
    return judged(not given, f"The items of the list have {'a' if given else 'no'} config.")


def _config_form(bench: Bench) -> Answer:
    forms = {"empty" if "config" in item else "omitted" for item in bench.once(_look).own}
    if any(item.get("config") for item in bench.once(_look).own) or len(forms) != 1:
        return judged(False, "The items of the list have a config.")
    form = forms.pop()
    return judged(True, "The items hold {}." if form == "empty" else "The items lack the field.", list_config=form)


PROBES = (
    Probe("The list is for the whole account, without `limit` and `offset`", _whole),
    Probe(
        "The list never gets pages (`_links.next`), as other lists of LaunchDarkly did",
        _pages,
        "nothing: pages are followed",
    ),
    Probe(
        "The list shows a creation or a deletion within 7.5 seconds",
        _delay,
        "two runs that create the same integration on different hosts, within that time, may leave both",
    ),
    Probe("`_status` is in every item", _status, "the store's health is unknown"),
    Probe("`config` comes only when one integration is read by its ID", _config_alone, "one request more than needed"),
    Probe("Items of the list lack `config`, or hold `{}`", _config_form, "both are read"),
)
