# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""ld_big_segment_store_inspect_info on a real Redis and a real table."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import COLLECTION, PASSWORD, TARGET_PYTHON, TOKEN, Playbooks, Task
from tests.support.aws_server import REGION, AwsServer
from tests.support.redis_server import RedisServer, free_port
from tests.support.segment_situations import MEMBER, TABLE, DynamoDBWriter, RedisWriter
from tests.support.sync import PREFIX, READER, acl_lines, seed
from tests.support.sync_dynamodb import aws, module_aws  # noqa: F401 - fixtures

NAME = COLLECTION + ".ld_big_segment_store_inspect_info"


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer(acl=acl_lines("writer-password", PASSWORD)) as running:
        writer = RedisWriter(running)
        writer.write(PREFIX, ["big-one.g1"], [], str(int(time.time() * 1000)))
        writer.close()
        yield running


@pytest.fixture
def ld(server: RedisServer) -> Iterator[Emulator]:
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as emulator:
        config = {"host": server.host, "port": str(server.port), "username": "launchdarkly", "password": "masked"}
        emulator.account.create("shop", "live", "redis", config)
        yield emulator


def inspect(**options: Any) -> Task:
    return {NAME: options}


def test_redis(playbooks: Playbooks, server: RedisServer, ld: Emulator) -> None:
    redis = {"host": server.host, "port": str(server.port), "username": READER, "password": PASSWORD}
    place = {"project_key": "shop", "environment_key": "live"}
    tasks = {
        "contents": inspect(redis=redis, client_side_id=PREFIX),
        "answer": inspect(redis=redis, client_side_id=PREFIX, context_key=MEMBER, segment="big-one"),
        "environment": inspect(redis={"username": READER, "password": PASSWORD}, context_key=MEMBER, **place),
        "another ID": inspect(redis=redis, client_side_id=PREFIX[:-1], **place),
        "no such environment": inspect(redis=redis, project_key="shop", environment_key="test"),
        "wrong password": inspect(redis={**redis, "password": "wrong-MARKER"}, client_side_id=PREFIX),
        "no server": inspect(redis={**redis, "port": str(free_port())}, client_side_id=PREFIX),
        "no ID": inspect(redis=redis),
        "no host": inspect(redis={"password": PASSWORD}, client_side_id=PREFIX),
        "segment alone": inspect(redis=redis, client_side_id=PREFIX, segment="big-one"),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    contents = run["contents"]["contents"]
    assert run["contents"]["changed"] is False
    assert contents["sync"]["status"] == "HEALTHY"
    assert contents["segments"] is None
    assert "may not run SCAN" in contents["notes"][0]
    (found,) = run["answer"]["answer"]["segments"]
    assert (found["segment"], found["generation"], found["membership"]) == ("big-one", 1, "included")
    assert run["environment"]["answer"]["segments"] == [found]
    assert run["environment"]["client_side_id"] == PREFIX
    assert run["environment"].methods == ["GET"] * 3
    codes = {name: run[name]["failure"]["code"] for name in list(tasks)[3:]}
    assert codes == {
        "another ID": "invalid_settings",
        "no such environment": "invalid_settings",
        "wrong password": "store_unreadable",
        "no server": "store_unreadable",
        "no ID": "invalid_settings",
        "no host": "invalid_settings",
        "segment alone": "invalid_settings",
    }
    assert "MARKER" not in run.output


def test_a_table(playbooks: Playbooks, aws: AwsServer, ld: Emulator) -> None:  # noqa: F811 - a fixture
    aws.make_table(TABLE)
    DynamoDBWriter(aws).write(PREFIX, [], ["big-one.g1"], str(int(time.time() * 1000)))
    keys = aws.admin.get_credentials()
    assert keys
    environ = {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key, "NO_PROXY": "127.0.0.1"}
    given = {"dynamodb": {"table_name": TABLE, "region": REGION}, "client_side_id": PREFIX, "aws_endpoint": aws.url}
    tasks = {"contents": inspect(**given), "answer": inspect(**given, context_key=MEMBER)}
    # The Python of these tests has boto3, which the managed node's need not have.
    run = playbooks.run(tasks, ld=ld, environ=environ, vars={"ansible_python_interpreter": sys.executable})
    assert run["contents"]["contents"]["segments"] == [
        {"key": "big-one", "generation": 1, "included": 0, "excluded": 1}
    ]
    assert [found["membership"] for found in run["answer"]["answer"]["segments"]] == ["excluded"]


def test_a_table_where_boto3_is_missing(playbooks: Playbooks, ld: Emulator, tmp_path: Path) -> None:
    python = tmp_path / "bare/bin/python"
    subprocess.run([TARGET_PYTHON, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    given = {"dynamodb": {"table_name": TABLE, "region": REGION}, "client_side_id": PREFIX}
    run = playbooks.run(
        {"contents": inspect(**given)}, ld=ld, may_fail=True, vars={"ansible_python_interpreter": str(python)}
    )
    assert run["contents"]["failure"]["code"] == "missing_dependency"
    assert "ansible_python_interpreter" in run["contents"]["msg"]


def test_every_return_value_is_documented(playbooks: Playbooks, server: RedisServer, ld: Emulator) -> None:
    shown = json.loads(playbooks.command("ansible-doc", "-t", "module", "--json", NAME))[NAME]["return"]
    redis = {"host": server.host, "port": str(server.port), "username": READER, "password": PASSWORD}
    given = {"redis": redis, "client_side_id": PREFIX}
    run = playbooks.run({"contents": inspect(**given), "answer": inspect(**given, context_key=MEMBER)}, ld=ld)
    for name in ("contents", "answer"):
        assert set(run[name][name]) == set(shown[name]["contains"])
    (found,) = run["answer"]["answer"]["segments"]
    assert set(found) == set(shown["answer"]["contains"]["segments"]["contains"])
