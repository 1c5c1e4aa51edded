# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The check of the built site finds what it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site_check import check_site

GOOD = (
    '<html lang="en"><h1 id="top">Top</h1><h2>Part</h2>'
    '<p><a href="other.html#there">on</a> <img src="a.png" alt="A"></p></html>'
)
OTHER = '<html lang="en"><h1 id="there">There</h1></html>'


def findings(folder: Path, page: str, css: str = "") -> list[str]:
    (folder / "page.html").write_text(page, encoding="utf-8")
    (folder / "other.html").write_text(OTHER, encoding="utf-8")
    (folder / "style.css").write_text(css, encoding="utf-8")
    return check_site(folder)


def test_a_good_page(tmp_path: Path) -> None:
    assert findings(tmp_path, GOOD, "a { background: url(data:image/png) }") == []


def test_a_folder_without_pages(tmp_path: Path) -> None:
    assert check_site(tmp_path)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("other.html#there", "gone.html", "leads nowhere"),
        ("other.html#there", "../outside.html", "leads nowhere"),
        ("other.html#there", "other.html#gone", "not on that page"),
        ("other.html#there", "#gone", "not on that page"),
        ('src="a.png"', 'src="https://example.com/a.png"', "loads https://example.com/a.png"),
        ("<h2>", '<script src="//example.com/a.js"></script><h2>', "loads //example.com/a.js"),
        (' alt="A"', "", "has no text"),
        ("<h2>Part</h2>", "<h3>Part</h3>", "level 3 follows one of level 1"),
        ("<h2>Part</h2>", "<h1>Part</h1>", "2 headings of the first level"),
        (' lang="en"', "", "language"),
    ],
)
def test_a_fault(tmp_path: Path, good: str, bad: str, said: str) -> None:
    assert good in GOOD
    (found,) = findings(tmp_path, GOOD.replace(good, bad))
    assert said in found


def test_a_style_that_loads_a_font(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, GOOD, '@import url("https://example.com/font.css");')
    assert "https://example.com/font.css" in found
