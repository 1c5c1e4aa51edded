# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Wait until LaunchDarkly reports the stores of a run as available: one list for all of them, repeated until a timeout."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..api.client import Client
from ..api.rate_limit import Stopped
from ..api.retry import Deadline
from ..errors import ApiError, SegmentStoreError
from ..flow.wait import is_available, not_available
from ..model.integration import Integration
from .result import StoreResult

# An integration, with the number of its result.
_Awaited = tuple[int, Integration]
# Runs work for each item, in several threads.
Parallel = Callable[[Collection[_Awaited], Callable[[Client, _Awaited], bool]], None]


class Waiting(NamedTuple):
    """How long to wait until all stores are available, and how long between two looks, both in seconds.

    `on_look` gets the number of stores that are not available yet, before each wait.
    """

    timeout: float = 300.0
    interval: float = 5.0
    on_look: Callable[[int], None] | None = None


def wait_for_stores(client: Client, results: list[StoreResult], waiting: Waiting, parallel: Parallel) -> None:
    """Wait until the store of every result is available; put its last state, and any error, into the result.

    Deleted, failed and disabled integrations are not waited for. `waiting.timeout` bounds the wait for all of them together. The
    error of a store that is not available in time is NotAvailable.
    """
    wait = _Wait(results, Deadline(client.clock, waiting.timeout))
    while pending := wait.pending():
        if waiting.on_look:
            waiting.on_look(len(pending))
        client.clock.sleep(min(waiting.interval, wait.deadline.left()))
        if wait.deadline.left() <= 0:
            for number, integration in pending:
                wait.fail(number, not_available(integration, waiting.timeout, client.clock.time()))
        else:
            parallel(wait.look(client, pending), wait.read)


class _Wait:
    """The results of a run, and the time until which their stores are waited for."""

    def __init__(self, results: list[StoreResult], deadline: Deadline) -> None:
        self.deadline = deadline
        self._results = results

    def pending(self) -> list[_Awaited]:
        """The integrations to wait for."""
        return [(number, found) for number, result in enumerate(self._results) if (found := _awaited(result))]

    def look(self, client: Client, pending: Sequence[_Awaited]) -> list[_Awaited]:
        """Take what a list shows; return those of which it lacks the status, or has another version, to be read."""
        try:
            listed = {each.id: each for each in client.list_integrations(self.deadline)}
        except ApiError as error:
            for number, _integration in pending:
                self._fail_in_time(number, error)
            return []
        unknown = []
        for number, integration in pending:
            found = listed.get(integration.id)
            if found and found.version == integration.version and found.status.available is not None:
                self._update(number, replace(found, config=integration.config))
            else:
                unknown.append((number, integration))
        return unknown

    def read(self, client: Client, awaited: _Awaited) -> bool:
        """Read one integration; False where the run was stopped."""
        number, integration = awaited
        try:
            self._update(number, client.get_integration(integration.key, integration.id, self.deadline))
        except Stopped:
            return False
        except ApiError as error:
            self._fail_in_time(number, error)
        return True

    def fail(self, number: int, error: SegmentStoreError) -> None:
        """Add an error to a result, without what its traceback leads to."""
        error.__traceback__ = error.__context__ = None
        self._results[number] = replace(self._results[number], error=error)

    def _fail_in_time(self, number: int, error: ApiError) -> None:
        """Add the error of a request, unless the timeout was its cause."""
        if self.deadline.left() > 0:
            self.fail(number, error)

    def _update(self, number: int, integration: Integration) -> None:
        result = self._results[number]
        if result.outcome:
            self._results[number] = replace(result, outcome=replace(result.outcome, integration=integration))


def _awaited(result: StoreResult) -> Integration | None:
    """The integration whose store is not available yet, but must be."""
    outcome = result.outcome
    integration = outcome.integration if outcome else None
    if result.reported or result.error or not outcome or not integration or not integration.enabled:
        return None
    return None if is_available(integration.status, outcome.last_sync_before()) else integration
