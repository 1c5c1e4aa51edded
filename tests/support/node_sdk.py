# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""LaunchDarkly's server SDK for Node.js with its Redis store, installed from npm when a test first needs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.npm import installed
from tests.support.segment_situations import MEMBER, Said, Situation, sdk_data

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("@launchdarkly/node-server-sdk@9.13.7", "@launchdarkly/node-server-sdk-redis@4.2.35")
# Asks for one situation after the other. A client needs a moment to read the file, and none to read the store.
_SCRIPT = """
const fs = require("fs");
const { init, basicLogger } = require("@launchdarkly/node-server-sdk");
const { FileDataSourceFactory } = require("@launchdarkly/node-server-sdk/integrations");
const { RedisBigSegmentStore } = require("@launchdarkly/node-server-sdk-redis");

async function ask(question) {
  const store = RedisBigSegmentStore({ prefix: question.prefix, redisOpts: question.redis });
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


def run_node(script: str, text: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script that may require the packages."""
    return subprocess.run(
        ["node", "-e", script],
        cwd=installed("node-sdk", *PACKAGES),
        input=text,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def node_sdk_says(port: int, situations: Sequence[Situation], folder: Path) -> list[Said]:
    """What the Node SDK says of MEMBER in each situation, in a Redis on this port of 127.0.0.1. `folder` is for files."""
    questions: list[dict[str, Any]] = []
    for number, situation in enumerate(situations):
        for rule in (False, True):
            file = folder / f"{number}-{rule}.json"
            file.write_text(json.dumps(sdk_data(situation, rule=rule)), encoding="utf-8")
            questions.append(
                {
                    "prefix": situation.read_prefix,
                    "redis": {"host": "127.0.0.1", "port": port},
                    "file": str(file),
                    "flag": "in-big-segment",
                    "context": MEMBER,
                }
            )
    done = run_node(_SCRIPT, json.dumps(questions))
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    return [Said(one["value"], two["value"], one["status"]) for one, two in zip(answers[::2], answers[1::2])]
