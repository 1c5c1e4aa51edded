# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Rate limits, from the headers of all responses of the run: no probe uses a limit up."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from typing import NamedTuple

from ..bench import Bench
from ..probe import Answer, Probe, judged, never, undecided

_RESET = "x-ratelimit-reset"
_HOUR = 3600.0


class _Reset(NamedTuple):
    """A reset as it was sent, and the server's time in seconds since the epoch."""

    text: str
    now: float

    def seconds(self) -> float:
        """Seconds until the reset, if it is in epoch milliseconds; infinity if it is no number."""
        try:
            return float(self.text) / 1000 - self.now
        except ValueError:
            return float("inf")


def _resets(bench: Bench) -> list[_Reset]:
    found = []
    for headers in bench.replies.rate_limits:
        lower = {name.lower(): value for name, value in headers.items()}
        if _RESET in lower:
            found.append(_Reset(lower[_RESET], _server_time(lower, bench.clock.time())))
    return found


def _server_time(headers: Mapping[str, str], now: float) -> float:
    try:
        return email.utils.parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return now


def _milliseconds(bench: Bench) -> Answer:
    resets = _resets(bench)
    if not resets:
        return undecided("No response has the header.")
    near = sum(abs(reset.seconds()) < _HOUR for reset in resets)
    names = {name for headers in bench.replies.rate_limits for name in headers if name.lower().startswith("x-rate")}
    evidence = f"{near} of {len(resets)} are near the server's time. Headers: {', '.join(sorted(names))}."
    return judged(near == len(resets), evidence)


def _past(bench: Bench) -> Answer:
    past = sum(-_HOUR < reset.seconds() < -1 for reset in _resets(bench))
    return judged(True, f"{past} responses have one in the past.") if past else undecided("None was in the past.")


PROBES = (
    Probe(
        "Limits are for ten seconds, and shared by all tokens of the account",
        never("A probe would use up the account's limit."),
        "the headers of each response decide",
    ),
    Probe(
        "`X-Ratelimit-Reset` is a time in epoch milliseconds",
        _milliseconds,
        "a wait too short ends in another 429, and another wait",
    ),
    Probe("`X-Ratelimit-Reset` can lie in the past", _past, "a wait of growing length instead"),
    Probe(
        "`Retry-After`, in seconds, comes with limits by IP address",
        never("A probe would use up the limit of the IP address."),
        "whichever of the two is there is obeyed",
    ),
    Probe(
        "The numbers of the limits are not published", never("It is about LaunchDarkly's documents."), "none is assumed"
    ),
)
