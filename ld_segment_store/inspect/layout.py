# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Names in a store and what they mean to an SDK. Source: LaunchDarkly's public Relay Proxy and SDK code."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import NamedTuple

from ..preflight.layout import STALE_AFTER_SECONDS


class SegmentRef(NamedTuple):
    """One entry of a context's sets, `<segment key>.g<generation>`; `generation` is None where the text has another form."""

    key: str
    generation: int | None


def read_ref(text: str) -> SegmentRef:
    """Split an entry of a set.

    >>> read_ref("big.g1.g2")
    SegmentRef(key='big.g1', generation=2)
    >>> read_ref("big")
    SegmentRef(key='big', generation=None)
    """
    key, mark, number = text.rpartition(".g")
    if mark and re.fullmatch(r"[0-9]{1,18}", number):
        return SegmentRef(key, int(number))
    return SegmentRef(text, None)


def hash_context(context_key: str) -> str:
    """The name of a context in a store.

    >>> hash_context("user-1")
    'xsKJ5J6cBbIUWGA4e3O8sY30P7CaHkpKlxPHbIi7VBs='
    """
    return base64.b64encode(hashlib.sha256(context_key.encode("utf-8", "surrogatepass")).digest()).decode()


def sdk_status(synchronized_on: str | None, now: float) -> str:
    """The `bigSegmentsStatus` that an SDK reports for this time of the last sync. `now` is in epoch seconds.

    >>> sdk_status("1790000000000", 1790000119.0)
    'HEALTHY'
    >>> sdk_status(None, 1790000000.0)
    'STALE'
    """
    if synchronized_on is None:
        return "STALE"
    milliseconds = read_milliseconds(synchronized_on)
    if milliseconds is None:
        return "STORE_ERROR"
    return "STALE" if int(now * 1000) - milliseconds >= STALE_AFTER_SECONDS * 1000 else "HEALTHY"


def read_milliseconds(text: str | None) -> int | None:
    """A time in epoch milliseconds, or None for any other text. Numbers of more than 18 digits are not times."""
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,18}", text) else None
