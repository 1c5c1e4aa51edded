# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What counts in the end: LaunchDarkly's real server SDK reads the store that was set up here.

The core sets the integration up, the emulator synchronises to a real store, and the SDK evaluates a flag on a big segment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from demo.evaluate_flag import Evaluation
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.flow.apply import ensure_present
from ld_segment_store.core.flow.wait import wait_until_available
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.core.model.settings import Settings, StoreConfig, StoreTypeName
from ld_segment_store.emulator import Emulator
from tests.support.aws_server import REGION, AwsServer
from tests.support.redis_server import RedisServer
from tests.support.sdk import STALE, WORKS, dynamodb_store, evaluate, redis_store
from tests.support.sync import PREFIX, READER, WRITER, acl_lines, options, seed
from tests.support.sync_dynamodb import TABLE, Store

WRITER_PASSWORD = "writer-5ecret"
READER_PASSWORD = "reader-5ecret"
# The environment's segment includes user-1 and user-2 and excludes user-3.
MEMBER, EXCLUDED, STRANGER = "user-1", "user-3", "user-4"
READER_MAY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}],
}


def set_up(ld: Emulator, integration_key: StoreTypeName, config: StoreConfig) -> Integration:
    """Create the integration by the API and wait until LaunchDarkly, that is its emulator, says that it works."""
    settings = Settings("shop", "live", integration_key, config, name="main", enabled=True)
    with Client(ld.access_token, ld.url) as client:
        integration = ensure_present(client, settings).integration
        assert integration is not None
        return wait_until_available(client, integration, timeout=15, interval=0.05)


@pytest.fixture(scope="module")
def secure() -> Iterator[RedisServer]:
    """A Redis with TLS, and the two ACL users that the generated documents define."""
    with RedisServer(tls=True, acl=acl_lines(WRITER_PASSWORD, READER_PASSWORD)) as server:
        yield server


def config_for(server: RedisServer, **others: Any) -> Any:
    return {"host": server.host, "port": server.port, "tls_enabled": server.ca_path is not None, **others}


@pytest.mark.parametrize("other", [STRANGER, EXCLUDED])
def test_redis_with_tls_and_the_least_permissions(secure: RedisServer, other: str) -> None:
    with Emulator(seed=seed(), sync=options(redis_ca_file=secure.ca_path)) as ld:
        set_up(ld, "redis", config_for(secure, username=WRITER, password=WRITER_PASSWORD))
        assert evaluate(redis_store(secure, PREFIX, READER, READER_PASSWORD), MEMBER, other) == WORKS


def test_redis_under_the_sdks_own_prefix() -> None:
    """LaunchDarkly documents it as the usual mistake: the SDK reports no error, just a stale store."""
    with RedisServer() as server, Emulator(seed=seed(), sync=options()) as ld:
        set_up(ld, "redis", config_for(server))
        assert evaluate(redis_store(server, "launchdarkly"), MEMBER, STRANGER) == STALE


def test_redis_under_a_prefix_that_the_reader_may_not_read(secure: RedisServer) -> None:
    said = evaluate(redis_store(secure, "launchdarkly", READER, READER_PASSWORD), MEMBER, STRANGER)
    assert said == Evaluation(False, False, False, "STORE_ERROR", False, "STORE_ERROR")


def test_a_member_that_is_removed_and_a_new_generation() -> None:
    with RedisServer() as server, Emulator(seed=seed(), sync=options()) as ld:
        integration = set_up(ld, "redis", config_for(server))
        ld.set_segments("shop", "live", {"big-one": {"included": [STRANGER], "generation": 2}})
        with Client(ld.access_token, ld.url) as client:
            # The second synchronisation from now on began after the change.
            for _ in range(2):
                wait_until_available(client, integration, interval=0.02, newer_than=_now(ld, integration))
        assert evaluate(redis_store(server, PREFIX), STRANGER, MEMBER, generation=2) == WORKS


def _now(ld: Emulator, integration: Integration) -> int:
    last_sync: int = ld.account.integration(integration.id).status["lastSync"]
    return last_sync


def test_dynamodb(store: Store) -> None:
    with Emulator(seed=seed(), sync=options(aws_endpoint=store.aws.url)) as ld:
        set_up(
            ld,
            "dynamodb",
            {
                "table_name": TABLE,
                "region": REGION,
                "external_id": store.external_id,
                "role_arn": store.role_arn,
            },
        )
        reader = store.aws.user("sdk", READER_MAY)
        for other in (STRANGER, EXCLUDED):
            assert evaluate(dynamodb_store(store.aws, reader, TABLE, PREFIX), MEMBER, other) == WORKS
        assert evaluate(dynamodb_store(store.aws, reader, TABLE, ""), MEMBER, STRANGER) == STALE


def test_dynamodb_without_a_table(aws: AwsServer) -> None:
    said = evaluate(dynamodb_store(aws, aws.admin, TABLE, PREFIX), MEMBER, STRANGER)
    assert said == Evaluation(False, False, False, "STORE_ERROR", False, "STORE_ERROR")


def test_the_demo_says_it_in_words(secure: RedisServer) -> None:
    with RedisServer() as server, Emulator(seed=seed(), sync=options()) as ld:
        set_up(ld, "redis", config_for(server))
        url = f"redis://127.0.0.1:{server.port}"
        assert _demo(url, PREFIX) == (
            0,
            [
                "LaunchDarkly's SDK reads the store",
                "  the store is available, up to date",
                "  the member of the big segment gets: true; store HEALTHY",
                "  a non-member gets: false; store HEALTHY",
            ],
        )
        code, lines = _demo(url, "launchdarkly")
        assert code == 1
        assert lines[1:3] == [
            "  the store is available, stale",
            "  the member of the big segment gets: false; store STALE",
        ]


def _demo(url: str, prefix: str) -> tuple[int, list[str]]:
    command = [sys.executable, "demo/evaluate_flag.py", "--redis-url", url, "--prefix", prefix]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()
