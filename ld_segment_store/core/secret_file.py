# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A secret in a file of its own, as orchestrators mount them."""

from __future__ import annotations

from pathlib import Path

from .errors import InvalidSettings
from .secret import Secret
from .validation import Finding


def read_secret_file(field: str, path: str) -> Secret:
    """The one line of a file, without its line break. `field` names it in messages. Raises InvalidSettings."""
    try:
        return Secret(Path(path).read_text(encoding="utf-8").rstrip("\r\n"))
    except (OSError, ValueError):
        remedy = "give a text file that exists and that you may read"
        raise InvalidSettings([Finding("error", field, "can't be read", remedy)]) from None
