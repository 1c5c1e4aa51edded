# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Type checkers accept what is right and report what is wrong, line by line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

# Not a module: pytest would import it.
USES = Path(__file__).with_name("uses.py.txt")
ROOT = Path(__file__).parents[3]
WRONG = [number for number, line in enumerate(USES.read_text(encoding="utf-8").splitlines(), 1) if "# wrong: " in line]
CHECKERS = {
    "mypy": ["mypy", "--strict", "--no-error-summary", "--cache-dir", "{folder}/cache", "uses.py"],
    "basedpyright": ["basedpyright", "--level", "error", "--project", "{folder}", "uses.py"],
}


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_each_wrong_use_is_reported_and_no_other(checker: str, tmp_path: Path) -> None:
    # Pyright's own defaults, which basedpyright tightens.
    pyright = {"typeCheckingMode": "standard", "extraPaths": [str(ROOT)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(pyright), encoding="utf-8")
    (tmp_path / "uses.py").write_text(USES.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", *(part.format(folder=tmp_path) for part in CHECKERS[checker])]
    environ = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=200)
    lines = {int(number) for number in re.findall(r"uses\.py:(\d+)(?::\d+)?(?: -|:)", done.stdout)}
    assert sorted(lines) == WRONG, done.stdout + done.stderr
