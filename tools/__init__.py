# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Commands of the Makefile and of noxfile.py: `python3 -m tools.NAME`. They use only the standard library."""

from __future__ import annotations

import sys

# Before anything that an older Python cannot parse.
if sys.version_info < (3, 11):
    sys.exit(
        "Development requires Python 3.11 or later. Run make with another Python, for example: make PYTHON=python3.13"
    )
