# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Where the focus goes on a slow machine, and in a form that the view of many opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ld_segment_store.emulator import Emulator
from tests.notebook.live.conftest import FLEET, LIVE, ShowForm
from tests.notebook.live.form_page import FormPage

pytestmark = pytest.mark.slow

OPENER = "Open shop / live, redis"
# Two wishes at once: the second comes before the first has been looked at.
WISHES = f"""import ipywidgets
{LIVE}
def ask(_):
    form.page.move_focus("ldss-ConnectPanel")
    form.page.move_focus("ldss-StoreFields")
button = ipywidgets.Button(description="Ask twice")
button.on_click(ask)
ipywidgets.VBox([form, button])"""


@contextmanager
def late_frames(page: Page) -> Iterator[None]:
    """What is drawn starts its scripts two seconds late: the kernel has opened the store by then."""
    late = "window.requestAnimationFrame = (act) => setTimeout(() => window.frame(act), 2000);"
    page.evaluate(f"() => {{ window.frame = window.requestAnimationFrame; {late} }}")
    try:
        yield
    finally:
        page.evaluate("() => { window.requestAnimationFrame = window.frame; }")


@pytest.fixture
def fleet(show_form: ShowForm) -> FormPage:
    form = show_form(FLEET)
    form.sees("1 of 1")
    form.button("Table").click()
    return form


def host_of(form: FormPage) -> Any:
    host = form.field("Host *")
    expect(host).to_have_value("redis.example.com")
    return host


def test_a_form_that_is_drawn_late_gets_the_focus(fleet: FormPage) -> None:
    with late_frames(fleet.page):
        fleet.button(OPENER).click()
        expect(host_of(fleet)).to_be_focused()
    # Once it is there, too.
    fleet.button(OPENER).click()
    expect(host_of(fleet)).to_be_focused()


@pytest.mark.parametrize("name", ["Search", "Grid"])
def test_whoever_has_moved_on_in_the_fleet_stays_there(name: str, fleet: FormPage, ld: Emulator) -> None:
    ld.faults.add(*["delay"] * 5, seconds=0.5)
    fleet.button(OPENER).press("Enter")
    expect(fleet.page.locator(".ldss-fleet-form:focus, .ldss-fleet-form :focus")).to_be_attached()
    there = fleet.field(name) if name == "Search" else fleet.button(name)
    there.focus()
    host_of(fleet)
    fleet.page.wait_for_timeout(500)  # what moves the focus waits for what is drawn
    expect(there).to_be_focused()


def test_enter_in_the_form_of_a_fleet_presses_its_button_once(fleet: FormPage) -> None:
    fleet.button(OPENER).click()
    expect(host_of(fleet)).to_be_focused()
    inner = fleet.page.locator(".ldss-fleet-form")
    inner.get_by_role("button", name="Change").last.click()
    opened = inner.get_by_role("button", name="Open", exact=True)
    opened.evaluate(
        "(button) => { window.pressed = 0; button.addEventListener('click', () => { window.pressed += 1; }); }"
    )
    inner.get_by_label("Environment", exact=True).press("Enter")
    fleet.page.wait_for_function("window.pressed > 0")
    fleet.page.wait_for_timeout(200)
    assert fleet.page.evaluate("window.pressed") == 1


def test_of_two_wishes_the_last_one_counts(show_form: ShowForm) -> None:
    form = show_form(WISHES)
    form.sees("No changes: shop/live already matches.")
    form.field("Tags").focus()
    form.button("Ask twice").click()
    expect(form.field("Host *")).to_be_focused()
