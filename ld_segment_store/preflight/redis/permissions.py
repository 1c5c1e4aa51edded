# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The user's permissions, and whether Redis accepts a write now. Nothing is written to find out.

A writer's transaction is sent in two parts. The first one only reads, and ends with EXEC. The second one queues the writes and
is never executed: Redis checks permissions, memory and its role when a command is queued, and discards the transaction when
the connection closes. ACL DRYRUN is not used: a least-privilege user may not run it, and some servers ignore the keys in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..checks import Once, Verdict, failure, passed, skipped, warning
from ..layout import cursor_key, exclude_key, include_key, key_patterns, lock_key, synchronized_on_key
from .access import Access
from .protocol import Command, Connection, Refusal

# They abandon a transaction. A writer without them still writes.
_ABANDONING = ("UNWATCH", "DISCARD")
_NOT_QUEUED = Refusal("ERR it does not queue commands after MULTI")
# Of EXEC and DISCARD after a rejected MULTI, of EXEC after another rejected command, of MULTI after a rejected DISCARD.
_CONSEQUENCES = ("without MULTI", "because of previous errors", "nested")
# Responses of a cluster to keys of several slots, or of another node.
CLUSTER_CODES = ("CROSSSLOT", "MOVED", "ASK", "CLUSTERDOWN", "TRYAGAIN")


class Rejected(NamedTuple):
    """A command that Redis rejected."""

    command: Command
    error: Refusal

    @property
    def denied(self) -> bool:
        """Whether the ACL is the reason. A rejected EXEC says "EXECABORT ... because of: NOPERM ..."."""
        return "NOPERM" in self.error.text

    @property
    def key(self) -> str:
        """The key that the ACL denies, or "" if it denies the command."""
        # Redis says "no permissions to run the 'get' command" or "no permissions to access ... key ...".
        return "" if len(self.command) == 1 or "to run the" in self.error.text else self.command[1]


@dataclass(frozen=True)
class Trial:
    """What Redis rejected of a writer's or reader's commands. `broken_at` is the command at which it closed the connection."""

    rejected: tuple[Rejected, ...] = ()
    broken_at: str = ""

    def by_code(self, codes: Sequence[str]) -> Rejected | None:
        """The first rejected command whose error has one of these codes."""
        return next((item for item in self.rejected if item.error.code in codes), None)


TrialOnce = Once["Trial | Verdict"]


def try_writer(access: Access, prefix: str) -> Trial | Verdict:
    """Try a writer's commands, with each kind of key that the Relay Proxy uses."""
    return access.attempt(lambda connection: _try_transactions(connection, prefix))


def try_reader(access: Access, prefix: str) -> Trial | Verdict:
    """Run an SDK's commands, which only read."""
    commands = [
        ("PING",),
        ("GET", synchronized_on_key(prefix)),
        ("SMEMBERS", include_key(prefix, "preflight")),
        ("SMEMBERS", exclude_key(prefix, "preflight")),
    ]

    def use(connection: Connection) -> Trial:
        responses = connection.ask_all(commands)
        return Trial(tuple(Rejected(*pair) for pair in zip(commands, responses) if isinstance(pair[1], Refusal)))

    return access.attempt(use)


def _try_transactions(connection: Connection, prefix: str) -> Trial:
    lock, cursor, sync = lock_key(prefix), cursor_key(prefix), synchronized_on_key(prefix)
    reads: list[Command] = [
        ("WATCH", lock), ("UNWATCH",), ("MULTI",), ("PING",), ("GET", sync), ("GET", cursor), ("EXEC",),
        ("MULTI",), ("DISCARD",), ("MULTI",), ("PING",),
    ]  # fmt: skip
    sets = (include_key(prefix, "preflight"), exclude_key(prefix, "preflight"))
    changes: list[Command] = [(command, key, "preflight.g1") for command in ("SADD", "SREM") for key in sets]
    writes: list[Command] = [("SET", sync, "0"), ("SET", cursor, ""), *changes]
    try:
        responses: list[object] = []
        broken_at = _run(connection, reads, responses)
        rejected = _rejected_reads(reads, responses)
        # Without a transaction that queues, the writes would be executed.
        if not broken_at and responses[-1] == "QUEUED":
            queued: list[object] = []
            broken_at = _run(connection, writes, queued)
            rejected += [Rejected(c, r) for c, r in zip(writes, queued) if isinstance(r, Refusal)]
        return Trial(tuple(rejected), broken_at)
    finally:
        connection.disconnect()


