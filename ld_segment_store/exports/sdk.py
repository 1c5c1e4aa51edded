# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What an application needs to read the store: the configuration of LaunchDarkly's SDK, with the right prefix.

The calls are those in the public sources of LaunchDarkly's server SDKs for Python 9, Node 9, Go 7 and Java 7. Passwords and
SDK keys are read from environment variables; no snippet holds one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from string import Template
from typing import Any

from ..core.documents import checked
from ..core.errors import InvalidSettings
from ..core.model.client_side_id import checked_prefix
from ..core.model.form_variables import STORE_TYPES

_REDIS_PORT = "6379"
LANGUAGES = ("python", "node", "go", "java")

_INSTALL = {
    ("redis", "python"): "pip install 'launchdarkly-server-sdk[redis]'",
    ("redis", "node"): "npm install @launchdarkly/node-server-sdk @launchdarkly/node-server-sdk-redis",
    (
        "redis",
        "go",
    ): "go get github.com/launchdarkly/go-server-sdk/v7 github.com/launchdarkly/go-server-sdk-redis-redigo/v3",
    (
        "redis",
        "java",
    ): "com.launchdarkly: launchdarkly-java-server-sdk, launchdarkly-java-server-sdk-redis-store (3.1 or later)",
    ("dynamodb", "python"): "pip install 'launchdarkly-server-sdk[dynamodb]'",
    ("dynamodb", "node"): (
        "npm install @launchdarkly/node-server-sdk @launchdarkly/node-server-sdk-dynamodb @aws-sdk/client-dynamodb"
    ),
    (
        "dynamodb",
        "go",
    ): "go get github.com/launchdarkly/go-server-sdk/v7 github.com/launchdarkly/go-server-sdk-dynamodb/v4",
    ("dynamodb", "java"): (
        "com.launchdarkly: launchdarkly-java-server-sdk, launchdarkly-java-server-sdk-dynamodb-store;"
        " software.amazon.awssdk: dynamodb"
    ),
}

_PREFIX_REASON = (
    "The prefix is the environment's client-side ID: LaunchDarkly writes under it. With another one, such as the SDK's",
    "default ({default}), the SDK finds nothing and calls the store stale; it reports no error.",
)
_DEFAULT_PREFIX = {"redis": '"launchdarkly"', "dynamodb": "none"}
_READER = {
    "redis": "For Redis a user that only reads is enough.",
    "dynamodb": "AWS credentials come from where the AWS SDK looks for them; dynamodb:GetItem on the table is enough.",
}

# The program around the store's configuration; `$names` is what it imports for it.
_PROGRAM = {
    "python": """\
import os

import ldclient
from ldclient.config import BigSegmentsConfig, Config
$names

store = $store
ldclient.set_config(Config(os.environ["LAUNCHDARKLY_SDK_KEY"], big_segments=BigSegmentsConfig(store=store)))
client = ldclient.get()
""",
    "node": """\
const { init } = require("@launchdarkly/node-server-sdk");
$names

const store = $store;
const client = init(process.env.LAUNCHDARKLY_SDK_KEY, { bigSegments: { store } });
""",
    "go": """\
package main

import (
\t"log"
\t"os"
\t"time"

$names
\tld "github.com/launchdarkly/go-server-sdk/v7"
\t"github.com/launchdarkly/go-server-sdk/v7/ldcomponents"
)

func main() {
\tstore := $store
\tconfig := ld.Config{BigSegments: ldcomponents.BigSegments(store)}
\tclient, err := ld.MakeCustomClient(os.Getenv("LAUNCHDARKLY_SDK_KEY"), config, 5*time.Second)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tdefer client.Close()
}
""",
    "java": """\
import com.launchdarkly.sdk.server.Components;
import com.launchdarkly.sdk.server.LDClient;
import com.launchdarkly.sdk.server.LDConfig;
$names

public class Main {
    public static void main(String[] args) throws Exception {
        LDConfig config = new LDConfig.Builder()
            .bigSegments(Components.bigSegments(
                $store
            ))
            .build();
        try (LDClient client = new LDClient(System.getenv("LAUNCHDARKLY_SDK_KEY"), config)) {
            // evaluate flags here
        }
    }
}
""",
}

_NAMES = {
    ("redis", "python"): "from ldclient.integrations import Redis",
    ("redis", "node"): 'const { RedisBigSegmentStore } = require("@launchdarkly/node-server-sdk-redis");',
    ("redis", "go"): '\tldredis "github.com/launchdarkly/go-server-sdk-redis-redigo/v3"',
    ("redis", "java"): "import com.launchdarkly.sdk.server.integrations.Redis;\nimport java.net.URI;",
    ("dynamodb", "python"): "from ldclient.integrations import DynamoDB",
    ("dynamodb", "node"): 'const { DynamoDBBigSegmentStore } = require("@launchdarkly/node-server-sdk-dynamodb");',
    ("dynamodb", "go"): (
        '\t"github.com/aws/aws-sdk-go-v2/service/dynamodb"\n'
        '\tlddynamodb "github.com/launchdarkly/go-server-sdk-dynamodb/v4"'
    ),
    ("dynamodb", "java"): (
        "import com.launchdarkly.sdk.server.integrations.DynamoDb;\nimport software.amazon.awssdk.regions.Region;"
    ),
}

