# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Layout of big segments in a Redis store. Source: LaunchDarkly's public Relay Proxy and SDK code."""

from __future__ import annotations

# Documented by LaunchDarkly: an SDK reports a store as stale after two minutes without a sync.
STALE_AFTER_SECONDS = 120
# The prefix that an SDK uses for Redis when it is not configured with the client-side ID.
SDK_DEFAULT_PREFIX = "launchdarkly"

_SYNCHRONIZED_ON = ":big_segments_synchronized_on"


def synchronized_on_key(prefix: str) -> str:
    """The key that holds the time of the last sync, in epoch milliseconds."""
    return prefix + _SYNCHRONIZED_ON


def prefix_of(key: str) -> str:
    """The prefix of a `synchronized_on_key`."""
    return key[: -len(_SYNCHRONIZED_ON)]


def lock_key(prefix: str) -> str:
    """The key that the Relay Proxy watches while it writes, so that two writers do not interleave."""
    return f"{prefix}:big_segments_lock"


def cursor_key(prefix: str) -> str:
    """The key that holds the version of the last change that the Relay Proxy has written."""
    return f"{prefix}:big_segments_cursor"


def include_key(prefix: str, context_hash: str) -> str:
    """The set of segments that include a context."""
    return f"{prefix}:big_segment_include:{context_hash}"


def exclude_key(prefix: str, context_hash: str) -> str:
    """The set of segments that exclude a context."""
    return f"{prefix}:big_segment_exclude:{context_hash}"


def key_patterns(prefix: str) -> tuple[str, ...]:
    """The key patterns that an ACL user needs, without the `~`."""
    return (prefix + ":big_segments_*", include_key(prefix, "*"), exclude_key(prefix, "*"))
