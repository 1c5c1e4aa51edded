# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Synchronisation: what LaunchDarkly does with an integration that is on. One thread per integration writes to its real store.

Only the layout in the store is public (the Relay Proxy writes the same). How often LaunchDarkly writes, and
the texts of its errors, are guessed.
"""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Protocol

from ...core.errors import MissingDependency, SegmentStoreError
from ..account.account import Account, Integration, UnknownKey, unseal
from ..account.segments import Change, Memberships, Segment, changes, memberships, union
from ..behaviour import Behaviour
from .dynamodb import DynamoDBStore
from .redis import RedisStore
from .store_error import StoreError

KEPT_ERRORS = 10
# What a thread may still take after its last wait on the network.
_STOP_SECONDS = 10.0


class InvalidSyncOptions(SegmentStoreError):
    """An invalid CA file or endpoint."""

    failure = "invalid_sync_options"


@dataclass(frozen=True)
class SyncOptions:
    """Settings that LaunchDarkly does not have, for local stores and tests.

    `interval` is the time between two writes and `timeout` that of one wait on the network, in seconds. `redis_ca_file` is a
    PEM file of authorities to trust besides the well-known ones, `aws_endpoint` a URL instead of AWS's own. AWS credentials
    come from where the AWS SDK looks for them, such as AWS_PROFILE. Raises InvalidSyncOptions.
    """

    interval: float = 1.0
    timeout: float = 2.0
    redis_ca_file: str | Path | None = None
    aws_endpoint: str | None = None

    def __post_init__(self) -> None:
        if self.aws_endpoint is not None and not re.match(r"https?://[^/]", self.aws_endpoint):
            raise InvalidSyncOptions("The AWS endpoint must be a URL, such as http://127.0.0.1:5000.")
        if self.redis_ca_file is not None:
            _check_ca_file(self.redis_ca_file)


def _check_ca_file(file: str | Path) -> None:
    try:
        ssl.create_default_context(cafile=str(file))
    except ssl.SSLError:
        raise InvalidSyncOptions(f"Can't use the CA file {file}: it holds no certificates in PEM.") from None
    except OSError as error:
        raise InvalidSyncOptions(f"Can't use the CA file {file}: {error.strerror}.") from None


class Session(Protocol):
    """An open connection to a store."""

    def synchronized_on(self) -> int | None:
        """The last synchronisation that is written there, in epoch milliseconds. Raises StoreError."""

    def write(self, some: list[Change], now: int) -> None:
        """Make the changes, whose version is `now`, then write `now` as the last synchronisation. Raises StoreError."""


class Store(Protocol):
    """The store of one integration."""

    def open(self) -> AbstractContextManager[Session]:
        """Connect to it for one synchronisation. Raises StoreError, also for what happens in the `with` block."""


class Synchroniser:
    """Keeps a worker for each integration of `account` that is on, from `start` to `stop`."""

    def __init__(
        self, account: Account, options: SyncOptions, behaviour: Behaviour, clock: Callable[[], float]
    ) -> None:
        self._account = account
        self._options = options
        self._behaviour = behaviour
        self._clock = clock
        # Both are used only under the account's lock, or after the account's events have ended.
        self._workers: dict[str, _Worker] = {}
        self._threads: list[threading.Thread] = []
        account.observe_segments(self._wake)

    def start(self) -> None:
        """Start, including the integrations that exist already."""
        self._account.observe(self._follow, existing=True)

    def stop(self) -> None:
        """End all threads, and wait for them."""
        self._account.unobserve(self._follow)
        for worker in self._workers.values():
            worker.stop()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)
        self._workers.clear()
        self._threads.clear()

    def _wake(self) -> None:
        for worker in list(self._workers.values()):
            worker.wake()

    def _follow(self, event: str, integration: Integration) -> None:
        """Handle an event of the account without waiting: a stopped worker ends in its own thread."""
        worker = self._workers.get(integration.id)
        if worker:
            worker.stop()  # and kept: `reset` may restore the integration, and its entries must then be known
        if integration.on and event != "deleted":
            self._begin(integration, worker.known if worker else {})

    def _begin(self, integration: Integration, known: Memberships) -> None:
        store = self._store_of(integration)
        worker = _Worker(self._account, integration, store, known, self._options, self._behaviour, self._clock)
        thread = threading.Thread(target=worker.run, name="sync-" + integration.id, daemon=True)
        self._workers[integration.id] = worker
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def _store_of(self, integration: Integration) -> Store:
        environment = self._account.environment(integration.project_key, integration.environment_key)
        prefix, options = environment.client_side_id, self._options
        if integration.integration_key == "redis":
            ca_file = str(options.redis_ca_file) if options.redis_ca_file else None
            return RedisStore(integration.config, prefix, options.timeout, ca_file)
        return DynamoDBStore(unseal(integration.config), prefix, options.timeout, options.aws_endpoint)


class _Worker:
    """Writes the segments of one integration's environment to its store repeatedly until `stop`.

    `known` is everything that this worker or its predecessor may have written: of that, what is no longer wanted is removed.
    """

    def __init__(
        self,
        account: Account,
        integration: Integration,
        store: Store,
        known: Memberships,
        options: SyncOptions,
        behaviour: Behaviour,
        clock: Callable[[], float],
    ) -> None:
        self.known = known
        self._account = account
        self._integration = integration
        self._store = store
        self._interval = options.interval
        self._behaviour = behaviour
        self._clock = clock
        self._stopped = False
        self._woken = threading.Event()
        # The last segments read, and their entries: hashing many members takes long.
        self._segments: Mapping[str, Segment] | None = None
        self._wanted: Memberships = {}
        # The entries in the store after the last write, and the time written with them.
        self._held: Memberships = {}
        self._written_on: int | None = None

    def stop(self) -> None:
        """Write and report nothing more after the write in flight."""
        self._stopped = True
        self._woken.set()

    def wake(self) -> None:
        """Write now, since the segments have changed."""
        self._woken.set()

    def run(self) -> None:
        """The thread."""
        while True:
            self._woken.clear()
            if self._stopped:  # checked after `clear`, which may have cleared the event of `stop`
                return
            error = self._try_to_synchronise()
            if error:
                self._report_error(error)
            self._woken.wait(self._interval)

    def _try_to_synchronise(self) -> StoreError | None:
        try:
            self._synchronise()
        except StoreError as error:
            return error
        except MissingDependency as missing:
            return StoreError(missing.message)
        except UnknownKey:
            self.stop()  # the environment and its integration were deleted
        except Exception as error:  # noqa: BLE001  # the thread must go on; the text is left out, since it may hold a secret
            return StoreError(f"the emulator itself failed with {type(error).__name__}")
        return None

    def _synchronise(self) -> None:
        """Write the changes, or everything if the store is not as this worker left it."""
        self._read_segments()
        # Forgotten until everything is written: after a write that failed half-way the state of the store is unknown.
        written_on, self._written_on = self._written_on, None
        with self._store.open() as session:
            found = session.synchronized_on()
            as_left = found is not None and found == written_on
            held, suspected = (self._held, self._held) if as_left else ({}, self.known)
            now = self._now()
            session.write(changes(self._wanted, held, suspected), now)
        self.known = self._held = self._wanted
        self._written_on = now
        self._report(lambda status: _synchronised(status, now, self._behaviour))

    def _read_segments(self) -> None:
        """The account hands out the same object until the segments change."""
        integration = self._integration
        segments = self._account.environment(integration.project_key, integration.environment_key).segments
        if segments is not self._segments:
            self._segments, self._wanted = segments, memberships(segments)
            self.known = union(self.known, self._wanted)

    def _report_error(self, error: StoreError) -> None:
        now = self._now()
        self._report(lambda status: _failed(status, error, now, self._behaviour))

    def _report(self, edit: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Change the status unless this worker was stopped, which is checked under the account's lock."""
        with suppress(UnknownKey):  # deleted meanwhile
            self._account.edit_status(self._integration.id, lambda status: status if self._stopped else edit(status))

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _synchronised(status: Mapping[str, Any], now: int, behaviour: Behaviour) -> dict[str, Any]:
    errors = status.get("errors", []) if behaviour.old_sync_errors == "kept" else []
    return {**status, "available": True, "potentiallyStale": False, "lastSync": now, "errors": errors}


def _failed(status: Mapping[str, Any], error: StoreError, now: int, behaviour: Behaviour) -> dict[str, Any]:
    """A repeated error is listed once, with its newest time."""
    entry: dict[str, Any] = {"message": error.message, "timestamp": now}
    code = error.status_code or (500 if behaviour.sync_status_code == "500" else None)
    if code:
        entry["statusCode"] = code
    others = [old for old in status.get("errors", []) if old.get("message") != error.message]
    errors = [*others, entry][-KEPT_ERRORS:]
    return {**status, "available": False, "potentiallyStale": True, "lastError": now, "errors": errors}
