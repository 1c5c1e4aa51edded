# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A green preflight of a Redis, held against what the emulator's writer, LaunchDarkly's SDK and the inspection then do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ld_segment_store.core.secret import Secret
from ld_segment_store.inspect.contents import SegmentContents
from ld_segment_store.inspect.redis import inspect_redis
from ld_segment_store.preflight.checks import Check, Outcome, worst
from tests.support.redis_preflight import PASSWORD, PREFIX, run_on, write_by_emulator
from tests.support.redis_server import RedisServer
from tests.support.sdk import WORKS, evaluate, redis_store


def red(checks: Mapping[str, Check]) -> bool:
    """Whether a check failed."""
    return worst(checks.values()) is Outcome.FAILURE


def assert_right(server: RedisServer, version: str, writer: str = "", reader: str = "", **sdk_options: Any) -> None:
    """The preflight is green, and writer, SDK and inspection then work."""
    checks = run_on(server, writer)
    assert not red(checks)
    assert checks["version"].seen.startswith(version)
    write_by_emulator(server, username=writer, password=PASSWORD)
    assert not red(run_on(server, reader, reader=True))
    assert evaluate(redis_store(server, PREFIX, reader, PASSWORD, **sdk_options), "user-1", "user-9") == WORKS
    login = {"username": reader, "password": Secret(PASSWORD)}
    contents = inspect_redis({"host": server.host, "port": str(server.port), **login}, prefix=PREFIX)
    if reader:  # with the rights of the generated document
        assert (contents.sync.status, contents.segments) == ("HEALTHY", None)
    else:
        assert contents.segments == (SegmentContents("big-one", 1, 2, 1),)
