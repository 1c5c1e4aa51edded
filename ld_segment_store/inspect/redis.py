# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Read a Redis store, on one connection."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Callable

from ..core.documents import checked
from ..core.errors import InvalidSettings
from ..core.model.client_side_id import checked_prefix
from ..core.model.form_variables import REDIS
from ..core.secret import Secret
from ..preflight.layout import cursor_key, exclude_key, include_key, lock_key, synchronized_on_key
from ..preflight.redis.access import Access
from ..preflight.redis.network import Endpoint
from ..preflight.redis.protocol import Command, Connection, Refusal
from .answer import ContextAnswer, Question, evaluate
from .contents import (
    DEFAULT_LIMIT,
    DEFAULT_TIMEOUT,
    OnProgress,
    StoreContents,
    StoreUnreadable,
    Tally,
    check_bounds,
    read_sync,
)

# Every command that is sent after the login. None of them writes.
_COMMANDS = frozenset({"GET", "SMEMBERS", "SCAN"})
_PREFLIGHT = "To find the cause, run `ld-segment-store preflight redis` with the same options."
_NO_PASSWORD = (
    "No password was given: set `password`; `ld-segment-store` takes it from REDIS_PASSWORD or --password-file."
)
# Redis blocks other clients while it runs one SCAN.
_BATCH = 1000
_KEY = re.compile(
    r"(?P<prefix>.+):(?:big_segments_(?:synchronized_on|lock|cursor)|big_segment_(?P<kind>include|exclude):(?P<hash>.+))",
    re.DOTALL,
)


def inspect_redis(
    config: Mapping[str, Any],
    *,
    prefix: str,
    ca_path: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    limit: int = DEFAULT_LIMIT,
    on_progress: OnProgress = None,
    now: Callable[[], float] = time.time,
) -> StoreContents:
    """Read what a Redis store holds under `prefix`, the environment's client-side ID. Nothing is written.

    `config` has the store's options in snake_case: `host`, `port`, `username`, `password` (a `Secret`), `tls_enabled`. `ca_path`
    names a PEM file of authorities to trust besides the well-known ones. `timeout` bounds each wait, in seconds. About `limit`
    keys of the database are looked at; `on_progress` is called with their number. `now` gives epoch seconds.

    The last sync, lock and cursor need GET; segments need SCAN and SMEMBERS as well, and are None without them. Raises
    StoreUnreadable and InvalidSettings.
    """
    check_bounds(timeout, limit)
    with open_redis(config, prefix, ca_path, timeout) as reader:
        return reader.contents(limit, on_progress, now())


def find_redis_context(
    config: Mapping[str, Any],
    question: Question,
    *,
    prefix: str,
    ca_path: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    now: Callable[[], float] = time.time,
) -> ContextAnswer:
    """Look one context up in a Redis store. Needs GET and SMEMBERS. Options and errors as for `inspect_redis`."""
    check_bounds(timeout)
    with open_redis(config, prefix, ca_path, timeout) as reader:
        return reader.find(question, now())


@contextmanager
def open_redis(config: Mapping[str, Any], prefix: str, ca_path: str | None, timeout: float) -> Iterator[RedisReader]:
    """A reader for one connection. Raises StoreUnreadable, also for what happens in the `with` block."""
    options = _checked(config)
    host, port = options["host"], int(options["port"])
    endpoint = Endpoint(host, port, options["tls_enabled"], ca_path, timeout, address=host)
    reader = RedisReader(Access(endpoint, options["username"], options["password"]), checked_prefix(prefix))
    try:
        reader.connect()
        yield reader
    except (Refusal, OSError) as error:
        raise StoreUnreadable(reader.explain(error)) from None
    finally:
        reader.close()


def _checked(config: Mapping[str, Any]) -> dict[str, Any]:
    """Every option of Redis, with its default where none was given. Raises InvalidSettings."""
    options: dict[str, Any] = {}
    for variable in REDIS.variables:
        value = config.get(variable.option)
        if variable.secret:
            if not isinstance(value, (Secret, str, type(None))):
                raise InvalidSettings.for_field(variable.option, variable.problem, variable.remedy)
            options[variable.option] = value if isinstance(value, Secret) else Secret(value or "")
            continue
        if variable.kind == "boolean" and value is not None and not isinstance(value, bool):
            raise InvalidSettings.for_field(variable.option, variable.problem, variable.remedy)
        if variable.kind == "string" and (value or variable.default is None):
            # A port may be a number, as in `Settings`.
            text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
            value = checked(REDIS.integration_key, variable.option, text)
        options[variable.option] = value or variable.default
    unknown = sorted(set(config) - set(options))
    if unknown:
        raise InvalidSettings.for_field(unknown[0], "is not an option of Redis", f"give any of {', '.join(options)}")
    return options


