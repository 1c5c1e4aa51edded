# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Files of stores for the command line, and an account that it finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from ld_segment_store.emulator import Emulator
from tests.core.fleet.fleets import PASSWORD, account

TOKEN = "api-MARKER-token"
FLEET: dict[str, Any] = {
    "defaults": {
        "project_key": "shop",
        "redis": {"host": "redis.example.com", "password": {"env": "FLEET_PASSWORD"}},
        "enabled": True,
    },
    "stores": [{"environment_key": "env-0"}, {"environment_key": "env-1", "redis": {"port": 6380}}],
}


@contextmanager
def connected(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An account with six environments, and the environment variables that lead to it."""
    with account(6, access_tokens=[TOKEN]) as emulator:
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", emulator.url)
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
        monkeypatch.setenv("FLEET_PASSWORD", PASSWORD)
        yield emulator


def write(folder: Path, data: Any, name: str = "stores.yml") -> Path:
    file = folder / name
    file.write_text(json.dumps(data) if name.endswith("json") else yaml.safe_dump(data), encoding="utf-8")
    return file
