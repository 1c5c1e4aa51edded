# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""However many runs create the same integration at the same time, one is left, and nobody deletes another's."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import cast

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.flow.apply import reconcile_present
from ld_segment_store.core.flow.host_lock import HostLock
from ld_segment_store.core.flow.plan import Action
from ld_segment_store.core.flow.rounds import Outcome
from ld_segment_store.core.model.settings import Settings
from tests.core.flow.simulated import Account, Run, SimulatedClient, World

SETTINGS = Settings("shop", "live", "redis", {"host": "redis.example.com"}, name="main", enabled=True)


def reconcile(client: SimulatedClient) -> Outcome:
    """Without the lock of a host, as on several hosts."""
    return reconcile_present(cast("Client", client), SETTINGS, None, "if_different", check=False)


def played(
    starts: list[float], turns: list[int], latency: float, slow: list[float], *, falling_ids: bool = False
) -> tuple[Account, list[Run]]:
    numbers = count()
    picks = iter(turns)
    world = World(lambda ready: next(picks, 0) % ready)
    account = Account(
        lambda: world.now, latency, lambda: f"id-{(500 - next(numbers)) if falling_ids else next(numbers):03}"
    )
    runs = [world.start(reconcile, account, at, delay) for at, delay in zip(starts, slow)]
    world.play()
    return account, runs


moments = st.floats(0, 6, allow_nan=False).map(lambda seconds: round(seconds, 1))


@settings(max_examples=250)
@given(
    st.lists(st.tuples(moments, st.sampled_from([0.05, 0.3, 1.0])), min_size=2, max_size=5),
    st.lists(st.integers(0, 4), max_size=60),
    st.sampled_from([0.0, 0.4, 2.0]),
    st.booleans(),
)
@example([(0.0, 0.3), (0.0, 0.3)], [], 0.0, False)
@example([(0.0, 0.05), (0.1, 1.0)], [], 0.0, True)
def test_one_is_left(runs: list[tuple[float, float]], turns: list[int], latency: float, falling_ids: bool) -> None:
    """With IDs that grow, and with IDs that fall: the smaller ID may belong to the run that looks after all others ended."""
    account, played_runs = played(
        [at for at, _slow in runs], turns, latency, [slow for _at, slow in runs], falling_ids=falling_ids
    )
    errors = [run.error for run in played_runs if run.error]
    assert not errors
    assert len(account.integrations) == 1
    (left,) = account.integrations.values()
    assert (left.name, left.enabled, dict(left.config or {})) == ("main", True, {"host": "redis.example.com"})
    for run in played_runs:
        assert set(run.deleted) <= set(run.created)
    # A run whose own integration is left has changed something; who found that of another has not.
    for run in played_runs:
        outcome: Outcome = run.value
        kept = left.id in run.created
        assert outcome.changed is kept or outcome.plan.action is Action.UPDATE, (run.created, run.deleted, outcome)


def test_a_run_that_deletes_its_duplicate_says_so() -> None:
    _account, runs = played([0.0, 0.0], [0, 1] * 20, 0.0, [0.3, 0.3])
    outcomes: list[Outcome] = [run.value for run in runs]
    assert sorted(outcome.changed for outcome in outcomes) == [False, True]
    (quiet,) = [outcome for outcome in outcomes if not outcome.changed]
    assert [warning for warning in quiet.warnings if "deleted its own duplicate" in warning]


def test_locks_exclude_each_other_by_name(tmp_path: Path) -> None:
    with HostLock(tmp_path) as ours, HostLock(tmp_path) as theirs:
        assert ours.acquire("a")
        assert ours.acquire("a")
        assert ours.holds("a")
        assert not theirs.acquire("a")
        assert not theirs.holds("a")
        assert theirs.acquire("b")
        ours.release("a")
        assert theirs.acquire("a")
    with HostLock(tmp_path) as later:
        assert later.acquire("a")
        assert later.acquire("b")


def test_a_lock_file_that_cannot_be_used_locks_nothing(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / f"ld-segment-store-{os.getuid()}.lock").symlink_to(tmp_path / "elsewhere")
    with HostLock(tmp_path) as ours, HostLock(tmp_path) as theirs:
        assert ours.acquire("a")
        assert theirs.acquire("a")
    assert HostLock(tmp_path / "missing").acquire("a")
