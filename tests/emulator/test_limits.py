# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Rate limits: headers that are true, and a limit that is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ld_segment_store.emulator import Emulator
from tests.emulator.server.contract import PROJECTS, STORES, Caller

NOW = 1_700_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def call(clock: Clock) -> Iterator[Caller]:
    with Emulator(rate_limit=3, clock=clock, access_tokens=["api-one", "api-two"]) as ld:
        yield Caller(ld)


def test_headers_count_down(call: Caller) -> None:
    answers = [call("GET", path).headers for path in (STORES, PROJECTS, STORES)]

    assert [answer["X-Ratelimit-Global-Remaining"] for answer in answers] == ["2", "1", "0"]
    assert [answer["X-Ratelimit-Route-Remaining"] for answer in answers] == ["2", "2", "1"]
    assert {answer["X-Ratelimit-Reset"] for answer in answers} == {str(int(NOW * 1000) + 10_000)}


def test_the_limit_is_kept_and_ends_with_the_window(call: Caller, clock: Clock) -> None:
    statuses = [call("GET", STORES).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]

    refused = call("GET", PROJECTS)
    assert refused.status_code == 429
    assert refused.json()["code"] == "rate_limited"
    assert refused.headers["X-Ratelimit-Global-Remaining"] == "0"
    assert "Retry-After" not in refused.headers

    clock.now = int(refused.headers["X-Ratelimit-Reset"]) / 1000
    assert call("GET", STORES).status_code == 200


def test_all_tokens_share_it(call: Caller) -> None:
    tokens = ["api-one", "api-two", "api-one", "api-two"]

    assert [call("GET", STORES, headers={"Authorization": token}).status_code for token in tokens] == [
        200,
        200,
        200,
        429,
    ]


def test_what_is_refused_before_does_not_count(call: Caller) -> None:
    for _ in range(5):
        assert call("GET", STORES, headers={"Authorization": "api-three"}).status_code == 401

    assert call("GET", STORES).status_code == 200


def test_errors_have_the_headers_too(call: Caller) -> None:
    assert call("GET", PROJECTS + "/nothing/environments").headers["X-Ratelimit-Global-Remaining"] == "2"


def test_nothing_is_changed_beyond_the_limit(call: Caller) -> None:
    for _ in range(3):
        call("GET", STORES)

    response = call("POST", STORES + "/default/test/redis", json={"config": {"host": "redis.example.com"}})

    assert response.status_code == 429
    assert call.ld.account.integrations == []


def test_reset_opens_a_fresh_window(call: Caller) -> None:
    for _ in range(4):
        call("GET", STORES)
    call("POST", "/_emulator/reset")

    assert call("GET", STORES).status_code == 200


def test_a_clock_set_back_does_not_lock(call: Caller, clock: Clock) -> None:
    for _ in range(4):
        call("GET", STORES)
    clock.now -= 3600

    assert call("GET", STORES).status_code == 200


def test_without_a_limit_there_are_no_headers() -> None:
    with Emulator() as ld:
        headers = Caller(ld)("GET", STORES).headers
        assert not [name for name in headers if name.lower().startswith("x-ratelimit")]
