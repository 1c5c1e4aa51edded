# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Synchronisation with a real DynamoDB API, by a role that really has to be assumed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.core.documents import DYNAMODB_WRITER_ACTIONS
from ld_segment_store.emulator import Emulator, InvalidSyncOptions, SyncOptions
from ld_segment_store.emulator.account.segments import changes, hash_of, memberships, parse_segments
from ld_segment_store.emulator.sync import dynamodb
from ld_segment_store.emulator.sync.dynamodb import DynamoDBSession
from ld_segment_store.emulator.sync.store_error import StoreError
from tests.support.aws_server import REGION, AwsServer, attribute, key
from tests.support.redis_server import free_port
from tests.support.sync import PREFIX, available, create, failed, options, seed, sync_threads, wait_until
from tests.support.sync_dynamodb import METADATA, SEEDED, TABLE, Store, take_credentials


class Throttled:
    """A client of a table that returns all but the first item of a batch, `refused` times. moto never does."""

    def __init__(self, refused: int) -> None:
        self.refused = refused
        self.batches: list[list[Any]] = []
        self.updates = 0

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.batches.append(RequestItems[TABLE])
        self.refused -= 1
        rest = RequestItems[TABLE] if len(self.batches) > 1 else RequestItems[TABLE][1:]
        return {"UnprocessedItems": {TABLE: rest}} if self.refused >= 0 else {}

    def update_item(self, **_options: Any) -> None:
        self.updates += 1


@pytest.fixture
def ld(aws: AwsServer) -> Iterator[Emulator]:
    with Emulator(seed=seed(), sync=options(aws_endpoint=aws.url)) as emulator:
        yield emulator
    assert not sync_threads()


def test_the_layout(ld: Emulator, store: Store) -> None:
    status = available(ld, create(ld, "dynamodb", store.config()))

    assert status["errors"] == []
    assert store.members() == SEEDED
    metadata = [item for item in store.items() if item["namespace"]["S"] == METADATA]
    assert len(metadata) == 1
    assert metadata[0]["key"]["S"] == METADATA
    assert int(metadata[0]["synchronizedOn"]["N"]) >= status["lastSync"]


def test_the_time_is_renewed_and_segments_change(ld: Emulator, store: Store) -> None:
    integration = create(ld, "dynamodb", store.config())
    first = available(ld, integration)["lastSync"]
    ld.set_segments("shop", "live", {"big-one": {"included": ["user-2"], "excluded": ["user-1"], "generation": 2}})
    expected = {
        hash_of("user-2"): {"included": {"big-one.g2"}},
        hash_of("user-1"): {"excluded": {"big-one.g2"}},
    }
    wait_until(lambda: store.members() == expected, store.members)
    assert available(ld, integration, after=first)["potentiallyStale"] is False


def test_many_members_are_written_in_batches(ld: Emulator, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    write_batch = DynamoDBSession._write_batch

    def count(session: DynamoDBSession, requests: list[dict[str, Any]]) -> None:
        sizes.append(len(requests))
        write_batch(session, requests)

    monkeypatch.setattr(DynamoDBSession, "_write_batch", count)
    members = [f"member-{number}" for number in range(1010)]
    ld.set_segments("shop", "live", {"big-one": {"included": members}, "big-two": {"excluded": members[:5]}})
    integration = create(ld, "dynamodb", store.config())
    available(ld, integration)

    written = store.members()
    assert len(written) == 1010
    assert written[hash_of("member-0")] == {"included": {"big-one.g1"}, "excluded": {"big-two.g1"}}
    assert sizes == [25] * 40 + [10]

    # Only what changes is written again.
    ld.set_segments("shop", "live", {"big-one": {"included": members[1:]}, "big-two": {"excluded": members[:5]}})
    expected = {"excluded": {"big-two.g1"}}
    wait_until(lambda: store.members()[hash_of("member-0")] == expected, store.members)
    assert sizes[41:] == [1]


def test_the_cursor_changes_with_the_segments(ld: Emulator, store: Store) -> None:
    def metadata() -> dict[str, Any]:
        return next(item for item in store.items() if item["namespace"]["S"] == METADATA)

    integration = create(ld, "dynamodb", store.config())
    first = available(ld, integration)["lastSync"]
    version = metadata()["lastVersion"]["S"]
    again = available(ld, integration, after=first)["lastSync"]
    assert metadata()["lastVersion"]["S"] == version
    ld.set_segments("shop", "live", {})
    wait_until(lambda: not store.members(), store.members)
    wait_until(lambda: int(metadata()["lastVersion"]["S"]) >= again, metadata)


def test_items_that_aws_returns_are_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamodb, "_PAUSE", 0.001)
    client = Throttled(refused=2)
    session = DynamoDBSession(client, TABLE, PREFIX)
    some = changes(memberships(parse_segments({"a": {"included": ["u-1", "u-2", "u-3"]}})), {}, {})

    session.write(some, 1_790_000_000_000)

    assert [len(batch) for batch in client.batches] == [3, 2, 2]
    assert client.updates == 1
    with pytest.raises(StoreError, match="the table segments does not take writes as fast as they come"):
        DynamoDBSession(Throttled(refused=99), TABLE, PREFIX).write(some, 1_790_000_000_000)


