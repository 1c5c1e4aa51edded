# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The probes by subject, in the order of docs/known-and-guessed.md."""

from __future__ import annotations

from . import access, config, creation, limits, listing, masks, patching, several, status

PROBES = (
    *access.PROBES,
    *listing.PROBES,
    *creation.PROBES,
    *config.PROBES,
    *masks.PROBES,
    *patching.PROBES,
    *several.PROBES,
    *status.PROBES,
    *limits.PROBES,
)
