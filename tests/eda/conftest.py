# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""An account for the event source, and a file that declares its stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_segment_store.emulator import Emulator
from tests.support.exporter import PASSWORD, SEED, TOKEN


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=SEED, access_tokens=[TOKEN]) as emulator:
        yield emulator


@pytest.fixture
def stores_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of shop/live with the tag `a`."""
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    redis = {"host": "redis.example.com", "password": {"env": "REDIS_PASSWORD"}}
    entry = {"project_key": "shop", "environment_key": "live", "tags": ["a"], "redis": redis}
    file = tmp_path / "stores.json"
    file.write_text(json.dumps({"stores": [entry]}))
    return file
