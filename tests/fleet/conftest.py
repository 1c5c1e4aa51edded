# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Nothing of the surroundings of whoever runs the tests."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LAUNCHDARKLY_ACCESS_TOKEN", "LAUNCHDARKLY_API_HOST", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
