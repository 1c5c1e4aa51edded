# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Findings: one problem each, with its field, what is wrong and what to do. A finding never contains a value."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One problem. `level` is `error` or `warning`, `field` the name as the user typed it, `key` its API name."""

    level: str
    field: str
    problem: str
    remedy: str
    key: str = ""

    @property
    def text(self) -> str:
        """The finding as text.

        >>> Finding("error", "redis.port", "is not a port", "give a whole number from 1 to 65535").text
        'redis.port: is not a port. Give a whole number from 1 to 65535.'
        """
        end = "" if self.remedy.endswith("?") else "."
        return f"{self.field}: {self.problem}. {self.remedy[:1].upper()}{self.remedy[1:]}{end}"
