# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How quick the notebook form is in JupyterLab with a real browser, beside a form of the same schema by ipywidgets-jsonschema.

    pip install ipywidgets-jsonschema
    python -m benchmarks.notebook

"First picture" is from running the cell in a fresh kernel to the first input on screen, "constructed" is the constructor alone.
"Finding" is from a keystroke to its finding on screen, the median of 20. "Fleet" is from running the cell
to a table of 2,000 environments on screen.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from ld_segment_store.emulator import Emulator
from tests.notebook.live.jupyter import JupyterServer, browser, show, write_notebook

ENVIRONMENTS = 2000
KEYSTROKES = 20

OURS = """import time
from ld_segment_store.notebook import BigSegmentStoreForm
began = time.perf_counter()
form = BigSegmentStoreForm(access_token={token!r}, api_host={url!r})
took = time.perf_counter() - began
form.show_store("p0", "empty")
display(form)
print("constructed", took * 1000)"""
THEIRS = """import time
from ipywidgets_jsonschema import Form
from ld_segment_store.core.model.form_variables import REDIS
from ld_segment_store.core.model.schema import config_schema
began = time.perf_counter()
form = Form(config_schema(REDIS))
took = time.perf_counter() - began
form.show()
print("constructed", took * 1000)"""
FLEET = """from ld_segment_store.notebook import FleetView
FleetView(access_token={token!r}, api_host={url!r})"""

# Types something wrong and something right in turns; each change of the text under the field ends one measurement.
TYPE = """async ([label, times]) => {
  const found = [...document.querySelectorAll("label")].find((one) => one.textContent.trim() === label);
  const input = document.getElementById(found.htmlFor) || found.parentElement.querySelector("input");
  const under = found.closest(".widget-vbox").querySelector(".ldss-under");
  const type = (value) => new Promise((done) => {
    const began = performance.now();
    const observer = new MutationObserver(() => { observer.disconnect(); done(performance.now() - began); });
    observer.observe(under, { childList: true, subtree: true, characterData: true });
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const took = [];
  for (let number = 0; number < times + 2; number += 1) {
    took.push(await type(number % 2 ? "redis.example.com" : "not a host"));
    await new Promise((done) => setTimeout(done, 150));
  }
  return took.slice(2);
}"""


def seed() -> dict[str, Any]:
    """100 projects with 20 environments each, a Redis integration in every one, and an empty environment."""
    store = [{"name": "Store", "enabled": True, "redis": {"host": "redis.example.com"}}]
    projects: dict[str, Any] = {
        f"p{p}": {"environments": {f"e{e}": {"integrations": store} for e in range(20)}}
        for p in range(ENVIRONMENTS // 20)
    }
    projects["p0"]["environments"]["empty"] = {}
    return {"projects": projects}


def run_cell(page: Any, selector: str) -> float:
    """Milliseconds from running the notebook's cells to the first element of this kind."""
    took: float = page.evaluate(
        """async (selector) => {
          const app = window.jupyterapp;
          const session = app.shell.currentWidget.sessionContext;
          await session.ready;
          await session.session.kernel.info;
          const began = performance.now();
          app.commands.execute("notebook:run-all-cells");
          while (!document.querySelector(selector)) await new Promise((done) => setTimeout(done, 5));
          return performance.now() - began;
        }""",
        selector,
    )
    return took


def constructed(page: Any) -> float:
    """What the cell printed."""
    text = page.get_by_text("constructed ").last.inner_text()
    return float(text.split()[-1])


def main() -> None:
    with tempfile.TemporaryDirectory() as name, Emulator(seed=seed()) as ld, browser() as chrome:
        folder = Path(name)
        with JupyterServer("lab", folder) as server:

            def opened(cell: str, selector: str) -> tuple[Any, float]:
                number = len(list(folder.glob("*.ipynb")))
                notebook = write_notebook(folder, cell.format(token=ld.access_token, url=ld.url), name=f"n{number}")
                page = chrome.new_page(viewport={"width": 1280, "height": 1500})
                show(page, server, notebook, run=False)
                return page, run_cell(page, selector)

            opened(OURS, ".ldss input")[0].close()  # warms the server and the browser up
            page, first = opened(OURS, ".ldss input")
            print(f"our form: first picture {first:.0f} ms, constructed {constructed(page):.0f} ms")
            page.get_by_label("Host *", exact=True).wait_for()
            page.wait_for_function(
                "() => new Promise((done) => setTimeout(() => done(true), 3000))"
            )  # jsonschema is imported
            took = page.evaluate(TYPE, ["Host *", KEYSTROKES])
            print(f"our form: finding {statistics.median(took):.0f} ms, the slowest {max(took):.0f} ms")
            page, first = opened(THEIRS, ".jp-OutputArea-output input")
            print(f"ipywidgets-jsonschema: first picture {first:.0f} ms, constructed {constructed(page):.0f} ms")
            page, cold = opened(FLEET, f"[data-drawn='{ENVIRONMENTS}']")
            page.evaluate("document.querySelectorAll('[data-drawn]').forEach((drawn) => drawn.remove())")
            warm = run_cell(page, f"[data-drawn='{ENVIRONMENTS}']")
            print(f"fleet of {ENVIRONMENTS}: on screen {warm:.0f} ms, in a fresh kernel {cold:.0f} ms")


if __name__ == "__main__":
    main()
