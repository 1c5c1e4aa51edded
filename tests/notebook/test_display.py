# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What Jupyter is given to display: the widget, and text for pages without widgets."""

from __future__ import annotations

import time
from typing import Any

import ipywidgets as w
from IPython.core.formatters import DisplayFormatter

from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm
from tests.notebook.test_form import MakeForm, opened


def bundle_of(widget: w.Widget) -> dict[str, str]:
    formatter: Any = DisplayFormatter()
    data: dict[str, str] = formatter.format(widget)[0]
    return data


def test_it_has_a_text_where_widgets_cannot_be_shown(make_form: MakeForm) -> None:
    form = opened(make_form, "live")
    data = bundle_of(form)
    assert "Connect: Connected to" in data["text/plain"]
    assert "featureops.launchdarkly.ld_big_segment_store" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert repr(form) == "BigSegmentStoreForm('shop/live')"
    assert "shop/live" in form.to_html()


def test_the_text_waits_for_a_quick_connection(ld: Emulator) -> None:
    """It stays in the saved notebook as it is when the cell runs."""
    form = BigSegmentStoreForm(access_token=ld.access_token, api_host=ld.url)
    assert "Connect: Connected to" in bundle_of(form)["text/plain"]
    form.close()


def test_a_slow_connection_does_not_keep_the_picture(ld: Emulator) -> None:
    ld.faults.add("delay", seconds=3)
    form = BigSegmentStoreForm(access_token=ld.access_token, api_host=ld.url)
    began = time.monotonic()
    assert "Connecting." in bundle_of(form)["text/plain"]
    assert time.monotonic() - began < 2
    form.close()


def test_a_closed_form_says_so(make_form: MakeForm) -> None:
    form = opened(make_form, "live")
    form.close()
    data = bundle_of(form)
    assert data["text/plain"] == "This BigSegmentStoreForm is closed. Create another one."
    assert "application/vnd.jupyter.widget-view+json" not in data
