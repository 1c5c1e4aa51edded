# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The wait for a store: what counts as available, when the wait ends, and the order and words of LaunchDarkly's errors."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.errors import ApiError, NotFound
from ld_segment_store.core.flow.wait import (
    NotAvailable,
    Progress,
    error_texts,
    is_available,
    status_text,
    wait_until_available,
)
from ld_segment_store.core.flow.wait_times import check_wait
from ld_segment_store.core.model.integration import Integration, Status
from tests.support.scripted import FakeClock, Script, answer, error, integration, redis_item

NOW = FakeClock().now
BEFORE = round(NOW * 1000) - 10_000


def status(**fields: Any) -> Status:
    """The health as the client reads it; times in epoch milliseconds."""
    return integration(redis_item(_status=fields)).status


def found(**fields: Any) -> Integration:
    return integration(redis_item(_status=fields))


def read(**fields: Any) -> Any:
    return answer(200, redis_item(_status=fields))


@pytest.mark.parametrize(
    ("last_sync", "available"), [(None, False), (BEFORE - 1, False), (BEFORE, False), (BEFORE + 1, True)]
)
def test_only_a_synchronization_after_the_change_counts(last_sync: int | None, available: bool) -> None:
    fields = {"available": True} if last_sync is None else {"available": True, "lastSync": last_sync}
    assert is_available(status(**fields), newer_than=BEFORE) is available
    assert is_available(status(**fields))


def test_a_late_synchronization_does_not_make_a_store_available() -> None:
    assert not is_available(status(available=False, lastSync=BEFORE + 1), newer_than=BEFORE)


def test_the_wait_goes_on_until_a_synchronization_after_the_change(client: Client, script: Script) -> None:
    script.answers = [read(available=True, lastSync=BEFORE), read(available=True, lastSync=BEFORE + 1)]
    waited = wait_until_available(client, found(available=True, lastSync=BEFORE), newer_than=BEFORE)
    assert waited.status.last_sync == BEFORE + 1
    assert not script.answers


def test_without_a_change_an_available_store_is_not_read_again(client: Client, script: Script) -> None:
    assert wait_until_available(client, found(available=True, lastSync=BEFORE)).status.available
    assert script.sent == []


def test_a_disabled_integration_is_not_waited_for(client: Client, script: Script) -> None:
    disabled = integration(redis_item(on=False, _status={"available": False}))
    assert wait_until_available(client, disabled) is disabled
    assert script.sent == []


def test_pauses_and_timeout(client: Client, script: Script, clock: FakeClock) -> None:
    """The last pause is as long as what is left of the timeout."""
    script.answers = [read(available=False, lastSync=BEFORE) for _number in range(3)]
    progress: list[Progress] = []
    first = found(available=False, lastSync=BEFORE)
    with pytest.raises(NotAvailable) as caught:
        wait_until_available(client, first, timeout=12, interval=5, on_progress=progress.append)
    assert [pause for pause in clock.slept if pause] == [5, 5, 2]
    assert [seen.waited for seen in progress] == [0, 5, 10]
    assert [seen.text.split(";")[1].split(",")[0] for seen in progress] == [
        f" it was last synchronized {seconds} s ago" for seconds in (10, 15, 20)
    ]
    assert progress[0].integration is first
    assert caught.value.integration == progress[-1].integration
    assert str(caught.value) == (
        "The redis store of shop/live did not become available within 12 s. The store is not available; it was last"
        " synchronized 22 s ago, and no error is reported. Check the store's host, credentials, TLS and firewall as"
        " LaunchDarkly reaches them; a preflight finds most causes."
    )


def test_defaults_of_the_wait(client: Client, script: Script, clock: FakeClock) -> None:
    script.answers = [read(available=False) for _number in range(60)]
    with pytest.raises(NotAvailable, match="within 300 s"):
        wait_until_available(client, found(available=False))
    assert [pause for pause in clock.slept if pause] == [5] * 60


def test_an_error_of_the_api_ends_the_wait(client: Client, script: Script) -> None:
    script.answers = [error(404, "not_found")]
    with pytest.raises(NotFound):
        wait_until_available(client, found(available=False))


