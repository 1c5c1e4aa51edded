# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is typed and clicked while a plan is being applied."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets as w
import pytest

from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm
from tests.notebook.conftest import settle, writes
from tests.notebook.test_form import MakeForm, apply_button, fill, opened, until


@contextmanager
def applying(form: BigSegmentStoreForm, ld: Emulator) -> Iterator[None]:
    """The plan on screen is being applied in this block, and has been applied after it."""
    assert form.plan
    ld.faults.add("delay", seconds=1, method="PATCH" if form.integration else "POST")
    form.worker.put(form.changes.apply, form.plan)
    until(lambda: form.changes.is_applying)
    yield
    assert form.changes.is_applying
    until(lambda: form.outcome)
    form.worker.put(form.chart.cancel)
    settle(form)


def click(form: BigSegmentStoreForm, button: w.Button) -> None:
    """Click, and wait until the form has handled it."""
    handled = threading.Event()
    button.click()
    form.worker.click(handled.set)
    assert handled.wait(20)


def test_edits_while_applying_stay(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    fill(form, host="one.example.com")
    with applying(form, ld):
        form.fields.fields["name"].control.value = "Typed meanwhile"
    assert form.fields.fields["name"].value == "Typed meanwhile"
    assert form.fields.fields["host"].value == "one.example.com"
    assert apply_button(form).description == "Update the integration of shop/test"


@pytest.mark.parametrize("values", [{"name": "Ours"}, {"enabled": False}])
def test_a_second_click_says_nothing_else(make_form: MakeForm, ld: Emulator, values: dict[str, Any]) -> None:
    form = opened(make_form, "live")
    fill(form, **values)
    button = apply_button(form)
    with applying(form, ld):
        click(form, button)
        assert form.changes.message == ("busy", "Applying to shop/live.")
        assert form.changes.actions.children == ()
    assert writes(ld) == ["PATCH"]


def test_nor_does_the_button_of_incomplete_settings(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    button = apply_button(form)
    fill(form, host="one.example.com")
    with applying(form, ld):
        click(form, button)
        assert form.changes.message == ("busy", "Applying to shop/test.")
