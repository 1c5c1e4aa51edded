# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store inspect` on a real Redis and on moto's DynamoDB, with the emulator as LaunchDarkly."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.emulator import Emulator
from tests.support.aws_server import REGION, AwsServer
from tests.support.redis_server import RedisServer, free_port
from tests.support.segment_situations import MEMBER, TABLE, DynamoDBWriter, RedisWriter
from tests.support.sync import PREFIX, seed
from tests.support.sync_dynamodb import aws, module_aws  # noqa: F401 - fixtures

PASSWORD = "MARKER-5ecret"
ANOTHER_PREFIX = PREFIX[:-1] + "0"


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer(password=PASSWORD) as running:
        writer = RedisWriter(running)
        writer.write(PREFIX, ["big-one.g1"], [], str(int(time.time() * 1000)))
        writer.close()
        yield running


@pytest.fixture
def ld(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator(seed=seed()) as emulator:
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token)
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", emulator.url)
        yield emulator


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command; its exit code and output. No output may hold the password."""
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(["inspect", *arguments])
        except SystemExit as wrong:
            code = int(str(wrong.code))
        streams = capsys.readouterr()
        assert "MARKER" not in streams.out + streams.err
        return code, streams.out, streams.err

    return command


def store(server: RedisServer) -> list[str]:
    return ["redis", "--host", server.host, "--port", str(server.port), "--client-side-id", PREFIX]


def test_contents(run: Any, server: RedisServer) -> None:
    code, out, err = run(*store(server))
    assert (code, err) == (0, "")
    assert f"Redis 127.0.0.1:{server.port}, prefix {PREFIX}\n" in out
    assert "Segment         big-one generation 1: 1 included, 0 excluded\n" in out


def test_json(run: Any, server: RedisServer) -> None:
    contents = json.loads(run(*store(server), "--format", "json")[1])
    assert contents["segments"] == [{"key": "big-one", "generation": 1, "included": 1, "excluded": 0}]
    assert contents["sync"]["status"] == "HEALTHY"
    answer = json.loads(run(*store(server), "--format", "json", "--context-key", MEMBER)[1])
    assert [found["membership"] for found in answer["segments"]] == ["included"]


def test_a_context(run: Any, server: RedisServer) -> None:
    code, out, _ = run(*store(server), "--context-key", MEMBER, "--segment", "big-one")
    assert code == 0
    assert "Answer          big-one (generation 1) included: the context is in the segment\n" in out
    code, out, _ = run(*store(server), "--context-key", MEMBER, "--segment", "big-one", "--generation", "2")
    assert "Answer          big-one (generation 2) not present: only the segment's rules decide\n" in out


def test_a_password_file(run: Any, server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", "MARKER-wrong")
    assert run(*store(server))[0] == 1
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", encoding="utf-8")
    assert run(*store(server), "--password-file", str(file))[0] == 0


def test_no_password(run: Any, server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_PASSWORD")
    code, _, err = run(*store(server))
    assert code == 1
    assert "No password was given: " in err
    assert "REDIS_PASSWORD or --password-file" in err


def test_the_store_of_an_environment(run: Any, server: RedisServer, ld: Emulator) -> None:
    ld.account.create("shop", "live", "redis", {"host": server.host, "port": str(server.port)}, on=True)
    given = ["redis", "--project", "shop", "--environment", "live"]
    code, out, _ = run(*given)
    assert code == 0
    assert f"Redis 127.0.0.1:{server.port}, prefix {PREFIX}\n" in out
    assert run(*given, "--client-side-id", PREFIX)[0] == 0
    code, _, err = run(*given, "--client-side-id", ANOTHER_PREFIX)
    assert code != 0
    assert "--client-side-id" in err
    assert f"is not that of shop/live, which is {PREFIX}" in err
    assert run(*given, "--port", str(free_port()))[0] == 1  # what is given wins


def test_an_environment_without_such_a_store(run: Any, ld: Emulator) -> None:
    code, _, err = run("redis", "--project", "shop", "--environment", "live")
    assert code != 0
    assert "--environment" in err
    assert "has no redis integration in project 'shop'. Check the keys, or give the store's options.\n" in err


def test_an_environment_that_does_not_exist(run: Any, server: RedisServer, ld: Emulator) -> None:
    ld.account.create("shop", "live", "redis", {"host": server.host, "port": str(server.port)}, on=True)
    code, _, err = run("redis", "--project", "shop", "--environment", "Live")
    assert code != 0
    assert "integration in project" in err


def test_a_table(run: Any, aws: AwsServer, ld: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811 - a fixture
    aws.make_table(TABLE)
    DynamoDBWriter(aws).write(PREFIX, ["big-one.g1"], [], str(int(time.time() * 1000)))
    credentials = aws.admin.get_credentials()
    assert credentials
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)
    config = {"tableName": TABLE, "region": REGION, "externalId": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11"}
    ld.account.create("shop", "live", "dynamodb", {**config, "roleArn": "arn:aws:iam::123456789012:role/r"}, on=True)
    given = ["dynamodb", "--aws-endpoint", aws.url]
    by_name = run(*given, "--table-name", TABLE, "--region", REGION, "--client-side-id", PREFIX, "--format", "json")
    by_environment = run(*given, "--project", "shop", "--environment", "live", "--format", "json")
    assert by_name[0] == by_environment[0] == 0
    read = [json.loads(out)["segments"] for _, out, _ in (by_name, by_environment)]
    assert read == [[{"key": "big-one", "generation": 1, "included": 1, "excluded": 0}]] * 2


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["redis", "--host", "h"], "give --client-side-id, or --project and --environment"),
        (["redis", "--project", "shop"], "--project and --environment go together"),
        (["redis", "--host", "h", "--client-side-id", PREFIX, "--segment", "x"], "need --context-key"),
        (["redis", "--host", "h", "--client-side-id", PREFIX, "--limit", "0"], "--limit: must be a"),
        (["redis", "--host", "h", "--client-side-id", PREFIX, "--store-timeout", "nan"], "--store-timeout: must be a"),
        (["redis", "--host", "redis://u:MARKER@h", "--client-side-id", PREFIX], "--host"),
        (["redis", "--client-side-id", PREFIX], "--host"),
        (["redis", "--host", "h", "--client-side-id", "sdk-MARKER"], "--client-side-id"),
        (["redis", "--host", "h", "--client-side-id", PREFIX, "--context-key", ""], "--context-key"),
        (["dynamodb", "--region", REGION, "--client-side-id", PREFIX], "--table-name"),
    ],
)
def test_wrong_arguments(run: Any, arguments: list[str], text: str) -> None:
    code, out, err = run(*arguments)
    assert code in (1, 2)
    assert out == ""
    assert text in err
