# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Renders the pictures of the notebook widgets in docs/images: `.venv/bin/python -m tools.pictures`, in two minutes.

JupyterLab, the browser, Redis and the emulator are those of the widgets' tests.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from ld_segment_store.core.documents import redis_acl_line
from ld_segment_store.emulator import Emulator, SyncOptions
from tests.notebook.live.form_page import FormPage
from tests.notebook.live.jupyter import JupyterServer, browser
from tests.notebook.live.shared_lab import DARK, LIGHT, SharedLab
from tests.support.redis_server import RedisServer
from tests.support.sync import acl_line
from tools.environments import ROOT

FOLDER = ROOT / "docs/images"
# What is on the pictures, and a digest of the look; a test compares both with the widgets.
RECORD = FOLDER / "notebook-pictures.json"
# Headings, labels and buttons of the form, without those that anywidget's widgets draw themselves.
WORDS = """() => [...document.querySelectorAll(
  ".ldss-root :is(h2, h3, .widget-label, .widget-label-basic, button.jupyter-button)")]
  .filter((one) => one.getClientRects().length && !one.closest(".ldss-secret"))
  .map((one) => one.textContent.replaceAll("\\u200b", "").trim()).filter(Boolean)"""
LOOK = ("style.py", "markup.py", "fleet_table.py", "fleet_plan_table.py")
WIDTHS = (1400, 900, 500)
PASSWORD = "an-example"
CLIENT_SIDE_ID = "64c0ffee64c0ffee64c0ffee"
LIVE = {"client_side_id": CLIENT_SIDE_ID, "segments": {"beta": {"included": ["user-1"]}}}
SHOP = {"projects": {"shop": {"environments": {"live": LIVE, "test": {}}}}}
FORM = """from ld_segment_store.notebook import BigSegmentStoreForm
form = BigSegmentStoreForm(access_token="api-emulator", api_host="{0}", watch_interval=1)
form.show_store("shop", "live")
form"""
FLEET = """from ld_segment_store.notebook import FleetView
FleetView(access_token="api-emulator", api_host="{0}")"""
PLAN = """from ld_segment_store.notebook import FleetPlan
FleetPlan("stores.json", access_token="api-emulator", api_host="{0}")"""
# Available, stale, and seconds since the last synchronization (0: never), or None for a store that is off.
HEALTH: dict[str, dict[str, tuple[bool, bool, int] | None]] = {
    "billing": {"live": (True, False, 81), "test": (True, False, 90), "dev": None},
    "blog": {"live": (False, True, 27), "test": (True, False, 36), "dev": None},
    "mobile": {"live": (False, True, 0), "test": (True, False, 117), "dev": None},
    "search": {"live": (True, False, 54), "test": (False, True, 63), "dev": None},
    "shop": {"test": (True, True, 18)},
}
STORES: list[dict[str, Any]] = [
    {"environment_key": "live", "name": "Store of billing-live", "tags": ["managed"]},
    {"environment_key": "test", "name": "Billing, test", "tags": ["managed"]},
    {"environment_key": "dev", "state": "absent"},
    {"environment_key": "staging", "redis": {"host": "redis.example.com"}},
    {"environment_key": "stagin", "redis": {"host": "redis.example.com"}},
]


def main() -> None:
    """Render all of them, and write down what is on them."""
    words: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder, JupyterServer("lab", Path(folder)) as server, browser() as chromium:
        lab = SharedLab(chromium, server)
        for theme, suffix in ((LIGHT, ""), (DARK, "-dark")):
            picture_form(lab, theme, suffix, words)
            picture_fleet(lab, theme, suffix)
    made = {"look": look(), "words": words}
    RECORD.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def look() -> str:
    """A digest of the modules that decide how the widgets look. A picture with another one is out of date."""
    folder = ROOT / "ld_segment_store/notebook"
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in LOOK)).hexdigest()