class RedisReader:
    """A connection to Redis that only reads."""

    def __init__(self, access: Access, prefix: str) -> None:
        host, port = access.endpoint.host, access.endpoint.port
        self._place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._access = access
        self._user = access.user
        self._prefix = prefix
        self._command = "the login"
        self._connection: Connection | None = None

    def connect(self) -> None:
        """Connect and log in. Raises InvalidSettings for `ca_path`, Refusal and OSError."""
        self._access.endpoint.require_trust()
        self._connection = self._access.connect()

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.disconnect()

    def contents(self, limit: int, on_progress: OnProgress, now: float) -> StoreContents:
        """Everything under the prefix, as far as the user may read it."""
        synchronized_on = self._ask("GET", synchronized_on_key(self._prefix))
        notes: list[str] = []
        lock, cursor = (self._optional(key(self._prefix), notes) for key in (lock_key, cursor_key))
        tally, others, complete = Tally(), set[str](), True
        listed = True
        try:
            complete = self._scan(tally, others, limit, on_progress)
        except Refusal as refusal:
            listed = False
            notes.append(f"Segments are not listed: {self._why_not_listed(refusal)}")
        if tally.unreadable:
            notes.append(
                f"Keys under the prefix that are not sets: {tally.unreadable:,}. SDKs report STORE_ERROR for these contexts."
            )
        return StoreContents(
            store="redis",
            place=self._place,
            prefix=self._prefix,
            sync=read_sync(synchronized_on, now),
            segments=tally.segments() if listed else None,
            contexts=tally.contexts if listed else None,
            size_bytes=tally.size_bytes if listed else None,
            complete=complete and listed,
            other_prefixes=tuple(sorted(others)) if listed else None,
            lock=lock,
            cursor=cursor,
            notes=tuple(notes),
        )

    def find(self, question: Question, now: float) -> ContextAnswer:
        """The sets of one context, and the answers for them."""
        keys = [key(self._prefix, question.context_hash) for key in (include_key, exclude_key)]
        included, excluded = (tuple(sorted(self._ask("SMEMBERS", key))) for key in keys)
        synchronized_on = self._ask("GET", synchronized_on_key(self._prefix))
        return ContextAnswer(
            store="redis",
            place=self._place,
            prefix=self._prefix,
            context_key=question.context_key,
            context_hash=question.context_hash,
            sync=read_sync(synchronized_on, now),
            included=included,
            excluded=excluded,
            segments=evaluate(question, included, excluded),
        )

    def _optional(self, key: str, notes: list[str]) -> str | None:
        """A value that an SDK does not need."""
        try:
            value: str | None = self._ask("GET", key)
        except Refusal:
            notes.append(f"{key} could not be read.")
            return None
        return value

    def _scan(self, tally: Tally, others: set[str], limit: int, on_progress: OnProgress) -> bool:
        """Look at about `limit` keys. Returns whether those were all."""
        seen: set[str] = set()
        cursor, looked_at = "0", 0
        while looked_at < limit:
            count = min(_BATCH, limit - looked_at)
            cursor, keys = self._ask("SCAN", cursor, "MATCH", "*:big_segment*", "COUNT", str(count))
            looked_at += count
            fresh = [key for key in keys if key not in seen]  # SCAN may return a key more than once
            seen.update(fresh)
            self._count(fresh, tally, others)
            if on_progress is not None:
                on_progress(looked_at)
            if cursor == "0":
                return True
        return False

    def _count(self, keys: Sequence[str], tally: Tally, others: set[str]) -> None:
        matches = [match for match in map(_KEY.fullmatch, keys) if match]
        others.update(match["prefix"] for match in matches if match["prefix"] != self._prefix)
        sets = [match for match in matches if match["prefix"] == self._prefix and match["hash"]]
        for match, refs in zip(sets, self._ask_all([("SMEMBERS", match.string) for match in sets])):
            if isinstance(refs, Refusal):
                tally.unreadable += 1
                continue
            size = sum(len(text.encode()) for text in [match.string, *refs])
            included, excluded = (refs, ()) if match["kind"] == "include" else ((), refs)
            tally.add(match["hash"], included, excluded, size)

    def _why_not_listed(self, refusal: Refusal) -> str:
        if refusal.code == "NOPERM":
            return (
                f"the user {self._user!r} may not run {self._command}. To list them, allow the user SCAN and SMEMBERS, or use"
                " another user."
            )
        return f"{self._place} answers {self._command} with the error {refusal.code}."

    def _ask(self, *command: str) -> Any:
        (response,) = self._ask_all([command])
        if isinstance(response, Refusal):
            raise response
        return response

    def _ask_all(self, commands: Sequence[Command]) -> list[Any]:
        """Send the commands together and return their responses, a Refusal for a key of another type.

        Raises any other Refusal, and OSError.
        """
        if self._connection is None or not {command[0] for command in commands} <= _COMMANDS:
            raise ValueError("only commands that read may be sent, and on a connection")
        self._connection.send(commands)
        responses = []
        for command in commands:
            self._command = command[0]
            try:
                responses.append(self._connection.read())
            except Refusal as refusal:
                if refusal.code != "WRONGTYPE":
                    raise
                responses.append(refusal)
        return responses

    def explain(self, error: Exception) -> str:
        """Why the store could not be read. Redis's own words are left out: they can repeat what was sent, such as a password."""
        if isinstance(error, Refusal):
            if error.code in ("WRONGPASS", "NOAUTH"):
                remedy = "Check the user name and the password." if self._access.password else _NO_PASSWORD
                return f"{self._place} rejects the login of the user {self._user!r}. {remedy}"
            if error.code == "NOPERM":
                return (
                    f"Redis does not let the user {self._user!r} run {self._command} on keys under {self._prefix!r}. Allow the"
                    f" user GET and SMEMBERS on '{self._prefix}:*', or use another user."
                )
            return f"{self._place} answers {self._command} with the error {error.code}. {_PREFLIGHT}"
        if isinstance(error, socket.timeout):  # a TimeoutError only from Python 3.10 on
            endpoint = self._access.endpoint
            tls = "speaks TLS" if endpoint.tls else "is not one for TLS"
            remedy = f"Check the host, the firewall, and that the port {tls}."
            return f"{self._place} did not answer within {endpoint.timeout:g} s. {remedy}"
        return f"{self._place}: {_why_no_connection(error)}. {_PREFLIGHT}"


def _why_no_connection(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, socket.gaierror):
        return "the name does not resolve"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the TLS certificate does not verify ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return "the TLS handshake failed"
    return "the connection failed"
