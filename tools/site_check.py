# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Rules of a built page: links lead somewhere, nothing is loaded from elsewhere, headings are in order, pictures have texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Elements that make a browser load something, and the attribute that says from where.
LOADS = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "use": "href",
}
_REMOTE = re.compile(r"(https?:)?//")
_REMOTE_IN_CSS = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)")
# Made by Sphinx or the theme: no pages of ours.
NOT_PAGES = ("genindex", "py-modindex", "search")


@dataclass
class Page(HTMLParser):
    """What matters of one page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    pictures_without_text: list[str] = field(default_factory=list)
    language: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        given = {name: value or "" for name, value in attrs}
        self.ids.update(given[name] for name in ("id", "name") if name in given and tag != "meta")
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in LOADS and LOADS[tag] in given:
            self.loads.append(given[LOADS[tag]])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img" and not given.get("alt", "").strip():
            self.pictures_without_text.append(given.get("src", ""))


def check_site(folder: Path) -> list[str]:
    """A sentence for everything that is wrong."""
    pages = {file: _read(file) for file in sorted(folder.rglob("*.html"))}
    findings = [] if pages else ["There are no pages in {0}.".format(folder)]
    for file, page in pages.items():
        name = str(file.relative_to(folder))
        findings += ["{0}: {1}".format(name, text) for text in (*_broken(file, page, pages, folder), *_faults(page))]
        if file.stem not in NOT_PAGES:
            findings += ["{0}: {1}".format(name, text) for text in _heading_faults(page.headings)]
    for file in sorted(folder.rglob("*.css")):
        remote = _REMOTE_IN_CSS.findall(file.read_text(encoding="utf-8"))
        findings += ["{0} loads {1}".format(file.relative_to(folder), url) for url in remote]
    return findings


def _read(file: Path) -> Page:
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page


def _broken(file: Path, page: Page, pages: dict[Path, Page], folder: Path) -> Iterator[str]:
    for link in dict.fromkeys(page.links):
        url = urlsplit(link)
        if url.scheme or url.netloc:
            continue
        target = (file.parent / unquote(url.path)).resolve() if url.path else file
        if not target.is_file() or folder.resolve() not in (*target.parents, folder.resolve()):
            yield "the link {0} leads nowhere".format(link)
        elif url.fragment and target in pages and unquote(url.fragment) not in pages[target].ids:
            yield "the link {0} leads to a place that is not on that page".format(link)


def _faults(page: Page) -> Iterator[str]:
    yield from ("loads {0}".format(url) for url in page.loads if _REMOTE.match(url))
    yield from ("the picture {0} has no text".format(name) for name in page.pictures_without_text)
    if not page.language:
        yield "the page does not say its language"


def _heading_faults(levels: list[int]) -> Iterator[str]:
    if levels.count(1) != 1:
        yield "there are {0} headings of the first level".format(levels.count(1))
    for before, after in zip(levels, levels[1:], strict=False):
        if after > before + 1:
            yield "a heading of level {0} follows one of level {1}".format(after, before)
