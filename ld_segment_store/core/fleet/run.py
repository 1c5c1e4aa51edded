# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Reconcile many stores: one list for the account, a GET for each declared store that exists, writes for differences.

Each store is reconciled on its own (`ensure_present`, `ensure_absent`), and a failure of one does not stop the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count

from ..api.client import Client
from ..api.rate_limit import DEFAULT_CONCURRENCY, DEFAULT_SHARE, Gate, Stopped
from ..api.retry import Deadline
from ..errors import ApiError, NotFound, OutcomeUnknown, SegmentStoreError, require_no_errors
from ..flow.apply import ensure_absent, reconcile_present
from ..flow.creation import Settled, notes, settle
from ..flow.host_lock import HostLock, lock_name
from ..flow.plan import Action
from ..flow.wait_times import check_wait
from ..model.integration import Integration
from ..model.store_key import StoreKey
from .declaration import Declaration, check_declarations
from .listing import Listing
from .purge import Purge, check_purge, find_undeclared
from .result import Interrupted, StoreResult
from .settling import Settling
from .threads import in_parallel
from .waiting import Waiting, wait_for_stores

# Seconds in which a run that was interrupted still looks for duplicates of what it created.
_LAST_LOOKS = 10.0


def reconcile_many(
    client: Client,
    declarations: Sequence[Declaration],
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
    share: float = DEFAULT_SHARE,
    check: bool = False,
    fail_fast: bool = False,
    purge: Purge | None = None,
    wait: Waiting | None = None,
    on_result: Callable[[StoreResult], None] | None = None,
    on_warning: Callable[[str], None] | None = None,
    on_interrupt: Callable[[int], None] | None = None,
) -> list[StoreResult]:
    """Reconcile all declarations, wait for their stores, then purge; return the results in their order, the purge's at the end.

    `concurrency` is the maximum number of concurrent requests, `share` the part of the account's rate limit to use. With
    `wait`, a store that does not become available has an error, except in check mode. `fail_fast` attempts nothing more after
    a failure; the purge is not attempted after any. `on_result` gets each result before the wait, one at a time, but from
    other threads; `on_warning` a sentence about what the purge skips; `on_interrupt` the number of in-flight requests that it
    waits for. Raises InvalidSettings before a request, PurgeRefused before a write, ApiError for the list, and Interrupted.
    """
    declarations = list(declarations)  # an iterator would be used up by the checks, and a purge would remove everything
    waiting = check_wait(wait.timeout, wait.interval) if wait else []
    require_no_errors([*check_declarations(declarations), *check_purge(purge, declarations), *waiting])
    gate = Gate(concurrency, share, clock=client.clock, on_wait=client.on_wait)
    with client.sharing(gate) as own, HostLock() as lock:
        listing = Listing(own)
        warn = on_warning or (lambda _text: None)
        undeclared = find_undeclared(listing.by_key(), declarations, purge, warn) if purge else []
        contended = set() if check else _lock_creations(own, declarations, listing, lock)
        results = [StoreResult(declaration) for declaration in declarations]
        results += [StoreResult.of_undeclared(each, report_only=purge.report_only) for each in undeclared if purge]
        run = _Run(results, listing, lock, gate, check, fail_fast, on_result, on_interrupt)
        parallel = partial(in_parallel, client, gate, concurrency, on_interrupt=run.report_interrupt)
        try:
            free, waited_for = _in_turn(declarations, contended)
            parallel(free, run.attempt)
            run.settle_all(own, parallel, own.deadline())
            parallel(waited_for, run.attempt_alone)
            if wait and not check and not (fail_fast and run.failed):
                wait_for_stores(own, results, wait, parallel)
            if run.failed and run.purged:
                warn("Nothing is purged, because a declared store failed.")
            else:
                parallel(run.purged, run.attempt)
        except KeyboardInterrupt:
            _settle_interrupted(client, gate, run, concurrency, share)
            raise Interrupted(results) from None
    return results


def _settle_interrupted(client: Client, stopped: Gate, run: _Run, concurrency: int, share: float) -> None:
    """Look for duplicates of what an interrupted run has created: nobody else knows which of two it could delete."""
    if not stopped.stop():  # a second interrupt does not wait, and leaves requests under way
        gate = Gate(concurrency, share, clock=client.clock, on_wait=client.on_wait)
        with suppress(KeyboardInterrupt), client.sharing(gate) as own:
            parallel = partial(in_parallel, client, gate, concurrency)
            run.settle_all(own, parallel, Deadline(client.clock, _LAST_LOOKS))
    run.give_up(client)


