# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How quick the notebook widgets are in JupyterLab with a real browser, beside forms of the same schema by other packages.

    pip install ipywidgets-jsonschema ipyautoui
    python -m benchmarks.notebook

"Picture" is from running the cell in a fresh kernel, imports included, to the first input on screen. "Fields" is from opening
an environment in a fresh kernel, or from running the cell in a warm kernel, to the fields on screen. "Finding" is from a
keystroke to its finding on screen; the others show no findings, so an observer validates and writes into a line of HTML.
"Choice" is from typing a project's key to its 2,000 environments in the field, or from running the cell in a warm kernel to a
list of as many. "Fleet" is from running the cell in a warm kernel to a grid of 2,000 stores. Medians, in milliseconds.
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
TIMES = 5

OURS = """from ld_segment_store.notebook import BigSegmentStoreForm
form = BigSegmentStoreForm(access_token=TOKEN, api_host=URL)
form"""
_THEIRS = """import ipywidgets, jsonschema
from ld_segment_store.core.model.form_variables import REDIS
from ld_segment_store.core.model.schema import config_schema
from {package} import {name} as Form
schema = config_schema(REDIS) | {{"title": "Redis"}}
below = ipywidgets.HTML("ready")
below.add_class("below")
def look(_change):
    try:
        jsonschema.validate(form.{value}, schema)
    except Exception as error:
        below.value = str(error)[:200].replace("<", "&lt;")
    else:
        below.value = "valid"
form = {make}
{observe}
display(ipywidgets.VBox([{widget}, below]))"""
JSONSCHEMA = {
    "package": "ipywidgets_jsonschema",
    "name": "Form",
    "value": "data",
    "make": "Form(schema)",
    "observe": "form.observe(look)",
    "widget": "form.widget",
}
AUTOUI = {
    "package": "ipyautoui",
    "name": "AutoUi",
    "value": "value",
    "make": "Form(schema)",
    "observe": "form.observe(look, '_value')",
    "widget": "form",
}
OTHERS = {
    "ipywidgets-jsonschema": _THEIRS.format(**JSONSCHEMA),
    "ipyautoui": _THEIRS.format(**AUTOUI),
}
CHOICE = """from ipywidgets_jsonschema import Form
form = Form(dict(type="object", properties=dict(environment=dict(enum=["e" + str(n) for n in range({count})]))))
form.show()"""
FLEET = """from ld_segment_store.notebook import FleetView
FleetView(access_token=TOKEN, api_host=URL)"""

RUN = """async (selector) => {
  const app = window.jupyterapp;
  const session = app.shell.currentWidget.sessionContext;
  await session.ready;
  await session.session.kernel.info;
  document.querySelectorAll(".jp-OutputArea-output").forEach((old) => old.remove());
  const began = performance.now();
  app.commands.execute("notebook:run-all-cells");
  while (!document.querySelector(selector)) {
    if (performance.now() - began > 60000) throw new Error("never on screen: " + selector);
    await new Promise((done) => setTimeout(done, 5));
  }
  return performance.now() - began;
}"""
# Types into the field with a label, until a selector matches.
UNTIL = """async ([label, value, press, selector]) => {
  const found = [...document.querySelectorAll("label")].find((one) => one.textContent.trim() === label);
  const input = document.getElementById(found.htmlFor) || found.parentElement.querySelector("input");
  const began = performance.now();
  if (value !== null) {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (press) [...document.querySelectorAll("button")].find((one) => one.textContent.trim() === press).click();
  while (!document.querySelector(selector)) {
    if (performance.now() - began > 60000) throw new Error("never on screen: " + selector);
    await new Promise((done) => setTimeout(done, 5));
  }
  return performance.now() - began;
}"""
# Types something wrong and something right in turns; each change below the field ends one measurement.
TYPE = """async ([field, below, wrong, right, times]) => {
  const input = document.querySelector(field), under = document.querySelector(below);
  const type = (value) => new Promise((done, fail) => {
    const began = performance.now();
    const observer = new MutationObserver(() => { observer.disconnect(); done(performance.now() - began); });
    observer.observe(under, { childList: true, subtree: true, characterData: true });
    setTimeout(() => fail(new Error("no change below " + field)), 20000);
    input.value = value;
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
  });
  const took = [];
  for (let number = 0; number < times + 2; number += 1) {
    took.push(await type(number % 2 ? right : wrong));
    await new Promise((done) => setTimeout(done, 150));
  }
  return took.slice(2);
}"""


