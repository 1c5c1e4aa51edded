# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Everyday mistakes in a real browser: two forms, clicks beside a field, a slow connection, a notebook from yesterday."""

from __future__ import annotations

import json
import shutil

import pytest
from playwright.sync_api import Route, expect

from ld_segment_store.emulator import Emulator
from tests.notebook.conftest import writes
from tests.notebook.live.conftest import CELL_TOKEN, ShowForm
from tests.notebook.live.form_page import FormPage
from tests.notebook.live.jupyter import save, show
from tests.notebook.live.shared_lab import SharedLab

pytestmark = pytest.mark.slow

CONNECTED = f"""from ld_segment_store.notebook import BigSegmentStoreForm
form = BigSegmentStoreForm(access_token={CELL_TOKEN!r}, api_host={{api_host!r}})
form"""
TWO = f"""import ipywidgets
from ld_segment_store.notebook import BigSegmentStoreForm
forms = [BigSegmentStoreForm(access_token={CELL_TOKEN!r}, api_host={{api_host!r}}) for _ in range(2)]
forms[0].show_store("shop", "live")
forms[1].show_store("shop", "test")
ipywidgets.VBox(forms)"""
BOTH = f"""import os
from ld_segment_store.notebook import BigSegmentStoreForm, FleetView
os.environ["LAUNCHDARKLY_ACCESS_TOKEN"] = {CELL_TOKEN!r}
display(FleetView(access_token={CELL_TOKEN!r}, api_host={{api_host!r}}))
BigSegmentStoreForm(api_host={{api_host!r}})"""


def test_two_forms_in_one_output(show_form: ShowForm, ld: Emulator) -> None:
    page = show_form(TWO).page
    first, second = (page.locator(".ldss-root").nth(number) for number in range(2))
    expect(second.get_by_label("Host *", exact=True)).to_be_visible()
    second.get_by_label("Host *", exact=True).fill("redis.example.com")
    expect(second.get_by_role("row", name="Host redis.example.com")).to_be_visible()
    create = second.get_by_role("button", name="Create the integration in shop/test")
    create.dblclick()
    expect(second.get_by_text("Created the Redis integration in shop/test.")).to_be_visible()
    assert writes(ld) == ["POST"]
    expect(first.get_by_text("No changes: shop/live already matches.")).to_be_visible()
    ids = page.evaluate("[...document.querySelectorAll('.ldss-root [id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_a_click_beside_a_field_leaves_the_cell_alone(live: FormPage) -> None:
    page = live.page
    for target in (page.get_by_text("Settings of shop/live"), page.get_by_text("The port of Redis.")):
        target.click()
        for key in ("d", "d", "x"):
            page.keyboard.press(key)
    expect(live.field("Host *")).to_be_visible()
    assert page.locator(".jp-CodeCell").count() == 1


def test_a_slow_connection_is_in_the_saved_text(show_form: ShowForm, ld: Emulator) -> None:
    ld.faults.add("delay", seconds=2)
    form = show_form(CONNECTED)
    expect(form.field("Project")).to_be_visible()
    expect(form.page.locator(".ldss-root")).to_have_count(1)
    form.field("Project").fill("shop")
    expect(form.field("Project")).to_have_value("shop")
    save(form.page)
    (cell,) = json.loads(form.notebook.read_text())["cells"]
    (output,) = cell["outputs"]
    assert "Connected to" in "".join(output["data"]["text/plain"])


def test_a_saved_notebook_without_its_kernel_takes_no_input(live: FormPage, lab: SharedLab) -> None:
    save(live.page)
    yesterday = live.notebook.with_name("yesterday.ipynb")
    shutil.copy(live.notebook, yesterday)
    page = lab.context.new_page()
    root, missing = page.locator(".ldss-root.jupyter-widgets-disconnected"), page.get_by_text("model not found")
    # On a busy machine Lab may draw the output before it has restored the models of the notebook; opened again, it has them.
    for _attempt in range(3):
        show(page, lab.server, yesterday, run=False)
        expect(root.or_(missing).first).to_be_visible()
        if root.is_visible():
            break
    expect(root).to_be_visible()
    content = "(element) => getComputedStyle(element, '::before').content"
    assert "The kernel of this form has ended." in root.evaluate(content)
    host = FormPage(page).field("Host *")
    expect(host).to_have_value("redis.example.com")
    host.evaluate("(element) => element.focus()")
    expect(host).not_to_be_focused()  # inert
    page.close()


def test_without_anywidget_there_are_tables_and_fields(show_form: ShowForm, lab: SharedLab, ld: Emulator) -> None:
    """anywidget may be missing where the Jupyter server runs."""

    def refuse(route: Route) -> None:
        route.abort()

    notebook = lab.write(BOTH.format(api_host=ld.url))
    page = lab.context.new_page()
    page.route("**/extensions/anywidget/**", refuse)
    show(page, lab.server, notebook)
    form = FormPage(page, notebook)
    expect(page.locator(".ldss-fallback").get_by_role("row", name="Main store")).to_be_visible()
    form.button("Connect").last.click()
    form.field("Project").fill("shop")
    form.field("Environment").fill("test")
    form.button("Open").click()
    form.field("Host *").fill("redis.example.com")
    # What is clicked may move until the plan is on screen.
    expect(page.get_by_role("cell", name="redis.example.com")).to_be_visible()
    form.button("Create the integration in shop/test").click()
    form.sees("Created the Redis integration in shop/test.")
    # No broken icons; the missing field says what is missing.
    broken = page.locator(".jupyter-widgets-error-widget").filter(visible=True)
    expect(broken).to_have_count(1)
    content = "(element) => getComputedStyle(element, '::before').content"
    assert "anywidget is not installed" in broken.evaluate(content)
    page.close()
