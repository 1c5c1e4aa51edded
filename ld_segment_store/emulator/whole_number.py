# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Numbers in text."""

from __future__ import annotations


def whole_number(text: str) -> int | None:
    """The number of up to nine ASCII digits, else None."""
    # `str.isdigit` also accepts superscripts, which `int` rejects.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
