# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A fleet through faults of every kind, by seeds: nothing duplicated, lost or misreported, and in the end all is as declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.core.fleet.chaos import DONE, Chaos
from tests.core.fleet.chaos_ways import KilledChaos, ProxyChaos
from tests.support.breaking_proxy import KINDS


def run(kind: type[Chaos], seeds: Iterable[int]) -> Counter[str]:
    """What happened, where nothing went wrong."""
    runs = [kind(seed).run() for seed in seeds]
    assert [sentence for run in runs for sentence in run.wrong] == []
    return sum((run.counts for run in runs), Counter())


@pytest.mark.slow
# The session `nightly` runs hundreds.
@pytest.mark.parametrize("first", range(0, 20, 10))
def test_chaos(first: int) -> None:
    counts = run(Chaos, range(first, first + 10))
    # It is no chaos where nothing fails.
    assert counts["faults"] > 100
    assert min(counts[action] for action in DONE) > 0


@pytest.mark.slow
def test_chaos_through_a_proxy_that_breaks() -> None:
    counts = run(ProxyChaos, range(16))
    assert min(counts[kind] for kind in KINDS) > 5
    assert counts["faults"] > 50
    assert min(counts[action] for action in DONE) > 0


@pytest.mark.slow
def test_chaos_of_a_process_that_is_killed_and_started_again() -> None:
    counts = run(KilledChaos, range(4))
    assert counts["killed"] > 5
    assert counts["broken"] > 0
    assert min(counts[action] for action in ("create", "update", "nothing")) > 0
