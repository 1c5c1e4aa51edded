# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The notebooks of the repository run from top to bottom, and are stored without outputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from ld_segment_store.emulator import Emulator
from tests.notebook.conftest import SEED
from tests.notebook.live.conftest import TOKEN
from tests.notebook.live.jupyter import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["account", "app", "fleet", "tour"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert "widgets" not in notebook.metadata


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Executed with the emulator as the account; the output has the form's words, and the token is nowhere in it."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with Emulator(seed=SEED, access_tokens=[TOKEN]) as ld:
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", ld.url)
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
        ).execute()
    written = json.dumps(notebook)
    assert "application/vnd.jupyter.widget-view+json" in written
    assert "ig segment store" in written
    assert TOKEN not in written
    nbformat.write(notebook, tmp_path / "done.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(tmp_path / "done.ipynb")]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    assert TOKEN not in (tmp_path / "done.html").read_text()


@pytest.mark.slow
def test_the_tour_does_not_contradict_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Run All, no cell changes what another cell's widget shows."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(ROOT / "notebooks/tour.ipynb", as_version=4)
    check = "assert form.worker.wait(20)\nprint(form.place, form.integration, form.changes.note)\n"
    check += "print(sorted(i.environment_key for i in ld.account.integrations))"
    notebook.cells.append(nbformat.v4.new_code_cell(check))
    NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    # The kernel may send what a cell prints in several pieces.
    printed = "".join(output.text for output in notebook.cells[-1].outputs)
    assert printed == "shop/test None \n['live', 'staging']\n"
