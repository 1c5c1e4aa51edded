# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One read of an account: the health of its stores, drift from what is declared, and the errors of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ld_segment_store.core.api.retry import Deadline
from ld_segment_store.core.errors import SegmentStoreError, ServerError
from ld_segment_store.core.fleet import reading
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.reading import Meter, Reading
from ld_segment_store.core.flow.health import Severity, health
from ld_segment_store.core.model.integration import Status
from tests.core.fleet.memory import Account, actions, fail, store, there
from tests.support.scripted import FakeClock


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr(reading, "time", clock)
    return clock


def read(
    account: Account, declared: Callable[[], Sequence[Declaration]] | None = None, max_age: float = 300
) -> Reading:
    return reading.read_account(reading.Account("default", lambda: account, declared, max_age))


def declares(*declarations: Declaration) -> Callable[[], Sequence[Declaration]]:
    return lambda: declarations


def raises(error: Exception) -> Callable[[], Any]:
    def call() -> None:
        raise error

    return call


@pytest.mark.parametrize(("max_age", "severity"), [(395, Severity.WARNING), (405, Severity.OK)])
def test_the_health_and_how_long_it_took(now: FakeClock, max_age: float, severity: Severity) -> None:
    began = now.time()
    synchronized = replace(there("live"), config=None, status=Status(True, last_sync=round((began - 398) * 1000)))
    account = Account(synchronized)
    account.before = lambda _request: now.sleep(2)
    found = read(account, max_age=max_age)
    assert found == Reading(began, 2.0, [health(synchronized, began + 2, max_age)])
    assert found.stores[0].severity is severity


def test_a_store_without_a_status_is_read() -> None:
    account = Account(replace(there("live"), status=Status()))
    assert [one.severity for one in read(account).stores] == [Severity.CRITICAL]
    assert account.requests == ["list", "GET live"]


def test_requests_that_remain() -> None:
    account = Account(there("live"))

    def respond(_request: str) -> None:
        (meter,) = account.gates
        assert meter.enter("route", "GET x", account.deadline())
        meter.leave("route", {"X-Ratelimit-Global-Remaining": "7", "X-Ratelimit-Route-Remaining": "9"})

    account.before = respond
    assert read(account).remaining == {"account": 7, "route": 9}


@pytest.mark.parametrize(
    "headers", [None, {}, {"X-Ratelimit-Global-Remaining": "7.5"}, {"X-Ratelimit-Route-Remaining": "٣"}]
)
def test_a_response_without_a_number_of_requests(headers: dict[str, str] | None) -> None:
    """The gate counts it too, so that the next request may be sent."""
    meter, deadline = Meter(concurrency=1), Account().deadline()
    for _request in range(2):
        assert meter.enter("route", "GET x", deadline)
        meter.leave("route", headers)
    assert meter.remaining == {}


def test_the_limit_counts_for_the_next_request() -> None:
    meter = Meter()
    assert meter.enter("route", "GET x", Account().deadline())
    meter.leave("route", {"X-Ratelimit-Global-Remaining": "0"})
    assert not meter.enter("route", "GET x", Deadline(FakeClock(), 0))


def test_drift_is_read_and_not_changed() -> None:
    account = Account(there("live"))
    found = read(account, declares(store("live"), store("test")))
    assert found.results is not None
    assert actions(list(found.results)) == ["nothing", "create"]
    assert (found.error, found.drift_error) == (None, None)
    assert not any(request.startswith("POST") for request in account.requests)


def test_a_store_that_cannot_be_compared() -> None:
    account, error = Account(there("live"), there("test")), ServerError("down")
    account.before = fail("GET test", error)
    found = read(account, declares(store("live"), store("test")))
    assert found.results is not None
    assert [result.error for result in found.results] == [None, error]
    assert found.drift_error is error
    assert len(found.stores) == 2


ERRORS = [(SegmentStoreError("MARKER: wrong."), "MARKER: wrong."), (KeyError("MARKER"), "Unexpected error: KeyError.")]


@pytest.mark.parametrize(("error", "message"), ERRORS)
def test_a_stores_file_that_cannot_be_read_does_not_hide_the_health(error: Exception, message: str) -> None:
    found = read(Account(there("live")), raises(error))
    assert (len(found.stores), found.results, found.error) == (1, (), None)
    assert found.drift_error is not None
    assert found.drift_error.message == message


@pytest.mark.parametrize(("error", "message"), ERRORS)
def test_an_account_that_cannot_be_read(error: Exception, message: str) -> None:
    found = reading.read_account(reading.Account("default", raises(error), declares(), 300))
    assert (found.stores, found.results, found.drift_error) == ((), None, None)
    assert found.error is not None
    assert found.error.message == message
