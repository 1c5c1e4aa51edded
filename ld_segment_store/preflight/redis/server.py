# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What kind of Redis it is, how it keeps data, and what lies under the prefix."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Callable

from ..checks import Verdict, failure, passed, skipped, warning
from ..layout import SDK_DEFAULT_PREFIX, STALE_AFTER_SECONDS, prefix_of, synchronized_on_key
from .access import Access, ask

_FULL_PERCENT = 90
_SCAN_ROUNDS = 10
_SCAN_KEYS = 1000


@dataclass(frozen=True)
class Facts:
    """What Redis tells of itself, each None where it doesn't tell this user.

    `hello` is the answer to HELLO, `memory` and `persistence` are sections of INFO, `save` is that setting.
    """

    hello: dict[str, Any] | None = None
    memory: dict[str, str] | None = None
    persistence: dict[str, str] | None = None
    save: str | None = None


class FactsOnce:
    """Facts for several steps, which are asked for once. Steps may run side by side."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = threading.Lock()
        self._found: Facts | Verdict | None = None

    def step(self, judge: Callable[[Facts], Verdict]) -> Callable[[], Verdict]:
        """A step's function from one that judges facts."""

        def run() -> Verdict:
            with self._lock:
                if self._found is None:
                    self._found = self._access.attempt(self._read)
            return judge(self._found) if isinstance(self._found, Facts) else self._found

        return run

    def _read(self, connection: Any) -> Facts:
        # Every user may run HELLO; before Redis 6 nobody can.
        hello = self._ask(connection, "HELLO")
        save = self._ask(connection, "CONFIG", "GET", "save")
        return Facts(
            hello=dict(zip(hello[::2], hello[1::2])) if isinstance(hello, list) else None,
            memory=_parse_info(self._ask(connection, "INFO", "memory")),
            persistence=_parse_info(self._ask(connection, "INFO", "persistence")),
            save=save[1] if isinstance(save, list) and len(save) > 1 else None,
        )

    def _ask(self, connection: Any, *command: str) -> Any:
        try:
            return ask(connection, *command)
        except self._access.redis.ResponseError:
            return None


def _parse_info(text: str | None) -> dict[str, str] | None:
    return dict(line.split(":", 1) for line in (text or "").splitlines() if ":" in line) or None


def check_mode(facts: Facts) -> Verdict:
    """Whether it is one primary, which a writer needs."""
    if facts.hello is None:
        return skipped("Redis does not know HELLO, which tells its mode")
    if facts.hello.get("mode") == "sentinel":
        return failure("this is a Redis Sentinel, which holds no data", "give host and port of the primary itself")
    if facts.hello.get("role") != "master":
        return failure("this is a replica, which refuses writes", "give host and port of the primary")
    if facts.hello.get("mode") == "cluster":
        return warning(
            "this is a node of a Redis Cluster",
            "LaunchDarkly does not document that it supports clusters: prefer a single primary",
        )
    return passed("a single primary")


def check_version(facts: Facts) -> Verdict:
    """Whether it knows users and TLS, that is Redis 6 or later."""
    if facts.hello is None:
        return warning(
            "Redis does not know HELLO: it is older than version 6, or a proxy answers in its place",
            "use version 6 or later, which has users with permissions, and TLS",
        )
    return passed(
        "{0} {1}".format(str(facts.hello.get("server", "redis")).capitalize(), facts.hello.get("version", ""))
    )


def check_eviction(facts: Facts) -> Verdict:
    """Whether Redis may throw keys away when its memory is full."""
    if facts.memory is None:
        return _may_not("INFO", "INFO memory", "maxmemory_policy", "is noeviction")
    policy = facts.memory.get("maxmemory_policy", "unknown")
    if policy == "noeviction":
        return passed("Redis never drops keys (noeviction)")
    # A guess, not LaunchDarkly's word: nothing tells a writer that a set it wrote has gone.
    return warning(
        "the eviction policy is {0}: when memory is full, Redis can silently drop members of segments".format(policy),
        "set `maxmemory-policy noeviction`",
    )


def check_memory(facts: Facts) -> Verdict:
    """How much of the memory that Redis may use is used."""
    if facts.memory is None:
        return _may_not("INFO", "INFO memory", "used_memory", "is well below maxmemory")
    used, limit = (int(facts.memory.get(name, 0)) for name in ("used_memory", "maxmemory"))
    if not limit:
        return passed("{0} used, without a limit of its own".format(_mib(used)))
    percent = 100 * used // limit
    seen = "{0} of {1} used ({2} %)".format(_mib(used), _mib(limit), percent)
    if percent > _FULL_PERCENT:
        return warning(seen, "raise `maxmemory` or remove what isn't needed before Redis refuses writes or drops keys")
    return passed(seen)


