# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What scripted exchanges are about: one integration, its new name, and what LaunchDarkly answers about it."""

from __future__ import annotations

from ld_segment_store.core.model.settings import Settings
from tests.support.scripted import answer, error, listing, redis_item

RENAMED = Settings("shop", "live", "redis", {"host": "redis.example.com"}, name="new")
THERE = listing(redis_item())
NOT_THERE = listing()
GOT = answer(200, redis_item())
GOT_RENAMED = answer(200, redis_item(name="new", version=2))
GONE = error(404, "not_found")
