# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Rules of the house that no linter knows: one direction of imports, licence lines, sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.links import ROOT

FOLDERS = ("ld_segment_store", "plugins", "extensions", "tests", "tools", "benchmarks", "demo", "notebooks", "docs")
FILES = sorted(
    file
    for folder in FOLDERS
    for file in (ROOT / folder).rglob("*.py")
    if not file.is_symlink() and file.stat().st_size
)
PACKAGE = sorted((ROOT / "ld_segment_store").rglob("*.py"))
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

# What each part may import of the package; the core, everybody's ground, imports no face.
MAY_IMPORT = {
    "core": {"core"},
    "preflight": {"core", "preflight"},
    "inspect": {"core", "preflight", "inspect"},
    "exports": {"core", "exports"},
    "emulator": {"core", "emulator"},
    "verify": {"core", "verify"},
    "exporter": {"core", "exporter"},
    "notebook": {"core", "preflight", "inspect", "exports", "notebook"},
    "cli": {"core", "preflight", "inspect", "exports", "emulator", "exporter", "verify", "cli"},
}
# The rooms of a part, each with what it may import of the same part. A file that lies in no room goes by its own name.
COMMON = {
    "data_file",
    "errors",
    "findings",
    "printable",
    "scrub",
    "secret",
    "slots",
    "spelling",
    "text_file",
    "version",
}
ROOMS = {
    "core": {
        "model": {*COMMON, "model"},
        "api": {*COMMON, "model", "api"},
        "flow": {*COMMON, "model", "api", "flow"},
        "fleet": {*COMMON, "model", "api", "flow", "fleet"},
        "documents": {*COMMON, "model"},
        **dict.fromkeys(COMMON, COMMON),
    },
    "preflight": {
        "checks": set(),
        "layout": {"checks"},
        "redis": {"checks", "layout", "redis"},
        "dynamodb": {"checks", "layout", "dynamodb"},
    },
    "inspect": {
        "layout": set(),
        "contents": {"layout"},
        "answer": {"layout", "contents"},
        "redis": {"layout", "contents", "answer"},
        "dynamodb": {"layout", "contents", "answer"},
        "find_context": {"answer", "redis", "dynamodb"},
        "report": {"answer", "contents"},
        "location": set(),
    },
    "verify": {
        "names": set(),
        "bench": {"names"},
        "probe": {"bench"},
        "probes": {"bench", "probe", "probes"},
        "run": {"bench", "probe", "probes"},
        "report": {"probe", "run"},
        "recording": {"bench", "names"},
    },
    "exporter": {"metrics": set(), "loop": set(), "collector": {"metrics"}},
}
# The emulator stands in for LaunchDarkly: it must not share the client's idea of the API.
CLIENT = {"api", "flow", "fleet"}
NOT_IN_CORE = {"ansible", "ansible_collections", "ipywidgets", "anywidget", "yaml", "boto3", "redis"}
EXCEPTIONS = {("data_file.py", "yaml")}  # imported where a file is YAML; JSON works without


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _part(part: str) -> list[Path]:
    return sorted((ROOT / "ld_segment_store" / part).rglob("*.py"))


def _imports(file: Path) -> Iterator[str]:
    """Every module or name imported, absolute: `ld_segment_store.core.flow.plan.Plan`, `json`."""
    package = file.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_imports_go_one_way(part: str) -> None:
    files = _part(part)
    assert files
    allowed = tuple(f"ld_segment_store.{other}" for other in MAY_IMPORT[part])
    wrong = [
        f"{_name(file)} imports {name}"
        for file in files
        for name in _imports(file)
        if name.startswith("ld_segment_store") and not name.startswith(allowed)
    ]
    assert not wrong


@pytest.mark.parametrize("part", sorted(ROOMS))
def test_rooms_import_one_way(part: str) -> None:
    wrong = []
    for file in _part(part):
        if file.name == "__init__.py" and file.parent.name == part:
            continue
        room = file.relative_to(ROOT / "ld_segment_store" / part).with_suffix("").parts[0]
        wrong += [
            f"{_name(file)} imports {name}"
            for name in _package_imports(file)
            if name.split(".")[1] == part and name.split(".")[2] not in ROOMS[part][room]
        ]
    assert not wrong


