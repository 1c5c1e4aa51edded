# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a table holds, read from moto's DynamoDB with the permissions that people give."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.inspect.contents import SegmentContents, StoreContents, StoreUnreadable
from ld_segment_store.inspect.dynamodb import inspect_dynamodb
from ld_segment_store.inspect.find_context import find_context
from ld_segment_store.inspect.layout import hash_context
from tests.support.aws_server import REGION, AwsServer, attribute, key
from tests.support.sync import PREFIX

TABLE = "segments"
NOW = 1_790_000_000.0
SYNCED = str(int((NOW - 12) * 1000))


@pytest.fixture
def table(aws: AwsServer) -> AwsServer:
    aws.make_table(TABLE)
    metadata = f"{PREFIX}:big_segments_metadata"
    put(aws, metadata, metadata, synchronizedOn={"N": SYNCED}, lastVersion={"S": "42"})
    for number in range(5):
        put(aws, f"{PREFIX}:big_segments_user", hash_context(f"user-{number}"), included={"SS": ["big-one.g1"]})
    put(aws, f"{PREFIX}:big_segments_user", hash_context("user-9"), excluded={"SS": ["other.g2"]})
    # Left behind by an SDK or Relay Proxy without a prefix, and by another environment.
    put(aws, "big_segments_metadata", "big_segments_metadata", synchronizedOn={"N": "1"})
    put(aws, "another:big_segments_user", "hash", included={"SS": ["x.g1"]})
    put(aws, "sessions", "1", text={"S": "an application's"})
    return aws


def put(aws: AwsServer, namespace: str, name: str, **attributes: Any) -> None:
    item = {"namespace": {"S": namespace}, "key": {"S": name}, **attributes}
    aws.client("dynamodb").put_item(TableName=TABLE, Item=item)


def read(aws: AwsServer, *actions: str, **options: Any) -> StoreContents:
    """With the credentials of a user that may use these actions, all of them by default."""
    policy = {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
    session = aws.user("reader", {"Version": "2012-10-17", **policy}) if actions else aws.admin
    given = {"prefix": PREFIX, "endpoint_url": aws.url, "session": session, "now": lambda: NOW, **options}
    return inspect_dynamodb({"table_name": TABLE, "region": REGION}, **given)


def test_everything(table: AwsServer) -> None:
    progress: list[int] = []
    contents = read(table, on_progress=progress.append)
    assert contents.segments == (SegmentContents("big-one", 1, 5, 0), SegmentContents("other", 2, 0, 1))
    assert (contents.contexts, contents.complete, contents.notes) == (6, True, ())
    assert vars(contents.sync) == {"synchronized_on": int(SYNCED), "age_seconds": 12.0, "status": "HEALTHY"}
    assert (contents.lock, contents.cursor) == (None, "42")
    assert contents.other_prefixes == ("", "another")
    assert progress == [6]
    item = len("namespace" + PREFIX + ":big_segments_user" + "key" + hash_context("user-1")) + 100
    assert contents.size_bytes == 6 * item + 5 * len("includedbig-one.g1") + len("excludedother.g2")


def test_a_reader_learns_the_last_sync(table: AwsServer) -> None:
    contents = read(table, "dynamodb:GetItem")
    assert (contents.sync.status, contents.cursor) == ("HEALTHY", "42")
    assert (contents.segments, contents.contexts, contents.size_bytes, contents.other_prefixes) == (None,) * 4
    segments, prefixes = contents.notes
    assert segments.startswith("Segments are not listed: ")
    assert "dynamodb:Query" in segments
    assert prefixes.startswith("Other prefixes are unknown: ")
    assert "dynamodb:Scan" in prefixes


def test_reading_needs_no_permission_to_write(table: AwsServer) -> None:
    assert read(table, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan") == read(table)


def test_pages_and_the_limit(table: AwsServer) -> None:
    with table.admin.resource("dynamodb", endpoint_url=table.url).Table(TABLE).batch_writer() as batch:
        for number in range(1500):
            name = {"namespace": f"{PREFIX}:big_segments_user", "key": hash_context(f"many-{number}")}
            batch.put_item(Item={**name, "included": {"many.g1"}})
    progress: list[int] = []
    everything = read(table, on_progress=progress.append, timeout=60)
    assert (everything.contexts, everything.complete) == (1506, True)
    assert progress == [1000, 1506]
    assert everything.other_prefixes == ("", "another")  # a large segment does not hide them
    some = read(table, limit=1200, timeout=60)
    assert (some.contexts, some.complete) == (1200, False)


def test_many_other_programs(table: AwsServer) -> None:
    for number in range(60):
        put(table, f"program-{number}", "1")
    notes = read(table).notes
    assert notes == ("Other prefixes: only the first 50 namespaces of the table were searched.",)


def test_an_empty_table(aws: AwsServer) -> None:
    aws.make_table(TABLE)
    contents = read(aws)
    assert (contents.segments, contents.contexts, contents.complete, contents.other_prefixes) == ((), 0, True, ())
    assert contents.sync.status == "STALE"


@pytest.mark.parametrize("limit", [6, 100])
def test_a_limit_that_is_not_exceeded(table: AwsServer, limit: int) -> None:
    assert read(table, limit=limit).contexts == 6


def test_no_table(aws: AwsServer) -> None:
    with pytest.raises(StoreUnreadable, match=r"There is no table 'segments' in eu-west-1\. Check table_name"):
        read(aws)


def test_a_table_with_other_keys(aws: AwsServer) -> None:
    aws.make_table(TABLE, AttributeDefinitions=[attribute("id")], KeySchema=[key("id")])
    with pytest.raises(StoreUnreadable, match="is not a big segment store: its keys are not 'namespace' and 'key'"):
        read(aws)


def test_no_permission(table: AwsServer) -> None:
    with pytest.raises(StoreUnreadable, match="dynamodb:GetItem"):
        read(table, "dynamodb:ListTables")


@pytest.mark.parametrize(
    ("config", "text"),
    [({}, "table_name"), ({"table_name": TABLE, "region": "here"}, "region")],
    ids=["none", "region"],
)
def test_bad_input(config: dict[str, str], text: str) -> None:
    with pytest.raises(InvalidSettings, match=text):
        find_context("dynamodb", config, "user-1", prefix=PREFIX)
    with pytest.raises(InvalidSettings, match="integration_key"):
        find_context("mysql", config, "user-1", prefix=PREFIX)
