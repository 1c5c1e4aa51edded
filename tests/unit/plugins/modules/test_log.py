# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What Ansible writes to the log of the managed node while a module runs."""

from __future__ import annotations

import syslog
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible_collections.featureops.launchdarkly.plugins.modules import ld_big_segment_store, ld_big_segment_stores

from .launchdarkly import MARKER, TOKEN, Run, listing, reading, redis_item

# Each part holds the word, so that a log with a part of the password holds it too, however the rest is escaped.
PASSWORD = MARKER.join(["", "\\", '"', "'", "\t", "\u00a0", ""])
REDIS = {"host": "redis.example.com", "password": PASSWORD}
STORE = {"project_key": "shop", "environment_key": "live"}
TASKS: dict[str, tuple[ModuleType, dict[str, Any]]] = {
    "one store": (ld_big_segment_store, {**STORE, "redis": REDIS}),
    "several stores": (ld_big_segment_stores, {"stores": [{**STORE, "redis": REDIS}], "concurrency": 1}),
    "defaults": (ld_big_segment_stores, {"stores": [STORE], "defaults": {"redis": REDIS}, "concurrency": 1}),
}


@pytest.fixture(params=["syslog", "journal"])
def log(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The entries that Ansible writes to syslog, or to systemd's journal, whose entries have fields."""
    entries: list[str] = []

    def send(**fields: Any) -> None:
        entries.append("\n".join(f"{name}={value}" for name, value in fields.items()))

    monkeypatch.setattr(syslog, "syslog", lambda _priority, message: entries.append(message))
    monkeypatch.setattr(basic, "has_journal", request.param == "journal")
    monkeypatch.setattr(basic, "journal", SimpleNamespace(send=send), raising=False)
    return entries


@pytest.mark.parametrize("task", TASKS)
def test_no_secret_is_logged(run: Run, log: list[str], task: str) -> None:
    """The password has characters that `repr` escapes, and Ansible logs dictionaries by `repr`."""
    module, options = TASKS[task]
    there = redis_item()
    done = run(module, {"access_token": TOKEN, **options}, listing(there), reading(there), check=True)
    assert done.code == 0
    logged = "\n".join(log)
    assert "Invoked with" in logged
    assert "redis.example.com" in logged
    assert MARKER not in logged
