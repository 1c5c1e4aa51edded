# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The code that is kept for the modules of these tests is what Python compiles."""

from __future__ import annotations

import os
import subprocess
from importlib.util import source_hash
from pathlib import Path
from zipfile import ZipFile

from tests.collection.playbooks import COMPILED, ROOT, TARGET_PYTHON

KEPT = ROOT / ".cache/compiled"
SOURCE = "def where():\n    raise ValueError('{}')\n"


def test_another_archive_and_another_source(tmp_path: Path) -> None:
    for name, text in (("first", "one"), ("second", "one"), ("third", "two")):
        archive = tmp_path / name
        with ZipFile(archive, "w") as opened:
            opened.writestr("module.py", SOURCE.format(text))
        traceback = _traceback(archive)
        assert f'"{archive}/module.py", line 2, in where' in traceback
        assert traceback.endswith(f"ValueError: {text}\n")
        assert list(KEPT.glob("*/" + source_hash(SOURCE.format(text).encode()).hex()))


def _traceback(archive: Path) -> str:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(COMPILED), str(archive)])}
    command = [TARGET_PYTHON, "-c", "import module; module.where()"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False).stderr