def _mib(size: int) -> str:
    return "{0:.1f} MiB".format(size / 2**20)


def check_persistence(facts: Facts) -> Verdict:
    """Whether the data outlives a restart."""
    if facts.persistence is None:
        return _may_not("INFO", "INFO persistence", "aof_enabled", "is 1, or that `CONFIG GET save` is not empty")
    if facts.persistence.get("aof_enabled") == "1":
        return passed("changes are kept in an append-only file")
    if facts.save is None:
        return _may_not("CONFIG GET", "CONFIG GET save", "save", "is not empty (there is no append-only file)")
    if facts.save:
        return passed("snapshots are saved to disk")
    return warning(
        "neither snapshots nor an append-only file: a restart loses all members",
        "set `appendonly yes` or `save`",
    )


def _may_not(command: str, by_admin: str, field: str, expected: str) -> Verdict:
    return skipped(
        "this user may not run {0}".format(command),
        "let an administrator run `redis-cli {0}` and see that {1} {2}".format(by_admin, field, expected),
    )


def check_data(access: Access, prefix: str | None, now: Callable[[], float], connection: Any) -> Verdict:
    """When the data under the prefix was last synced. `now` gives epoch seconds."""
    if prefix is None:
        return skipped("not checked, because no prefix was given", "give the environment's client-side ID as prefix")
    try:
        synchronized_on = ask(connection, "GET", synchronized_on_key(prefix))
    except access.redis.exceptions.NoPermissionError:
        return skipped("not checked, because this user may not read it")
    except access.redis.ResponseError as error:
        return _foreign_data(prefix, "cannot be read: {0}".format(access.words(error)))
    if synchronized_on is None:
        return _look_elsewhere(access, prefix, connection)
    age = _age(synchronized_on, now())
    if age is None:
        return _foreign_data(prefix, "holds no time in milliseconds")
    if age < -STALE_AFTER_SECONDS:
        return warning("synced {0} s in the future".format(-age), "check the clocks of this machine and of the writer")
    if age > STALE_AFTER_SECONDS:
        return warning(
            "synced {0} s ago: SDKs call that stale, after {1} s".format(age, STALE_AFTER_SECONDS),
            "look at the integration's status in LaunchDarkly; before it is set up, this is left from an earlier one",
        )
    return passed("synced {0} s ago".format(max(0, age)))


def _foreign_data(prefix: str, problem: str) -> Verdict:
    return warning(
        "{0} {1}".format(synchronized_on_key(prefix), problem),
        "see what else writes to this database; LaunchDarkly recommends one of its own",
    )


def _age(synchronized_on: str, now: float) -> int | None:
    """Seconds since a time in epoch milliseconds, or None when it isn't one."""
    return int(now - int(synchronized_on) / 1000) if synchronized_on.isdigit() else None


def _look_elsewhere(access: Access, prefix: str, connection: Any) -> Verdict:
    try:
        others, complete = _other_prefixes(connection)
    except access.redis.ResponseError:
        return passed("never synced under {0!r}; this user may not look for other prefixes".format(prefix))
    if not others:
        looked = "" if complete else ", as far as {0} keys tell".format(_SCAN_ROUNDS * _SCAN_KEYS)
        return passed("never synced, under this prefix or another{0}: right before the first time".format(looked))
    seen = "never synced under {0!r}, but under {1}".format(prefix, ", ".join(map(repr, others[:3])))
    if len(others) > 3:
        seen += " and {0} more".format(len(others) - 3)
    if SDK_DEFAULT_PREFIX in others:
        seen += "; {0!r} is what an SDK or Relay takes when it is given no prefix".format(SDK_DEFAULT_PREFIX)
    return warning(
        seen,
        "if one of them is this environment's client-side ID, correct the prefix; else give each environment a database of its"
        " own, as LaunchDarkly recommends",
    )


def _other_prefixes(connection: Any) -> tuple[list[str], bool]:
    """The prefixes that were synced, and whether all keys were looked at: at most about 10,000 are."""
    found: set[str] = set()
    cursor = "0"
    for _round in range(_SCAN_ROUNDS):
        cursor, keys = ask(connection, "SCAN", cursor, "MATCH", synchronized_on_key("*"), "COUNT", str(_SCAN_KEYS))
        found.update(prefix_of(key) for key in keys)
        if cursor == "0":
            return sorted(found), True
    return sorted(found), False
