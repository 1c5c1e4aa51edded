# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.notebook.page import Page


def test_a_wish_waits_for_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    page, sent = Page(), list[Any]()
    monkeypatch.setattr(page, "send", sent.append)
    page.move_focus("first")
    page.move_focus("second")
    assert sent == []
    page._receive(page, {"seen": "view"}, None)
    page._receive(page, {"seen": "view"}, None)
    assert sent == [{"focus": "second"}]
    page.move_focus("third")
    assert sent[1:] == [{"focus": "third"}]
