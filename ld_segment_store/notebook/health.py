# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The health of a store at a glance: a level, a symbol and a word."""

from __future__ import annotations

from ..core.model.integration import Integration

# The worst first.
WORDS = ("not available", "stale", "unknown", "available", "off")
_LEVELS = {
    "not available": ("error", "✗"),
    "stale": ("warning", "!"),
    "unknown": ("info", "?"),
    "available": ("ok", "✓"),
    "off": ("plain", "○"),
}


def health_word(integration: Integration) -> str:
    """Return one of WORDS. LaunchDarkly's list may leave the status out; the health is then unknown."""
    status = integration.status
    if not integration.enabled:
        return "off"
    if status.available is None:
        return "unknown"
    if not status.available:
        return "not available"
    return "stale" if status.potentially_stale else "available"


def health(integration: Integration) -> tuple[str, str, str]:
    """Level, symbol and word."""
    word = health_word(integration)
    return (*_LEVELS[word], word)
