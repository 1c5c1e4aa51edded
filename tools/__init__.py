# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the Makefile calls. Only the standard library, since this makes the environments; run with `python3 -m tools.NAME`."""

from __future__ import annotations
