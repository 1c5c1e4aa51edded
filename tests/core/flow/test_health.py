# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The severity of a store's health, and the integrations that are read for their status."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.flow.health import Health, Severity, health, with_status
from ld_segment_store.core.model.integration import Integration, read_listed_integration
from tests.support.scripted import FakeClock, Script, answer, error, integration, redis_item

NOW = FakeClock().now
AVAILABLE = "The store is available"


def found(*, on: bool = True, **status: Any) -> Integration:
    return integration(redis_item(on=on, _status=status))


def synchronized(seconds: float) -> int:
    """Epoch milliseconds of a synchronization so long ago."""
    return round((NOW - seconds) * 1000)


CASES: dict[str, tuple[Integration, Severity, str, float | None]] = {
    "available": (
        found(available=True, lastSync=synchronized(300)), Severity.OK, f"{AVAILABLE}, last synchronized 5 min ago.", 300,
    ),
    "never synchronized": (found(available=True), Severity.OK, f"{AVAILABLE}.", None),
    "in the future": (found(available=True, lastSync=synchronized(-9)), Severity.OK,
        f"{AVAILABLE}, last synchronized 0 s ago.", 0),
    "out of date": (
        found(available=True, lastSync=synchronized(300.001)), Severity.WARNING,
        f"{AVAILABLE}, last synchronized 5 min ago. The maximum age is 300 s.", 300.001,
    ),
    "stale": (
        found(available=True, potentiallyStale=True, lastSync=synchronized(1.5)), Severity.WARNING,
        f"{AVAILABLE}, last synchronized 2 s ago. LaunchDarkly reports that it may be stale.", 1.5,
    ),
    "not available": (
        found(available=False, lastSync=synchronized(10)), Severity.CRITICAL,
        "The store is not available; it was last synchronized 10 s ago, and no error is reported.", 10,
    ),
    "unknown": (
        found(), Severity.CRITICAL, "The store is not available; it was never synchronized, and no error is reported.", None,
    ),
    "off": (
        found(on=False, available=False, lastSync=synchronized(9999)), Severity.OK, "The integration is switched off.", 9999,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_severity(case: str) -> None:
    store, severity, text, age = CASES[case]
    assert health(store, NOW) == Health(store, severity, text, age)


def test_a_maximum_age() -> None:
    store = found(available=True, lastSync=synchronized(60))
    assert health(store, NOW, 60).severity is Severity.OK
    assert health(store, NOW, 59.5).text.endswith("The maximum age is 59.5 s.")


def test_an_integration_that_could_not_be_read() -> None:
    unreadable = read_listed_integration(redis_item(version=None), "GET list")
    assert health(unreadable, NOW) == Health(unreadable, Severity.UNKNOWN, unreadable.problem)


def test_only_those_without_a_status_are_read(client: Client, script: Script) -> None:
    unreadable = read_listed_integration(redis_item(version=None, _status=None), "GET list")
    known, missing, gone = found(available=False), found(), integration(redis_item(_id="id-2", _status=None))
    script.answers = [error(404, "not_found"), answer(200, redis_item())]
    assert list(with_status(client, [unreadable, known, gone, missing])) == [unreadable, known, integration()]
    assert script.calls == ["GET id-2", "GET id-1"]
    assert {sent.path_url.rpartition("/id-")[0].rpartition("/shop/")[2] for sent in script.sent} == {"live/redis"}
