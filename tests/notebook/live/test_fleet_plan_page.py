# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A plan for many stores in a real browser: selected, confirmed, applied, a failure planned again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.emulator import Emulator
from tests.notebook.conftest import writes
from tests.notebook.live.conftest import CELL_TOKEN, ShowForm
from tests.notebook.live.test_browser import axe

pytestmark = pytest.mark.slow

CELL = """\
from ld_segment_store import read_declarations
from ld_segment_store.notebook import FleetPlan
redis = dict(host="redis.example.com")
stores = [
    dict(environment_key="live", integration_key="redis", name="Ours"),
    dict(environment_key="test", redis=redis),
    dict(environment_key="liev", redis=redis),
]
FleetPlan(read_declarations(stores, dict(project_key="shop")), access_token=TOKEN, api_host={api_host!r})""".replace(
    "TOKEN", repr(CELL_TOKEN)
)


def test_fleet_plan(show_form: ShowForm, ld: Emulator) -> None:
    form = show_form(CELL)
    page = form.page
    form.sees("3 of 3 stores, page 1 of 1")
    assert axe(page) == []
    expect(form.field("Select shop/liev redis")).to_be_disabled()
    form.field("Select every store with changes").check()
    with Client(CELL_TOKEN, ld.url) as other:
        patch = [{"op": "replace", "path": "/tags", "value": ["theirs"]}]
        other.update_integration(StoreKey("shop", "live", "redis"), "store-1", patch)
    form.button("Apply 2 changes …").click()
    host = ld.url.split("//")[1]
    expect(form.button("No")).to_be_focused()  # a second Enter must not confirm
    expect(form.button(f"Yes, apply 2 changes to {host}")).to_be_enabled()
    page.keyboard.press("Shift+Tab")
    expect(form.button(f"Yes, apply 2 changes to {host}")).to_be_focused()
    page.keyboard.press("Enter")
    form.sees("Applied 1 change, 1 failed.")
    form.sees("changed after the plan was made")
    assert [i.name for i in ld.account.integrations if i.environment_key == "live"] == ["Main store"]
    form.button("Plan the failed stores again").click()
    expect(form.field("Select shop/live redis")).to_be_enabled()
    expect(form.field("Select shop/live redis")).not_to_be_checked()
    form.field("Select shop/live redis").check()
    form.button("Apply 1 change …").click()
    form.button(f"Yes, apply 1 change to {host}").click()
    form.sees("Applied 1 change.")
    assert [i.name for i in ld.account.integrations if i.environment_key == "live"] == ["Ours"]


def test_a_double_click_asks_and_cancel_gets_the_focus(show_form: ShowForm, ld: Emulator) -> None:
    form = show_form(CELL)
    page, host = form.page, ld.url.split("//")[1]
    form.field("Select every store with changes").check()
    place = form.button("Apply 2 changes …").bounding_box()
    assert place
    for _ in range(2):
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        page.wait_for_timeout(60)
    yes = form.button(f"Yes, apply 2 changes to {host}")
    expect(yes).to_be_enabled()
    assert writes(ld) == []
    ld.faults.add(*[429] * 9, retry_after=30, method="PATCH")
    yes.press("Enter")
    expect(form.button("Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    form.sees("1 not attempted.")
    expect(page.locator(".ldss-message:focus")).to_contain_text("1 not attempted.")
