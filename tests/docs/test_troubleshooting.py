# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The page that explains errors has the words that the code says, and leaves no kind of error out."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache

import pytest

import ld_segment_store
from ld_segment_store.core.errors import SegmentStoreError
from ld_segment_store.core.model.form_variables import STORE_TYPES
from tests.docs.markdown import ROOT, pages

PAGE = pages()["docs/reference/troubleshooting.md"]
# The first column of the tables with errors, and the second of the emulator's.
_ROW = re.compile(r"^\| (?:`\w+` \| )?((?:[^|]|\\\|)+?) \|", re.MULTILINE)
# The field is in front of its problem: `redis.port: is not a port`.
_FIELD = re.compile(r"^[\w.]+: ")
# Where a text differs from case to case; the status of an answer is such a place too.
_GAP = re.compile(r"\[?\.\.\.\]?|\b[1-5][0-9]{2}\b")


def quoted() -> list[str]:
    """Every text that the page gives as seen, without the parts that differ from case to case."""
    rows = [row for row in _ROW.findall(PAGE) if not row.startswith(("what you see", "---", "code"))]
    texts = [text for row in rows for text in re.findall(r"`([^`]+)`", row)]
    inline = re.findall(r"`((?:Waited|The store)[^`]+)`", PAGE)
    pieces = [piece.strip(" .:") for text in [*texts, *inline] for piece in _GAP.split(text)]
    return sorted({_FIELD.sub("", piece) for piece in pieces if piece.count(" ") >= 1})


@cache
def said() -> str:
    """All texts of the code, each on a line of its own, with ... for what is put in."""
    files = [*(ROOT / "ld_segment_store").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files if not file.is_symlink()]
    return "\n".join(text for tree in trees for text in _texts(tree))


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in node.values)


@pytest.mark.parametrize("text", quoted())
def test_a_quoted_text_is_in_the_code(text: str) -> None:
    # A text may be put together: "FIELD: problem. Remedy.", of a remedy that begins with a small letter in the code.
    parts = [part.strip() for part in re.split(r": |\. (?=[A-Z])", text)]
    assert all(part in said() or part[:1].lower() + part[1:] in said() for part in parts), text


def failures() -> set[str]:
    """The word of every kind of error."""
    for module in pkgutil.walk_packages(ld_segment_store.__path__, "ld_segment_store."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    modules = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "plugins").rglob("*.py"))
    return {kind.failure for kind in _kinds(SegmentStoreError)} | set(re.findall(r'"code": "(\w+)"', modules))


def _kinds(kind: type[SegmentStoreError]) -> Iterator[type[SegmentStoreError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


def test_every_kind_of_error_is_explained_and_no_other() -> None:
    headed = {
        word for heading in re.findall(r"^### (.+)$", PAGE, re.MULTILINE) for word in re.findall(r"`(\w+)`", heading)
    }
    emulator = PAGE[PAGE.index("\n## Emulator\n") :]
    explained = headed | set(re.findall(r"^\| `(\w+)` \|", emulator, re.MULTILINE))
    assert explained == failures()


def test_what_can_be_wrong_with_a_field_is_on_the_page() -> None:
    problems = {variable.problem for store in STORE_TYPES.values() for variable in store.variables}
    assert not {problem for problem in problems if problem not in PAGE}
