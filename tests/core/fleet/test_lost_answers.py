# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One thing breaks at a time, and each store is there once: what a fleet makes of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ld_segment_store.core.errors import AmbiguousIntegration, OutcomeUnknown
from ld_segment_store.core.fleet.result import StoreResult
from ld_segment_store.core.fleet.run import reconcile_many
from ld_segment_store.emulator import Emulator, Fault
from tests.core.fleet.fleets import REDIS, QuickClock, account, connect, declared
from tests.support.breaking_proxy import BreakingProxy

NUMBER = 20


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with account(NUMBER) as emulator:
        yield emulator


@pytest.fixture
def proxy(ld: Emulator) -> Iterator[BreakingProxy]:
    with BreakingProxy(int(ld.url.rsplit(":", 1)[1])) as made:
        yield made


def apply(
    ld: Emulator, number: int = 1, url: str = "", timeout: float = 10.0, speed: float = 60.0, concurrency: int = 4
) -> list[StoreResult]:
    clock = QuickClock(speed)
    client = connect(ld, url=url, clock=clock, timeout=timeout, deadline=30 * speed)
    return reconcile_many(client, declared(number), concurrency=concurrency)


def actions(results: list[StoreResult]) -> list[str]:
    return [result.action for result in results]


def posts(ld: Emulator) -> int:
    return sum(request.method == "POST" for request in ld.requests)


def test_each_worker_keeps_its_connection(ld: Emulator, proxy: BreakingProxy) -> None:
    assert set(actions(apply(ld, NUMBER, proxy.url))) == {"create"}
    assert proxy.connections <= 5  # one for the list


def test_connections_that_are_closed_after_each_answer_are_no_failure_of_reading(
    ld: Emulator, proxy: BreakingProxy
) -> None:
    apply(ld, NUMBER)
    proxy.rate(1.0, ["close_idle"])
    assert set(actions(apply(ld, NUMBER, proxy.url))) == {"nothing"}
    assert proxy.connections >= NUMBER + 1


def test_connections_that_are_closed_after_each_answer_double_nothing(ld: Emulator, proxy: BreakingProxy) -> None:
    """A POST may be on its way in just that moment; whether it was carried out cannot be known."""
    proxy.rate(1.0, ["close_idle"])
    assert set(actions(apply(ld, NUMBER, proxy.url))) <= {"create", "failed"}
    proxy.clear()
    assert set(actions(apply(ld, NUMBER, proxy.url))) <= {"create", "nothing"}
    assert posts(ld) == len(ld.account.integrations) == NUMBER


def test_nobody_listens_for_a_moment(ld: Emulator, proxy: BreakingProxy) -> None:
    proxy.script("refuse", "GET")
    assert actions(apply(ld, url=proxy.url, speed=10.0)) == ["create"]
    assert proxy.counts["refuse"] == 1
    assert posts(ld) == 1


@pytest.mark.parametrize("kind", ["reset_after", "cut"])
def test_a_post_that_was_carried_out_is_found(ld: Emulator, proxy: BreakingProxy, kind: str) -> None:
    proxy.script(kind, "POST")
    (result,) = apply(ld, url=proxy.url)
    assert (result.action, result.changed) == ("create", True)
    assert posts(ld) == 1


@pytest.mark.parametrize("kind", ["reset_before", "late"])
def test_a_post_that_was_not_answered_is_left_to_the_next_run(ld: Emulator, proxy: BreakingProxy, kind: str) -> None:
    """So fast that nothing that comes late is seen."""
    proxy.script(kind, "POST")
    (result,) = apply(ld, url=proxy.url, speed=2000.0)
    assert isinstance(result.error, OutcomeUnknown)
    assert "The request was not retried" in result.error.message
    assert result.changed
    proxy.wait_quiet()  # also: the error, which is kept, keeps no connection open
    assert actions(apply(ld, url=proxy.url)) == ["create" if kind == "reset_before" else "nothing"]
    assert posts(ld) == len(ld.account.integrations) == 1


def test_a_post_that_takes_effect_within_the_looks_is_found(ld: Emulator) -> None:
    ld.faults.add(Fault("delay", method="POST", seconds=0.6))
    (result,) = apply(ld, timeout=0.2, speed=5.0)
    assert (result.action, result.changed) == ("create", True)
    assert posts(ld) == 1


def test_a_post_that_takes_effect_after_all_looks_is_not_doubled(ld: Emulator) -> None:
    """The looks are over after 7 seconds, which here are less than a tenth; it arrives after 250."""
    carried_out = []
    ld.account.observe(lambda event, _integration: carried_out.append(event))
    ld.faults.add(Fault("delay", method="POST", seconds=2.5))
    (result,) = apply(ld, timeout=0.1, speed=100.0)
    assert isinstance(result.error, OutcomeUnknown)
    assert carried_out == []
    clock = QuickClock(1.0)
    while not carried_out:
        assert clock.monotonic() < 10
        clock.sleep(0.01)
    assert actions(apply(ld)) == ["nothing"]
    assert len(ld.account.integrations) == 1


def test_two_of_one_kind_are_told_and_left_alone(ld: Emulator) -> None:
    """As when somebody ran it again too soon: which of them is the right one, nobody can know."""
    twins = [ld.account.create("shop", "env-0", "redis", REDIS, on=True) for _number in range(2)]
    (result,) = apply(ld)
    assert isinstance(result.error, AmbiguousIntegration)
    assert all(twin.id in result.error.message for twin in twins)
    assert not result.changed
    assert len(ld.account.integrations) == 2
