# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The fixture of all unit tests of modules.

Each test has a process of its own. What the modules import late is imported here, once for all of these.
"""

from __future__ import annotations

import jsonschema  # noqa: F401
import pytest
import requests  # noqa: F401

from .launchdarkly import Run, runner


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a module's `main`, and checks the calls and that no secret is printed."""
    return runner(monkeypatch, capfd)
