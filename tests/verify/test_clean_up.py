# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Nothing is left of a run, wherever it was ended, and nothing else is deleted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.cli import main as cli
from ld_segment_store.emulator import Behaviour, Emulator, Integration
from ld_segment_store.emulator.account.account import Contents
from ld_segment_store.verify.bench import MARK
from ld_segment_store.verify.run import run_probes
from tests.support.in_process import bench_of
from tests.support.scripted import FakeClock

ROOT = Path(__file__).parents[2]
PLACE = ("--project", "default", "--environment", "test")


def other(ld: Emulator, environment: str = "test") -> Integration:
    """An integration that no run created."""
    config = {"host": "redis.example.com"}
    return ld.account.create("default", environment, "redis", config, name="Redis of the shop", tags=[f"not-{MARK}"])


def test_a_run_may_end_after_any_change() -> None:
    """As after a kill -9: the state after each change of a run is what --clean-up finds."""
    clock = FakeClock()
    ld = Emulator(clock=clock.time)
    kept = [other(ld), other(ld, "production")]
    states: list[Contents] = []

    def note(_event: str, _integration: Integration) -> None:
        states.append(ld.account.contents)  # this is called after each change

    ld.account.observe(note)
    with bench_of(ld, clock, status_seconds=1) as bench:
        bench.in_use = False
        assert list(run_probes(bench))
    ld.account.unobserve(note)
    assert len(states) > 100
    assert max(len(state.integrations) for state in states) == len(kept) + 2
    for state in states:
        ld.account.restore(state)
        with bench_of(ld, clock) as bench:
            assert bench.clean_up(MARK) == len(state.integrations) - len(kept)
        assert ld.account.integrations == kept


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_lost_responses(method: str) -> None:
    """Of every third write; the list shows an integration seconds later."""
    clock = FakeClock()
    ld = Emulator(behaviour=Behaviour(list_delay=3), clock=clock.time)
    ld.faults.rate(0.3, ["close_after"], method=method)
    with bench_of(ld, clock) as bench:
        results = list(run_probes(bench))
        ld.faults.clear()
        bench.clean_up()
    assert ld.account.integrations == []
    assert any("outcome_unknown" in result.answer.evidence for result in results)


def start(ld: Emulator, *options: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LAUNCHDARKLY_ACCESS_TOKEN": ld.access_token,
        "LAUNCHDARKLY_API_HOST": ld.url,
    }
    command = [sys.executable, "-m", "ld_segment_store", "verify-api", *PLACE, *options]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end_at(ld: Emulator, creation: int, end: Callable[[subprocess.Popen[str]], Any]) -> tuple[int, str, str]:
    """Run the command, and end it in the middle of this creation, before it gets the response."""
    processes: list[subprocess.Popen[str]] = []
    created = 0

    def observe(event: str, _integration: Integration) -> None:
        nonlocal created
        created += event == "created"
        if event == "created" and created == creation:
            end(processes[0])

    ld.account.observe(observe)
    processes.append(start(ld, "--yes"))
    printed, said = processes[0].communicate(timeout=60)
    ld.account.unobserve(observe)
    return processes[0].returncode, printed, said


@pytest.mark.parametrize("creation", [1, 4, 6])
def test_killed(creation: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with Emulator() as ld:
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", ld.access_token)
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", ld.url)
        code, _printed, _said = end_at(ld, creation, lambda process: process.kill())
        assert code == -signal.SIGKILL
        left = ld.account.integrations
        assert left
        # The next run does not begin before they are deleted.
        assert cli.main(["verify-api", *PLACE, "--yes", "--allow-existing"]) == 2
        assert "--clean-up" in capsys.readouterr().err
        kept = other(ld)
        assert cli.main(["verify-api", *PLACE, "--yes", "--clean-up"]) == 0
        assert ld.account.integrations == [kept]
        printed = capsys.readouterr().out
        assert all(each.id in printed for each in left)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(number: signal.Signals) -> None:
    """The command itself deletes what it created."""
    with Emulator() as ld:
        code, printed, said = end_at(ld, 4, lambda process: process.send_signal(number))
        assert (code, ld.account.integrations) == (128 + number, [])
        assert f"interrupted by {number.name}" in said
        assert "confirmed: Each call needs" in printed
