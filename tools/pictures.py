# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Renews the pictures of the notebook form in docs/images: `.venv/bin/python -m tools.pictures`, in a minute.

It uses the JupyterLab, browser, Redis and emulator of the form's tests.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from ld_segment_store.core.documents import redis_acl_line
from ld_segment_store.emulator import Emulator, SyncOptions
from tests.notebook.live.form_page import FormPage
from tests.notebook.live.jupyter import JupyterServer, browser, show, write_notebook
from tests.support.redis_server import RedisServer
from tests.support.sync import acl_line
from tools.environments import ROOT

FOLDER = ROOT / "docs/images"
PASSWORD = "an-example"
CLIENT_SIDE_ID = "64c0ffee64c0ffee64c0ffee"
LIVE = {"client_side_id": CLIENT_SIDE_ID, "segments": {"beta": {"included": ["user-1"]}}}
SHOP = {"projects": {"shop": {"environments": {"live": LIVE, "test": {}}}}}
FORM = """from ld_segment_store.notebook import BigSegmentStoreForm
form = BigSegmentStoreForm(api_host="{0}", watch_interval=0.5)
form"""
FLEET = """from ld_segment_store.notebook import FleetView
FleetView(access_token="api-emulator", api_host="{0}")"""
# Available, stale, and seconds since the last synchronisation (0: never), or None for a store that is off.
HEALTH: dict[str, dict[str, tuple[bool, bool, int] | None]] = {
    "billing": {"live": (True, False, 81), "test": (True, False, 90), "dev": None},
    "blog": {"live": (False, True, 27), "test": (True, False, 36), "dev": None},
    "mobile": {"live": (False, True, 0), "test": (True, False, 117), "dev": None},
    "search": {"live": (True, False, 54), "test": (False, True, 63), "dev": None},
    "shop": {"test": (True, True, 18)},
}


def main() -> None:
    """Make all of them."""
    for theme, suffix in (("JupyterLab Light", ""), ("JupyterLab Dark", "-dark")):
        with (
            tempfile.TemporaryDirectory() as folder,
            JupyterServer("lab", Path(folder), theme=theme) as server,
            browser() as chromium,
        ):
            page = chromium.new_page(viewport={"width": 1280, "height": 2400})
            picture_form(page, server, suffix)
            picture_fleet(page, server, suffix)


def picture_form(page: Page, server: JupyterServer, suffix: str) -> None:
    """The steps of a form that sets up a real Redis."""
    acl = [acl_line(redis_acl_line("launchdarkly", CLIENT_SIDE_ID), PASSWORD)]
    with (
        RedisServer(acl=acl, config={"maxmemory-policy": "noeviction"}) as redis,
        Emulator(seed=SHOP, sync=SyncOptions(interval=3)) as ld,
    ):
        show(page, server, write_notebook(server.folder, FORM.format(ld.url)))
        form = FormPage(page)
        form.connect(ld.access_token)
        form.open("shop", "live")
        form.field("Port").fill(str(redis.port))
        form.field("Username").fill("launchdarkly")
        form.field("Password").fill(PASSWORD)
        form.field("Tags").fill("team-a, managed")
        form.field("Switched on").check()
        form.field("Host *").fill("redis://127.0.0.1")
        form.sees("Is not a host name or address")
        take(page, "Fill in", "notebook-fill-in" + suffix)
        form.field("Host *").fill(redis.host)
        form.button("Preview the changes").click()
        form.button("Create the integration").wait_for()
        take(page, "Preview and apply", "notebook-preview" + suffix)
        form.button("Create the integration").click()
        form.sees("The store is available")
        page.locator("svg[aria-label^='Age of the last synchronization']").wait_for()
        page.wait_for_timeout(10_000)  # so that there is something to watch
        take(page, "Watch", "notebook-watch" + suffix)


def picture_fleet(page: Page, server: JupyterServer, suffix: str) -> None:
    """The view of all stores."""
    projects = {name: {"environments": {key: stores(name, key) for key in keys}} for name, keys in HEALTH.items()}
    with Emulator(seed={"projects": projects}) as ld:
        for project, keys in HEALTH.items():
            for key, health in keys.items():
                if health:
                    available, stale, ago = health
                    synced = {"lastSync": int((time.time() - ago) * 1000)} if ago else {}
                    ld.set_status(project + "-" + key, {"available": available, "potentiallyStale": stale, **synced})
        show(page, server, write_notebook(server.folder, FLEET.format(ld.url), name="fleet"))
        FormPage(page).sees("13 of 13, page 1 of 1")
        page.locator(".ldss-root").first.screenshot(path=FOLDER / ("notebook-fleet" + suffix + ".png"))


def stores(project: str, key: str) -> dict[str, Any]:
    """A seed's environment with one store, that is off where it has no health."""
    place = project + "-" + key
    options = {"id": place, "name": "Store of " + place, "enabled": HEALTH[project][key] is not None}
    return {"integrations": [{**options, "redis": {"host": "redis.example.com"}}]}


def take(page: Page, step: str, name: str) -> None:
    """A picture of one step, without the focus of the last click."""
    page.evaluate("document.activeElement.blur()")
    heading = page.locator(".ldss-step", has=page.get_by_role("heading", name=step))
    heading.last.screenshot(path=FOLDER / (name + ".png"))


if __name__ == "__main__":
    main()
