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
from pathlib import Path

import pytest

import ld_segment_store
from ld_segment_store.cli.main import main
from ld_segment_store.core.errors import SegmentStoreError
from ld_segment_store.core.model.form_variables import STORE_TYPES
from tests.docs.markdown import ROOT, pages

PAGE = pages()["docs/reference/troubleshooting.md"]
# The first column of the tables with errors, and the second of the emulator's.
_ROW = re.compile(r"^\| (?:`\w+` \| )?((?:[^|]|\\\|)+?) \|", re.MULTILINE)
# The field is in front of its problem: `redis.port: is not a port`.
_FIELD = re.compile(r"^[\w.-]+: ")
# Where a text differs from case to case; the status of an answer is such a place too.
_GAP = re.compile(r"\[?\.\.\.\]?|\b[1-5][0-9]{2}\b")


def quoted(page: str = PAGE) -> list[str]:
    """Every text that the page gives as seen, without the parts that differ from case to case."""
    rows = [row for row in _ROW.findall(page) if not row.startswith(("what you see", "---", "code"))]
    texts = [text for row in rows for text in re.findall(r"`([^`]+)`", row)]
    inline = re.findall(r"`((?:Waited|The store)[^`]+)`", page)
    pieces = [piece.strip(" .:") for text in [*texts, *inline] for piece in _GAP.split(text)]
    return sorted({_FIELD.sub("", piece) for piece in pieces if piece.count(" ") >= 1})


@cache
def said() -> str:
    """All texts of the code, each on a line of its own, with ... for what is put in."""
    return "\n".join(text for tree in trees() for text in _texts(tree))


@cache
def trees() -> list[ast.Module]:
    """Every file of the code."""
    files = [*(ROOT / "ld_segment_store").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    return [ast.parse(file.read_text(encoding="utf-8")) for file in files if not file.is_symlink()]


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield _joined(node)


def _joined(text: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in text.values)


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


# What a finding says about its field is this argument of the call.
_PROBLEM = {"Finding": 2, "for_field": 1}


def problems() -> set[str]:
    """What findings say about a field, where the code has the text at the call, in a variable or in a tuple."""
    found: set[str] = set()
    for tree in trees():
        nodes = list(ast.walk(tree))
        assigned = [node for node in nodes if isinstance(node, ast.Assign)]
        for call in (node for node in nodes if isinstance(node, ast.Call)):
            place = _PROBLEM.get(ast.unparse(call.func).rpartition(".")[2])
            if place and len(call.args) > place:
                found.update(_values(call.args[place], assigned))
    # Of `is ...` the words are elsewhere.
    return {text for text in found if any(" " in piece.strip() for piece in text.split("..."))}


def _values(node: ast.expr, assigned: list[ast.Assign]) -> Iterator[str]:
    """The texts that an argument may have."""
    if isinstance(node, ast.Constant) and node.value:
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield _joined(node)
    elif isinstance(node, ast.IfExp):
        yield from (*_values(node.body, assigned), *_values(node.orelse, assigned))
    elif isinstance(node, ast.Tuple):
        yield from _values(node.elts[0], assigned)
    elif isinstance(node, ast.Starred):
        yield from _values(node.value, assigned)
    elif isinstance(node, ast.Name):
        values = [one.value for one in assigned if any(ast.unparse(target) == node.id for target in one.targets)]
        yield from (text for value in values for text in _values(value, assigned))


def test_every_problem_with_a_field_is_on_the_page() -> None:
    (section,) = re.findall(r"^### `invalid_settings`\n(.*?)^### ", PAGE, re.MULTILINE | re.DOTALL)
    rows = quoted(section)
    assert not {problem for problem in problems() if not any(_explains(row, problem) for row in rows)}


def _explains(row: str, problem: str) -> bool:
    """Whether a row has the whole problem, or three words of it."""
    problem = problem.strip(" .")
    return row == problem or row.endswith(f": {problem}") or (row.count(" ") > 1 and row in problem)


@pytest.mark.parametrize(
    ("stores", "row"),
    [
        ("[]", "access token: is missing"),
        ("[{project_key: shop, tag: [a]}]", "...: is not an option here"),
        ("[{project_key: shop, state: gone}]", "...: is not one of the choices"),
        ("[{project_key: shop, redis: {password: {vault: redis}}}]", "...: is neither text nor a reference"),
        ("[{project_key: shop, redis: [localhost]}]", "...: is not a mapping"),
        ("[{project_key: shop, environment_key: live}]", "...: has no store type"),
        ("{}", "...: is not a list"),
    ],
)
def test_a_search_for_what_the_command_line_prints_finds_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stores: str, row: str
) -> None:
    file = tmp_path / "stores.yml"
    file.write_text(f"stores: {stores}\n", encoding="utf-8")
    for variable in ("LAUNCHDARKLY_ACCESS_TOKEN", "LAUNCHDARKLY_ACCESS_TOKEN_FILE"):
        monkeypatch.delenv(variable, raising=False)
    assert main(["plan", str(file)]) == 1
    assert row.removeprefix("...") + ". " in capsys.readouterr().err
    assert f"`{row}`" in PAGE
