# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""An account for the exporter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ld_segment_store.emulator import Emulator
from tests.support.exporter import SEED, TOKEN


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=SEED, access_tokens=[TOKEN], rate_limit=10_000) as emulator:
        yield emulator
