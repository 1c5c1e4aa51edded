# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The times of a wait, checked before anything is sent."""

from __future__ import annotations

import math

from ..findings import Finding


def check_wait(timeout: float, interval: float) -> list[Finding]:
    """What is wrong with the times of a wait."""
    remedy = "give a number of seconds, more than 0"
    times = (("wait_timeout", timeout), ("wait_interval", interval))
    return [
        Finding("error", name, "must be a positive number of seconds", remedy)
        for name, seconds in times
        if not isinstance(seconds, (int, float)) or not 0 < seconds < math.inf
    ]
