# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is sent again, after which wait, and when it ends."""

from __future__ import annotations

import email.utils
from collections.abc import Callable
from http.client import IncompleteRead
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import exceptions as kinds

from ld_segment_store.core import errors
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.rate_limit_headers import requested_wait
from ld_segment_store.core.api.request import Request
from ld_segment_store.core.api.retry import SYSTEM_CLOCK, Deadline, RetryPolicy, Wait
from tests.support.scripted import (
    HOST,
    TOKEN,
    Answer,
    FakeClock,
    Script,
    Sent,
    answer,
    connection_closed,
    error,
    never_connected,
    timed_out,
)

NOW = FakeClock().now
GET = Request("GET", "/x")
POST = Request("POST", "/x", body={})
WRITES = [POST, Request("PATCH", "/x", body=[]), Request("DELETE", "/x")]
JITTER = 0.25  # half of half a second, see the fixture `client`


def send(client: Client, request: Request = GET) -> Any:
    return client._transport.send(request, client.deadline())


def limited(**headers: str) -> Answer:
    said = error(429, "rate_limited", "Too many")
    said.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return said


def ms(seconds: float) -> str:
    return str(int((NOW + seconds) * 1000))


def date(seconds: float) -> str:
    return email.utils.formatdate(NOW + seconds, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": "0.5"}, 0.5),
        ({"X_Ratelimit_Reset": ms(3)}, 3),
        # Both: the later one.
        ({"Retry_After": "7", "X_Ratelimit_Reset": ms(3)}, 7),
        ({"Retry_After": "2", "X_Ratelimit_Reset": ms(3)}, 3),
        ({"Retry_After": "7", "X_Ratelimit_Reset": ms(-3600)}, 7),
        # This machine's clock is wrong by hours, either way: the server's says when its window ends.
        ({"X_Ratelimit_Reset": ms(7200 + 4), "Date": date(7200)}, 4),
        ({"X_Ratelimit_Reset": ms(-7200 + 4), "Date": date(-7200)}, 4),
        # Off by the second that `Date` is rounded to, or without a usable one: ours.
        ({"X_Ratelimit_Reset": ms(4), "Date": date(-1)}, 4),
        ({"X_Ratelimit_Reset": ms(4), "Date": "yesterday"}, 4),
        ({"X_Ratelimit_Reset": ms(4), "Date": ""}, 4),
        # Only what is a number counts.
        ({"Retry_After": "soon", "X_Ratelimit_Reset": ms(3)}, 3),
        ({"Retry_After": "7", "X_Ratelimit_Reset": "nan"}, 7),
    ],
)
@pytest.mark.parametrize("request_", [GET, *WRITES], ids=lambda request: request.method)
def test_a_429_is_repeated_when_its_headers_say(
    client: Client, script: Script, clock: FakeClock, request_: Request, headers: dict[str, str], seconds: float
) -> None:
    script.answers = [limited(**headers), answer(200, {"ok": True})]
    assert send(client, request_) == {"ok": True}
    assert clock.slept == [pytest.approx(seconds + JITTER, abs=0.01)]
    assert [sent.method for sent in script.sent] == [request_.method] * 2
    assert script.sent[0].body == script.sent[1].body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_Ratelimit_Reset": ms(-5)},
        {"X_Ratelimit_Reset": "0"},
        {"Retry_After": "0"},
        {"Retry_After": "-5"},
        {"Retry_After": "inf"},
        {"Retry_After": "nan"},
        {"X_Ratelimit_Reset": ms(-7200 - 1), "Date": date(-7200)},
    ],
)
def test_without_a_time_to_wait_for_the_wait_grows(
    client: Client, script: Script, clock: FakeClock, headers: dict[str, str]
) -> None:
    """A reset that stays in the past must not make hundreds of requests: the limit is the whole account's."""
    script.answers = [limited(**headers)] * 100
    with pytest.raises(errors.RateLimited):
        send(client)
    assert [seconds - JITTER for seconds in clock.slept] == [0.5, 1, 2, 4, 8, 16, 20]
    assert len(script.sent) == 8


