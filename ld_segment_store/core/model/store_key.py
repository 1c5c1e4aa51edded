# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The keys that say which store: project, environment and store type."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..findings import Finding
from .form_variables import STORE_TYPES

_NOT_IN_KEYS = re.compile(r"[\s/?#%\\]")


class StoreKey(NamedTuple):
    """Project key, environment key and store type. LaunchDarkly calls the store type `integrationKey`.

    >>> str(StoreKey("shop", "live", "redis"))
    'shop/live redis'
    """

    project_key: str
    environment_key: str
    integration_key: str

    def __str__(self) -> str:
        return f"{self.project_key}/{self.environment_key} {self.integration_key}"

    def findings(self) -> list[Finding]:
        """What is wrong with the keys."""
        return [
            *check_key("project_key", self.project_key),
            *check_key("environment_key", self.environment_key),
            *check_store_type(self.integration_key),
        ]


def check_key(name: str, key: Any) -> list[Finding]:
    """Findings about a key, which is one segment of a URL path: `.` and `..` are none, even when they are quoted."""
    remedy = "give the key as LaunchDarkly shows it, such as my-project; a display name is not a key"
    if key is not None and not isinstance(key, str):
        remedy = "put it in quotes; without them YAML reads 123 as a number, no as false and 2026-01-31 as a date"
        return [Finding("error", name, "is not text", remedy)]
    if key is None or not key.strip():
        return [Finding("error", name, "is missing" if key is None else "is empty", remedy)]
    if key in (".", "..") or not key.isprintable() or _NOT_IN_KEYS.search(key):
        return [Finding("error", name, "is not a key", remedy)]
    return []


def check_store_type(integration_key: Any) -> list[Finding]:
    """Findings about a store type."""
    if isinstance(integration_key, str) and integration_key in STORE_TYPES:
        return []
    return [Finding("error", "integration_key", "is not a store type", "give " + " or ".join(sorted(STORE_TYPES)))]