_STORE = {
    ("redis", "python"): """\
Redis.new_big_segment_store(
    url=$url,
    prefix=$prefix,
$login)""",
    ("redis", "node"): """\
RedisBigSegmentStore({
  redisOpts: {
    host: $host,
    port: $port,
$login$tls    enableReadyCheck: false, // a user that only reads may not run INFO
  },
  prefix: $prefix,
})""",
    ("redis", "go"): """\
ldredis.BigSegmentStore().
\t\tURL($url).
$login\t\tPrefix($prefix)""",
    ("redis", "java"): """\
Redis.bigSegmentStore()
                    .uri(URI.create($url))
$login                    .prefix($prefix)""",
    ("dynamodb", "python"): """\
DynamoDB.new_big_segment_store(
    $table,
    prefix=$prefix,
    dynamodb_opts={"region_name": $region},
)""",
    ("dynamodb", "node"): """\
DynamoDBBigSegmentStore($table, {
  clientOptions: { region: $region },
  prefix: $prefix,
})""",
    ("dynamodb", "go"): """\
lddynamodb.BigSegmentStore($table).
\t\tClientOptions(dynamodb.Options{Region: $region}).
\t\tPrefix($prefix)""",
    ("dynamodb", "java"): """\
DynamoDb.bigSegmentStore($table)
                    .region(Region.of($region))
                    .prefix($prefix)""",
}

# How a Redis login is passed: the lines around one or two arguments, an argument, what is between two of them.
_LOGIN = {
    "python": ("    redis_opts={{{0}}},\n", '"{name}": os.environ["{variable}"]', ", "),
    "node": ("    {0},\n", "{name}: process.env.{variable}", ",\n    "),
    "go": ("\t\tDialOptions({0}).\n", 'redis.Dial{title}(os.Getenv("{variable}"))', ", "),
    "java": ("                    {0}\n", '.{name}(System.getenv("{variable}"))', "\n                    "),
}


def sdk_snippet(language: str, store: str, config: Mapping[str, Any], prefix: str) -> str:
    """The source text that makes an SDK client read the store.

    `language` is one of LANGUAGES, `store` is `redis` or `dynamodb`, `config` has the integration's options in snake_case and
    `prefix` is the environment's client-side ID. Of a password only whether there is one is looked at. Raises InvalidSettings.
    """
    if language not in LANGUAGES:
        raise InvalidSettings.for_field("language", "is not known", "give one of {}".format(", ".join(LANGUAGES)))
    if store not in STORE_TYPES:
        raise InvalidSettings.for_field("integration_key", "is not a known store type", "give redis or dynamodb")
    values = _redis_values(language, config) if store == "redis" else _dynamodb_values(config)
    names = _NAMES[store, language]
    if (store, language) == ("redis", "go") and values["login"]:
        names = '\t"github.com/gomodule/redigo/redis"\n' + names
    store_text = Template(_STORE[store, language]).substitute(values, prefix=_quoted(checked_prefix(prefix)))
    return _header(language, store) + Template(_PROGRAM[language]).substitute(names=names, store=store_text)


def _header(language: str, store: str) -> str:
    lines = [_INSTALL[store, language], *_PREFIX_REASON, _READER[store]]
    mark = "#" if language == "python" else "//"
    return "".join(f"{mark} {line.format(default=_DEFAULT_PREFIX[store])}\n" for line in lines)


def _redis_values(language: str, config: Mapping[str, Any]) -> dict[str, str]:
    host = checked("redis", "host", config.get("host"))
    port = checked("redis", "port", str(config.get("port") or _REDIS_PORT))
    tls = bool(config.get("tls_enabled"))
    address = f"[{host}]" if ":" in host else host
    return {
        "url": _quoted("{}://{}:{}".format("rediss" if tls else "redis", address, port)),
        "host": _quoted(host),
        "port": port,
        "tls": "    tls: {},\n" if tls else "",
        "login": _redis_login(language, config),
    }


def _redis_login(language: str, config: Mapping[str, Any]) -> str:
    """Lines that pass user name and password, where LaunchDarkly needs them too."""
    if config.get("username"):
        names = ["username", "password"]
    elif config.get("password"):
        names = ["password"]
    else:
        return ""
    lines, argument, between = _LOGIN[language]
    arguments = [argument.format(name=n, title=n.title(), variable="REDIS_" + n.upper()) for n in names]
    return lines.format(between.join(arguments))


def _dynamodb_values(config: Mapping[str, Any]) -> dict[str, str]:
    return {
        "table": _quoted(checked("dynamodb", "table_name", config.get("table_name"))),
        "region": _quoted(checked("dynamodb", "region", config.get("region"))),
    }


def _quoted(text: str) -> str:
    """A string literal that Python, JavaScript, Go and Java read alike."""
    return json.dumps(text, ensure_ascii=False)
