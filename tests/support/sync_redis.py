# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What an emulator writes to a Redis."""

from __future__ import annotations

from typing import Any

from ld_segment_store.emulator.account.segments import hash_of
from tests.support.redis_server import RedisServer
from tests.support.sync import PREFIX, wait_until

# The password of the user that writes, where Redis has users.
PASSWORD = "writer-MARKER-5ecret"
SYNCHRONIZED_ON = PREFIX + ":big_segments_synchronized_on"
LOCK = PREFIX + ":big_segments_lock"
CURSOR = PREFIX + ":big_segments_cursor"


def include(context_key: str) -> str:
    return f"{PREFIX}:big_segment_include:{hash_of(context_key)}"


def exclude(context_key: str) -> str:
    return f"{PREFIX}:big_segment_exclude:{hash_of(context_key)}"


def content(server: RedisServer) -> dict[str, Any]:
    """All that is in the store but the time, the lock and the cursor."""
    with server.admin() as admin:
        return {key: admin.smembers(key) for key in admin.scan_iter() if key not in (SYNCHRONIZED_ON, LOCK, CURSOR)}


SEEDED = {include("user-1"): {"big-one.g1"}, include("user-2"): {"big-one.g1"}, exclude("user-3"): {"big-one.g1"}}


def wait_for_content(server: RedisServer, expected: dict[str, Any]) -> None:
    wait_until(lambda: content(server) == expected, lambda: content(server))