def test_a_429_is_repeated_until_the_deadline_whatever_attempts_say(
    client: Client, script: Script, clock: FakeClock
) -> None:
    script.answers = [limited(Retry_After="9")] * 10
    with pytest.raises(errors.RateLimited) as caught:
        send(client)
    assert len(script.sent) == 7
    assert sum(clock.slept) < 60
    assert caught.value.status == 429


@pytest.mark.parametrize(
    "headers", [{"Retry_After": "1000000000"}, {"Retry_After": "60"}, {"X_Ratelimit_Reset": ms(1e9)}]
)
def test_a_wait_beyond_the_deadline_is_not_begun(
    client: Client, script: Script, clock: FakeClock, waits: list[Wait], headers: dict[str, str]
) -> None:
    script.answers = [limited(**headers)]
    with pytest.raises(errors.RateLimited) as caught:
        send(client)
    assert clock.slept == []
    assert waits == []
    assert "share the rate limit" in caught.value.hint


def test_waits_are_told_before_they_begin(script: Script, clock: FakeClock) -> None:
    script.answers = [limited(Retry_After="7"), error(503), answer(200, {})]
    told: list[tuple[Wait, int]] = []
    policy = RetryPolicy(random=lambda: 0.5)
    with Client(TOKEN, HOST, retry=policy, clock=clock, on_wait=lambda w: told.append((w, len(clock.slept)))) as client:
        script.mount(client)
        send(client)
    assert [(wait.seconds, wait.reason, wait.request, before) for wait, before in told] == [
        (7.25, "rate limited", "GET /x", 0),
        (1.25, "server error 503", "GET /x", 1),
    ]
    assert told[0][0].text == "Rate limited; retrying GET /x in 7.2 s."


FAILURES: dict[str, tuple[Callable[[], Any], type[errors.ApiError]]] = {
    "500": (lambda: error(500), errors.ServerError),
    "503": (lambda: error(503), errors.ServerError),
    "502, a page": (lambda: answer(502, "<html>"), errors.ServerError),
    "504": (lambda: error(504), errors.ServerError),
    "200, a page": (lambda: answer(200, "<html>Log in</html>"), errors.UnexpectedResponse),
    "200, truncated": (lambda: answer(200, '{"items": ['), errors.UnexpectedResponse),
    "200, a list": (lambda: answer(200, []), errors.UnexpectedResponse),
    "200, a trap": (lambda: answer(200, "[" * 100_000), errors.UnexpectedResponse),
    "200, empty": (lambda: answer(200), errors.UnexpectedResponse),
    "read time-out": (timed_out, errors.NetworkError),
    "connect time-out": (lambda: kinds.ConnectTimeoutError("MARKER"), errors.NetworkError),
    "chunks": (lambda: Answer(200, {}, IncompleteRead(b"MARKER")), errors.NetworkError),
    "gzip": (lambda: answer(200, "MARKER", {"Content-Encoding": "gzip"}), errors.NetworkError),
    "proxy": (lambda: kinds.ProxyError("MARKER", OSError()), errors.NetworkError),
    "TLS": (lambda: kinds.SSLError("MARKER"), errors.NetworkError),
    "closed": (connection_closed, errors.NetworkError),
    "refused": (never_connected, errors.NetworkError),
}
NEVER_SENT = ("connect time-out", "refused")
# The API itself says that it failed. After any other, a write may still take effect, or have done so unseen.
FAILED = ("500", "503")
every_failure = pytest.mark.parametrize(("fail", "kind"), FAILURES.values(), ids=list(FAILURES))


@every_failure
def test_a_get_is_repeated_as_often_as_the_policy_says(
    client: Client, script: Script, clock: FakeClock, fail: Any, kind: type[errors.ApiError]
) -> None:
    script.answers = [fail() for _ in range(4)]
    with pytest.raises(errors.ApiError) as caught:
        send(client)
    assert type(caught.value) is kind
    assert "MARKER" not in str(caught.value)
    assert caught.value.request == "GET /x"
    assert [seconds - JITTER for seconds in clock.slept] == [0.5, 1, 2]


