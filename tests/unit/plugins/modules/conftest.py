# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The fixture of all unit tests of modules."""

from __future__ import annotations

import pytest

from .launchdarkly import Run, runner


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a module's `main`, and checks the calls and that no secret is printed."""
    return runner(monkeypatch, capfd)
