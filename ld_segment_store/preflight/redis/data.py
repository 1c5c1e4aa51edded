# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The data under the prefix: when it was last synced, or under which other prefix."""

from __future__ import annotations

from typing import Callable

from ..checks import Verdict, passed, skipped, warning
from ..layout import SDK_DEFAULT_PREFIX, STALE_AFTER_SECONDS, prefix_of, synchronized_on_key
from .access import Access
from .permissions import no_prefix
from .protocol import Connection, Refusal

_SCAN_ROUNDS = 10
_SCAN_KEYS = 1000


def check_data(access: Access, prefix: str | None, now: Callable[[], float]) -> Verdict:
    """When the data under the prefix was last synced. `now` gives epoch seconds."""
    if prefix is None:
        return no_prefix()
    return access.attempt(lambda connection: _look(access, prefix, now, connection))


def _look(access: Access, prefix: str, now: Callable[[], float], connection: Connection) -> Verdict:
    try:
        synchronized_on = connection.ask("GET", synchronized_on_key(prefix))
    except Refusal as error:
        if error.code == "NOPERM":
            return skipped("not checked, because this user may not read it")
        return _foreign_data(prefix, f"cannot be read: {access.words(error)}")
    if synchronized_on is None:
        return _look_elsewhere(prefix, connection)
    age = _age(synchronized_on, now())
    if age is None:
        return _foreign_data(prefix, "holds no time in milliseconds")
    if age < -STALE_AFTER_SECONDS:
        return warning(f"synced {-age} s in the future", "check the clocks of this machine and of the writer")
    if age > STALE_AFTER_SECONDS:
        return warning(
            f"synced {age} s ago: SDKs report it as stale after {STALE_AFTER_SECONDS} s",
            "check the integration's status in LaunchDarkly; before it is set up, this is left from an earlier one",
            sync_age_seconds=age,
        )
    return passed(f"synced {max(0, age)} s ago", sync_age_seconds=max(0, age))


def _foreign_data(prefix: str, problem: str) -> Verdict:
    return warning(
        f"{synchronized_on_key(prefix)} {problem}",
        "check what else writes to this database; LaunchDarkly recommends a dedicated one",
    )


def _age(synchronized_on: str, now: float) -> int | None:
    """Seconds since a time in epoch milliseconds, or None when it is not one."""
    # More digits than any time has would overflow.
    return int(now - int(synchronized_on) / 1000) if synchronized_on.isdigit() and len(synchronized_on) < 16 else None


def _look_elsewhere(prefix: str, connection: Connection) -> Verdict:
    try:
        others, complete = _other_prefixes(connection)
    except Refusal:
        return passed(f"never synced under {prefix!r}; this user may not look for other prefixes")
    if not others:
        looked = "" if complete else f" (in the first {_SCAN_ROUNDS * _SCAN_KEYS} keys)"
        return passed(f"never synced, under this prefix or another{looked}: as expected before the first sync")
    seen = f"never synced under {prefix!r}, but under {', '.join(map(repr, others[:3]))}"
    if len(others) > 3:
        seen += f" and {len(others) - 3} more"
    if SDK_DEFAULT_PREFIX in others:
        seen += f"; {SDK_DEFAULT_PREFIX!r} is the default prefix of SDKs and the Relay Proxy"
    return warning(
        seen,
        "if one of them is this environment's client-side ID, correct the prefix; else give each environment its own database,"
        " as LaunchDarkly recommends",
    )


def _other_prefixes(connection: Connection) -> tuple[list[str], bool]:
    """The prefixes that were synced, and whether all keys were seen: at most about 10,000 are."""
    found: set[str] = set()
    cursor = "0"
    for _round in range(_SCAN_ROUNDS):
        cursor, keys = connection.ask("SCAN", cursor, "MATCH", synchronized_on_key("*"), "COUNT", str(_SCAN_KEYS))
        found.update(prefix_of(key) for key in keys)
        if cursor == "0":
            return sorted(found), True
    return sorted(found), False