@every_failure
def test_a_get_recovers(client: Client, script: Script, fail: Any, kind: type[errors.ApiError]) -> None:
    script.answers = [fail(), fail(), fail(), answer(200, {"ok": True})]
    assert send(client) == {"ok": True}


@pytest.mark.parametrize("failure", [name for name in FAILURES if name not in NEVER_SENT])
@pytest.mark.parametrize("request_", WRITES, ids=lambda request: request.method)
def test_a_write_without_an_answer_is_never_repeated_here(
    client: Client, script: Script, clock: FakeClock, request_: Request, failure: str
) -> None:
    script.answers = [FAILURES[failure][0]()]
    with pytest.raises(errors.OutcomeUnknown) as caught:
        send(client, request_)
    assert clock.slept == []
    assert caught.value.may_arrive_late is (failure not in FAILED)
    assert caught.value.hint == errors.OutcomeUnknown.hint


@pytest.mark.parametrize("failure", NEVER_SENT)
@pytest.mark.parametrize("request_", WRITES, ids=lambda request: request.method)
def test_a_write_that_never_left_is_repeated(client: Client, script: Script, request_: Request, failure: str) -> None:
    fail = FAILURES[failure][0]
    script.answers = [fail(), fail(), answer(200, {})]
    assert send(client, request_) == {}
    script.answers = [fail() for _ in range(4)]
    with pytest.raises(errors.NetworkError):
        send(client, request_)


def test_the_hours_of_a_slow_server_end_at_the_deadline(client: Client, script: Script, clock: FakeClock) -> None:
    """Each request takes time as well: what is left for the next is its time-out."""

    def slow(request: Sent) -> Exception:
        clock.now += request.timeout
        return timed_out()

    script.answers = [slow] * 4
    started = clock.now
    with pytest.raises(errors.NetworkError):
        send(client)
    assert [sent.timeout for sent in script.sent] == [30, pytest.approx(60 - 30 - 0.75)]
    assert clock.now - started <= 60


def test_nothing_is_sent_when_no_time_is_left(client: Client, script: Script, clock: FakeClock) -> None:
    deadline = client.deadline()
    clock.now += 60
    with pytest.raises(errors.NetworkError, match=r"^No time was left for GET /x\.") as caught:
        client._transport.send(GET, deadline)
    assert caught.value.request == "GET /x"
    assert script.sent == []


def test_one_attempt_means_no_second(script: Script, clock: FakeClock) -> None:
    script.answers = [error(500)]
    with Client(TOKEN, HOST, retry=RetryPolicy(attempts=1), clock=clock) as client:
        script.mount(client)
        with pytest.raises(errors.ServerError):
            send(client)
    assert clock.slept == []


def test_the_deadline_counts_down_to_zero(clock: FakeClock) -> None:
    deadline = Deadline(clock, 5)
    assert deadline.left() == 5
    clock.sleep(4)
    assert deadline.left() == 1
    clock.sleep(4)
    assert deadline.left() == 0


def test_the_policy_doubles_up_to_its_longest_wait() -> None:
    policy = RetryPolicy(first_wait=1, longest_wait=10, jitter=1, random=lambda: 0.25)
    assert [policy.backoff(attempt) for attempt in (1, 2, 3, 4, 5, 10_000)] == [1.25, 2.25, 4.25, 8.25, 10.25, 10.25]


def test_by_default_the_jitter_is_random() -> None:
    assert len({RetryPolicy().backoff(1) for _ in range(10)}) > 1


def test_the_clock_is_the_systems() -> None:
    import time

    assert SYSTEM_CLOCK is time


HEADER = st.one_of(st.text(max_size=12), st.integers().map(str), st.floats().map(str), st.just(date(0)), st.just(ms(5)))


@given(st.fixed_dictionaries({}, optional={"Retry-After": HEADER, "X-Ratelimit-Reset": HEADER, "Date": HEADER}))
def test_whatever_the_headers_hold_the_wait_is_a_time_or_none(headers: dict[str, str]) -> None:
    asked = requested_wait(headers, NOW)
    assert asked is None or 0 <= asked < 1e16
