# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The wait that the headers of a 429 ask for."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping


def requested_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the headers of a 429 ask to wait, or None where they say nothing.

    `Retry-After` is in seconds; LaunchDarkly sends it for limits by IP address. `X-Ratelimit-Reset` is in epoch
    milliseconds and may lie in the past, which asks for no wait at all. It is compared with the answer's own `Date`
    where there is one, since the clock of this machine may be wrong.
    """
    asked = []
    retry_after = _number(headers.get("Retry-After"))
    if retry_after is not None:
        asked.append(max(0.0, retry_after))
    reset = _number(headers.get("X-Ratelimit-Reset"))
    if reset is not None:
        asked.append(max(0.0, reset / 1000.0 - _server_time(headers, now)))
    return max(asked) if asked else None


def _server_time(headers: Mapping[str, str], now: float) -> float:
    """The server's clock where it is off from ours by more than the second that `Date` is rounded to."""
    try:
        server = email.utils.parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return now  # none, or one that no clock can show
    return now if abs(server - now) < 2 else server


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e15 else None
