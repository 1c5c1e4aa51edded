# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The kind of Redis, its memory and its persistence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ..checks import Once, Outcome, Verdict, failure, passed, skipped, warning
from .access import Access, check_authenticate
from .permissions import CLUSTER_CODES, Rejected, TrialOnce
from .protocol import Connection, Refusal

_FULL_PERCENT = 90
_OLDEST_WITH_USERS = 6


@dataclass(frozen=True)
class Facts:
    """What Redis reports: the response to HELLO, the fields of INFO, the setting `save`.

    `rejected` holds the error for each command that failed: HELLO, INFO, CONFIG. `by_admin` says that the administrator asked.
    """

    hello: Mapping[str, Any] = field(default_factory=dict)
    info: Mapping[str, str] = field(default_factory=dict)
    save: str | None = None
    rejected: Mapping[str, Refusal] = field(default_factory=dict)
    by_admin: bool = False


FactsOnce = Once["Facts | Verdict"]


def read_facts(access: Access, by_admin: bool = False) -> Facts | Verdict:
    """Ask Redis in one round trip."""

    def use(connection: Connection) -> Facts:
        # Every user may run HELLO; before Redis 6 nobody can.
        commands = (("HELLO", "2"), ("INFO",), ("CONFIG", "GET", "save"))
        responses = connection.ask_all(commands)
        hello, info, save = (None if isinstance(response, Refusal) else response for response in responses)
        return Facts(
            hello=dict(zip(hello[::2], hello[1::2])) if isinstance(hello, list) else {},
            info=_parse_info(info),
            save=save[1] if isinstance(save, list) and len(save) > 1 else None,
            rejected={c[0]: r for c, r in zip(commands, responses) if isinstance(r, Refusal)},
            by_admin=by_admin,
        )

    return access.attempt(use)


def _parse_info(text: Any) -> dict[str, str]:
    return dict(line.split(":", 1) for line in str(text or "").splitlines() if ":" in line)


def judge(facts: FactsOnce, check: Callable[[Facts], Verdict]) -> Verdict:
    """The verdict of `check` on the facts, or the reason that there are none."""
    found = facts()
    return check(found) if isinstance(found, Facts) else found


def read_facts_as_admin(admin: Access) -> Facts | Verdict:
    """The facts for the administrator. Without them the checks are skipped: the login is not LaunchDarkly's."""
    login = check_authenticate(admin)
    if login.outcome is Outcome.FAILURE:
        return skipped(f"not checked, because the administrator's login failed: {login.seen}", login.remedy)
    return read_facts(admin, by_admin=True)


def check_mode(facts: Facts, trial: TrialOnce | None) -> Verdict:
    """Whether Redis is a single primary, which a writer needs."""
    mode = facts.hello.get("mode") or facts.info.get("redis_mode")
    role = str(facts.hello.get("role") or facts.info.get("role") or "")
    refused = _cluster_refusal(trial)
    if mode == "sentinel":
        return failure("this is a Redis Sentinel, which holds no data", "give host and port of the primary itself")
    if mode == "cluster" or facts.info.get("cluster_enabled") == "1" or refused:
        because = f" (it rejects {refused.command[0]} with {refused.error.code})" if refused else ""
        return failure(
            f"Redis runs in cluster mode{because}, where transactions over several keys end in CROSSSLOT",
            "use a Redis without cluster mode: LaunchDarkly does not support clusters. ElastiCache with cluster mode,"
            " ElastiCache Serverless and MemoryDB are clusters",
        )
    if role in ("slave", "replica"):
        return failure("this is a replica, which does not keep writes", "give host and port of the primary")
    if role in ("master", "primary"):
        return passed("a single primary")
    if trial is None:
        return skipped("not checked, because Redis reports no known role and no prefix was given to try a transaction")
    reported = f"reports the role {role[:40]!r}" if role else "reports no role"
    return passed(f"the server {reported}; the check of writes decides")


def _cluster_refusal(trial: TrialOnce | None) -> Rejected | None:
    tried = trial() if trial else None
    return None if tried is None or isinstance(tried, Verdict) else tried.by_code(CLUSTER_CODES)


