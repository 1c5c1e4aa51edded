# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The first pages that somebody follows, on each ansible-core; tests/docs runs them all on one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.runner import fresh_world


@pytest.mark.parametrize("page", ["README.md", "docs/start.md"])
def test_page(installed: Path, tmp_path: Path, page: str) -> None:
    with fresh_world(installed, tmp_path) as world:
        world.run(page)