def _lock_creations(
    client: Client, declarations: Sequence[Declaration], listing: Listing, lock: HostLock
) -> set[StoreKey]:
    """Lock the stores that do not exist yet on this host, and list again: what another run created meanwhile exists now.

    Return those that another run has locked.
    """
    missing = [d.key for d in declarations if d.settings and not listing.of(client, d.target, creates=False)]
    contended = {key for key in missing if not lock.acquire(lock_name(client, key))}
    if missing:
        listing.since(client, missing[0], client.clock.monotonic())
    return contended


def _in_turn(declarations: Sequence[Declaration], contended: Collection[StoreKey]) -> tuple[list[int], list[int]]:
    """The numbers of the stores to attempt first, and of those that another run has locked.

    Those come when this run holds no lock: two runs that wait for each other's would both wait until their deadlines.
    """
    free: list[int] = []
    waited_for: list[int] = []
    for number, declaration in enumerate(declarations):
        (waited_for if declaration.key in contended else free).append(number)
    return free, waited_for


def read_many(
    client: Client,
    wanted: Callable[[Integration], bool] = lambda _integration: True,
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
    share: float = DEFAULT_SHARE,
    on_read: Callable[[int, int], None] | None = None,
    on_interrupt: Callable[[int], None] | None = None,
) -> list[Integration]:
    """All integrations that `wanted` accepts, each with its `config`, in LaunchDarkly's order. Raises ApiError.

    An unreadable one stays as it was listed. `on_read` gets the number that was read and the total, one at a time, but from
    other threads. The other arguments are as in `reconcile_many`.
    """
    gate = Gate(concurrency, share, clock=client.clock, on_wait=client.on_wait)
    with client.sharing(gate) as own:
        listed = [integration for integration in own.list_integrations() if wanted(integration)]
    found: dict[str, Integration] = {}
    reads = count(1)
    reporting = threading.Lock()

    def work(own: Client, integration: Integration) -> bool:
        with suppress(NotFound):  # removed since it was listed
            found[integration.id] = own.get_integration(integration.key, integration.id)
        with reporting:
            if on_read and not gate.stopped:
                on_read(next(reads), len(readable))
        return True

    readable = [integration for integration in listed if not integration.problem]
    in_parallel(client, gate, concurrency, readable, work, on_interrupt)
    return [
        integration if integration.problem else found[integration.id]
        for integration in listed
        if integration.problem or integration.id in found
    ]


