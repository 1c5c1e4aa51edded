# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How an integration does, at a glance: a level, a symbol and a word."""

from __future__ import annotations

from ..core.model.integration import Integration

# The worst first: what somebody who looks at many wants to see on top.
WORDS = ("not available", "stale", "unknown", "available", "off")
_LEVELS = {
    "not available": ("error", "✗"),
    "stale": ("warning", "!"),
    "unknown": ("info", "?"),
    "available": ("ok", "✓"),
    "off": ("plain", "○"),
}


def health_word(integration: Integration) -> str:
    """One of WORDS. A list of LaunchDarkly's may leave the status out, which makes it unknown."""
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
