# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The latest readings as metrics. A scrape sends no request to LaunchDarkly."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..core.fleet.reading import Reading
from ..core.fleet.result import StoreResult
from ..core.flow.plan import Action
from . import metrics


@dataclass
class _State:
    last: Reading
    # The last one with the health of the stores, and when it no longer counts (monotonic).
    good: Reading | None = None
    good_until: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)


class Latest(Collector):
    """The latest reading of each account. After a failed one, the stores stay as they were last read for `keep` seconds."""

    def __init__(self, keep: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._keep = keep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._states: dict[str, _State] = {}

    def put(self, account: str, reading: Reading) -> None:
        """Replace the reading of an account."""
        with self._lock:
            state = self._states.setdefault(account, _State(reading))
            state.last = reading
            for error in (reading.error, reading.drift_error):
                if error:
                    state.failures[error.failure] += 1
            if not reading.error:
                state.good, state.good_until = reading, self._monotonic() + self._keep

    def collect(self) -> Iterator[Metric]:
        """The metrics of all accounts."""
        with self._lock:
            yield from self._stores()
            yield from self._accounts()

    def _stores(self) -> Iterator[Metric]:
        for metric in metrics.STORE_METRICS:
            family = GaugeMetricFamily(
                metrics.PREFIX + metric.name, metric.help, labels=("account", *metrics.STORE_LABELS)
            )
            for account, state in self._states.items():
                good = self._good(state)
                for labels, value in metrics.store_samples(metric, good.stores if good else ()).items():
                    family.add_metric((account, *labels), value)
            yield family

    def _good(self, state: _State) -> Reading | None:
        counts = state.last is state.good or self._monotonic() < state.good_until
        return state.good if counts else None

    def _accounts(self) -> Iterator[Metric]:
        families = {metric: _family(metric) for metric in metrics.ACCOUNT_METRICS}
        for account, state in self._states.items():
            good = self._good(state)
            drift = _drift(good.results or ()) if good else ()
            for metric, labels, value in (*_samples(state), *drift):
                families[metric].add_metric((account, *labels), value)
        yield from families.values()


def _family(metric: metrics.AccountMetric) -> CounterMetricFamily | GaugeMetricFamily:
    kind = CounterMetricFamily if metric is metrics.READ_FAILURES else GaugeMetricFamily
    return kind(metrics.PREFIX + metric.name, metric.help, labels=("account", *metric.labels))


def _samples(state: _State) -> Iterator[tuple[metrics.AccountMetric, tuple[str, ...], float]]:
    last = state.last
    yield metrics.READ_SUCCESS, (), not last.error
    yield metrics.READ_DURATION, (), last.duration
    if state.good:
        yield metrics.READ_TIMESTAMP, (), state.good.began
    for reason, number in state.failures.items():
        yield metrics.READ_FAILURES, (reason,), number
    for limit, number in last.remaining.items():
        yield metrics.RATE_LIMIT_REMAINING, (limit,), number
    if last.results is not None:
        yield metrics.DRIFT_CHECK_SUCCESS, (), not last.drift_error


def _drift(results: Iterable[StoreResult]) -> Iterator[tuple[metrics.AccountMetric, tuple[str, ...], float]]:
    """Several declarations may be of one store, narrowed by ID or name: the worst counts."""
    for metric, is_true in ((metrics.DRIFTED, _is_drifted), (metrics.MISSING, _is_missing)):
        worst: dict[tuple[str, ...], bool] = {}
        for result in results:
            if result.outcome:
                labels = metrics.key_labels(result.declaration.key)
                worst[labels] = worst.get(labels, False) or is_true(result)
        yield from ((metric, labels, value) for labels, value in worst.items())


def _is_drifted(result: StoreResult) -> bool:
    return result.changed


def _is_missing(result: StoreResult) -> bool:
    return bool(result.outcome and result.outcome.plan.action is Action.CREATE)
