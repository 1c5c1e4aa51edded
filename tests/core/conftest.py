# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A client of a scripted API, with a clock that doesn't wait."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import configuration, settings

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import RetryPolicy, Wait
from ld_segment_store.core.flow import host_lock
from ld_segment_store.core.secret import Secret
from tests.support.scripted import HOST, TOKEN, FakeClock, Script

# The same examples everywhere and nothing left in the working tree: a red run can be repeated by anybody.
settings.register_profile("core", derandomize=True, database=None, deadline=None, max_examples=60)
settings.load_profile("core")
configuration.set_hypothesis_home_dir(Path(__file__).parents[2] / ".cache" / "hypothesis")


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What requests would read from the environment of whoever runs the tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def _own_host_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another run of the same tests on this host locks the same stores."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(host_lock, "_FOLDERS", (Path(folder),))
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def waits() -> list[Wait]:
    return []


@pytest.fixture
def client(script: Script, clock: FakeClock, waits: list[Wait]) -> Iterator[Client]:
    """A client that talks to the script. Jitter is always 0.25 s, the deadline 60 s."""
    policy = RetryPolicy(deadline=60.0, random=lambda: 0.5)
    with Client(Secret(TOKEN), HOST, retry=policy, clock=clock, on_wait=waits.append) as made:
        script.mount(made)
        yield made
