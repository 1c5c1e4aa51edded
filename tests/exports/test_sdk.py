# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The SDK configurations. Python's and Node's read a real Redis; the others are compared with the SDKs' sources."""

from __future__ import annotations

import ast
import json
from typing import Any

import ldclient
import pytest
from ldclient.config import Config

from ld_segment_store.core.documents import PASSWORD_PLACEHOLDER, redis_reader_acl_line
from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.model.form_variables import DYNAMODB, REDIS
from ld_segment_store.core.secret import Secret
from ld_segment_store.exports.sdk import LANGUAGES, sdk_snippet
from tests.support.aws_server import REGION, AwsServer
from tests.support.node_sdk import run_node
from tests.support.redis_server import RedisServer

PREFIX = "64c0ffee64c0ffee64c0ffee"
SECRET = "MARKER-passw0rd"
REDIS_CONFIG: dict[str, Any] = {
    "host": "redis.example.com",
    "port": "6380",
    "username": "launchdarkly",
    "password": Secret(SECRET),
    "tls_enabled": True,
}
DYNAMODB_CONFIG = {"table_name": "segments", "region": "eu-west-1"}
CONFIGS = {REDIS.integration_key: REDIS_CONFIG, DYNAMODB.integration_key: DYNAMODB_CONFIG}


@pytest.mark.parametrize("store", CONFIGS)
@pytest.mark.parametrize("language", LANGUAGES)
class TestAll:
    def test_prefix_and_its_reason(self, language: str, store: str) -> None:
        text = sdk_snippet(language, store, CONFIGS[store], PREFIX)
        assert f'"{PREFIX}"' in text
        assert "environment's client-side ID" in text
        assert "calls the store stale" in text

    def test_no_secret_and_no_loose_ends(self, language: str, store: str) -> None:
        text = sdk_snippet(language, store, CONFIGS[store], PREFIX)
        assert "MARKER" not in text
        assert "Secret(" not in text
        assert "$" not in text
        assert "LAUNCHDARKLY_SDK_KEY" in text
        assert ("REDIS_PASSWORD" in text) == (store == "redis")
        assert text.count("(") == text.count(")")
        assert text.count("{") == text.count("}")

    def test_an_sdk_key_is_no_prefix(self, language: str, store: str) -> None:
        with pytest.raises(InvalidSettings) as caught:
            sdk_snippet(language, store, CONFIGS[store], "sdk-MARKER")
        assert "MARKER" not in str(caught.value)


def run(monkeypatch: pytest.MonkeyPatch, text: str) -> tuple[Config, Any]:
    """Execute a Python snippet but for the connection to LaunchDarkly; the SDK's configuration and its store."""
    configured: list[Config] = []
    monkeypatch.setenv("LAUNCHDARKLY_SDK_KEY", "sdk-key")
    monkeypatch.setattr(ldclient, "set_config", configured.append)
    monkeypatch.setattr(ldclient, "get", lambda: None)
    names: dict[str, Any] = {}
    exec(compile(text, "snippet.py", "exec"), names)
    (config,) = configured
    assert config.sdk_key == "sdk-key"
    assert config.big_segments.store is names["store"]
    return config, names["store"]


class TestPython:
    def test_reads_redis_as_a_reader(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with RedisServer(tls=True, acl=["user default on nopass ~* +@all"]) as server:
            assert server.ca_path
            line = redis_reader_acl_line("sdk", PREFIX).replace(PASSWORD_PLACEHOLDER, SECRET)
            admin: Any = server.admin()
            admin.execute_command(*line.split())
            admin.set(PREFIX + ":big_segments_synchronized_on", "1790000000000")
            admin.sadd(PREFIX + ":big_segment_include:hash", "segment.g1")
            config = {**REDIS_CONFIG, "host": "localhost", "port": server.port}
            monkeypatch.setenv("REDIS_USERNAME", "sdk")
            monkeypatch.setenv("REDIS_PASSWORD", SECRET)
            monkeypatch.setenv("SSL_CERT_FILE", server.ca_path)
            _, store = run(monkeypatch, sdk_snippet("python", "redis", config, PREFIX))
            assert store.get_metadata().last_up_to_date == 1790000000000
            assert store.get_membership("hash") == {"segment.g1": True}
            store.stop()

    def test_reads_dynamodb(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with AwsServer() as aws:
            aws.make_table("segments")
            name = PREFIX + ":big_segments_metadata"
            item = {"namespace": {"S": name}, "key": {"S": name}, "synchronizedOn": {"N": "1790000000000"}}
            aws.client("dynamodb").put_item(TableName="segments", Item=item)
            only_get = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
            reader = aws.user("sdk", {"Version": "2012-10-17", "Statement": only_get}).get_credentials()
            assert reader
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", reader.access_key)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", reader.secret_key)
            text = sdk_snippet("python", "dynamodb", {"table_name": "segments", "region": REGION}, PREFIX)
            # Older versions of boto3 read no endpoint from the environment.
            text = text.replace("dynamodb_opts={", f'dynamodb_opts={{"endpoint_url": "{aws.url}", ')
            _, store = run(monkeypatch, text)
            assert store.get_metadata().last_up_to_date == 1790000000000

    @pytest.mark.parametrize(
        ("changes", "options"),
        [
            ({"username": "", "password": ""}, None),
            ({"username": "", "password": Secret(SECRET)}, ["password"]),
            ({"username": "u", "password": ""}, ["username", "password"]),
        ],
    )
    def test_login_follows_the_settings(self, changes: dict[str, Any], options: list[str] | None) -> None:
        tree = ast.parse(sdk_snippet("python", "redis", {**REDIS_CONFIG, **changes}, PREFIX))
        found = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "redis_opts"]
        keys = [ast.literal_eval(key) for node in found for key in node.value.keys if key]  # type: ignore[attr-defined]
        assert keys == (options or [])

    @pytest.mark.parametrize(
        ("changes", "url"),
        [
            ({}, "rediss://redis.example.com:6380"),
            ({"tls_enabled": False, "port": None}, "redis://redis.example.com:6379"),
            ({"host": "2001:db8::1"}, "rediss://[2001:db8::1]:6380"),
        ],
    )
    def test_address(self, changes: dict[str, Any], url: str) -> None:
        assert f'url="{url}"' in sdk_snippet("python", "redis", {**REDIS_CONFIG, **changes}, PREFIX)


