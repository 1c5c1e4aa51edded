# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The answers for a context are those of LaunchDarkly's own server SDKs, on a real Redis and two implementations of DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.inspect.answer import ContextAnswer
from ld_segment_store.inspect.contents import SegmentContents
from ld_segment_store.inspect.dynamodb import inspect_dynamodb
from ld_segment_store.inspect.find_context import find_context
from tests.support.aws_server import REGION, AwsServer
from tests.support.dynalite import Dynalite
from tests.support.node_sdk import node_says_of_dynamodb, node_says_of_redis
from tests.support.redis_server import RedisServer
from tests.support.sdk import dynamodb_store, redis_store
from tests.support.segment_situations import (
    MEMBER,
    SAID,
    SITUATIONS,
    TABLE,
    DynamoDBWriter,
    RedisWriter,
    Situation,
    prepare,
    python_sdk_says,
)


def cases(store: str) -> list[Any]:
    return [pytest.param(situation, id=situation.name) for situation in SITUATIONS if store in situation.stores]


def check(answer: ContextAnswer, situation: Situation) -> None:
    (found,) = answer.segments
    assert found.membership is situation.membership
    assert found.in_both is (situation.name == "both")
    assert answer.sync.status == situation.status


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis_writer(redis_server: RedisServer) -> Iterator[RedisWriter]:
    writer = RedisWriter(redis_server)
    yield writer
    writer.close()


@pytest.mark.parametrize("situation", cases("redis"))
def test_redis(redis_server: RedisServer, redis_writer: RedisWriter, situation: Situation) -> None:
    prepare(redis_writer, situation)
    answer = find_context(
        "redis",
        {"host": redis_server.host, "port": str(redis_server.port)},
        MEMBER,
        prefix=situation.read_prefix,
        segment=situation.segment,
        generation=situation.generation,
    )
    check(answer, situation)
    said = python_sdk_says(lambda: redis_store(redis_server, situation.read_prefix), situation)
    assert said == (*SAID[situation.membership], situation.status)


@pytest.mark.slow
def test_node_on_redis(redis_server: RedisServer, redis_writer: RedisWriter, tmp_path: Path) -> None:
    situations = [situation for situation in SITUATIONS if "redis" in situation.stores]
    with redis_server.admin() as admin:
        admin.flushall()
    for situation in situations:
        prepare(redis_writer, situation)
    said = dict(
        zip((situation.name for situation in situations), node_says_of_redis(redis_server.port, situations, tmp_path))
    )
    right = {situation.name: (*SAID[situation.membership], situation.status) for situation in situations}
    # Here the SDKs differ: Python reports a time that it cannot read as an error of the store.
    assert said == {**right, "a time that is none": (True, True, "STALE")}


@pytest.mark.parametrize("situation", cases("dynamodb"))
def test_moto(aws: AwsServer, situation: Situation) -> None:
    aws.make_table(TABLE)
    check_table(aws, situation)


@pytest.mark.slow
def test_dynalite() -> None:
    with Dynalite() as server:
        server.make_table(TABLE)
        for situation in SITUATIONS:
            if "dynamodb" in situation.stores:
                check_table(server, situation)
        given = {"prefix": SITUATIONS[0].prefix, "endpoint_url": server.url, "session": server.admin}
        contents = inspect_dynamodb({"table_name": TABLE, "region": REGION}, **given)
    assert contents.segments == (SegmentContents("big-one", 1, 1, 0), SegmentContents("other", 3, 1, 0))
    written = {
        situation.prefix
        for situation in SITUATIONS
        if "dynamodb" in situation.stores and situation.name != "never synced"
    }
    assert set(contents.other_prefixes or ()) == written - {SITUATIONS[0].prefix}
    assert (contents.complete, contents.notes) == (True, ())


@pytest.mark.slow
@pytest.mark.nightly
def test_node_on_dynamodb(tmp_path: Path) -> None:
    situations = [situation for situation in SITUATIONS if "dynamodb" in situation.stores]
    with Dynalite() as server:
        server.make_table(TABLE)
        for situation in situations:
            prepare(DynamoDBWriter(server), situation)
        said = node_says_of_dynamodb(server.url, TABLE, situations, tmp_path)
    assert dict(zip((situation.name for situation in situations), said)) == {
        situation.name: (*SAID[situation.membership], situation.status) for situation in situations
    }


def check_table(server: AwsServer | Dynalite, situation: Situation) -> None:
    prepare(DynamoDBWriter(server), situation)
    answer = find_context(
        "dynamodb",
        {"table_name": TABLE, "region": REGION},
        MEMBER,
        prefix=situation.read_prefix,
        segment=situation.segment,
        generation=situation.generation,
        endpoint_url=server.url,
        session=server.admin,
    )
    check(answer, situation)
    said = python_sdk_says(lambda: dynamodb_store(server, server.admin, TABLE, situation.read_prefix), situation)
    assert said == (*SAID[situation.membership], situation.status)
