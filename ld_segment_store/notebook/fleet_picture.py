# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A picture of the fleet to keep or to send: SVG, a row for each project, a square for each integration."""

from __future__ import annotations

import time
from collections import Counter

from ..core.model.integration import Integration
from .health import WORDS, health
from .markup import Markup, element

_COLOURS = {"error": "#cf222e", "warning": "#9a6700", "info": "#0969da", "plain": "#57606a", "ok": "#1a7f37"}
_CELL, _LABEL, _PER_ROW = 18, 200, 40


def picture(integrations: list[Integration], host: str = "") -> str:
    """Return the SVG. Each square has a symbol and, as its title, place and health; colours only repeat them."""
    projects: dict[str, list[Integration]] = {}
    for integration in sorted(integrations, key=lambda i: (i.project_key, i.environment_key, i.integration_key)):
        projects.setdefault(integration.project_key, []).append(integration)
    counts = Counter(health(integration)[2] for integration in integrations)
    read = time.strftime("%Y-%m-%d %H:%M %Z")
    marks = [
        _text(10, 24, f"Big segment stores: {len(integrations)}", "16"),
        _text(10, 42, f"{host or 'LaunchDarkly'}, {read}", "12"),
        _text(10, 62, _legend(counts), "12"),
    ]
    y = 76
    for key, members in projects.items():
        marks.append(_text(10, y + 13, key if len(key) < 28 else key[:26] + "…", "12"))
        for number, integration in enumerate(members):
            marks.append(_square(integration, _LABEL + number % _PER_ROW * _CELL, y + number // _PER_ROW * _CELL))
        y += (1 + (len(members) - 1) // _PER_ROW) * _CELL + 4
    width = _LABEL + _CELL * min(_PER_ROW, max([20, *(len(members) for members in projects.values())])) + 10
    paper = element("rect", width=str(width), height=str(y + 10), fill="#ffffff")
    frame = {"xmlns": "http://www.w3.org/2000/svg", "width": str(width), "height": str(y + 10)}
    return element("svg", paper, *marks, font_family="sans-serif", **frame)


def _legend(counts: Counter[str]) -> str:
    symbols = {"not available": "✗", "stale": "!", "unknown": "?", "available": "✓", "off": "○"}
    return "    ".join(f"{symbols[word]} {counts[word]} {word}" for word in WORDS if counts[word])


def _square(integration: Integration, x: int, y: int) -> Markup:
    level, symbol, word = health(integration)
    place = f"{integration.project_key}/{integration.environment_key}, {integration.integration_key}: {word}"
    size = str(_CELL - 2)
    box = element("rect", x=str(x), y=str(y), width=size, height=size, rx="2", fill=_COLOURS[level])
    mark = element("text", symbol, x=str(x + 8), y=str(y + 12), font_size="11", fill="#ffffff", text_anchor="middle")
    return element("g", element("title", place), box, mark)


def _text(x: int, y: int, text: str, size: str) -> Markup:
    return element("text", text, x=str(x), y=str(y), font_size=size, fill="#1f2328")
