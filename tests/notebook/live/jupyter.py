# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Real Jupyter servers on loopback, and a page of a real browser that shows a notebook in them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 150
_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}


def chromium() -> str:
    """Debian's browser. Without one these tests can't run, and say so."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Chromium is not installed: run tools/system-packages"
    return found


def write_notebook(folder: Path, *cells: str, name: str = "form", kernel: str = "python3") -> Path:
    """A notebook with these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    path = folder / (name + ".ipynb")
    nbformat.write(notebook, path)
    return path


class JupyterServer:
    """`app` is `lab`, `notebook` or `voila`; it serves `folder`, and its log is `log`."""

    def __init__(
        self, app: str, folder: Path, *, theme: str = "JupyterLab Light", environ: dict[str, str] | None = None
    ) -> None:
        self.app = app
        self.folder = folder
        self.token = secrets.token_hex(8)
        self.log = folder / (app + ".log")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder), **(environ or {})}
        self._environ["JUPYTERLAB_SETTINGS_DIR"] = str(self._settings(theme))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> JupyterServer:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(), stdout=log, stderr=subprocess.STDOUT, cwd=self.folder, env=self._environ
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        return self

    def __exit__(self, *_exception: object) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def address(self, path: str) -> str:
        """The URL of a page."""
        return f"http://127.0.0.1:{self.port}/{path}?token={self.token}"

    def url(self, notebook: Path, app: str = "") -> str:
        """Where the notebook is shown. A server of JupyterLab shows it in Notebook and Voila, too."""
        # A workspace of its own: else JupyterLab also opens what the last test had open.
        folders = {"lab": f"lab/workspaces/{notebook.stem}/tree", "notebook": "notebooks", "voila": "voila/render"}
        return self.address(f"{folders[app or self.app]}/{notebook.name}")

    def _settings(self, theme: str) -> Path:
        folder = self.folder / ".settings"
        themes = {"@jupyterlab/apputils-extension/themes": {"theme": theme}}
        for plugin, settings in {**_SETTINGS, **themes}.items():
            file = folder / (plugin + ".jupyterlab-settings")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        return folder

    def _command(self) -> list[str]:
        common = ["--no-browser", f"--port={self.port}"]
        if self.app == "voila":
            more = ["--Voila.ip=127.0.0.1", "--port_retries=0", f"--token={self.token}"]
            return [sys.executable, "-m", "voila", str(self.folder), *common, *more]
        return [
            *(sys.executable, "-m", "jupyterlab" if self.app == "lab" else "notebook", *common, "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.folder}"),
            *(f"--IdentityProvider.token={self.token}", "--LabApp.expose_app_in_browser=True"),
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]

    def _answers(self) -> bool:
        path = "voila/static/voila.js" if self.app == "voila" else "api/status"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}?token={self.token}", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


def launch_chromium(playwright: Playwright) -> Any:
    """Debian's Chromium, headless."""
    return playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium, headless, without other browsers beside it."""
    with sync_playwright() as playwright:
        launched = launch_chromium(playwright)
        yield launched
        launched.close()


def show(page: Page, server: JupyterServer, notebook: Path, *, run: bool = True, app: str = "") -> None:
    """Open the notebook, and run all cells."""
    app = app or server.app
    page.goto(server.url(notebook, app), timeout=60_000)
    if app == "voila":
        return
    # The indicator of an idle kernel can't be relied on; the session's own promise can.
    page.wait_for_function(
        "(name) => window.jupyterapp?.shell?.currentWidget?.context?.path === name", arg=notebook.name, timeout=60_000
    )
    if not run:
        return
    page.evaluate(
        """async () => {
          const app = window.jupyterapp;
          app.shell.collapseLeft();
          await app.shell.currentWidget.sessionContext.ready;
          await app.commands.execute("notebook:run-all-cells");
        }"""
    )


def save(page: Page) -> None:
    """Save the notebook, as File > Save does."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")


def model_state(page: Page) -> str:
    """Everything that the browser's widget models hold, as JSON."""
    found: str = page.evaluate(
        """async () => {
          const type = "application/vnd.jupyter.widget-view+json";
          const factory = window.jupyterapp.shell.currentWidget.content.rendermime.getFactory(type);
          const renderer = factory.createRenderer({ mimeType: type });
          const widgets = await renderer._manager.promise;
          return JSON.stringify(await widgets.get_state({ drop_defaults: false }));
        }"""
    )
    return found
