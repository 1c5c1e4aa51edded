# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What CONTRIBUTING.md says is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.working_tree import copy_working_tree
from tools.environments import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TOP_LEVEL = {path.name for path in ROOT.iterdir()}

NEW_VARIABLE = """
        FormVariable(
            key="clientName",
            label="Client name",
            kind="string",
            help="The name of LaunchDarkly's connections.",
            optional=True,
            default="",
            pattern=_NO_LINE_BREAK,
            problem="is not a client name",
            remedy="give a word, or leave it out",
        ),
"""
FIRST_VARIABLE = """
        FormVariable(
            key="host",
"""


def _words(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def test_paths_exist() -> None:
    paths = [
        word for word in _words(TEXT) if word.split("/")[0] in TOP_LEVEL and "NAME" not in word and " " not in word
    ]
    assert len(paths) > 15
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_commands_exist() -> None:
    targets = set(re.findall(r"^([.a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"^\$ make ([.a-z-]+)", TEXT, re.MULTILINE) + re.findall(r"`make ([.a-z-]+)`", TEXT)
    assert named
    assert not set(named) - targets
    command = [sys.executable, "-m", "nox", "--list", "--noxfile", str(ROOT / "noxfile.py")]
    listed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    sessions = set(re.findall(r"^[*-] (\S+)", listed.stdout, re.MULTILINE))
    named = re.findall(r"nox -s (\S+)", TEXT)
    assert named
    assert not set(named) - sessions


@pytest.mark.slow
def test_a_new_form_variable_is_asked_for_by_the_tests_named(tmp_path: Path) -> None:
    section = TEXT.split("## Add a form variable")[1].split("\n## ")[0]
    guides = re.findall(r"^\| `(tests/[^`]+)`", section, re.MULTILINE)
    table = copy_working_tree(tmp_path) / "ld_segment_store/core/model/form_variables.py"
    code = table.read_text(encoding="utf-8")
    assert code.count(FIRST_VARIABLE) == 1
    table.write_text(code.replace(FIRST_VARIABLE, NEW_VARIABLE + FIRST_VARIABLE.lstrip("\n")), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    run = subprocess.run([*command, *guides], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=250)
    missed = set(re.findall(r"^(?:FAILED|ERROR) (tests/[\w/.]+)", run.stdout, re.MULTILINE))
    assert missed == set(guides), run.stdout