def _run(connection: Connection, commands: Sequence[Command], responses: list[object]) -> str:
    """Send the commands together and add their responses. Returns the command at which the server hung up, or ""."""
    try:
        connection.send(commands)
        for _command in commands:
            try:
                responses.append(connection.read())
            except Refusal as error:
                responses.append(error)
    except ConnectionError:
        return commands[len(responses)][0]
    return ""


def _rejected_reads(reads: Sequence[Command], responses: Sequence[object]) -> list[Rejected]:
    """The rejections that count: each command's first, without those that only follow from an earlier one."""
    rejected: dict[Command, Refusal] = {}
    for command, response in zip(reads, responses):
        if isinstance(response, Refusal):
            rejected.setdefault(command, response)
        elif command == ("PING",) and response != "QUEUED":
            rejected.setdefault(("MULTI",), _NOT_QUEUED)
    return [
        Rejected(command, error)
        for command, error in rejected.items()
        if not any(text in error.text for text in _CONSEQUENCES)
    ]


def check_permissions(access: Access, trial: TrialOnce | None, prefix: str | None, commands: Sequence[str]) -> Verdict:
    """Whether the ACL lets this user run `commands` under the prefix."""
    if trial is None or prefix is None:
        return no_prefix()
    tried = trial()
    if isinstance(tried, Verdict):
        return tried
    denied = [item for item in tried.rejected if item.denied]
    no_multi = next((item for item in tried.rejected if item.command == ("MULTI",)), None)
    if denied:
        untried = "; without MULTI the rest could not be tried" if no_multi else ""
        return _judge_denied(access.user, denied, prefix, untried)
    if tried.broken_at:
        return skipped(f"not checked, because Redis closed the connection at {tried.broken_at}")
    if no_multi:
        return skipped(f"not checked, because Redis rejects MULTI: {access.words(no_multi.error)}")
    return passed(
        f"the user {access.user!r} may run {', '.join(commands)} under {prefix!r} (tried; the list is that of"
        " LaunchDarkly's public Relay Proxy and SDK code, its own is not published)"
    )


def check_writes(access: Access, trial: TrialOnce | None) -> Verdict:
    """Whether Redis accepts a writer's transaction now: it may be a cluster, a replica, full, or unable to save."""
    if trial is None:
        return no_prefix()
    tried = trial()
    if isinstance(tried, Verdict):
        return tried
    if tried.broken_at:
        return failure(
            f"the server closed the connection at {tried.broken_at}: it does not support transactions",
            "give host and port of Redis itself: proxies such as Twemproxy reject transactions (MULTI, EXEC)",
        )
    for item in tried.rejected:
        if not item.denied:
            return failure(
                f"Redis rejects {item.command[0]}: {access.words(item.error)}",
                _REMEDIES.get(item.error.code, "fix what Redis reports: it would reject LaunchDarkly's writes too"),
            )
    if any(item.command[0] not in _ABANDONING for item in tried.rejected):
        return skipped("not checked, because this user may not write")
    return passed("Redis accepts writes and transactions (writes were queued, not executed)")


_REMEDIES = {
    **dict.fromkeys(CLUSTER_CODES, "use a Redis without cluster mode"),
    "READONLY": "give host and port of the primary",
    "OOM": "raise `maxmemory` or remove other data",
    "MISCONF": "fix the disk of Redis, see its log",
}


def no_prefix() -> Verdict:
    """The verdict of a check that needs the prefix, without one."""
    return skipped("not checked, because no prefix was given", "give the environment's client-side ID")


def _judge_denied(user: str, denied: Sequence[Rejected], prefix: str, untried: str) -> Verdict:
    commands = list(dict.fromkeys(item.command[0] for item in denied if not item.key))
    patterns = [
        pattern for pattern in key_patterns(prefix) if any(item.key.startswith(pattern[:-1]) for item in denied)
    ]
    parts = []
    if commands:
        parts.append(f"may not run {', '.join(commands)}")
    if patterns:
        parts.append(f"may not use keys such as {', '.join(patterns)}")
    rules = [f"+{command.lower()}" for command in commands] + [f"~{pattern}" for pattern in patterns]
    judge = warning if not patterns and set(commands) <= {*_ABANDONING} else failure
    return judge(
        f"the user {user!r} {' and '.join(parts)}{untried}",
        f"as an administrator: ACL SETUSER {user} {' '.join(rules)}",
    )