def test_a_table_that_is_lost_and_made_anew_gets_all_of_it_again(ld: Emulator, store: Store) -> None:
    integration = create(ld, "dynamodb", store.config())
    available(ld, integration)
    store.aws.client("dynamodb").delete_table(TableName=TABLE)
    code, message = failed(ld, integration)
    assert (code, message) == (400, "ResourceNotFoundException: there is no table segments in eu-west-1")
    gone = ld.account.integration(integration.id).status["lastError"]

    store.aws.make_table(TABLE)
    available(ld, integration, after=gone)
    assert store.members() == SEEDED


def test_after_disabling_nothing_is_written_and_the_data_stays(ld: Emulator, store: Store) -> None:
    integration = create(ld, "dynamodb", store.config())
    available(ld, integration)
    ld.account.update(integration.id, on=False)
    wait_until(lambda: not sync_threads(), sync_threads)
    assert store.members() == SEEDED


def test_a_wrong_external_id_and_the_right_one(ld: Emulator, store: Store) -> None:
    integration = create(ld, "dynamodb", store.config(externalId=str(uuid.uuid4())))
    denied = "AccessDenied: the role {0} may not be assumed: its trust policy must name the caller and the external ID"
    assert failed(ld, integration) == (403, denied.format(store.role_arn))
    assert store.items() == []

    ld.account.update(integration.id, config={"externalId": store.external_id})
    available(ld, integration)
    assert store.members() == SEEDED


@pytest.mark.parametrize("action", ["dynamodb:GetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"])
def test_a_missing_permission(ld: Emulator, store: Store, action: str) -> None:
    store.allow(*(other for other in DYNAMODB_WRITER_ACTIONS if other != action))
    code, message = failed(ld, create(ld, "dynamodb", store.config()))
    # AWS's own code is AccessDeniedException; moto's answer has none that DynamoDB's client reads.
    assert message == f"403: the role may not use {action} on the table segments"
    assert code in (400, 403)


def test_a_missing_table(ld: Emulator, aws: AwsServer) -> None:
    integration = create(ld, "dynamodb", Store(aws).config())
    assert failed(ld, integration)[1] == "ResourceNotFoundException: there is no table segments in eu-west-1"


def test_a_wrong_key_schema(ld: Emulator, aws: AwsServer) -> None:
    aws.make_table(TABLE, AttributeDefinitions=[attribute("id")], KeySchema=[key("id")])
    assert failed(ld, create(ld, "dynamodb", Store(aws).config()))[1] == (
        "ValidationException: the table segments does not have the partition key 'namespace' and the sort key 'key',"
        " both strings"
    )


def test_no_credentials(ld: Emulator, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    message = failed(ld, create(ld, "dynamodb", store.config()))[1]
    assert message == "the emulator has no AWS credentials to assume the role with"


def test_unknown_credentials(ld: Emulator, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN")
    code, message = failed(ld, create(ld, "dynamodb", store.config()))
    assert message == "InvalidClientTokenId: AWS does not accept the credentials of the emulator"
    assert code == 403


def test_a_caller_who_may_not_assume_roles(ld: Emulator, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    take_credentials(store.aws.user("nobody"), monkeypatch)
    assert failed(ld, create(ld, "dynamodb", store.config()))[1].startswith("AccessDenied: the role ")


def test_no_endpoint(store: Store) -> None:
    port = free_port()
    with Emulator(seed=seed(), sync=options(aws_endpoint=f"http://127.0.0.1:{port}")) as ld:
        code, message = failed(ld, create(ld, "dynamodb", store.config()))
    assert message == f"no connection to 127.0.0.1:{port} (EndpointConnectionError)"
    assert code == 500


def test_by_the_command_line(store: Store, tmp_path: Path) -> None:
    """`--sync` with its options, a seed in a file, and the standard chain's credentials."""
    planted = seed()
    config = {"table_name": TABLE, "region": REGION, "external_id": store.external_id, "role_arn": store.role_arn}
    planted["projects"]["shop"]["environments"]["live"]["integrations"] = [{"enabled": True, "dynamodb": config}]
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(planted), encoding="utf-8")
    command = [sys.executable, "-m", "ld_segment_store", "emulator", "--seed", str(file)]
    command += ["--sync", "--sync-interval", "0.05", "--aws-endpoint", store.aws.url]
    with subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE) as process:
        try:
            wait_until(lambda: store.members() == SEEDED, store.members)
        finally:
            process.terminate()
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file or directory"), ("nonsense", "it holds no certificates in PEM")]
)
def test_a_ca_file_that_cannot_be_used(tmp_path: Path, content: str | None, why: str) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidSyncOptions) as caught:
        SyncOptions(redis_ca_file=file)
    assert caught.value.message == f"Can't use the CA file {file}: {why}."


def test_an_endpoint_that_cannot_be_one() -> None:
    with pytest.raises(InvalidSyncOptions, match="The AWS endpoint must be a URL"):
        SyncOptions(aws_endpoint="127.0.0.1:5000")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--sync", "--redis-ca-file", "no-such-file"], 1, "Can't use the CA file no-such-file"),
        (["--aws-endpoint", "http://127.0.0.1:1"], 2, "--redis-ca-file and --aws-endpoint need --sync"),
        (["--sync-interval", "5"], 2, "--sync-interval, --redis-ca-file and --aws-endpoint need --sync"),
        (["--sync", "--sync-interval", "nan"], 2, "must be a positive number of seconds"),
    ],
)
def test_wrong_options_on_the_command_line(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        ended: object = main(["emulator", *arguments])
    except SystemExit as exit_:
        ended = exit_.code
    assert ended == code
    assert said in capsys.readouterr().err
