# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A running emulator and a client for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ld_segment_store.emulator import Emulator
from tests.emulator.server.contract import Caller
from tests.support.redis_server import RedisServer
from tests.support.sync import acl_lines
from tests.support.sync_dynamodb import aws, module_aws, store  # noqa: F401 - fixtures
from tests.support.sync_redis import PASSWORD


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def secure() -> Iterator[RedisServer]:
    """A Redis with TLS, and an ACL user that may do exactly what the generated document allows."""
    with RedisServer(tls=True, acl=acl_lines(PASSWORD)) as server:
        yield server


@pytest.fixture
def call(ld: Emulator) -> Iterator[Caller]:
    caller = Caller(ld)
    yield caller
    caller.session.close()
