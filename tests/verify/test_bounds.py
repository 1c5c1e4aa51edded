# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A run is bounded in requests and time, and leaves half of each rate limit to others."""

from __future__ import annotations

import pytest

from ld_segment_store.core.api import rate_limit
from ld_segment_store.emulator import Behaviour, Emulator
from ld_segment_store.verify import bench
from ld_segment_store.verify.probe import Verdict
from ld_segment_store.verify.probes import PROBES
from ld_segment_store.verify.run import run_probes
from tests.support.in_process import bench_of, report_of
from tests.support.scripted import FakeClock, TickingClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> TickingClock:
    """Who waits for the rate limit looks at the clock repeatedly: that alone lets time pass, whatever the machine does."""
    monkeypatch.setattr(rate_limit, "_LONGEST_LOOK", 0.001)
    made = TickingClock()
    made.step = 0.02
    return made


def test_the_number_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "MAX_REQUESTS", 40)
    clock = FakeClock()
    ld = Emulator(clock=clock.time)
    with bench_of(ld, clock) as working:
        results = list(run_probes(working))
        # Those that delete what was created come on top.
        assert len([record for record in ld.requests if record.method != "DELETE"]) <= 40
        working.clean_up()
    assert ld.account.integrations == []
    assert len(results) == len(PROBES)
    assert "bounds of 40 requests" in results[-6].answer.evidence
    assert {result.answer.verdict for result in results[-8:]} == {Verdict.NOT_DECIDED}


def test_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends while an integration exists."""
    monkeypatch.setattr(bench, "MAX_SECONDS", 4.0)
    clock = FakeClock()
    ld = Emulator(behaviour=Behaviour(list_delay=9), clock=clock.time)
    began = clock.now
    with bench_of(ld, clock) as working:
        results = list(run_probes(working))
        assert clock.now - began < 8
        assert ld.account.integrations != []
        working.clean_up()
    assert ld.account.integrations == []
    assert len(results) == len(PROBES)


def test_half_of_the_rate_limit_is_left(clock: TickingClock) -> None:
    ld = Emulator(rate_limit=60, clock=clock.time)
    began = clock.now
    report = report_of(ld, clock)
    assert report.requests > 100
    assert clock.now - began > (report.requests // 30 - 1) * 10  # 30 in each window of 10 seconds
    assert 429 not in [record.status for record in ld.requests]
    result = next(result for result in report.results if "epoch milliseconds" in result.probe.statement)
    assert result.answer.verdict is Verdict.CONFIRMED


def test_others_use_the_rate_limit_up(clock: TickingClock) -> None:
    """A 429 is obeyed, and decides nothing."""
    ld = Emulator(clock=clock.time)
    ld.faults.add(*[429] * 3, method="POST", reset_in=7)
    began = clock.now
    report = report_of(ld, clock)
    assert clock.now - began > 3 * 7
    assert not [result for result in report.results if result.answer.verdict is Verdict.REFUTED]
