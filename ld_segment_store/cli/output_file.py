# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Files that are written as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


class NotWritten(Exception):
    """A file could not be written; an old one with this name is unchanged."""


def write_file(path: str, text: str) -> None:
    """Write `text` so that a reader sees the old file or the new one. Raises NotWritten.

    A new file gets the permissions of the umask, an existing one keeps its own; a link stays a link.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8", errors="backslashreplace")  # a pipe or a device
        else:
            _replace(target, text)
    except OSError as error:
        raise NotWritten(f"{path}: cannot be written ({error.strerror}). Nothing was saved.") from None


def _replace(target: Path, text: str) -> None:
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with part.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
