# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""From the connection to the take-away in real browsers, and no secret left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from ld_segment_store.emulator import Emulator
from tests.notebook.live.conftest import CELL, PASSWORD, TOKEN, ShowForm
from tests.notebook.live.firefox import firefox
from tests.notebook.live.form_page import FormPage
from tests.notebook.live.jupyter import JupyterServer, model_state, save, show
from tests.notebook.live.shared_lab import SharedLab
from tests.support.redis_server import RedisServer
from tests.support.sync import WRITER

pytestmark = pytest.mark.slow


LEAKED = "PLANTED-to-leak"


def secrets_in(text: str) -> list[str]:
    return [secret for secret in (TOKEN, PASSWORD) if secret in text]


def set_up_redis(form: FormPage, redis: RedisServer) -> None:
    """The whole path."""
    form.connect(TOKEN)
    form.open("shop", "test")
    form.field("Host *").fill("not a host")
    form.sees("Is not a host name or address")
    form.field("Host *").fill(redis.host)
    form.field("Port").fill(str(redis.port))
    form.field("Username").fill(WRITER)
    form.field("Password").press_sequentially(PASSWORD)
    form.field("Tags").fill("team-a, managed")
    form.sees("set, in this kernel only")


def walk_the_path(form: FormPage, redis: RedisServer, ld: Emulator) -> None:
    """Set up a real Redis that the emulator then writes to."""
    prefix = ld.account.environment("shop", "test").client_side_id
    with redis.admin() as admin:
        admin.execute_command("ACL", "SETUSER", WRITER, f"~{prefix}:*")
    set_up_redis(form, redis)
    form.check()
    form.create()
    (made,) = [i for i in ld.account.integrations if i.environment_key == "test"]
    assert set(made.tags) == {"team-a", "managed"}
    assert "lookup('ansible.builtin.env', 'REDIS_PASSWORD', default=undef())" in form.exported("Ansible task")
    assert "var.redis_password" in form.exported("Terraform")
    assert secrets_in(form.page.content()) == []


@pytest.mark.parametrize("app", ["lab", "notebook", "voila"])
def test_redis(app: str, lab: SharedLab, show_form: ShowForm, redis: RedisServer, ld: Emulator) -> None:
    form = show_form(app=app)
    walk_the_path(form, redis, ld)
    if app == "lab":
        assert_nothing_is_left_behind(form.page, lab.server, form.notebook)
    assert secrets_in(lab.server.log.read_text()) == []


def test_redis_in_firefox(
    playwright: Playwright, lab: SharedLab, redis: RedisServer, ld: Emulator, tmp_path: Path
) -> None:
    notebook = lab.write(CELL.format(api_host=ld.url))
    with firefox(playwright, tmp_path) as launched:
        page = launched.new_page(viewport={"width": 1280, "height": 1600})
        show(page, lab.server, notebook)
        form = FormPage(page, notebook)
        walk_the_path(form, redis, ld)
        form.button("Copy").first.focus()
        for key in ("d", "d", "x"):
            page.keyboard.press(key)
        expect(form.button("Copy").first).to_be_visible()
        page.get_by_text("The port of Redis.").click()
        page.keyboard.type("ddx")
        expect(form.field("Host *")).to_be_visible()


def assert_nothing_is_left_behind(page: Page, server: JupyterServer, notebook: Path) -> None:
    """The planted secrets are in no file and no model; what stands beside them is, so that the search is known to find."""
    beside = "team-a, managed"
    models = model_state(page)
    assert beside in models
    assert secrets_in(models) == []
    save(page)
    saved = notebook.read_text()
    assert "widget-state" in saved
    assert beside in saved
    html = server.folder / "form.html"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output", str(html), str(notebook)]
    subprocess.run(command, check=True, capture_output=True)
    assert beside in html.read_text()
    for file in server.folder.rglob("*"):
        if file.is_file() and file.stat().st_size < 10_000_000:
            assert secrets_in(file.read_text(errors="replace")) == [], file


def test_the_search_finds_what_leaks(show_form: ShowForm) -> None:
    """The same search on ipywidgets' own password field, which is known to leak: else finding nothing would prove nothing."""
    cell = "import ipywidgets\nfield = ipywidgets.Password(description='Password')\nfield  # {api_host}"
    form = show_form(cell)
    page = form.page
    field = page.get_by_label("Password", exact=True)
    field.fill(LEAKED)
    field.press("Tab")
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 300))")
    assert LEAKED in model_state(page)
    save(page)
    assert LEAKED in form.notebook.read_text()


def test_copying_gives_the_text(live: FormPage) -> None:
    form, page = live, live.page
    text = form.exported("Ansible task")
    form.button("Copy").last.click()
    form.sees("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").strip() == text.strip()
    with page.expect_download() as download:
        form.button("Save").last.click()
    assert download.value.suggested_filename == "big-segment-store.yml"
    assert Path(download.value.path()).read_text().strip() == text.strip()


def test_a_restarted_kernel_is_said(show_form: ShowForm) -> None:
    form = show_form()
    page = form.page
    expect(form.button("Connect")).to_be_visible()
    page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    root = page.locator(".ldss-root")
    page.wait_for_selector(".ldss-root.jupyter-widgets-disconnected")
    told = root.evaluate("(element) => getComputedStyle(element, '::before').content")
    assert "The kernel of this form has ended." in told
    page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    form.connect(TOKEN)
