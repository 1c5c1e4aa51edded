# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The metrics: names, help texts, labels and values. `ld-segment-store status` and the exporter share those of stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..core.flow.health import Health
from ..core.model.integration import Integration
from ..core.model.store_key import StoreKey
from ..core.printable import printable

PREFIX = "launchdarkly_big_segment_store_"


class StoreMetric(NamedTuple):
    """A gauge of each integration; its value is None where LaunchDarkly reports none."""

    name: str
    help: str
    value: Callable[[Health], float | None]


class AccountMetric(NamedTuple):
    """A metric of an account, or of the stores that its stores file declares. The label `account` comes before `labels`."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


KEY_LABELS = ("project", "environment", "store")
STORE_LABELS = (*KEY_LABELS, "integration_id")
STORE_METRICS = (
    StoreMetric(
        "severity",
        "0 OK, 1 a warning, 2 critical, 3 unknown, as the exit codes of `ld-segment-store status`.",
        lambda one: one.severity,
    ),
    StoreMetric(
        "enabled",
        "Whether the integration is switched on.",
        lambda one: None if one.integration.problem else one.integration.enabled,
    ),
    StoreMetric(
        "available",
        "Whether LaunchDarkly reports that the store is fully synchronized.",
        lambda one: one.integration.status.available,
    ),
    StoreMetric(
        "potentially_stale",
        "Whether LaunchDarkly reports that the store may be stale.",
        lambda one: one.integration.status.potentially_stale,
    ),
    StoreMetric("sync_age_seconds", "Time since the last synchronization when it was read.", lambda one: one.sync_age),
    StoreMetric(
        "last_sync_timestamp_seconds",
        "When the last synchronization succeeded.",
        lambda one: _seconds(one.integration.status.last_sync),
    ),
    StoreMetric(
        "last_error_timestamp_seconds",
        "When the last synchronization failed.",
        lambda one: _seconds(one.integration.status.last_error),
    ),
    StoreMetric(
        "errors",
        "Number of errors that LaunchDarkly reports for the store.",
        lambda one: None if one.integration.problem else len(one.integration.status.errors),
    ),
)

DRIFTED = AccountMetric("drifted", "Whether `apply` would change the declared store.", KEY_LABELS)
MISSING = AccountMetric("missing", "Whether the declared store has no integration.", KEY_LABELS)
DRIFT_CHECK_SUCCESS = AccountMetric(
    "drift_check_success", "Whether the last comparison with the stores file succeeded for every store."
)
READ_SUCCESS = AccountMetric("read_success", "Whether the last read of the account succeeded.")
READ_DURATION = AccountMetric("read_duration_seconds", "How long the last read took, with retries and the drift check.")
READ_TIMESTAMP = AccountMetric("read_timestamp_seconds", "When the last successful read began.")
READ_FAILURES = AccountMetric("read_failures", "Failed reads and drift checks by reason.", ("reason",))
RATE_LIMIT_REMAINING = AccountMetric(
    "rate_limit_remaining", "Requests that the last response left until the rate limit resets.", ("limit",)
)
# READ_FAILURES is a counter, whose samples end in `_total`; the others are gauges.
ACCOUNT_METRICS = (
    DRIFTED,
    MISSING,
    DRIFT_CHECK_SUCCESS,
    READ_SUCCESS,
    READ_DURATION,
    READ_TIMESTAMP,
    READ_FAILURES,
    RATE_LIMIT_REMAINING,
)


def store_samples(metric: StoreMetric, found: Iterable[Health]) -> dict[tuple[str, ...], float]:
    """The values by labels. Unreadable integrations may have the same labels, which Prometheus rejects: one of them counts."""
    values = ((store_labels(one.integration), metric.value(one)) for one in found)
    return {labels: float(value) for labels, value in values if value is not None}


def store_labels(integration: Integration) -> tuple[str, ...]:
    """The values of STORE_LABELS."""
    return (*key_labels(integration.key), printable(integration.id))


def key_labels(key: StoreKey) -> tuple[str, ...]:
    """The values of KEY_LABELS."""
    return tuple(map(printable, key))


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
