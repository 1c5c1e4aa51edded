# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A run: every probe in its order, within the bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..core.errors import ApiError
from .bench import Bench, Undecided
from .probe import Answer, Probe, undecided
from .probes import PROBES
from .probes.access import projects


class Result(NamedTuple):
    """A probe and its answer."""

    probe: Probe
    answer: Answer


def run_probes(bench: Bench) -> Iterator[Result]:
    """Ask each probe. A failure leaves its statement undecided."""
    learn_names(bench)
    for probe in PROBES:
        yield Result(probe, _ask(probe, bench))


def learn_names(bench: Bench) -> None:
    """Learn the names that later responses may quote, as far as the token may read them."""
    bench.names.add(bench.call("GET", "/api/v2/caller-identity", beta=False).body, every=True)
    bench.names.add(bench.once(projects).body)
    bench.listed()


def _ask(probe: Probe, bench: Bench) -> Answer:
    try:
        return probe.ask(bench)
    except Undecided as error:
        return undecided(str(error))
    except ApiError as error:
        # Not its message, which has keys.
        return undecided(f"The probe failed: {error.failure}.")
