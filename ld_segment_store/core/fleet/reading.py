# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Read an account once: the health of its stores, drift from its stores file, and the rate limit that is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..api.client import Client
from ..api.rate_limit import Gate, remaining_in
from ..errors import SegmentStoreError
from ..flow.health import Health, health, with_status
from .declaration import Declaration
from .result import StoreResult
from .run import reconcile_many


@dataclass(frozen=True)
class Account:
    """An account to read. `connect` and `declared` are called for each read, so that a rotated token counts at once.

    `declared` reads the stores file, or is None without one. `max_age` is that of `health`, in seconds.
    """

    name: str
    connect: Callable[[], Client]
    declared: Callable[[], Sequence[Declaration]] | None
    max_age: float


@dataclass(frozen=True)
class Reading:
    """The result of one read. `error` is why the health is unknown, `drift_error` why a store's drift is.

    `results` is None without a stores file, and after an `error`.
    """

    began: float
    duration: float
    stores: Sequence[Health] = ()
    results: Sequence[StoreResult] | None = None
    remaining: Mapping[str, int] = field(default_factory=dict)
    error: SegmentStoreError | None = None
    drift_error: SegmentStoreError | None = None


class Meter(Gate):
    """A gate that remembers the requests that the last response left."""

    remaining: Mapping[str, int] = {}

    def leave(self, route: str, headers: Mapping[str, str] | None) -> None:
        """As of a gate."""
        super().leave(route, headers)
        texts = remaining_in(headers or {})
        self.remaining = {limit: int(text) for limit, text in texts.items() if text.isascii() and text.isdigit()}


def read_account(account: Account) -> Reading:
    """Read the account. Errors are part of the reading: a stores file with an error does not hide the health."""
    began, start = time.time(), time.monotonic()
    stores: Sequence[Health] = ()
    results: Sequence[StoreResult] | None = None
    meter = Meter()
    error = drift_error = None
    try:
        with account.connect() as client:
            with client.sharing(meter) as own:
                found = [*with_status(own, own.list_integrations())]
            stores = [health(integration, time.time(), account.max_age) for integration in found]
            if account.declared:
                results, drift_error = _compared(account.declared, client)
    except Exception as failure:  # noqa: BLE001 - reported: a defect in one read must not end all later ones silently
        error = _as_error(failure)
    return Reading(began, time.monotonic() - start, stores, results, meter.remaining, error, drift_error)


def _compared(
    declared: Callable[[], Sequence[Declaration]], client: Client
) -> tuple[Sequence[StoreResult], SegmentStoreError | None]:
    try:
        results = reconcile_many(client, declared(), check=True)
    except Exception as failure:  # noqa: BLE001 - as above
        return (), _as_error(failure)
    return results, next((result.error for result in results if result.error), None)


def _as_error(failure: Exception) -> SegmentStoreError:
    if isinstance(failure, SegmentStoreError):
        return failure
    return SegmentStoreError(f"Unexpected error: {type(failure).__name__}.")
