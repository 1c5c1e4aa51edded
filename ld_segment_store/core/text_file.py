# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Text files that somebody gives, and what is said where they can't be read."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import InvalidSettings
from .secret import Secret

# What certainly is a path. Other text may be a secret that was given in place of its file, and is not shown.
_PATH = re.compile(r"(~|\.{0,2})(/[\w.-]+)+")


def read_text_file(path: str, field: str) -> str:
    """The text of a file, without the byte order mark that some editors begin it with.

    `field` names it in messages. Raises InvalidSettings.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem, remedy = "is not UTF-8 text", "save the file as UTF-8"
    except (OSError, ValueError) as error:
        where = f" from {path}" if path != field and _PATH.fullmatch(path) else ""
        reason = getattr(error, "strerror", None)
        problem = f"can't be read{where}" + (f" ({reason})" if reason else "")
        remedy = "give a text file that exists and that you may read"
    raise InvalidSettings.for_field(field, problem, remedy)


def read_secret_file(field: str, path: str) -> Secret:
    """The one line of a file, without its line break. `field` names it in messages. Raises InvalidSettings."""
    return Secret(read_text_file(path, field).rstrip("\r\n"))
