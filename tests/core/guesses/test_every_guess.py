# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The life of a store under each value of each guess, and under combinations in which each pair of values occurs."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations
from typing import Any

import pytest

from ld_segment_store.emulator import Behaviour
from tests.core.guesses.faces import FACES, world
from tests.core.guesses.lifecycle import STATE, STEPS, WANTED
from tests.core.guesses.pairwise import pairwise

NUMBERS = {"list_page_size": (0, 1, 3), "list_delay": (0, 2.5, 7), "mask_starred_below": (7, 8, 100)}
AXES: dict[str, tuple[Any, ...]] = {
    setting.name: setting.metadata.get("values") or NUMBERS[setting.name] for setting in fields(Behaviour)
}


def run(chosen: dict[str, Any], face: str) -> None:
    for step in STEPS:
        with world(Behaviour(**chosen)) as account:
            step(account, FACES[face](account))
            assert [other.version for other in account.others()] == [1, 1, 1], step.__name__


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("chosen", [{}, *pairwise(AXES)], ids=str)
def test_life(chosen: dict[str, Any], face: str) -> None:
    run(chosen, face)


@pytest.mark.parametrize("face", FACES)
def test_a_list_that_is_later_than_all_waits_is_reported(face: str) -> None:
    with world(Behaviour(list_delay=60)) as account:
        created = FACES[face](account).present(**WANTED)
        (warning,) = created.warnings
        assert created.changed
        assert warning.startswith("It is unknown whether another run created this integration")
        assert account.state() == STATE


def test_each_pair_of_values_is_in_a_row() -> None:
    rows = pairwise(AXES)
    for one, two in combinations(AXES, 2):
        assert {(row[one], row[two]) for row in rows} == {(a, b) for a in AXES[one] for b in AXES[two]}
