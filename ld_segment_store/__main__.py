# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`python -m ld_segment_store`, the same as `ld-segment-store`."""

from __future__ import annotations

import sys

from .cli.main import main

sys.exit(main())
