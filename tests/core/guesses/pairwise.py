# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Combinations in which each pair of values of two axes occurs, many fewer than all combinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

Choice = tuple[str, Any]


def pairwise(axes: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows with a value for each axis: each row takes, axis by axis, the value that adds most pairs. The same every time."""
    left = {frozenset(((one, a), (two, b))) for one, two in combinations(axes, 2) for a in axes[one] for b in axes[two]}
    rows = []
    while left:
        # The smallest by its text, since the order of a set differs from run to run.
        row = dict(min(left, key=lambda pair: sorted(map(str, pair))))
        for axis in sorted(axes, key=lambda name: -len(axes[name])):
            if axis not in row:
                row[axis] = max(axes[axis], key=lambda value: len(left & _pairs((axis, value), row)))
        left -= {frozenset(pair) for pair in combinations(row.items(), 2)}
        rows.append(row)
    return rows


def _pairs(choice: Choice, row: Mapping[str, Any]) -> set[frozenset[Choice]]:
    return {frozenset((choice, other)) for other in row.items()}
