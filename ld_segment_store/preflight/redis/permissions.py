# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the user may do in Redis, and whether a write would be accepted now. Nothing is written to find out.

Redis 7 tells a user's permissions by ACL DRYRUN, to those who may run that. For the others, and to learn whether Redis takes
writes at all, a writer's commands are queued in a transaction that is never executed: Redis makes its checks when a command is
queued, and forgets the transaction when the connection closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...core.documents import REDIS_WRITER_COMMANDS
from ..checks import Verdict, failure, passed, skipped, warning
from ..layout import exclude_key, include_key, key_patterns, synchronized_on_key
from .access import Access, ask

_Trial = tuple[str, ...]

_DONE_AT_ONCE = ("WATCH", "UNWATCH", "MULTI")  # all others are queued after MULTI
_ENDS: tuple[_Trial, ...] = (("DISCARD",), ("EXEC",))
# They give a transaction up. A writer without them still writes.
_GIVING_UP = ("UNWATCH", "DISCARD")
_EXECUTED = "it does not queue commands"


@dataclass(frozen=True)
class _Refusal:
    """Redis refused this trial: for lack of a permission when `denied`, else for what `words` say."""

    trial: _Trial
    words: str
    denied: bool

    @property
    def key(self) -> str:
        """The key that is refused, or "" when it is the command."""
        # Redis says "no permissions to run the 'get' command" or "no permissions to access ... key ...".
        return "" if len(self.trial) == 1 or "to run the" in self.words else self.trial[1]


def _trials(prefix: str) -> list[_Trial]:
    """A call of each of a writer's commands, with each kind of key. After MULTI, those come first that only read."""
    sync = synchronized_on_key(prefix)
    sets = (include_key(prefix, "preflight"), exclude_key(prefix, "preflight"))
    changes = [(command, key, "preflight.g1") for command in ("SADD", "SREM") for key in sets]
    return [("WATCH", sync), ("UNWATCH",), ("MULTI",), ("PING",), ("GET", sync), ("SET", sync, "0"), *changes, *_ENDS]


def check_permissions(access: Access, prefix: str | None, connection: Any) -> Verdict:
    """Whether the ACL lets this user run a writer's commands under the prefix."""
    if prefix is None:
        return _no_prefix()
    told = _ask_dryrun(access, connection, prefix)
    refused = told if told is not None else _queue(access, connection, prefix) + _end_empty_transactions(access)
    no_multi = next((refusal for refusal in refused if refusal.trial == ("MULTI",)), None)
    if no_multi and not no_multi.denied:
        return skipped("it could not be tried: Redis answers to MULTI: {0}".format(no_multi.words))
    denied = [refusal for refusal in refused if refusal.denied]
    if denied:
        untried = "; without MULTI the rest could not be tried" if no_multi and told is None else ""
        return _judge_denied(access.user, denied, prefix, untried)
    how = "by queueing them without executing" if told is None else "by ACL DRYRUN"
    return passed(
        "the user {0!r} may run {1} under {2!r} (tried {3}; the list is that of LaunchDarkly's public Relay code, its own is"
        " not published)".format(access.user, ", ".join(REDIS_WRITER_COMMANDS), prefix, how)
    )


def check_writes(access: Access, prefix: str | None, connection: Any) -> Verdict:
    """Whether Redis would accept a write now: it may be a replica, full, or unable to save."""
    if prefix is None:
        return _no_prefix()
    refused = _queue(access, connection, prefix)
    for refusal in refused:
        if not refusal.denied:
            return failure(
                "Redis refuses {0}: {1}".format(refusal.trial[0], refusal.words),
                "LaunchDarkly's writes would be refused too: see to what Redis says",
            )
    if refused:
        return skipped("not checked, because this user may not write")
    return passed("Redis accepts writes (they were queued and not executed)")


def _no_prefix() -> Verdict:
    return skipped("not checked, because no prefix was given", "give the environment's client-side ID as prefix")


def _ask_dryrun(access: Access, connection: Any, prefix: str) -> list[_Refusal] | None:
    """What ACL DRYRUN says no to; None where Redis doesn't know it (before 7.0) or this user may not run it."""
    refused = []
    try:
        for trial in _trials(prefix):
            answer = ask(connection, "ACL", "DRYRUN", access.user, *trial)
            if answer != "OK":
                refused.append(_Refusal(trial, str(answer), denied=True))
    except access.redis.ResponseError:
        return None
    return refused


def _queue(access: Access, connection: Any, prefix: str) -> list[_Refusal]:
    """Which trials Redis refuses to queue. The connection must be closed next: then Redis forgets what it has queued.

    Once MULTI is refused nothing more is sent: it would be executed.
    """
    refused = []
    for trial in _trials(prefix)[: -len(_ENDS)]:
        refusal = _try(access, connection, trial, "OK" if trial[0] in _DONE_AT_ONCE else "QUEUED")
        if refusal:
            refused.append(refusal)
            # A server that executes at once is found out by PING or GET, before anything that writes.
            if refusal.trial == ("MULTI",):
                break
    return refused


def _end_empty_transactions(access: Access) -> list[_Refusal]:
    """Which ends of a transaction Redis refuses, tried on empty ones."""
    connection = access.connect()
    try:
        # Where DISCARD is refused, the second MULTI fails as nested, and EXEC ends the first.
        found = [_try(access, connection, trial) for end in _ENDS for trial in (("MULTI",), end)]
    finally:
        connection.disconnect()
    return [refusal for refusal in found if refusal and refusal.trial in _ENDS and refusal.denied]


def _try(access: Access, connection: Any, trial: _Trial, expected: str | None = None) -> _Refusal | None:
    try:
        answer = ask(connection, *trial)
    except access.redis.ResponseError as error:
        words = access.words(error)
        # A refused EXEC comes as "EXECABORT ... because of: NOPERM ...".
        denied = isinstance(error, access.redis.exceptions.NoPermissionError) or "NOPERM" in words
        return _Refusal(trial, words, denied)
    if expected is not None and answer != expected:
        return _Refusal(("MULTI",), _EXECUTED, denied=False)
    return None


def _judge_denied(user: str, denied: Sequence[_Refusal], prefix: str, untried: str) -> Verdict:
    commands = list(dict.fromkeys(refusal.trial[0] for refusal in denied if not refusal.key))
    patterns = [
        pattern for pattern in key_patterns(prefix) if any(refusal.key.startswith(pattern[:-1]) for refusal in denied)
    ]
    parts = []
    if commands:
        parts.append("may not run {0}".format(", ".join(commands)))
    if patterns:
        parts.append("may not use keys such as {0}".format(", ".join(patterns)))
    seen = "the user {0!r} {1}{2}".format(user, " and ".join(parts), untried)
    rules = ["+{0}".format(command.lower()) for command in commands] + ["~{0}".format(pattern) for pattern in patterns]
    judge = warning if not patterns and set(commands) <= set(_GIVING_UP) else failure
    return judge(seen, "as an administrator: ACL SETUSER {0} {1}".format(user, " ".join(rules)))
