# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The built site in a browser: light and dark, wide and narrow, by keyboard, and without the Internet. `make docs` builds it."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from ld_segment_store.cli.schema import stores_file_schema

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / ".cache/site/html"
PAGES = sorted(
    str(file.relative_to(SITE))
    for file in SITE.rglob("*.html")
    if file.stem not in ("genindex", "py-modindex", "search")
)
WIDE, NARROW = (1280, 900), (390, 844)

# Every text whose contrast is too low for WCAG AA: 3 for large text, else 4.5.
LOW_CONTRAST = """() => {
  const light = ([r, g, b]) => {
    const part = (value) => { value /= 255; return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const colour = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const found = colour(getComputedStyle(element).backgroundColor);
      if (found.length < 4 || found[3] > 0.99) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join("").trim();
    if (!text || !element.offsetParent) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(colour(style.color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (large ? 3 : 4.5)) low.push(`${contrast.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return low;
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def watched(page: Page, address: str) -> list[str]:
    """What the page asks of others, and what goes wrong on it; grows as it happens."""
    faults: list[str] = []
    page.on(
        "request", lambda request: None if request.url.startswith((address, "data:")) else faults.append(request.url)
    )
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return faults


def test_there_are_pages() -> None:
    assert len(PAGES) > 20, "Build the site first, by `make docs`."


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_page_can_be_read(address: str, chromium: Any, scheme: str, size: tuple[int, int]) -> None:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = context.new_page()
    faults = watched(page, address)
    wrong = {}
    for name in PAGES:
        page.goto(address + name)
        low = page.evaluate(LOW_CONTRAST)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if low or beyond > 0:
            wrong[name] = (low[:3], beyond)
    context.close()
    assert not wrong
    assert not faults


def test_by_keyboard(address: str, chromium: Any) -> None:
    page = chromium.new_page()
    page.goto(address + "start.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to content"
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.locator("body").press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("secret_required")
    page.keyboard.press("Enter")
    page.locator("#search-results li a").first.wait_for()
    assert "Troubleshooting" in page.locator("#search-results").inner_text()
    page.close()


def test_the_schema_for_editors_is_published() -> None:
    assert json.loads((SITE / "stores-file.schema.json").read_text(encoding="utf-8")) == stores_file_schema()
