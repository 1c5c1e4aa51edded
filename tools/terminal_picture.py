# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Draws docs/images/terminal*.svg: `.venv/bin/python -m tools.terminal_picture`, in half a minute.

The text is the real output of the README's commands, against the emulator and a real Redis, with Ansible's own colours. Headings
of plays and tasks and the recap are left out, and the address of the local Redis is the README's again.
"""

from __future__ import annotations

import re
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from tests.docs.markdown import blocks
from tests.docs.runner import World, fresh_world
from tests.docs.shell import Shell
from tools import collection
from tools.environments import ROOT

FOLDER = ROOT / "docs/images"
DRY_RUN, RUN, STATUS = (
    "ansible-playbook store.yml --check --diff",
    "ansible-playbook store.yml",
    "ld-segment-store status",
)
COMMANDS = (DRY_RUN, RUN, RUN, STATUS)
COLUMNS, ADVANCE, LINE_HEIGHT, FONT_SIZE, PADDING, GAP = 76, 8.43, 20, 14, 20, 8
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
PROMPT = "prompt"
# Colours by the codes of Ansible's escape sequences, for each theme; "" is plain text. Each has a contrast of 4.5 or more.
THEMES = {
    "terminal": {"": "#1f2328", "31": "#b3261e", "32": "#116329", "33": "#7d4e00", "36": "#0b6073", PROMPT: "#57606a"},
    "terminal-dark": {
        "": "#e6edf3",
        "31": "#ff8a80",
        "32": "#56d364",
        "33": "#e3b341",
        "36": "#56d4dd",
        PROMPT: "#9198a1",
    },
}
FRAMES = {"terminal": ("#f6f8fa", "#d1d9e0"), "terminal-dark": ("#0d1117", "#3d444d")}
_ESCAPE = re.compile(r"\x1b\[0?;?(\d*)m")
_LEFT_OUT = re.compile(r"PLAY |TASK |localhost +:|$")

Span = tuple[str, str]  # colour and text


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, fresh_world(collection.importable(), Path(folder)) as world:
        lines = list(session(world))
    for name in THEMES:
        (FOLDER / f"{name}.svg").write_text(svg(lines, name), encoding="utf-8")


def session(world: World) -> Iterator[list[Span]]:
    """The lines that a terminal shows, each as coloured spans."""
    (playbook,) = (block for block in blocks("README.md") if block.name == "store.yml")
    (world.folder / "store.yml").write_text(world.addressed(playbook.text), encoding="utf-8")
    environ = {**world.environ, "ANSIBLE_NOCOLOR": "", "ANSIBLE_FORCE_COLOR": "1"}
    with Shell(world.folder, environ) as shell:
        for command in COMMANDS:
            printed, code = shell.run(command)
            assert code == 0, printed
            yield [(PROMPT, "$ "), ("", command)]
            for line in (
                printed.replace('"localhost"', '"redis.example.com"')
                .replace(str(world.redis.port), "6380")
                .splitlines()
            ):
                if not _LEFT_OUT.match(_ESCAPE.sub("", line)):
                    yield from wrapped(list(spans(line)))


def spans(line: str) -> Iterator[Span]:
    colour = ""
    for number, piece in enumerate(_ESCAPE.split(line)):
        if number % 2:
            colour = "" if piece == "0" else piece
        elif piece:
            yield colour, piece


def wrapped(line: list[Span]) -> Iterator[list[Span]]:
    """A long line in several. Long lines have one colour."""
    if sum(len(text) for _colour, text in line) <= COLUMNS:
        yield line
        return
    ((colour, text),) = line
    yield from ([(colour, part)] for part in textwrap.wrap(text, COLUMNS, subsequent_indent=" " * 9))


def svg(lines: list[list[Span]], name: str) -> str:
    """The picture. Text is placed span by span with a fixed length, so that any monospaced font fits."""
    rows, y = [], float(PADDING) - GAP
    for line in lines:
        y += LINE_HEIGHT + (GAP if line[0][0] == PROMPT else 0)
        x = float(PADDING)
        for colour, text in line:
            length = len(text) * ADVANCE
            place = f'x="{x:.1f}" y="{y - 6:.1f}" textLength="{length:.1f}"'
            rows.append(f'<text {place} fill="{THEMES[name][colour]}">{escape(text)}</text>')
            x += length
    width, height = round(COLUMNS * ADVANCE + 2 * PADDING), round(y + PADDING)
    page, edge = FRAMES[name]
    box = f'width="{width - 1}" height="{height - 1}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">
<!-- SPDX-FileCopyrightText: 2026 FeatureOps contributors -->
<!-- SPDX-License-Identifier: MIT -->
<style>text {{ font: {FONT_SIZE}px {FONTS}; white-space: pre; }}</style>
<rect x="0.5" y="0.5" {box} rx="8" fill="{page}" stroke="{edge}"/>
{chr(10).join(rows)}
</svg>
"""


if __name__ == "__main__":
    main()
