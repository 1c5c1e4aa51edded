# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Text from elsewhere, safe to show in one line of a terminal or a log."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Escape what a terminal would obey, reorder or hide: control characters, line breaks, marks of direction.

    Applies to names, tags, keys, IDs and messages of servers, one line at a time.

    >>> print(printable("ok\x1b[2K\u202egnp.exe\n"))
    ok\x1b[2K\u202egnp.exe\n
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