def check_version(facts: Facts) -> Verdict:
    """Whether Redis knows users and TLS, that is version 6 or later."""
    version = str(facts.hello.get("version") or facts.info.get("redis_version") or "")
    major = version.partition(".")[0]
    if not major.isdigit():
        return skipped("the version is unknown: this user may run neither HELLO nor INFO")
    if int(major) < _OLDEST_WITH_USERS:
        return warning(f"Redis {version} has neither users with permissions nor TLS", "upgrade to version 6 or later")
    server = facts.hello.get("server") or facts.info.get("server_name") or "redis"
    version = facts.info.get("valkey_version", version) if server == "valkey" else version
    return passed(f"{str(server).capitalize()[:40]} {version[:40]}")


def check_eviction(facts: Facts) -> Verdict:
    """Whether Redis may evict members when its memory is full."""
    policy = facts.info.get("maxmemory_policy")
    if policy is None:
        return _not_shown(facts, "INFO", "maxmemory_policy")
    if policy.startswith("allkeys"):
        # A guess, not LaunchDarkly's word: nothing reports to a writer that a set was evicted.
        return warning(
            f"the eviction policy is {policy}: when memory is full, Redis silently drops members of segments",
            "set maxmemory-policy to noeviction, in the configuration or the provider's parameter group",
        )
    if policy.startswith("volatile"):
        return passed(f"the eviction policy {policy} drops only keys with an expiry; big segments have none")
    if policy == "noeviction":
        return passed(f"Redis never evicts keys ({policy})")
    # Such as Upstash's `optimistic-volatile`, which drops keys without an expiry after those with one (its documentation).
    return warning(
        f"the eviction policy {policy[:40]} is not one of Redis: it may drop members of segments",
        "look the policy up in the provider's documentation, or switch eviction off",
    )


def check_memory(facts: Facts) -> Verdict:
    """How much of its memory limit Redis uses."""
    used, limit = (facts.info.get(name, "") for name in ("used_memory", "maxmemory"))
    if not used.isdigit():
        return _not_shown(facts, "INFO", "used_memory")
    if not limit.isdigit() or int(limit) == 0:
        return passed(f"{_mib(int(used))} used, without a limit")
    ratio = int(used) / int(limit)
    seen = f"{_mib(int(used))} of {_mib(int(limit))} used ({ratio:.0%})"
    if ratio * 100 > _FULL_PERCENT:
        return warning(
            seen,
            "raise `maxmemory` or remove other data before Redis rejects writes or evicts keys",
            memory_ratio=ratio,
        )
    return passed(seen, memory_ratio=ratio)


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"


def check_persistence(facts: Facts) -> Verdict:
    """Whether the data survives a restart, and whether saving works."""
    info = facts.info
    if "aof_enabled" not in info:
        return _not_shown(facts, "INFO", "aof_enabled")
    for name, what in (
        ("rdb_last_bgsave_status", "the last snapshot"),
        ("aof_last_write_status", "the last write to the append-only file"),
        ("aof_last_bgrewrite_status", "the last rewrite of the append-only file"),
    ):
        if info.get(name, "ok") != "ok":
            return warning(f"{what} failed ({name}: {info[name][:40]})", "check the disk and the log of Redis")
    if info["aof_enabled"] == "1":
        return passed("changes are kept in an append-only file")
    if facts.save is None:
        return _not_shown(facts, "CONFIG", "save")
    if facts.save:
        return passed("snapshots are saved to disk")
    return warning(
        "neither snapshots nor an append-only file: a restart loses all members",
        "set `appendonly yes` or `save`",
    )


def _not_shown(facts: Facts, command: str, name: str) -> Verdict:
    """A skipped check, whose sentences are the same for all that one command would show: they then share a line."""
    error = facts.rejected.get(command)
    if error and "unknown command" in error.text:
        return skipped(f"this server has no {command}", f"see the provider's console for {name}")
    if error is None:
        return skipped(f"{command} does not show {name}", f"see the provider's console for {name}")
    who = "the administrator" if facts.by_admin else "this user"
    return skipped(f"{who} may not run {command}", f"give the login of an administrator, or check {_BY_HAND[command]}")


# What is right in the responses that an administrator gets.
_BY_HAND = {
    "INFO": (
        "with INFO that maxmemory_policy does not begin with allkeys, that used_memory is well below maxmemory, and that"
        " aof_enabled is 1 or CONFIG GET save not empty"
    ),
    "CONFIG": "that CONFIG GET save is not empty, since there is no append-only file",
}
