# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The collection shares the package's code by links: they mirror it, and the tool keeps them so."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools import links


@pytest.mark.parametrize("shared", links.SHARED)
def test_links_mirror_the_shared_code(shared: str) -> None:
    assert links.expected(shared), f"ld_segment_store/{shared} holds no code"
    assert links.present(shared) == links.expected(shared), "Run `make links` and commit what it changes."


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small copy of the layout: one shared file, one link that points nowhere."""
    (tmp_path / "ld_segment_store/core/flow").mkdir(parents=True)
    (tmp_path / "ld_segment_store/core/flow/plan.py").write_text("PLAN = 1\n")
    (tmp_path / "plugins/module_utils/_shared/core").mkdir(parents=True)
    (tmp_path / "plugins/module_utils/_shared/core/gone.py").symlink_to("../../../../ld_segment_store/core/gone.py")
    return tmp_path


def test_refresh_adds_and_removes(house: Path) -> None:
    assert links.refresh(house) == ["linked core/flow/plan.py", "removed core/gone.py"]
    assert (house / "plugins/module_utils/_shared/core/flow/plan.py").read_text() == "PLAN = 1\n"
    assert links.present("core", house) == {"flow/plan.py": "../../../../../ld_segment_store/core/flow/plan.py"}
    assert links.refresh(house) == []


def test_refresh_never_removes_code(house: Path) -> None:
    (house / "plugins/module_utils/_shared/core/flow").mkdir()
    (house / "plugins/module_utils/_shared/core/flow/plan.py").write_text("written in the wrong place\n")
    with pytest.raises(SystemExit, match=r"plan\.py is no link"):
        links.refresh(house)
    assert (house / "plugins/module_utils/_shared/core/flow/plan.py").exists()


def test_the_shared_code_works_where_the_package_is_not_installed() -> None:
    """Its imports lead to files of the mirror: a module finds nothing else on a managed node."""
    names = [
        f"_shared.{shared}.{name[:-3]}".replace("/", ".") for shared in links.SHARED for name in links.expected(shared)
    ]
    script = "import importlib, sys; sys.path.insert(0, sys.argv[1]); [importlib.import_module(name) for name in sys.argv[2:]]"
    folder = links.ROOT / "plugins/module_utils"
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), *names], cwd=folder, capture_output=True, text=True, check=False
    )
    assert not done.stderr


def test_plugins_import_shared_code_that_exists() -> None:
    """AnsiballZ finds a wrong name only when a task runs."""
    prefix = "ansible_collections.featureops.launchdarkly."
    wrong = [
        f"{file.name}: {node.module}"
        for file in sorted((links.ROOT / "plugins").rglob("*.py"))
        if not file.is_symlink()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(prefix)
        if not (links.ROOT / (node.module or "").removeprefix(prefix).replace(".", "/")).with_suffix(".py").exists()
        and not (links.ROOT / (node.module or "").removeprefix(prefix).replace(".", "/")).is_dir()
    ]
    assert not wrong
