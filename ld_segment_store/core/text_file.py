# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Text files that a user names, and the errors of those that cannot be read."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from .errors import InvalidSettings
from .secret import Secret

MAX_SECRET_BYTES = 64 << 10
# What certainly is a path. Other text may be a secret that was given instead of its file, and is not shown.
_PATH = re.compile(r"(~|\.{0,2})(/[\w.-]+)+")


def read_text_file(path: str, field: str, most: int) -> str:
    """The text of a file of up to `most` bytes, without the byte order mark that some editors begin it with.

    `field` names it in messages. Pipes are read too, such as those of `<(command)`. Raises InvalidSettings.
    """
    try:
        return decode_text(_read(path, most), field)
    except _TooLarge:
        problem, remedy = f"is larger than {most:,} bytes", "give a smaller file"
    except (OSError, ValueError) as error:  # ValueError for a path that no file can have
        where = f" from {path}" if path != field and _PATH.fullmatch(path) else ""
        reason = getattr(error, "strerror", None)
        problem = f"can't be read{where}" + (f" ({reason})" if reason else "")
        remedy = "give a text file that exists and that you may read"
    raise InvalidSettings.for_field(field, problem, remedy)


def decode_text(content: bytes, field: str) -> str:
    """UTF-8 as text, without a byte order mark. Raises InvalidSettings."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidSettings.for_field(field, "is not UTF-8 text", "save the file as UTF-8") from None


def read_secret_file(field: str, path: str) -> Secret:
    """The one line of a file, without its line break. `field` names it in messages. Raises InvalidSettings."""
    return Secret(read_text_file(path, field, MAX_SECRET_BYTES).rstrip("\r\n"))


class _TooLarge(Exception):
    pass


def _read(path: str, most: int) -> bytes:
    kind = Path(path).stat().st_mode
    if stat.S_ISCHR(kind) or stat.S_ISBLK(kind):
        raise OSError(0, "it is a device")
    with Path(path).open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise _TooLarge
    return content
