# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Nothing of the surroundings of whoever runs the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import configuration

# Nothing is left in the working tree.
configuration.set_hypothesis_home_dir(Path(__file__).parents[3] / ".cache" / "hypothesis")


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LAUNCHDARKLY_ACCESS_TOKEN", "LAUNCHDARKLY_API_HOST", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
