# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""HTML from escaped text: whatever is not made here is text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

LEVELS = {
    "ok": ("✓", "OK"),
    "warning": ("!", "Warning"),
    "error": ("✗", "Error"),
    "busy": ("…", "Working"),
    "info": ("i", "Note"),
}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str) -> Markup:
    """An element. Children and attributes are escaped unless they are Markup; `class_` is the attribute `class`.

    >>> element("b", "<script>", class_="x")
    '<b class="x">&lt;script&gt;</b>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"' for name, value in attributes.items()
    )
    return Markup(f"<{tag}{given}>{join(children)}</{tag}>")


def join(children: Iterable[str]) -> Markup:
    """Children one after the other, escaped where they are text."""
    return Markup("".join(child if isinstance(child, Markup) else html.escape(child) for child in children))


def notice(level: str, text: str, details: Sequence[str] = ()) -> Markup:
    """A message with its level as a symbol and a word. Empty text makes nothing. The region around it announces it."""
    if not text:
        return Markup()
    symbol, word = LEVELS[level]
    more = element("ul", *(element("li", detail) for detail in details)) if details else ""
    return element(
        "div",
        badge(level, symbol, word),
        Markup(" "),
        element("span", text),
        more,
        class_=f"ldss-notice ldss-{level}",
    )


def badge(level: str, symbol: str, word: str) -> Markup:
    """A symbol and a word in the level's colour."""
    return element("span", f"{symbol} {word}", class_=f"ldss-badge ldss-{level}")


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table with a caption. It scrolls where it is wider than the page."""
    head = element("tr", *(element("th", title, scope="col") for title in heads))
    body = [element("tr", *(element("td", cell) for cell in row)) for row in rows]
    made = element(
        "table", element("caption", caption), element("thead", head), element("tbody", *body), class_="ldss-table"
    )
    return element("div", made, class_="ldss-scroll", tabindex="0", role="region", aria_label=caption)
