# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A fleet through faults of every kind, by seeds: nothing doubled, lost or misreported, and in the end all is as declared."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.fleet.chaos import Chaos

SEEDS = 40


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEEDS, 10))
def test_chaos(first: int) -> None:
    runs = [Chaos(seed).run() for seed in range(first, first + 10)]
    assert [sentence for run in runs for sentence in run.wrong] == []
    counts = sum((run.counts for run in runs), Counter())
    # It is no chaos where nothing fails.
    assert counts["faults"] > 100
    assert min(counts[action] for action in ("create", "update", "delete", "nothing")) > 0
