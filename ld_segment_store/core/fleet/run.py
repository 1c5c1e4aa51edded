# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Reconcile many stores: one list for the account, a GET for each declared store that exists, writes for differences.

Each store is reconciled on its own (`ensure_present`, `ensure_absent`), and a failure of one does not stop the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ..api.client import Client
from ..api.rate_limit import DEFAULT_CONCURRENCY, DEFAULT_SHARE, Gate, Stopped
from ..errors import InvalidSettings, NotFound, OutcomeUnknown, SegmentStoreError, require_no_errors
from ..flow.apply import Outcome, ensure_absent, ensure_present
from ..flow.lookup import Target
from ..model.integration import Integration
from ..model.store_key import StoreKey
from .declaration import Declaration, check_declarations
from .parallel import in_parallel
from .purge import Purge, find_undeclared

# Seconds after which the account is listed again before something is created: somebody else may have created it meanwhile,
# and LaunchDarkly would create a second one.
_MAX_LISTING_AGE = 30.0


@dataclass(frozen=True)
class StoreResult:
    """The result of one store: an outcome, an error, or neither where it was not attempted.

    `purged`: the integration was not declared, and removed for that reason.
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
        """What was done: the value of an action, `failed` or `not attempted`."""
        if self.outcome:
            return self.outcome.plan.action.value
        return "failed" if self.error else "not attempted"


class Interrupted(KeyboardInterrupt):
    """The run was interrupted; `results` has what is known. Where an answer was not waited for, it is OutcomeUnknown."""

    def __init__(self, results: Sequence[StoreResult]) -> None:
        super().__init__()
        self.results = tuple(results)


def reconcile_many(
    client: Client,
    declarations: Sequence[Declaration],
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
    share: float = DEFAULT_SHARE,
    check: bool = False,
    fail_fast: bool = False,
    purge: Purge | None = None,
    on_result: Callable[[StoreResult], None] | None = None,
    on_warning: Callable[[str], None] | None = None,
    on_interrupt: Callable[[int], None] | None = None,
) -> list[StoreResult]:
    """Reconcile all declarations, then purge; return the results in their order, those of the purge at the end.

    `concurrency` is the maximum number of concurrent requests, `share` the part of the account's rate limit to use.
    `fail_fast` attempts nothing more after a failure; the purge is not attempted after any. `on_result` gets each result,
    one at a time, but from other threads; `on_warning` a sentence about what the purge skips; `on_interrupt` the number of
    in-flight requests that an interrupt waits for. Raises InvalidSettings before the first request, PurgeRefused before
    the first write, ApiError where the account cannot be listed, and Interrupted instead of KeyboardInterrupt after that.
    """
    require_no_errors([*check_declarations(declarations), *(purge.findings() if purge else ())])
    if purge and not declarations:
        remedy = "declare at least one store, or remove integrations with state: absent"
        raise InvalidSettings.for_field(
            "stores", "is empty, and purge would remove every integration in its scope", remedy
        )
    gate = Gate(concurrency, share, clock=client.clock, on_wait=client.on_wait)
    with client.sharing(gate) as own:
        listing = _Listing(own)
    warn = on_warning or (lambda _text: None)
    undeclared = find_undeclared(listing.by_key(), declarations, purge, warn) if purge else []
    results = [StoreResult(declaration) for declaration in declarations]
    results += [StoreResult(declaration, purged=True) for declaration in undeclared]
    run = _Run(results, listing, gate, check=check, fail_fast=fail_fast, on_result=on_result, on_interrupt=on_interrupt)
    try:
        in_parallel(client, gate, concurrency, range(len(declarations)), run.attempt, run.report_interrupt)
        # A declaration that fails may have a misspelled key, and mean the integration that seems undeclared.
        if undeclared and any(result.error for result in results):
            warn("Nothing is purged, because a declared store failed.")
        elif undeclared:
            rest = range(len(declarations), len(results))
            in_parallel(client, gate, concurrency, rest, run.attempt, run.report_interrupt)
    except KeyboardInterrupt:
        raise Interrupted(results) from None
    return results


def read_many(
    client: Client,
    wanted: Callable[[Integration], bool] = lambda _integration: True,
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
    share: float = DEFAULT_SHARE,
    on_interrupt: Callable[[int], None] | None = None,
) -> list[Integration]:
    """All integrations that `wanted` accepts, each with its `config`, in LaunchDarkly's order. Raises ApiError.

    An unreadable one stays as it was listed. The other arguments are as in `reconcile_many`.
    """
    gate = Gate(concurrency, share, clock=client.clock, on_wait=client.on_wait)
    with client.sharing(gate) as own:
        listed = [integration for integration in own.list_integrations() if wanted(integration)]
    found: dict[str, Integration] = {}

    def work(own: Client, integration: Integration) -> bool:
        with suppress(NotFound):  # removed since it was listed
            found[integration.id] = own.get_integration(integration.key, integration.id)
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
        listing: _Listing,
        gate: Gate,
        *,
        check: bool,
        fail_fast: bool,
        on_result: Callable[[StoreResult], None] | None,
        on_interrupt: Callable[[int], None] | None,
    ) -> None:
        self._results = results
        self._listing = listing
        self._gate = gate
        self._check = check
        self._fail_fast = fail_fast
        self._on_result = on_result
        self._on_interrupt = on_interrupt
        self._reporting = threading.Lock()

    def attempt(self, client: Client, number: int) -> bool:
        """Reconcile one store; False where nothing more must be attempted."""
        begun = self._results[number]
        if not self._check:
            # Stays where the run is interrupted and does not wait for the response.
            unknown = OutcomeUnknown("The run was interrupted before a response came.")
            self._results[number] = replace(begun, error=unknown)
        result = self._results[number] = _reconcile(client, begun, self._listing, self._check)
        with self._reporting:
            if self._on_result and not self._gate.stopped:
                self._on_result(result)
        return not (self._fail_fast and result.error)

    def report_interrupt(self, under_way: int) -> None:
        """Report how many requests are waited for; no result is reported after it."""
        with self._reporting:
            if self._on_interrupt:
                self._on_interrupt(under_way)


class _Listing:
    """The account's integrations, listed once for all workers, and again when it is old and something shall be created."""

    def __init__(self, client: Client) -> None:
        self._lock = threading.Lock()
        self._list(client)

    def of(self, client: Client, target: Target, *, creates: bool) -> list[Integration]:
        """Those that may be of the target's environment and store type: where a key could not be read, it may be any."""
        with self._lock:
            found = self._by_key.get(target.key, [])
            if creates and not found and client.clock.monotonic() - self._listed_at > _MAX_LISTING_AGE:
                self._list(client)
                found = self._by_key.get(target.key, [])
            return [*found, *self._without_key]

    def by_key(self) -> Mapping[StoreKey, Sequence[Integration]]:
        """All of them, by environment and store type."""
        return self._by_key

    def _list(self, client: Client) -> None:
        began = client.clock.monotonic()
        by_key: dict[StoreKey, list[Integration]] = {}
        for integration in client.list_integrations():
            by_key.setdefault(integration.key, []).append(integration)
        self._by_key, self._listed_at = by_key, began
        self._without_key = [integration for key, found in by_key.items() if not all(key) for integration in found]


def _reconcile(client: Client, begun: StoreResult, listing: _Listing, check: bool) -> StoreResult:
    declaration = begun.declaration
    target = declaration.target
    try:
        listed = listing.of(client, target, creates=declaration.settings is not None)
        if declaration.settings is None:
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
    except Stopped:
        return begun
    except SegmentStoreError as error:
        # It is kept, and would keep all that its traceback leads to: connections, and requests with their secrets.
        error.__traceback__ = error.__context__ = None
        return StoreResult(declaration, error=error, purged=begun.purged)
    return StoreResult(declaration, outcome, purged=begun.purged)
