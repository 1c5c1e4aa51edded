# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Why a store could not be written."""

from __future__ import annotations


class StoreError(Exception):
    """`message` tells it in our own words, without secrets; `status_code` is an HTTP status, where there was one."""

    def __init__(self, message: str, status_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
