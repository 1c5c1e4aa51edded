# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Numbers that somebody typed."""

from __future__ import annotations


def whole_number(text: str) -> int | None:
    """The number that up to nine ASCII digits write, else None."""
    # `str.isdigit` alone also likes superscripts, which `int` refuses.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
