# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The pictures in the documentation show the widgets as they are. `python -m tools.pictures` renders them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import ipywidgets as w

from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm
from ld_segment_store.notebook.secret_field import SecretField
from tests.notebook.conftest import settle
from tools.environments import ROOT
from tools.pictures import FOLDER, FORM, RECORD, SHOP, WIDTHS, look

RENDER = "Run python -m tools.pictures, and look at the pictures."


def test_each_picture_that_is_named_exists_and_each_that_exists_is_named() -> None:
    pages = "".join(page.read_text() for page in (ROOT / "docs").rglob("*.md"))
    named = set(re.findall(r"images/(notebook-[a-z0-9-]+\.png)", pages))
    assert named == {picture.name for picture in FOLDER.glob("notebook-*.png")}
    assert all((FOLDER / name).stat().st_size > 5000 for name in named)


def test_the_look_is_that_of_the_pictures() -> None:
    assert json.loads(RECORD.read_text())["look"] == look(), RENDER


def test_the_words_of_the_form_are_those_of_the_pictures() -> None:
    recorded = json.loads(RECORD.read_text())["words"]
    assert len(recorded) == 2 * len(WIDTHS)
    with Emulator(seed=SHOP) as ld:
        form = BigSegmentStoreForm(access_token=ld.access_token, api_host=ld.url)
        form.show_store("shop", "live")
        settle(form)
        form.fields.fields["host"].control.value = "127.0.0.1"
        form.fields.fields["password"].control.set(Secret("an-example"))
        settle(form)
        words = sorted(words_of(form))
        form.close()
    assert 'show_store("shop", "live")' in FORM
    for name, found in recorded.items():
        assert sorted(found) == words, f"{name}: {RENDER}"


def words_of(widget: w.Widget) -> Iterator[str]:
    """Headings, labels and buttons on screen."""
    if widget.layout.display == "none" or isinstance(widget, SecretField):
        return
    if isinstance(widget, w.HTML):
        headings = _Headings()
        headings.feed(widget.value)
        yield from headings.found
    description = getattr(widget, "description", "")
    if description:
        yield description
    for child in getattr(widget, "children", ()):
        yield from words_of(child)


class _Headings(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag in ("h2", "h3")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)
