# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the Makefile calls. Only the standard library, since this makes the environments; run with `python3 -m tools.NAME`."""

from __future__ import annotations

import sys

# Before anything that an older Python doesn't know.
if sys.version_info < (3, 11):
    sys.exit(
        "Working on this project takes Python 3.11 or later as python3: call make with PYTHON=python3.13, for example."
    )
