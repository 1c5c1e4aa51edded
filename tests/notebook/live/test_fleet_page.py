# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Thousands of environments in a real browser: sorted, filtered, opened, and saved as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from ld_segment_store.core.fleet.stores_file import read_stores_file
from ld_segment_store.emulator import Emulator
from tests.notebook.live.conftest import CELL_TOKEN, FLEET, ShowForm

pytestmark = pytest.mark.slow


@pytest.fixture
def ld() -> Iterator[Emulator]:
    def store(place: str) -> list[dict[str, Any]]:
        return [{"id": place, "name": place, "enabled": True, "redis": {"host": place + ".example.com"}}]

    projects = {
        f"p{p:02}": {"environments": {f"e{e:02}": {"integrations": store(f"p{p:02}-e{e:02}")} for e in range(20)}}
        for p in range(100)
    }
    with Emulator(seed={"projects": projects}, access_tokens=[CELL_TOKEN]) as emulator:
        emulator.set_status("p50-e10", {"available": True, "lastSync": 1_790_000_000_000})
        yield emulator


def test_fleet(show_form: ShowForm, ld: Emulator) -> None:
    form = show_form(FLEET)
    page = form.page
    form.sees("2000 of 2000")
    expect(page.locator(".ldss-grid button")).to_have_count(2000)
    expect(page.locator(".ldss-grid > div")).to_have_count(100)
    form.field("Group by").select_option("environment")
    expect(page.locator(".ldss-grid > div")).to_have_count(20)
    form.button("✓ 1 available").click()
    form.sees("1 of 2000")
    # What is read again keeps the group and the filter.
    ld.set_status("p51-e11", {"available": True, "lastSync": 1_790_000_000_000})
    form.button("Read again").click()
    form.sees("2 of 2000")
    expect(page.locator(".ldss-grid > div")).to_have_count(2)
    expect(form.button("✓ 2 available")).to_have_attribute("aria-pressed", "true")
    form.button("All 2000").click()
    form.button("Table").click()
    form.sees("2000 of 2000, page 1 of 40")
    form.button("Health ▴").click()
    first = page.locator("[data-drawn] tbody tr").first
    expect(first).to_contain_text("available")
    expect(first).to_contain_text("p50-e10")
    form.button("✓ 2 available").click()
    form.sees("2 of 2000, page 1 of 1")
    form.button("All 2000").click()
    form.field("Search").fill("p07-e1")
    form.sees("10 of 2000, page 1 of 1")
    with page.expect_download() as download:
        form.button("Save a picture").click()
    assert len(list(ET.parse(download.value.path()).iter("{http://www.w3.org/2000/svg}title"))) == 2000
    form.button("Open p07 / e12, redis").click()
    expect(form.field("Host *")).to_have_value("p07-e12.example.com")
    # What the click opened is where the eye and the keyboard are, and the row is marked.
    expect(form.field("Host *")).to_be_focused()
    expect(form.field("Host *")).to_be_in_viewport()
    expect(page.locator("tr[aria-current=true]")).to_contain_text("p07-e12")


def test_several_are_selected_by_keyboard_and_saved(show_form: ShowForm, ld: Emulator) -> None:
    form = show_form(FLEET)
    page = form.page
    form.field("Search").fill("p07")
    form.sees("20 of 2000")
    form.button("Select several").press("Enter")
    cells = page.locator(".ldss-grid button")
    cells.first.press("Space")
    form.sees("1 selected: p07 / e00, redis.")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Enter")  # from the one that was selected last to this one
    form.sees("4 selected: p07 / e00, redis; p07 / e01, redis; p07 / e02, redis and 1 more.")
    expect(page.locator(".ldss-grid [aria-pressed=true]")).to_have_count(4)
    form.field("Search").fill("p07-e01")
    form.sees("(3 not shown)")
    ld.set_status("p07-e02", {"available": True, "lastSync": 1_790_000_000_000})
    form.button("Read the selected again").click()
    form.sees("Read 4 integrations again.")
    form.button("✓ 2 available").wait_for()
    form.button("Table").click()
    expect(form.field("Select p07 / e01, redis")).to_be_checked()
    with page.expect_download() as download:
        form.button("Save a stores file").click()
    assert [str(one.key) for one in read_stores_file(str(download.value.path()), {})] == [
        f"p07/e{number:02} redis" for number in range(4)
    ]
    form.button("Select none").click()
    form.sees("0 selected.")
