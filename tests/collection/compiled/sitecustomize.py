# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Keeps what Python compiles from zip archives, in .cache/compiled, for the modules that the tests run.

Ansible sends a module and all that it imports as a zip archive, and Python compiles it again for each task. That was a quarter
of the processor time of the tests of playbooks. Python imports a `sitecustomize` that it finds on PYTHONPATH when it starts; this
one imports only what Python has imported already, so not pathlib.
"""
# ruff: noqa: PTH103, PTH105, PTH118, PTH123

from __future__ import annotations

import _imp
import marshal
import os
import sys
import zipimport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

FOLDER = os.path.join(__file__.rsplit(os.sep, 4)[0], ".cache/compiled", str(sys.implementation.cache_tag))

_compile = zipimport._compile_source  # type: ignore[attr-defined]


def compile_once(path: str, source: bytes) -> CodeType:
    """The code of a file in an archive: kept from before, or compiled and kept."""
    kept = f"{FOLDER}/{_imp.source_hash(0, source).hex()}"
    try:
        with open(kept, "rb") as file:
            code: CodeType = marshal.load(file)
    except FileNotFoundError:
        code = _compile(path, source)
        os.makedirs(FOLDER, exist_ok=True)
        new = f"{kept}.{os.getpid()}"
        with open(new, "wb") as file:
            marshal.dump(code, file)
        os.replace(new, kept)
    else:
        _imp._fix_co_filename(code, path)  # type: ignore[attr-defined]  # the archive has another path for each task
    return code


zipimport._compile_source = compile_once  # type: ignore[attr-defined]
