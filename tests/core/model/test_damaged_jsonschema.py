# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""jsonschema is installed and cannot be imported."""

from __future__ import annotations

import sys

import pytest

from ld_segment_store.core.errors import MissingDependency
from ld_segment_store.core.model import validation


def test_a_damaged_jsonschema_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "_jsonschema_installed", lambda: True)
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(MissingDependency) as caught:
        validation.check_request("redis", {"config": {"host": "h", "port": "MARKER"}})
    assert caught.value.library == "jsonschema"
    assert validation.check_request("redis", {"config": {"host": "h"}}) == []  # decided without jsonschema
