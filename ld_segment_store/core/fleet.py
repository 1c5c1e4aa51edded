# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Many stores at once: one list for the account, a GET for each declared one that exists, writes for what differs.

Each store is reconciled as by itself (`ensure_present`, `ensure_absent`), and a failure of one does not stop the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from .budget import DEFAULT_CONCURRENCY, DEFAULT_SHARE, Gate
from .client import Client
from .declaration import Declaration, check_declarations
from .errors import InvalidSettings, NotFound, OutcomeUnknown, SegmentStoreError
from .integration import Integration
from .lookup import Target
from .reconcile import Outcome, ensure_absent, ensure_present
from .retry import SYSTEM_CLOCK, Clock, Wait
from .settings import Settings
from .validation import Finding

DEFAULT_PURGE_MAXIMUM = 10
# Seconds after which the account is listed again before something is created: somebody else may have created it meanwhile,
# and LaunchDarkly would make a second one.
_LISTING_AGES = 30.0

Connect = Callable[[Gate], Client]
Item = TypeVar("Item")
Key = tuple[str, str, str]


class PurgeRefused(SegmentStoreError):
    """More would be removed than is allowed; `details` lists it. Nothing was changed."""

    failure = "purge_refused"


@dataclass(frozen=True)
class Purge:
    """Remove integrations that are not declared: those of `projects` (if given) that have one of `tags` (if given).

    One of the two must be given. Where there are more than `maximum`, PurgeRefused is raised and nothing is changed.
    """

    projects: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    maximum: int = DEFAULT_PURGE_MAXIMUM

    def findings(self) -> list[Finding]:
        """What is wrong with it."""
        found = []
        if not self.projects and not self.tags:
            remedy = "give projects, tags or both, so that it is clear what may be removed"
            found.append(Finding("error", "purge", "has no scope", remedy))
        if isinstance(self.maximum, bool) or not isinstance(self.maximum, int) or self.maximum < 0:
            found.append(Finding("error", "purge.maximum", "is not a number", "give a whole number, 0 or more"))
        return found

    def covers(self, integration: Integration) -> bool:
        """Whether it may be removed, if it is not declared."""
        tagged = not self.tags or not set(self.tags).isdisjoint(integration.tags)
        return tagged and (not self.projects or integration.project_key in self.projects)


@dataclass(frozen=True)
class StoreResult:
    """What came of one store: an outcome, an error, or neither where it was not attempted.

    `purged` tells that it was not declared, and removed for that.
    """

    declaration: Declaration
    outcome: Outcome | None = None
    error: SegmentStoreError | None = None
    purged: bool = False

    @property
    def changed(self) -> bool:
        """Whether something changed, in check mode would change, or may have changed."""
        return isinstance(self.error, OutcomeUnknown) or bool(self.outcome and self.outcome.changed)

    @property
    def action(self) -> str:
        """What was done: an action's word, `failed` or `not attempted`."""
        if self.outcome:
            return self.outcome.plan.action.value
        return "failed" if self.error else "not attempted"