def picture_form(lab: SharedLab, theme: str, suffix: str, words: dict[str, list[str]]) -> None:
    """The form that sets up a real Redis: with a finding at three widths, and the health afterwards."""
    acl = [acl_line(redis_acl_line("launchdarkly", CLIENT_SIDE_ID), PASSWORD)]
    with (
        RedisServer(acl=acl, config={"maxmemory-policy": "noeviction"}) as redis,
        Emulator(seed=SHOP, sync=SyncOptions(interval=3)) as ld,
    ):
        page, _notebook = lab.run(FORM.format(ld.url), theme=theme)
        page.set_viewport_size({"width": 1400, "height": 2600})
        form = FormPage(page)
        form.field("Host *").fill(redis.host)
        form.field("Username").fill("launchdarkly")
        form.field("Password").fill(PASSWORD)
        form.field("Tags").fill("team-a, managed")
        form.field("Port").fill("63790000")
        form.sees("Is not a port")
        take(page, ".ldss-StoreFields", "notebook-finding" + suffix)
        form.field("Port").fill(str(redis.port))
        page.get_by_role("row", name=f"Port {redis.port}").wait_for()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 2600})
            page.wait_for_timeout(500)
            take(page, ".ldss-root", f"notebook-form-{width}{suffix}")
            words[f"notebook-form-{width}{suffix}"] = page.evaluate(WORDS)
        page.set_viewport_size({"width": 1400, "height": 2600})
        take(page, ".ldss-ChangesPanel", "notebook-preview" + suffix)
        form.button("Create the integration in shop/live").click()
        form.sees("The store is available")
        page.locator("svg[aria-label^='Age of the last synchronization']").wait_for()
        page.wait_for_timeout(12_000)  # so that there is something to watch
        take(page, ".ldss-HealthChart", "notebook-health" + suffix)


def picture_fleet(lab: SharedLab, theme: str, suffix: str) -> None:
    """The view of all stores, and a plan for some of them."""
    projects = {name: {"environments": {key: stores(name, key) for key in keys}} for name, keys in HEALTH.items()}
    projects["billing"]["environments"]["staging"] = {}
    (lab.server.folder / "stores.json").write_text(
        json.dumps({"defaults": {"project_key": "billing", "integration_key": "redis"}, "stores": STORES})
    )
    with Emulator(seed={"projects": projects}) as ld:
        for project, keys in HEALTH.items():
            for key, health in keys.items():
                if health:
                    available, stale, ago = health
                    synced = {"lastSync": int((time.time() - ago) * 1000)} if ago else {}
                    ld.set_status(project + "-" + key, {"available": available, "potentiallyStale": stale, **synced})
        page, _notebook = lab.run(FLEET.format(ld.url), theme=theme)
        page.set_viewport_size({"width": 900, "height": 1400})
        FormPage(page).sees("13 of 13")
        take(page, ".ldss-root", "notebook-fleet" + suffix)
        page, _notebook = lab.run(PLAN.format(ld.url), theme=theme)
        page.set_viewport_size({"width": 900, "height": 1400})
        form = FormPage(page)
        form.sees("5 of 5 stores, page 1 of 1")
        form.field("Select every store with changes").check()
        page.locator("details").first.click()
        take(page, ".ldss-root", "notebook-plan" + suffix)


def stores(project: str, key: str) -> dict[str, Any]:
    """A seed's environment with one store, that is off where it has no health."""
    place = project + "-" + key
    options = {"id": place, "name": "Store of " + place, "enabled": HEALTH[project][key] is not None}
    return {"integrations": [{**options, "redis": {"host": "redis.example.com"}}]}


def take(page: Page, selector: str, name: str) -> None:
    """Take a picture of one part, without the focus of the last click."""
    page.evaluate("document.activeElement.blur()")
    page.locator(selector).first.screenshot(path=FOLDER / (name + ".png"))


if __name__ == "__main__":
    main()
