# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The error of a failed write to a store."""

from __future__ import annotations


class StoreError(Exception):
    """`message` is the emulator's own text, without secrets; `status_code` is the HTTP status, if there was a response."""

    def __init__(self, message: str, status_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
