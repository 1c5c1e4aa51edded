# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The pages, and the blocks of code on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Languages of blocks that are run. `text` is what a reader sees somewhere, and `json` what comes back.
RUN = ("console", "python", "yaml", "javascript")
SHOWN = ("text", "json")
_FENCE = re.compile(r"^(`{3,})([^\n]*)\n(.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
# A playbook of the collection that a page includes, under the name that its reader gives the file.
_INCLUDED = re.compile(r"\{literalinclude\} \.\./\.\./(playbooks/\w+\.yml)$")
_NOT_RUN = re.compile(r"\{\.not-run\s+reason=\"([^\"]+)\"\}")


@dataclass(frozen=True)
class Block:
    """A fenced block. `name` is the file that a comment in its first line or its caption names; `reason` why it isn't run."""

    page: str
    line: int
    language: str
    text: str
    reason: str = ""
    caption: str = ""

    @property
    def name(self) -> str:
        found = re.match(r"(?:#|//) ([\w./-]+\.\w+)\n", self.text)
        return found[1] if found else self.caption

    def __str__(self) -> str:
        return f"{self.page}:{self.line} ({self.language})"


def pages() -> dict[str, str]:
    """Every page that somebody reads, by its path."""
    files = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "roles").glob("*/README.md")]
    found = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in sorted(files)}
    return {name: text for name, text in found.items() if not name.startswith("docs/_build")}


def blocks(page: str) -> list[Block]:
    """The blocks of a page, without Sphinx's directives other than included playbooks."""
    text = pages()[page]
    found = []
    for fence in _FENCE.finditer(text):
        info = fence[2].strip()
        line = text.count("\n", 0, fence.start()) + 1
        if included := _INCLUDED.match(info):
            playbook = (ROOT / included[1]).read_text(encoding="utf-8").partition("---\n")[2]
            caption = re.findall(r"^:caption: (.+)$", fence[3], re.MULTILINE)
            found.append(Block(page, line, "yaml", playbook, caption=caption[0]))
        if info.startswith("{"):
            continue
        reason = _NOT_RUN.search(info)
        language = info.split(" ")[0]
        found.append(Block(page, line, language, fence[3], reason[1] if reason else ""))
    return found


@dataclass(frozen=True)
class Command:
    """A command of a console block, and what it prints according to the page, "" where the page doesn't tell."""

    text: str
    output: str


def commands(block: Block) -> list[Command]:
    """The commands of a console block: lines that begin with `$ `, continued where they end with a backslash or a pipe."""
    found: list[Command] = []
    continues = False
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append(Command(line[2:], ""))
        elif not found:
            raise ValueError(f"{block} does not begin with a command")
        elif continues:
            found[-1] = Command(found[-1].text + line, "")
        else:
            found[-1] = Command(found[-1].text, found[-1].output + line)
        continues = not found[-1].output and line.rstrip("\n").endswith(("\\", "|"))
    return found


# Pages that need other collections: tests/roles runs them.
NEED_COLLECTIONS = (
    "docs/how-to/first-dynamodb-store.md",
    "docs/how-to/move-redis-to-dynamodb.md",
    "roles/dynamodb_store/README.md",
)
# Pages that need ansible-rulebook: tests/rulebook runs them, nightly.
NEED_RULEBOOK = ("docs/how-to/repair-with-events.md",)