@pytest.mark.parametrize(
    ("timeout", "interval", "wrong"),
    [
        (0.1, 0.1, []),
        (0, 5, ["wait_timeout"]),
        (math.inf, 5, ["wait_timeout"]),
        (1, -1, ["wait_interval"]),
        (math.nan, math.inf, ["wait_timeout", "wait_interval"]),
    ],
)
def test_times_that_cannot_be_waited(timeout: float, interval: float, wrong: list[str]) -> None:
    findings = check_wait(timeout, interval)
    assert [finding.field for finding in findings] == wrong
    sentence = "must be a positive number of seconds. Give a number of seconds, more than 0."
    assert [finding.text for finding in findings] == [f"{name}: {sentence}" for name in wrong]


def test_an_error_of_the_wait_has_the_newest_error_first(client: Client, script: Script) -> None:
    errors = [
        {"statusCode": 1, "message": "the oldest", "timestamp": BEFORE - 200},
        {"statusCode": 3, "message": "the newest", "timestamp": BEFORE},
        {"statusCode": 2, "message": "the second", "timestamp": BEFORE - 100},
    ]
    script.answers = [read(available=False, errors=errors)] * 2
    with pytest.raises(NotAvailable) as caught:
        wait_until_available(client, found(available=False, errors=errors), timeout=1)
    assert [text.split(" (")[0] for text in caught.value.details] == ["the newest", "the second", "the oldest"]
    assert "The last error: the newest" in str(caught.value)


def test_error_texts() -> None:
    errors = [
        {"statusCode": 0, "message": "twice", "timestamp": BEFORE - 60_000},
        {"statusCode": 500, "message": "  spread \n over lines. ", "timestamp": BEFORE - 3_600_000},
        {"statusCode": 0, "message": "twice", "timestamp": BEFORE},
        {"statusCode": 0, "message": "", "timestamp": 0},
        {"statusCode": 0, "message": "refused by 10.0.0.X...", "timestamp": 0},
    ]
    assert error_texts(status(available=False, errors=errors), NOW) == [
        "twice, 10 s ago.",
        "spread over lines (status 500), 60 min ago.",
        "no message.",
        "refused by 10.0.0.X.",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s ago"),
        (119, "119 s ago"),
        (120, "2 min ago"),
        (7199, "119 min ago"),
        (7200, "2 h ago"),
        (172_799, "47 h ago"),
        (172_800, "2 d ago"),
    ],
)
def test_ages(seconds: int, words: str) -> None:
    last_sync = round((NOW - seconds) * 1000)
    assert status_text(status(available=True, lastSync=last_sync), NOW) == (
        f"The store is available, last synchronized {words}."
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"available": True}, "The store is available."),
        ({"available": False}, "The store is not available; it was never synchronized, and no error is reported."),
        (
            {"available": False, "lastSync": BEFORE},
            "The store is not available; it was last synchronized 10 s ago, and no error is reported.",
        ),
    ],
)
def test_status_text(fields: dict[str, Any], words: str) -> None:
    assert status_text(status(**fields), NOW) == words


def test_retries_of_a_read_end_with_the_timeout(client: Client, script: Script, clock: FakeClock) -> None:
    """The client's own deadline is 60 s."""
    script.answers = [answer(429, headers={"Retry-After": "30"}), read(available=False)]
    began = clock.now
    with pytest.raises((NotAvailable, ApiError)):
        wait_until_available(client, found(available=False), timeout=10, interval=1)
    assert clock.now - began <= 10


@pytest.mark.parametrize(("seconds", "left"), [(1.0, 0.0), (0.5, 0.5)])
def test_an_error_of_the_last_read(
    client: Client, script: Script, clock: FakeClock, seconds: float, left: float
) -> None:
    """At the timeout the store is what was not available in time. Before it, the error says more."""

    def refuse(_request: Any) -> Any:
        clock.now += seconds
        return error(403, "forbidden")

    script.answers = [refuse]
    first = found(available=False, lastSync=BEFORE)
    with pytest.raises(ApiError if left else NotAvailable) as caught:
        wait_until_available(client, first, timeout=6, interval=5)
    if isinstance(caught.value, NotAvailable):
        assert caught.value.integration is first
        assert "within 6 s. The store is not available; it was last synchronized 16 s ago" in str(caught.value)
        assert caught.value.__suppress_context__


def test_a_wait_that_ends_exactly_at_the_timeout(client: Client, script: Script, clock: FakeClock) -> None:
    with pytest.raises(NotAvailable):
        wait_until_available(client, found(available=False), timeout=5, interval=5)
    assert script.sent == []
    script.answers = [read(available=True)]
    assert wait_until_available(client, found(available=False), timeout=5.5, interval=5).status.available