def seed() -> dict[str, Any]:
    """100 projects with 20 environments each and a Redis integration in every one, and a project with 2,000 environments."""
    store = [{"name": "Store", "enabled": True, "redis": {"host": "redis.example.com"}}]
    projects: dict[str, Any] = {
        f"p{p}": {"environments": {f"e{e}": {"integrations": store} for e in range(20)}}
        for p in range(ENVIRONMENTS // 20)
    }
    projects["many"] = {"environments": {f"e{e}": {} for e in range(ENVIRONMENTS)}}
    return {"projects": projects}


class Bench:
    """Notebooks in one server and one browser; each has a kernel of its own."""

    def __init__(self, server: JupyterServer, chrome: Any, ld: Emulator) -> None:
        self._server, self._ld = server, ld
        self._context = chrome.new_context(viewport={"width": 1280, "height": 1500})
        self._count = 0

    def run(self, cell: str, selector: str) -> tuple[Any, float]:
        """Run a cell in a fresh kernel; return the page and the milliseconds to the first element of this kind."""
        self._count += 1
        text = cell.replace("TOKEN", repr(self._ld.access_token)).replace("URL", repr(self._ld.url))
        notebook = write_notebook(self._server.folder, text, name=f"n{self._count}")
        page = self._context.new_page()
        show(page, self._server, notebook, run=False)
        took: float = page.evaluate(RUN, selector)
        return page, took

    def picture(self, cell: str, selector: str) -> tuple[Any, float]:
        """Run the cell in several fresh kernels; return the last page and the median."""
        took: list[float] = []
        page: Any = None
        for _ in range(TIMES):
            if page:
                page.close()
            page, milliseconds = self.run(cell, selector)
            took.append(milliseconds)
        return page, statistics.median(took)


def again(page: Any, selector: str) -> float:
    """The median of runs in a kernel that has run the cell before."""
    took: list[float] = [page.evaluate(RUN, selector) for _ in range(TIMES)]
    return statistics.median(took)


def ours(bench: Bench) -> None:
    """Measure the form, from its import to a finding."""
    bench.run(OURS, ".ldss input")[0].close()  # warms the server and the browser up
    picture, fields, choice = [], [], []
    for _ in range(TIMES):
        page, milliseconds = bench.run(OURS, ".ldss input")
        picture.append(milliseconds)
        page.get_by_label("Environment", exact=True).wait_for()
        choice.append(page.evaluate(UNTIL, ["Project", "many", "", f"datalist option:nth-of-type({ENVIRONMENTS})"]))
        fields.append(page.evaluate(UNTIL, ["Environment", "e7", "Open", ".ldss-StoreFields input"]))
        if len(fields) < TIMES:
            page.close()
    page.get_by_text("To complete: Host.").wait_for()
    places = [".ldss-StoreFields .widget-text input", ".ldss-StoreFields .ldss-under"]
    finding = statistics.median(page.evaluate(TYPE, [*places, "not a host", "redis.example.com", KEYSTROKES]))
    print(
        f"our form: picture {statistics.median(picture):.0f}, fields {statistics.median(fields):.0f}, finding {finding:.0f}"
    )
    print(f"our form: choice of {ENVIRONMENTS} {statistics.median(choice):.0f}")
    page.close()


def others(bench: Bench) -> None:
    """Measure the other packages."""
    for name, cell in OTHERS.items():
        page, picture = bench.picture(cell, ".jp-OutputArea-output input")
        fields = again(page, ".jp-OutputArea-output input")
        field = ".jp-OutputArea-output input[type=text]"
        finding = statistics.median(
            page.evaluate(TYPE, [field, ".below .widget-html-content", "not a host", "redis.example.com", KEYSTROKES])
        )
        print(f"{name}: picture {picture:.0f}, fields {fields:.0f}, finding {finding:.0f}")
        page.close()
    last = f".jp-OutputArea-output option:nth-of-type({ENVIRONMENTS})"
    page, _ = bench.run(CHOICE.format(count=ENVIRONMENTS), last)
    print(f"ipywidgets-jsonschema: choice of {ENVIRONMENTS} {again(page, last):.0f}")
    page.close()


def main() -> None:
    """Print one line for each measurement."""
    with (
        tempfile.TemporaryDirectory() as name,
        Emulator(seed=seed()) as ld,
        browser() as chrome,
        JupyterServer("lab", Path(name)) as server,
    ):
        bench = Bench(server, chrome, ld)
        ours(bench)
        others(bench)
        drawn = f"[data-drawn='{ENVIRONMENTS}']"
        page, cold = bench.run(FLEET, drawn)
        print(f"fleet of {ENVIRONMENTS}: {again(page, drawn):.0f}, in a fresh kernel {cold:.0f}")


if __name__ == "__main__":
    main()
