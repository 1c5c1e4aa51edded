# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What Jupyter is given to display: the widget, and text for pages without widgets."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm, part
from ld_segment_store.notebook.changes import ChangesPanel
from tests.notebook.conftest import settle
from tests.notebook.test_form import MakeForm, opened, until


class Output:
    """What IPython is given to display, and its updates."""

    def __init__(self) -> None:
        self.bundles: list[dict[str, Any]] = []

    def display(self, bundle: dict[str, Any], **options: Any) -> Output:
        assert options == {"raw": True, "display_id": True}
        self.bundles.append(bundle)
        return self

    def update(self, bundle: dict[str, Any], **options: Any) -> None:
        assert options == {"raw": True}
        self.bundles.append(bundle)


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Output:
    made = Output()
    monkeypatch.setattr(part, "_display", made.display)
    return made


def test_it_has_a_text_where_widgets_cannot_be_shown(make_form: MakeForm) -> None:
    form = opened(make_form, "live")
    data = form._repr_mimebundle_()
    assert "Connect: Connected to" in data["text/plain"]
    assert "featureops.launchdarkly.ld_big_segment_store" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert repr(form) == "BigSegmentStoreForm('shop/live')"
    assert "shop/live" in form.to_html()


def test_the_text_holds_while_an_environment_is_being_opened(
    make_form: MakeForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cell's thread asks for it at any time; an error there would be all that the cell shows."""
    form = make_form()
    texts: list[str] = []
    update = ChangesPanel.update

    def look(panel: ChangesPanel) -> None:
        texts.append(form.text())
        update(panel)

    monkeypatch.setattr(ChangesPanel, "update", look)
    form.show_store("shop", "live")
    settle(form)
    assert "Choose the environment: Opened" in texts[0]


def test_the_text_waits_for_a_quick_connection(ld: Emulator, output: Output) -> None:
    """It stays in the saved notebook as it is when the cell runs."""
    form = BigSegmentStoreForm(access_token=ld.access_token, api_host=ld.url)
    form._ipython_display_()
    (data,) = output.bundles
    assert "Connect: Connected to" in data["text/plain"]
    form.close()


def test_the_text_of_a_slow_connection_is_replaced_once(ld: Emulator, output: Output) -> None:
    ld.faults.add("delay", seconds=1.5)
    form = BigSegmentStoreForm(access_token=ld.access_token, api_host=ld.url)
    began = time.monotonic()
    form._ipython_display_()
    assert time.monotonic() - began < 1.4  # the picture does not wait
    assert "Connecting." in output.bundles[0]["text/plain"]
    until(lambda: len(output.bundles) > 1)
    form.show_store("shop", "live")
    settle(form)
    assert ["Connected to" in data["text/plain"] for data in output.bundles] == [False, True]
    assert {data["application/vnd.jupyter.widget-view+json"]["model_id"] for data in output.bundles} == {form.model_id}
    form.close()


def test_a_closed_form_says_so(make_form: MakeForm, output: Output) -> None:
    form = opened(make_form, "live")
    form.close()
    form._ipython_display_()
    assert output.bundles == [{"text/plain": "This BigSegmentStoreForm is closed. Create another one."}]
