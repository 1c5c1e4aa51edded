# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A real browser, an emulator that writes to real stores, and a Jupyter server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Page, Playwright, sync_playwright

from ld_segment_store.emulator import Emulator
from tests.notebook.conftest import SEED
from tests.notebook.live.form_page import FormPage
from tests.notebook.live.jupyter import ROOT, JupyterServer, launch_chromium
from tests.notebook.live.shared_lab import LIGHT, SharedLab
from tests.support.redis_server import RedisServer
from tests.support.sync import acl_lines, options

TOKEN = "api-PLANTED-access-token"
# Cells are saved; a search for the other token must not find this one.
CELL_TOKEN = "api-token-in-a-cell"
PASSWORD = "PLANTED-redis-pa55word"
# Kernels with these versions of ipykernel, beside the one that is installed.
IPYKERNELS = ("6", "7")
CELL = """from ld_segment_store.notebook import BigSegmentStoreForm
form = BigSegmentStoreForm(api_host={api_host!r}, watch_interval=1)
form"""
LIVE = f"""from ld_segment_store.notebook import BigSegmentStoreForm
form = BigSegmentStoreForm(access_token={CELL_TOKEN!r}, api_host={{api_host!r}}, watch_interval=1)
form.show_store("shop", "live")
form"""
FLEET = f"""from ld_segment_store.notebook import FleetView
FleetView(access_token={CELL_TOKEN!r}, api_host={{api_host!r}})"""
_FAILED = pytest.StashKey[bool]()


class ShowForm(Protocol):
    """Writes a notebook of one cell, runs it, and returns the form in it. `{api_host!r}` is the emulator."""

    def __call__(self, cell: str = CELL, *, app: str = "lab", theme: str = LIGHT, kernel: str = "") -> FormPage:
        """Run it in JupyterLab with a theme, in the shared kernel or one of its own; or in another app."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="package")
def chrome(playwright: Playwright) -> Iterator[Any]:
    launched = launch_chromium(playwright)
    yield launched
    launched.close()


@pytest.fixture(scope="package")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Jupyter path with a kernel for each of `IPYKERNELS`."""
    folder = tmp_path_factory.mktemp("jupyter")
    for version in IPYKERNELS:
        packages = ROOT / ".cache" / f"ipykernel-{version}"
        if not (packages / "ipykernel").exists():
            wanted = ["--target", str(packages), "--no-deps", f"ipykernel=={version}.*"]
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *wanted], check=True)
        spec = folder / "kernels" / f"ipykernel-{version}" / "kernel.json"
        spec.parent.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        path = f"{packages}:{ROOT}"
        kernel = {"argv": command, "display_name": version, "language": "python", "env": {"PYTHONPATH": path}}
        spec.write_text(json.dumps(kernel))
    return folder


@pytest.fixture(scope="package")
def lab(chrome: Any, kernels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedLab]:
    with JupyterServer("lab", tmp_path_factory.mktemp("lab"), environ={"JUPYTER_PATH": str(kernels)}) as server:
        shared = SharedLab(chrome, server)
        yield shared
        shared.context.close()


@pytest.fixture(scope="package")
def redis() -> Iterator[RedisServer]:
    with RedisServer(acl=acl_lines(PASSWORD), config={"maxmemory-policy": "noeviction"}) as server:
        yield server


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=SEED, access_tokens=[TOKEN, CELL_TOKEN], sync=options(0.2)) as emulator:
        yield emulator


@pytest.fixture
def show_form(lab: SharedLab, ld: Emulator, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ShowForm]:
    """Shows forms. Of a test that fails a picture is left in the test's folder."""
    pages: list[Page] = []

    def show(cell: str = CELL, *, app: str = "lab", theme: str = LIGHT, kernel: str = "") -> FormPage:
        text = cell.format(api_host=ld.url)
        page, notebook = lab.run(text, theme=theme, kernel=kernel) if app == "lab" else lab.open(app, text)
        pages.append(page)
        return FormPage(page, notebook)

    yield show
    failed = request.node.stash.get(_FAILED, False)
    for number, page in enumerate(pages):
        if failed and not page.is_closed():
            page.screenshot(path=tmp_path / f"page{number}.png")
        if page is lab.page:
            if failed or page.is_closed():
                lab.forget()
        else:
            page.close()


@pytest.fixture
def live(show_form: ShowForm) -> FormPage:
    """A form in JupyterLab with shop/live open, and its plan made."""
    form = show_form(LIVE)
    form.sees("No changes: shop/live already matches.")
    return form