class _Run:
    """One call of `reconcile_many`: attempts stores by their number, and keeps in `results` what is known of each."""

    def __init__(
        self,
        results: list[StoreResult],
        listing: Listing,
        lock: HostLock,
        gate: Gate,
        check: bool,
        fail_fast: bool,
        on_result: Callable[[StoreResult], None] | None,
        on_interrupt: Callable[[int], None] | None,
    ) -> None:
        self._results = results
        self._listing = listing
        self._lock = lock
        self._gate = gate
        self._check = check
        self._fail_fast = fail_fast
        self._on_result = on_result
        self._on_interrupt = on_interrupt
        self._reporting = threading.Lock()
        self._interrupted = OutcomeUnknown("The run was interrupted before a response came.")
        self._settling = Settling(listing, gate.clock)

    @property
    def failed(self) -> bool:
        """Whether a result has an error. A declaration that fails may mean an integration that seems undeclared."""
        return any(result.error and result.error is not self._interrupted for result in self._results)

    @property
    def purged(self) -> list[int]:
        """The numbers of the integrations to remove because they are not declared."""
        return [number for number, result in enumerate(self._results) if result.purged]

    def attempt(self, client: Client, number: int) -> bool:
        """Reconcile one store; False where nothing more must be attempted."""
        begun = self._results[number]
        if not self._check:
            # Stays where the run is interrupted and does not wait for the response.
            self._results[number] = replace(begun, error=self._interrupted)
        gone = self._listing.ids_of(begun.declaration.key)  # where one is created, those exist no more
        result = self._results[number] = self._reconciled(client, begun)
        created = self._created_by(result)
        if created:
            self._settling.add(number, created, gone)
        else:
            self._unlock(client, result)  # locked where its creation failed: nobody must wait for that
            self._report(result)
        with suppress(ApiError):
            for decided in self._settling.look_now_and_then(client):
                self.settle(client.deadline(), client, decided)
        return not (self._fail_fast and result.error)

    def attempt_alone(self, client: Client, number: int) -> bool:
        """Reconcile one store after another run that had locked it, and unlock it at once."""
        if self._fail_fast and self.failed:
            return False
        goes_on = self.attempt(client, number)
        created = self._settling.take(number)
        if created:
            fresh = partial(self._listing.since, client, created.looks.created.key)
            settled = settle(client, created.looks, fresh, created.due, client.deadline())
            self._settled(client, number, created.looks.created, settled)
        return goes_on

    def settle_all(self, client: Client, parallel: Callable[..., None], deadline: Deadline) -> None:
        """Look for duplicates of what was created until all is settled. Nothing is where the deadline comes, or a list fails."""
        while (pause := self._settling.pause()) is not None and pause < deadline.left():
            if pause:
                client.sleep(pause)
            try:
                alone, doubtful = self._settling.look(client, deadline)
            except ApiError:
                break
            for number in alone:
                self.settle(deadline, client, number)
            parallel(doubtful, partial(self.settle, deadline))
        self.give_up(client)

    def settle(self, deadline: Deadline, client: Client, number: int) -> bool:
        """Settle what was created, and delete it where it is a duplicate. Of threads that come to this one does it."""
        created = self._settling.take(number)
        if created:
            settled = created.looks.finish(client, deadline)
            self._settled(client, number, created.looks.created, settled)
        return True

    def give_up(self, client: Client) -> None:
        """Report what is not settled: it may have duplicates."""
        for number in self._settling.numbers():
            created = self._settling.take(number)
            if created:
                self._settled(client, number, created.looks.created, Settled.UNKNOWN)

    def _settled(self, client: Client, number: int, created: Integration, settled: Settled) -> None:
        result = self._results[number]
        if settled in (Settled.WITHDRAWN, Settled.GONE):
            result = replace(result, outcome=None)
            if not self._gate.stopped:  # the one that stays may need an update
                result = self._reconciled(client, result, settles=True)
        if result.outcome:
            warnings = (*result.outcome.warnings, *notes(settled, created))
            result = replace(result, outcome=replace(result.outcome, warnings=warnings))
        self._unlock(client, result)
        self._results[number] = result
        self._report(result)

    def _unlock(self, client: Client, result: StoreResult) -> None:
        self._lock.release(lock_name(client, result.declaration.key))

    def report_interrupt(self, in_flight: int) -> None:
        """Report how many requests are waited for; no result is reported after it."""
        with self._reporting:
            if self._on_interrupt:
                self._on_interrupt(in_flight)

    def _created_by(self, result: StoreResult) -> Integration | None:
        """The integration that was created, if one was."""
        outcome = result.outcome
        return outcome.integration if outcome and outcome.plan.action is Action.CREATE and not self._check else None

    def _report(self, result: StoreResult) -> None:
        with self._reporting:
            if self._on_result and not self._gate.stopped:
                self._on_result(result)

    def _reconciled(self, client: Client, begun: StoreResult, *, settles: bool = False) -> StoreResult:
        declaration = begun.declaration
        target = declaration.target
        try:
            if settles:
                listed = self._listing.since(client, target.key, client.clock.monotonic())
            else:
                listed = self._listing.of(client, target, creates=declaration.settings is not None)
            if declaration.settings is None:
                outcome = ensure_absent(client, target, check=self._check, listed=listed)
            else:
                outcome = reconcile_present(
                    client,
                    declaration.settings,
                    declaration.integration_id,
                    declaration.update_secrets,
                    check=self._check,
                    listed=listed,
                    lock=self._lock,
                    settles=settles,
                )
        except Stopped:
            return begun
        except SegmentStoreError as error:
            # It is kept, and would keep all that its traceback leads to: connections, and requests with their secrets.
            error.__traceback__ = error.__context__ = None
            return StoreResult(declaration, error=error, purged=begun.purged)
        return StoreResult(declaration, outcome, purged=begun.purged)
