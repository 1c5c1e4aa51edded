# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Read what a store holds: the last sync, segments and their sizes, and what an SDK answers for one context. It only reads."""

from __future__ import annotations

from .answer import ContextAnswer, Membership, SegmentAnswer
from .contents import SegmentContents, StoreContents, StoreUnreadable, Sync
from .dynamodb import inspect_dynamodb
from .find_context import find_context
from .redis import inspect_redis

__all__ = [
    "ContextAnswer",
    "Membership",
    "SegmentAnswer",
    "SegmentContents",
    "StoreContents",
    "StoreUnreadable",
    "Sync",
    "find_context",
    "inspect_dynamodb",
    "inspect_redis",
]
