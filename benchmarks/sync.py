# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the emulator's sync of 100,000 members costs: `python benchmarks/sync.py`, in two to five minutes, on Linux.

The emulator is a process of its own, Redis is Debian's, DynamoDB is moto in this process. The share of a core is that of the
emulator once everything is written, with a sync each second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.aws_server import AwsServer
from tests.support.redis_server import RedisServer
from tests.support.sync import redis_config, seed
from tests.support.sync_dynamodb import CALLER, LAUNCHDARKLY_MAY, TABLE, Store

ROOT = Path(__file__).resolve().parent.parent
MEMBERS = 100_000
IDLE_SECONDS = 30
_STORES = "/api/v2/integration-capabilities/big-segment-store/shop/live"
_HEADERS = {"Authorization": "api-emulator", "LD-API-Version": "beta"}


def main() -> None:
    """Measure and print."""
    print(f"{'store':<10} {'POST s':>7} {'written s':>10} {'% of a core':>12} {'MB':>5}")
    with RedisServer() as redis, redis.admin() as admin:
        measure("redis", redis_config(redis), lambda: int(admin.dbsize()) - 3)
    with AwsServer() as aws:
        aws.make_table(TABLE)
        credentials = aws.user(CALLER, LAUNCHDARKLY_MAY).get_credentials()
        assert credentials
        os.environ.update(AWS_ACCESS_KEY_ID=credentials.access_key, AWS_SECRET_ACCESS_KEY=credentials.secret_key)
        measure("dynamodb", Store(aws).config(), None, "--aws-endpoint", aws.url)


def measure(key: str, config: dict[str, Any], written: Callable[[], int] | None, *options: str) -> None:
    """Print a line of the table."""
    segments = {"big-one": {"included": [f"user-{number}" for number in range(MEMBERS)]}}
    body = json.dumps({"projectKey": "shop", "environmentKey": "live", "segments": segments})
    with emulator(*options) as (url, process):
        start = time.monotonic()
        headers = {"Content-Type": "application/json"}
        requests.post(f"{url}/_emulator/segments", body, headers=headers, timeout=60).raise_for_status()
        posted = time.monotonic() - start
        start = time.monotonic()
        requests.post(
            f"{url}{_STORES}/{key}", json={"config": config, "on": True}, headers=_HEADERS, timeout=60
        ).raise_for_status()
        while not available(url):
            time.sleep(0.1)
        took = time.monotonic() - start
        assert written is None or written() == MEMBERS
        before = cpu_seconds(process.pid)
        time.sleep(IDLE_SECONDS)
        share = (cpu_seconds(process.pid) - before) / IDLE_SECONDS
        print(f"{key:<10} {posted:>7.2f} {took:>10.2f} {share:>12.1%} {peak_megabytes(process.pid):>5.0f}", flush=True)


@contextmanager
def emulator(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """An emulator with sync, and its URL."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seed.json"
        file.write_text(json.dumps(seed(segments={})))
        command = [sys.executable, "-m", "ld_segment_store", "emulator", "--sync", "--seed", str(file), *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout
            line = next(line for line in process.stdout if "http://" in line)
            try:
                yield "http://" + line.partition("http://")[2].split()[0].rstrip(".,"), process
            finally:
                process.terminate()


def available(url: str) -> bool:
    """Whether everything was written."""
    response = requests.get(
        f"{url}/api/v2/integration-capabilities/big-segment-store", headers=_HEADERS, timeout=60
    ).json()
    return bool(response["items"][0]["_status"]["available"])


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far: fields 14 and 15 of proc(5)'s `stat`."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has held."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
