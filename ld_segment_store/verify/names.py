# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Names and IDs of an account, which neither a report nor a recording shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "(hidden)"
_FIELDS = {"_id", "key", "name", "projectKey", "environmentKey", "tags"}
# IDs and addresses, whoever they belong to: tokens, UUIDs, hexadecimal IDs, numbers of AWS accounts, mail, IP addresses.
_IDS = re.compile(
    r"\b(?:api|sdk|mob)-[\w-]+|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b[0-9a-fA-F]{12,}\b"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b\d{1,3}(?:\.\d{1,3}){3}\b"
)
_LONGEST = 300


class Names:
    """Names seen in responses. `hide` removes them from other people's words."""

    def __init__(self, *names: str) -> None:
        self._names = set(names)

    def add(self, data: Any, *, every: bool = False) -> None:
        """Remember the names in a part of a response: in fields that hold names, or in `every` field."""
        if isinstance(data, Mapping):
            for field, value in data.items():
                if not field.endswith("Kind"):  # words such as "token"
                    self.add(value, every=every or field in _FIELDS)
        elif isinstance(data, list):
            for value in data:
                self.add(value, every=every)
        elif isinstance(data, str) and every and len(data) > 1:
            self._names.add(data)

    def hide(self, text: str) -> str:
        """The text on one line, without names and IDs."""
        text = " ".join(text.split())
        for name in sorted(self._names, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
        return _IDS.sub(HIDDEN, text)[:_LONGEST]
