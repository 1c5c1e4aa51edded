# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The code that is kept for the modules of these tests is what Python compiles."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

from tests.collection.playbooks import COMPILED, ROOT, TARGET_PYTHON

KEPT = ROOT / ".cache/compiled"


def test_another_archive_and_another_source(tmp_path: Path) -> None:
    before = _kept()
    one, two = f"one {tmp_path}", f"two {tmp_path}"  # sources that no earlier run has kept
    for name, text, new in (("first", one, 1), ("second", one, 1), ("third", two, 2)):
        archive = tmp_path / name
        with ZipFile(archive, "w") as opened:
            opened.writestr("module.py", f"def where():\n    raise ValueError({text!r})\n")
        traceback = _traceback(archive)
        assert f'"{archive}/module.py", line 2, in where' in traceback
        assert traceback.endswith(f"ValueError: {text}\n")
        added = [path for path in _kept() - before if str(tmp_path).encode() in path.read_bytes()]
        assert len(added) == new


def _kept() -> set[Path]:
    """Files of finished code: those that a process still writes have its number as a suffix."""
    return {path for path in KEPT.glob("*/*") if not path.suffix}


def _traceback(archive: Path) -> str:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(COMPILED), str(archive)])}
    command = [TARGET_PYTHON, "-c", "import module; module.where()"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False).stderr
