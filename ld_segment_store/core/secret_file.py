# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A secret in a file of its own, as orchestrators mount them."""

from __future__ import annotations

from .secret import Secret
from .text_file import read_text_file


def read_secret_file(field: str, path: str) -> Secret:
    """The one line of a file, without its line break. `field` names it in messages. Raises InvalidSettings."""
    return Secret(read_text_file(path, field).rstrip("\r\n"))
