# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Findings: one problem each, with its field, what is wrong and what to do. A finding never contains a value."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One problem: `level` is `error` or `warning`, `field` names it as the user wrote it, `key` is its API name."""

    level: str
    field: str
    problem: str
    remedy: str
    key: str = ""

    @property
    def text(self) -> str:
        """One sentence: field, problem, remedy."""
        end = "" if self.remedy.endswith("?") else "."
        return f"{self.field} {self.problem}: {self.remedy}{end}"
