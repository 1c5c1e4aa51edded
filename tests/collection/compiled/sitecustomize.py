# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Keeps what Python compiles from zip archives, in .cache/compiled, for the modules that the tests run.

Ansible sends a module and all that it imports as a zip archive, and Python compiles it again for each task. That was a quarter
of the processor time of the tests of playbooks. Python imports a `sitecustomize` that it finds on PYTHONPATH when it starts.
"""

from __future__ import annotations

import _imp
import marshal
import os
import sys
import zipimport
from importlib.util import source_hash
from pathlib import Path
from types import CodeType

FOLDER = Path(__file__).parents[3] / ".cache/compiled" / str(sys.implementation.cache_tag)

_compile = zipimport._compile_source  # type: ignore[attr-defined]


def compile_once(path: str, source: bytes) -> CodeType:
    """The code of a file in an archive: kept from before, or compiled and kept."""
    kept = FOLDER / source_hash(source).hex()
    try:
        code: CodeType = marshal.loads(kept.read_bytes())
    except FileNotFoundError:
        code = _compile(path, source)
        FOLDER.mkdir(parents=True, exist_ok=True)
        new = kept.with_suffix(f".{os.getpid()}")
        new.write_bytes(marshal.dumps(code))
        new.replace(kept)
    else:
        _imp._fix_co_filename(code, path)  # type: ignore[attr-defined]  # the archive has another path for each task
    return code


zipimport._compile_source = compile_once  # type: ignore[attr-defined]
