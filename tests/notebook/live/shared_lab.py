# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One server, one page of JupyterLab and one kernel for all tests: loading a page and starting a kernel take seconds each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.notebook.live.jupyter import JupyterServer, show, write_notebook

VIEWPORT = {"width": 1280, "height": 1600}
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"
# What an earlier notebook left in the kernel: closed as a user closes it.
_CLEAN = """import ipywidgets
ipywidgets.Widget.close_all()
get_ipython().reset(new_session=True)"""
# Closes what is open, and runs a notebook. Without a kernel's name it runs in the kernel `shared`; returns the kernel's id.
_RUN = """async ([path, name, shared, clean, theme]) => {
  const app = window.jupyterapp;
  const ready = async (panel) => {
    await panel.revealed;
    await panel.sessionContext.ready;
    return panel.sessionContext.session.kernel;
  };
  if (document.body.dataset.jpThemeName !== theme) {
    await app.commands.execute("apputils:change-theme", { theme });
    while (document.body.dataset.jpThemeName !== theme) await new Promise((done) => setTimeout(done, 20));
  }
  app.shell.collapseLeft();
  for (const old of [...app.shell.widgets("main")]) old.dispose();
  const wanted = name ? { name } : shared ? { id: shared } : undefined;
  const panel = await app.commands.execute("docmanager:open", { path, factory: "Notebook", kernel: wanted });
  const kernel = await ready(panel);
  if (clean && !name) await kernel.requestExecute({ code: clean, silent: true }).done;
  await app.commands.execute("notebook:run-all-cells");
  return kernel.id;
}"""


class SharedLab:
    """A browser's context with JupyterLab in it. `page` is None until a notebook is shown, and after `forget`."""

    def __init__(self, chrome: Any, server: JupyterServer) -> None:
        self.server = server
        self.context = chrome.new_context(viewport=VIEWPORT, permissions=["clipboard-read", "clipboard-write"])
        self.page: Page | None = None
        self._kernel = ""
        self._count = 0

    def write(self, cell: str, kernel: str = "python3") -> Path:
        """Write a notebook of one cell; each has another name."""
        self._count += 1
        return write_notebook(self.server.folder, cell, name=f"form{self._count}", kernel=kernel)

    def run(self, cell: str, *, theme: str = LIGHT, kernel: str = "") -> tuple[Page, Path]:
        """Show a notebook of one cell, and run it; with a kernel's name in a kernel of its own."""
        notebook = self.write(cell, kernel or "python3")
        if self.page is None:
            self.page = self.context.new_page()
            self.page.goto(self.server.address("lab"), timeout=60_000)
            self.page.wait_for_function("window.jupyterapp?.shell?.isEmpty !== undefined", timeout=60_000)
            self.page.evaluate("window.jupyterapp.restored")
        self.page.set_viewport_size({"width": VIEWPORT["width"], "height": VIEWPORT["height"]})
        clean = _CLEAN if self._kernel else ""
        used: str = self.page.evaluate(_RUN, [notebook.name, kernel, self._kernel, clean, theme])
        if not kernel:
            self._kernel = used
        return self.page, notebook

    def open(self, app: str, cell: str) -> tuple[Page, Path]:
        """Show a notebook of one cell in Notebook or Voila, in a page of its own."""
        notebook, page = self.write(cell), self.context.new_page()
        show(page, self.server, notebook, app=app)
        return page, notebook

    def forget(self) -> None:
        """Leave a page that a test has closed or broken: the next test gets another one."""
        if self.page is not None:
            self.page.close()
            self.page = None