# Runs after the snippet, whose `store` makes the SDK's store: print what it reads.
_READ_BY_NODE = """
(async () => {
  await client.waitForInitialization({ timeout: 10 });
  const reader = store({ basicConfiguration: {} });
  console.log(JSON.stringify([await reader.getMetadata(), await reader.getUserMembership("hash")]));
  process.exit(0);
})();
"""


class TestOtherLanguages:
    @pytest.mark.slow
    def test_node_reads_redis_as_a_reader_without_a_notice(self) -> None:
        with RedisServer(tls=True, acl=["user default on nopass ~* +@all"]) as server:
            assert server.ca_path
            admin: Any = server.admin()
            admin.execute_command(*redis_reader_acl_line("sdk", PREFIX).replace(PASSWORD_PLACEHOLDER, SECRET).split())
            admin.set(PREFIX + ":big_segments_synchronized_on", "1790000000000")
            admin.sadd(PREFIX + ":big_segment_include:hash", "segment.g1")
            admin.close()
            text = sdk_snippet("node", "redis", {**REDIS_CONFIG, "host": "localhost", "port": server.port}, PREFIX)
            text = text.replace("init(process.env.LAUNCHDARKLY_SDK_KEY, {", 'init("sdk-key", { offline: true,')
            login = {"REDIS_USERNAME": "sdk", "REDIS_PASSWORD": SECRET, "NODE_EXTRA_CA_CERTS": server.ca_path}
            done = run_node(text + _READ_BY_NODE, environ=login)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.splitlines()[-1]) == [{"lastUpToDate": 1790000000000}, {"segment.g1": True}]
        assert "INFO command" not in done.stderr

    def test_node(self) -> None:
        text = sdk_snippet("node", "redis", REDIS_CONFIG, PREFIX)
        assert 'const { RedisBigSegmentStore } = require("@launchdarkly/node-server-sdk-redis");' in text
        assert "port: 6380," in text
        assert "password: process.env.REDIS_PASSWORD," in text
        assert "tls: {}," in text
        assert "{ bigSegments: { store } }" in text
        open_to_all = {"host": "redis.example.com"}
        text = sdk_snippet("node", "redis", open_to_all, PREFIX)
        assert "tls" not in text
        assert "process.env.REDIS" not in text
        text = sdk_snippet("node", "dynamodb", DYNAMODB_CONFIG, PREFIX)
        assert 'DynamoDBBigSegmentStore("segments", {' in text
        assert 'clientOptions: { region: "eu-west-1" },' in text

    def test_go(self) -> None:
        text = sdk_snippet("go", "redis", REDIS_CONFIG, PREFIX)
        assert "ldredis.BigSegmentStore().\n" in text
        assert '\t"github.com/gomodule/redigo/redis"\n' in text
        assert 'redis.DialPassword(os.Getenv("REDIS_PASSWORD"))).\n' in text
        # Go refuses a program that imports what it doesn't use.
        assert "redigo/redis" not in sdk_snippet("go", "redis", {"host": "redis.example.com"}, PREFIX)
        text = sdk_snippet("go", "dynamodb", DYNAMODB_CONFIG, PREFIX)
        assert 'lddynamodb.BigSegmentStore("segments").\n' in text
        assert 'ClientOptions(dynamodb.Options{Region: "eu-west-1"}).\n' in text

    def test_java(self) -> None:
        text = sdk_snippet("java", "redis", REDIS_CONFIG, PREFIX)
        assert '.uri(URI.create("rediss://redis.example.com:6380"))\n' in text
        assert '.username(System.getenv("REDIS_USERNAME"))\n' in text
        text = sdk_snippet("java", "dynamodb", DYNAMODB_CONFIG, PREFIX)
        assert 'DynamoDb.bigSegmentStore("segments")\n' in text
        assert '.region(Region.of("eu-west-1"))\n' in text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("cobol", "redis", REDIS_CONFIG, PREFIX), "language: is not known. Give one of python, node, go, java"),
        (("python", "memcached", {}, PREFIX), "integration_key: is not a known store type"),
        (("python", "redis", {}, PREFIX), "host: is missing"),
        (("node", "redis", {"host": "h", "port": "1; evil()"}, PREFIX), "port: is not a port"),
        (("python", "dynamodb", {"region": "eu-west-1"}, PREFIX), "table_name: is missing"),
        (("python", "dynamodb", {"table_name": "segments"}, PREFIX), "region: is missing"),
        (("python", "redis", REDIS_CONFIG, ""), "prefix: is not a client-side ID"),
    ],
)
def test_what_is_wrong_is_told(arguments: Any, text: str) -> None:
    with pytest.raises(InvalidSettings, match=text):
        sdk_snippet(*arguments)
