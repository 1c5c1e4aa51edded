# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A running emulator and a client for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ld_segment_store.emulator import Emulator
from tests.emulator.contract import Caller
from tests.support.sync_dynamodb import aws, module_aws, store  # noqa: F401 - fixtures


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def call(ld: Emulator) -> Iterator[Caller]:
    caller = Caller(ld)
    yield caller
    caller.session.close()
