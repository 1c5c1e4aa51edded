# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The whole path without a mouse: Tab, Enter, the arrows and typing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from ld_segment_store.emulator import Emulator
from tests.notebook.conftest import writes
from tests.notebook.live.conftest import FLEET, LIVE, PASSWORD, TOKEN, ShowForm
from tests.notebook.live.form_page import FormPage

pytestmark = pytest.mark.slow

_FOCUSED = """() => {
  const focused = document.activeElement;
  const label = focused.labels && focused.labels[0];
  return focused.getAttribute("aria-label") || (label && label.textContent.trim()) || focused.textContent.trim();
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    passed = []
    for _ in range(60):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(_FOCUSED))
        if passed[-1] == name:
            return
    raise AssertionError(f"Tab never came to {name}, but to {passed}")


@pytest.mark.parametrize("app", ["lab", "notebook", "voila"])
def test_the_whole_path(app: str, show_form: ShowForm, ld: Emulator) -> None:
    form = show_form(app=app)
    page = form.page
    expect(form.button("Connect")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "Access token from")
    page.keyboard.type("Typed")
    expect(form.field("Access token")).to_be_visible()
    tab_to(page, "Access token")
    page.keyboard.type(TOKEN)
    tab_to(page, "Connect")
    page.keyboard.press("Enter")
    # The focus moves to what appears.
    expect(form.field("Project")).to_be_focused()
    page.keyboard.type("shop")
    tab_to(page, "Environment")
    page.keyboard.type("test")
    tab_to(page, "Open")
    page.keyboard.press("Space")
    expect(form.field("Host *")).to_be_focused()
    page.keyboard.type("redis.example.com")
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    tab_to(page, "Connect with TLS")
    expect(page.get_by_role("row", name="Password set")).to_be_visible()
    with form.new_button("Create the integration in shop/test"):
        page.keyboard.press("Space")
    expect(page.get_by_role("row", name="Connect with TLS yes")).to_be_visible()
    tab_to(page, "Create the integration in shop/test")
    page.keyboard.press("Enter")
    form.sees("Created the")
    (made,) = [i for i in ld.account.integrations if i.environment_key == "test"]
    assert made.config["tlsEnabled"] is True


def test_a_new_plan_keeps_the_focus_on_its_button(show_form: ShowForm, ld: Emulator) -> None:
    form = show_form(LIVE.replace('"live"', '"test"'))
    page, create = form.page, "Create the integration in shop/test"
    form.field("Host *").fill("redis.example.com")
    expect(page.get_by_role("row", name="Host redis.example.com")).to_be_visible()
    form.field("Port").focus()
    tab_to(page, create)
    with form.new_button(create):
        # As a change that arrives late: the focus is on the button by then.
        change = "input.value = '7000'; input.dispatchEvent(new Event('input', { bubbles: true }));"
        form.field("Port").evaluate(f"(input) => {{ {change} }}")
    expect(page.locator("button:not([data-old])", has_text=create)).to_be_focused()
    page.keyboard.press("Enter")
    form.sees("Created the")
    (made,) = [i for i in ld.account.integrations if i.environment_key == "test"]
    assert made.config["port"] == "7000"


UPDATE = "Update the integration of shop/live"


def test_the_focus_goes_to_cancel_and_to_what_came_of_it(live: FormPage, ld: Emulator) -> None:
    page = live.page
    page.evaluate("window.passed = []; document.addEventListener('focusin', (e) => passed.push(e.target.textContent))")
    live.field("Name").fill("Ours")
    ld.faults.add("delay", seconds=3, method="PATCH")
    live.button(UPDATE).focus()
    page.keyboard.down("Enter")
    expect(live.button("Cancel")).to_be_focused()
    page.keyboard.down("Enter")  # still held: it presses no second button
    page.keyboard.up("Enter")
    updated = "Updated the Redis integration of shop/live."
    expect(page.locator(".ldss-message:focus")).to_contain_text(updated)
    page.keyboard.press("Space")
    expect(live.field("Send the password even if it seems unchanged")).not_to_be_checked()
    assert [name.strip() for name in page.evaluate("passed")][1:3] == [UPDATE, "Cancel"]


def test_after_cancel_the_focus_is_where_enter_does_nothing(live: FormPage, ld: Emulator) -> None:
    page = live.page
    live.field("Name").fill("Ours")
    ld.faults.add(*[429] * 9, retry_after=30, method="PATCH")
    live.button(UPDATE).press("Enter")
    expect(live.button("Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    said = page.locator(".ldss-message:focus")
    expect(said).to_contain_text("Cancelled. The integration was read again")
    expect(live.button(UPDATE)).to_be_visible()
    page.keyboard.press("Enter")
    ld.faults.clear()
    ld.faults.add("close_after", method="PATCH")
    live.button(UPDATE).press("Enter")
    expect(said).to_contain_text("The change may or may not have been applied.")
    assert writes(ld) == ["PATCH", "PATCH"]


def test_whoever_has_moved_on_keeps_the_focus(live: FormPage, ld: Emulator) -> None:
    live.field("Name").fill("Ours")
    ld.faults.add("delay", seconds=1, method="PATCH")
    live.button(UPDATE).press("Enter")
    live.field("Tags").focus()
    live.sees("Updated the Redis integration of shop/live.")
    live.sees("No changes: shop/live already matches.")
    live.page.wait_for_timeout(500)  # what moves the focus waits for what is drawn
    expect(live.field("Tags")).to_be_focused()


def test_cancel_of_the_fleet_passes_its_focus(show_form: ShowForm, ld: Emulator) -> None:
    form = show_form(FLEET)
    form.sees("1 of 1")
    ld.faults.add(*[429] * 9, retry_after=30)
    form.button("Read again").click()
    form.button("Cancel").press("Enter")
    expect(form.page.locator(".ldss-message:focus")).to_contain_text("Cancelled.")
