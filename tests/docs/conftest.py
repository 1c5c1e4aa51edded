# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A world for each page, fresh."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collection.conftest import installed  # noqa: F401 - a fixture
from tests.docs.runner import World, fresh_world


@pytest.fixture
def world(installed: Path, tmp_path: Path) -> Iterator[World]:  # noqa: F811 - a fixture
    with fresh_world(installed, tmp_path) as made:
        yield made
