# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A real browser, an emulator that writes to real stores, and Jupyter servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from ld_segment_store.emulator import Emulator
from tests.notebook.conftest import SEED
from tests.notebook.live.jupyter import JupyterServer, browser, show, write_notebook
from tests.support.redis_server import RedisServer
from tests.support.sync import acl_lines, options

TOKEN = "api-PLANTED-access-token"
PASSWORD = "PLANTED-redis-pa55word"
CELL = """from ld_segment_store.notebook import BigSegmentStoreForm
form = BigSegmentStoreForm(api_host={api_host!r}, watch_interval=1)
form"""

Show = Callable[..., Page]


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    with browser() as launched:
        yield launched


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer(acl=acl_lines(PASSWORD), config={"maxmemory-policy": "noeviction"}) as server:
        yield server


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=SEED, access_tokens=[TOKEN], sync=options(0.2)) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., JupyterServer]]:
    """Starts each kind of server once for a module."""
    started: dict[str, JupyterServer] = {}
    with ExitStack() as stack:

        def server(app: str, **arguments: Any) -> JupyterServer:
            if app not in started:
                started[app] = stack.enter_context(JupyterServer(app, tmp_path_factory.mktemp(app), **arguments))
            return started[app]

        yield server


@pytest.fixture
def page(chrome: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page; of a test that fails a picture is left in the test's folder."""
    context = chrome.new_context(
        viewport={"width": 1280, "height": 1600}, permissions=["clipboard-read", "clipboard-write"]
    )
    made = context.new_page()
    yield made
    made.screenshot(path=tmp_path / "page.png")
    context.close()


@pytest.fixture
def show_form(page: Page, ld: Emulator) -> Callable[[JupyterServer], Path]:
    """Writes a notebook with a form, shows it in a server, and returns its path."""

    def shown(server: JupyterServer, cell: str = CELL, name: str = "form", kernel: str = "python3") -> Path:
        notebook = write_notebook(server.folder, cell.format(api_host=ld.url), name=name, kernel=kernel)
        show(page, server, notebook)
        return notebook

    return shown
