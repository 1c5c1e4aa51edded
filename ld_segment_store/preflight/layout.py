# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How big segments lie in a Redis store. Source: LaunchDarkly's public Relay Proxy and SDK code."""

from __future__ import annotations

# LaunchDarkly documents that an SDK calls a store stale when it has not been synced for two minutes.
STALE_AFTER_SECONDS = 120
# What an SDK takes for Redis when nobody gives it the client-side ID.
SDK_DEFAULT_PREFIX = "launchdarkly"

_SYNCHRONIZED_ON = ":big_segments_synchronized_on"


def synchronized_on_key(prefix: str) -> str:
    """The key that holds the time of the last sync, in epoch milliseconds."""
    return prefix + _SYNCHRONIZED_ON


def prefix_of(key: str) -> str:
    """The prefix of a `synchronized_on_key`."""
    return key[: -len(_SYNCHRONIZED_ON)]


def include_key(prefix: str, context_hash: str) -> str:
    """The set of segments that include a context."""
    return "{0}:big_segment_include:{1}".format(prefix, context_hash)


def exclude_key(prefix: str, context_hash: str) -> str:
    """The set of segments that exclude a context."""
    return "{0}:big_segment_exclude:{1}".format(prefix, context_hash)


def key_patterns(prefix: str) -> tuple[str, ...]:
    """The key patterns that an ACL user needs, without the `~`."""
    return (prefix + ":big_segments_*", include_key(prefix, "*"), exclude_key(prefix, "*"))
