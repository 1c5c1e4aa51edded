# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

import sys

import pytest

from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.result import StoreResult
from ld_segment_store.core.flow.plan import Plan
from ld_segment_store.core.flow.rounds import Outcome
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.core.model.settings import Settings


@pytest.mark.skipif(sys.version_info < (3, 10), reason="Python 3.9 has no slots for dataclasses.")
@pytest.mark.parametrize("kept", [Declaration, Integration, Outcome, Plan, Settings, StoreResult])
def test_what_a_run_keeps_of_each_store_has_no_dictionary(kept: type) -> None:
    assert not hasattr(object.__new__(kept), "__dict__")