def reconcile_many(
    connect: Connect,
    declarations: Sequence[Declaration],
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
    share: float = DEFAULT_SHARE,
    check: bool = False,
    fail_fast: bool = False,
    purge: Purge | None = None,
    on_result: Callable[[StoreResult], None] | None = None,
    on_wait: Callable[[Wait], None] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> list[StoreResult]:
    """Bring about all declarations, and `purge`; the results in their order, those of the purge at the end.

    `connect` makes a client that uses the gate it is given; each worker gets one, since a client is not for several threads.
    `share` is the part of the account's rate limit to use. `fail_fast` attempts nothing more after a failure. `on_result` is
    told of each result as it comes, one at a time, but from other threads. Raises InvalidSettings before the first request,
    PurgeRefused before the first write, and ApiError where the account can't be listed.
    """
    findings = [*check_declarations(declarations), *(purge.findings() if purge else ())]
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise InvalidSettings(errors)
    gate = Gate(concurrency, share, clock=clock, on_wait=on_wait)
    with connect(gate) as client:
        listing = _Listing(client)
    purged = _to_purge(listing, declarations, purge) if purge else []
    results = [StoreResult(declaration) for declaration in declarations]
    results += [StoreResult(declaration, purged=True) for declaration in purged]
    told = threading.Lock()

    def work(client: Client, number: int) -> bool:
        results[number] = _reconcile(client, results[number], listing, check)
        with told:
            if on_result:
                on_result(results[number])
        return not (fail_fast and results[number].error)

    in_parallel(connect, gate, concurrency, range(len(results)), work)
    return results


def read_many(
    connect: Connect,
    wanted: Callable[[Integration], bool],
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
    share: float = DEFAULT_SHARE,
    on_wait: Callable[[Wait], None] | None = None,
) -> list[Integration]:
    """All integrations that are wanted, each with its `config`, in LaunchDarkly's order. Raises ApiError."""
    gate = Gate(concurrency, share, on_wait=on_wait)
    with connect(gate) as client:
        listed = [integration for integration in client.list_integrations() if wanted(integration)]
    found: dict[str, Integration] = {}

    def work(client: Client, there: Integration) -> bool:
        with suppress(NotFound):  # removed since it was listed
            found[there.id] = client.get_integration(*_key(there), there.id)
        return True

    in_parallel(connect, gate, concurrency, listed, work)
    return [found[integration.id] for integration in listed if integration.id in found]


def in_parallel(
    connect: Connect, gate: Gate, concurrency: int, items: Iterable[Item], work: Callable[[Client, Item], bool]
) -> None:
    """Have `work(client, item)` done for all items by some threads until one says False or raises, which is passed on."""
    queue = iter(items)
    lock = threading.Lock()
    stopping = threading.Event()

    def next_item() -> Item | None:
        with lock:
            return None if stopping.is_set() else next(queue, None)

    def worker() -> None:
        try:
            with connect(gate) as client:
                for item in iter(next_item, None):
                    if not work(client, item):
                        stopping.set()
        except BaseException:
            stopping.set()
            raise

    with ThreadPoolExecutor(concurrency, thread_name_prefix="stores") as pool:
        try:
            for done in [pool.submit(worker) for _number in range(concurrency)]:
                done.result()
        except BaseException:
            # Interrupted, or a worker failed: nobody begins anything new or goes on waiting.
            stopping.set()
            gate.stop()
            raise


class _Listing:
    """The account's integrations, listed once for all workers, and again when it is old and something shall be created."""

    def __init__(self, client: Client) -> None:
        self._lock = threading.Lock()
        self._list(client)

    def of(self, client: Client, target: Target, *, creates: bool) -> list[Integration]:
        """Those of the target's environment and store type."""
        with self._lock:
            found = self._by_key.get(target[:3], [])
            if creates and not found and client.transport.clock.monotonic() - self._listed_at > _LISTING_AGES:
                self._list(client)
                found = self._by_key.get(target[:3], [])
            return found

    def all(self) -> list[Integration]:
        """All of them."""
        return [integration for found in self._by_key.values() for integration in found]

    def _list(self, client: Client) -> None:
        began = client.transport.clock.monotonic()
        by_key: dict[Key, list[Integration]] = {}
        for integration in client.list_integrations():
            by_key.setdefault(_key(integration), []).append(integration)
        self._by_key, self._listed_at = by_key, began


def _key(integration: Integration) -> Key:
    return integration.project_key, integration.environment_key, integration.integration_key


def _to_purge(listing: _Listing, declarations: Sequence[Declaration], purge: Purge) -> list[Declaration]:
    declared = {declaration.target[:3] for declaration in declarations}
    extra = [there for there in listing.all() if _key(there) not in declared and purge.covers(there)]
    if len(extra) > purge.maximum:
        listed = ["{}/{} {} ({})".format(*_key(there), there.id) for there in extra]
        message = (
            f"{len(extra)} integrations are not declared and would be removed, and purge.maximum is {purge.maximum}."
        )
        raise PurgeRefused(f"{message} Nothing was changed. They are: {'; '.join(listed[:20])}.", listed)
    return [Declaration(Settings(*_key(there)), absent=True, integration_id=there.id) for there in extra]


def _reconcile(client: Client, begun: StoreResult, listing: _Listing, check: bool) -> StoreResult:
    declaration = begun.declaration
    target = declaration.target
    try:
        listed = listing.of(client, target, creates=not declaration.absent)
        if declaration.absent:
            outcome = ensure_absent(client, target, check=check, listed=listed)
        else:
            outcome = ensure_present(
                client,
                declaration.settings,
                integration_id=declaration.integration_id,
                update_secrets=declaration.update_secrets,
                check=check,
                listed=listed,
            )
    except SegmentStoreError as error:
        # It is kept, and would keep all that its traceback leads to: connections, and requests with their secrets.
        error.__traceback__ = error.__context__ = None
        return StoreResult(declaration, error=error, purged=begun.purged)
    return StoreResult(declaration, outcome, purged=begun.purged)
