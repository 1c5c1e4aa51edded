# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How big segments lie in a Redis store. Source: LaunchDarkly's public Relay Proxy and SDK code."""

from __future__ import annotations

from typing import Any

from ..core.errors import InvalidSettings
from ..core.validation import Finding

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


def require_prefix(prefix: Any) -> None:
    """Raise InvalidSettings unless `prefix` can be a client-side ID, without repeating it: an SDK key is a secret."""
    problem = ""
    if not isinstance(prefix, str) or not prefix or any(char.isspace() or not char.isprintable() for char in prefix):
        problem = "is not a client-side ID"
    elif prefix.startswith(("sdk-", "mob-", "api-")):
        problem = "is another kind of key"
    if problem:
        remedy = "give the environment's client-side ID, which is public and begins with none of sdk-, mob- and api-"
        raise InvalidSettings([Finding("error", "prefix", problem, remedy)])
