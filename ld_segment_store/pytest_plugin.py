# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A plugin for pytest: the fixture `launchdarkly_emulator`. pytest finds it wherever this package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .emulator import Emulator

_MARKER = "launchdarkly_emulator"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    about = "options of the Emulator that the fixture of the same name starts, such as seed or rate_limit"
    config.addinivalue_line("markers", f"{_MARKER}(**options): {about}")


@pytest.fixture
def launchdarkly_emulator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """A local emulator of LaunchDarkly's big segment store API, a new one for each test.

    `LAUNCHDARKLY_API_HOST` and `LAUNCHDARKLY_ACCESS_TOKEN` lead to it. The marker of the same name has its options.
    """
    from .emulator import Emulator  # here, so that only tests that use it wait for the import

    marker = request.node.get_closest_marker(_MARKER)
    with Emulator(*(marker.args if marker else ()), **(marker.kwargs if marker else {})) as emulator:
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", emulator.url)
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token)
        yield emulator