def test_no_file_imports_in_a_circle() -> None:
    """Imports for types only count too: a reader follows them as well."""
    graph = {file: {target for name in _package_imports(file) if (target := _file_of(name))} for file in PACKAGE}
    while leaves := [file for file, imported in graph.items() if not imported & graph.keys() - {file}]:
        for file in leaves:
            del graph[file]
    assert not sorted(map(_name, graph))


def _package_imports(file: Path) -> Iterator[str]:
    return (name for name in _imports(file) if name.startswith("ld_segment_store."))


def _file_of(name: str) -> Path | None:
    """The file that an imported module or name of the package is in."""
    path = ROOT.joinpath(*name.split("."))
    for candidate in (path, path.parent):
        for file in (candidate.with_suffix(".py"), candidate / "__init__.py"):
            if file.exists():
                return file
    return None


def test_the_emulator_does_not_share_the_client() -> None:
    wrong = [
        f"{_name(file)} imports {name}"
        for file in _part("emulator")
        for name in _imports(file)
        if name.startswith("ld_segment_store.core.") and name.split(".")[2] in CLIENT
    ]
    assert not wrong


def test_the_core_knows_no_face_and_no_surroundings() -> None:
    """No face's library, no printing, no environment variables: those are for the faces."""
    wrong = []
    for file in _part("core"):
        wrong += [
            f"{_name(file)} imports {name}"
            for name in _imports(file)
            if name.split(".")[0] in NOT_IN_CORE and (file.name, name) not in EXCEPTIONS
        ]
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Name) and node.id in ("print", "input"):
                wrong.append(f"{_name(file)}:{node.lineno} uses {node.id}")
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
                wrong.append(f"{_name(file)}:{node.lineno} reads the environment")
    assert not wrong


# The tests that run on the newest Pythons only, in the working tree; those of the package run on every Python.
WORKING_TREE = ("acceptance", "collection", "docs", "house", "newcomer", "release", "roles", "rulebook", "site")


def test_tests_of_the_package_do_not_import_the_tools() -> None:
    """The tools require Python 3.11."""
    tests = [file for file in FILES if file.relative_to(ROOT).parts[0] == "tests"]
    wrong = [
        f"{_name(file)} imports {name}"
        for file in tests
        if file.relative_to(ROOT).parts[1] not in WORKING_TREE
        for name in _imports(file)
        if name.split(".")[0] == "tools"
    ]
    assert not wrong


def test_every_file_says_its_licence() -> None:
    wrong = [_name(file) for file in FILES if _head(file)[-2:] != _licence_lines(file)]
    assert not wrong, "Each begins with two lines, SPDX-FileCopyrightText and SPDX-License-Identifier."


def _head(file: Path) -> list[str]:
    """The first lines up to the licence line; a `#!` line may stand before them."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return lines[:3] if lines[0].startswith("#!") else lines[:2]


def _licence_lines(file: Path) -> list[str]:
    licence = "GPL-3.0-or-later" if _name(file).startswith(("plugins/", "extensions/")) else "MIT"
    return ["# SPDX-FileCopyrightText: 2026 FeatureOps contributors", "# SPDX-License-Identifier: " + licence]


def test_files_are_small() -> None:
    sizes = {_name(file): _code_lines(file) for file in FILES}
    assert not {name: size for name, size in sizes.items() if size > MAX_FILE_LINES}


def _code_lines(file: Path) -> int:
    """Lines, without those of a module's documentation, which Ansible wants in the same file."""
    lines = len(file.read_text(encoding="utf-8").splitlines())
    documentation = [
        node
        for node in _tree(file).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    ]
    return lines - sum(_length(node) for node in documentation)


def test_functions_are_small() -> None:
    wrong = {
        f"{_name(file)}:{node.lineno} {node.name}": _length(node)
        for file in FILES
        for node in ast.walk(_tree(file))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _length(node) > MAX_FUNCTION_LINES
    }
    assert not wrong


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
