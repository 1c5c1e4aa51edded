# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""LaunchDarkly's server SDK for Node.js with its stores, installed from npm when a test first needs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from demo.evaluate_flag import FLAG
from tests.support.aws_server import REGION
from tests.support.npm import installed
from tests.support.segment_situations import MEMBER, Said, Situation, sdk_data

ROOT = Path(__file__).resolve().parents[2]
SDK = "@launchdarkly/node-server-sdk@9.13.7"
PACKAGES = (SDK, "@launchdarkly/node-server-sdk-redis@4.2.35")
# The DynamoDB store of the SDK before version 8, which has the same interface: npm does not have a newer one everywhere.
DYNAMODB_PACKAGES = (SDK, "launchdarkly-node-server-sdk-dynamodb@4.0.0", "aws-sdk@2.1693.0")
_REDIS_STORE = """
const { RedisBigSegmentStore } = require("@launchdarkly/node-server-sdk-redis");
const storeOf = (question) => RedisBigSegmentStore({ prefix: question.prefix, redisOpts: question.options });
"""
_DYNAMODB_STORE = """
// Not the package itself, whose other store needs the older SDK.
const { DynamoDBBigSegmentStore } = require("launchdarkly-node-server-sdk-dynamodb/dynamodb_big_segment_store");
const storeOf = ({ table, prefix, options }) => DynamoDBBigSegmentStore(table, { prefix, clientOptions: options });
"""
# Asks for one situation after the other. A client needs a moment to read the file, and none to read the store.
_SCRIPT = """
const fs = require("fs");
const { init, basicLogger } = require("@launchdarkly/node-server-sdk");
const { FileDataSourceFactory } = require("@launchdarkly/node-server-sdk/integrations");

async function ask(question) {
  const store = storeOf(question);
  const client = init("sdk-not-used", {
    updateProcessor: new FileDataSourceFactory({ paths: [question.file] }).getFactory(),
    bigSegments: { store },
    sendEvents: false,
    logger: basicLogger({ level: "none" }),
  });
  await client.waitForInitialization({ timeout: 10 });
  const detail = await client.variationDetail(question.flag, { kind: "user", key: question.context }, null);
  client.close();
  return { value: detail.value, status: detail.reason.bigSegmentsStatus };
}

(async () => {
  const answers = [];
  for (const question of JSON.parse(fs.readFileSync(0, "utf8"))) answers.push(await ask(question));
  console.log(JSON.stringify(answers));
  process.exit(0);
})();
"""


def run_node(
    script: str, text: str = "", packages: tuple[str, ...] = PACKAGES, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a script that may require the packages."""
    return subprocess.run(
        ["node", "-e", script],
        cwd=installed("node-sdk" if packages == PACKAGES else "node-sdk-dynamodb", *packages),
        input=text,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def node_says_of_redis(port: int, situations: Sequence[Situation], folder: Path) -> list[Said]:
    """What the Node SDK says of MEMBER in each situation, in a Redis on this port of 127.0.0.1. `folder` is for files."""
    store = {"options": {"host": "127.0.0.1", "port": port}}
    return _says(_REDIS_STORE, PACKAGES, store, situations, folder)


def node_says_of_dynamodb(url: str, table: str, situations: Sequence[Situation], folder: Path) -> list[Said]:
    """The same for a table of a DynamoDB at this URL."""
    options = {"endpoint": url, "region": REGION, "accessKeyId": "anyone", "secretAccessKey": "anything"}
    return _says(_DYNAMODB_STORE, DYNAMODB_PACKAGES, {"table": table, "options": options}, situations, folder)


def _says(
    store: str, packages: tuple[str, ...], place: dict[str, Any], situations: Sequence[Situation], folder: Path
) -> list[Said]:
    questions: list[dict[str, Any]] = []
    for number, situation in enumerate(situations):
        for rule in (False, True):
            file = folder / f"{number}-{rule}.json"
            file.write_text(json.dumps(sdk_data(situation, rule=rule)), encoding="utf-8")
            asked = {"prefix": situation.read_prefix, "file": str(file), "flag": FLAG, "context": MEMBER}
            questions.append({**asked, **place})
    done = run_node(store + _SCRIPT, json.dumps(questions), packages)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    return [Said(one["value"], two["value"], one["status"]) for one, two in zip(answers[::2], answers[1::2])]
