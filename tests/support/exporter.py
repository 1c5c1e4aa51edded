# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The exporter as a process, and its metrics."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ld_segment_store.emulator import Emulator

TOKEN = "api-MARKER-token"
PASSWORD = "MARKER-passw0rd"
SEED: dict[str, Any] = {"projects": {"shop": {"environments": {"live": {}, "test": {}}}}}
PREFIX = "launchdarkly_big_segment_store_"


def good() -> dict[str, Any]:
    """A store that was synchronized just now."""
    return {"available": True, "potentiallyStale": False, "lastSync": round(time.time() * 1000), "errors": []}


def bad() -> dict[str, Any]:
    """A store that LaunchDarkly cannot reach."""
    now = round(time.time() * 1000)
    errors = [{"statusCode": 500, "message": 'refused "MARKER\n', "timestamp": now}]
    return {"available": False, "potentiallyStale": True, "lastSync": now - 900_000, "lastError": now, "errors": errors}


def add(ld: Emulator, environment: str, status: dict[str, Any], **others: Any) -> str:
    """The ID of a new integration with this status."""
    config = {"host": "redis.example.com", "password": PASSWORD}
    made = ld.account.create("shop", environment, "redis", config, **{"on": True, **others})
    ld.set_status(made.id, status)
    return made.id


@dataclass
class Exporter:
    """A running exporter. `log` is its standard error."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    def text(self) -> str:
        """The response to a scrape."""
        with urllib.request.urlopen(self.url, timeout=5) as response:
            text: str = response.read().decode("utf-8")
        assert "MARKER" not in text
        return text

    def value(self, metric: str, **labels: str) -> float | None:
        """The value of the sample with these labels, among others."""
        for name, shown, value in samples(self.text()):
            if name == PREFIX + metric and labels.items() <= shown.items():
                return value
        return None

    def until(self, metric: str, expected: float | None, **labels: str) -> None:
        """Wait until the sample has this value."""
        wait_until(lambda: self.value(metric, **labels) == expected)

    def end(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.terminate()
        return self.process.wait(10)


def wait_until(holds: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def samples(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Name, labels and value of each sample."""
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and not line.startswith("#"):
            labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
            yield found[1], labels, float(found[3])


@contextmanager
def exporter(ld: Emulator, folder: Path, *options: str, **variables: str) -> Iterator[Exporter]:
    """An exporter that reads the account every 0.1 s."""
    log = folder / "exporter.log"
    command = [sys.executable, "-m", "ld_segment_store", "exporter", "--port", "0", "--interval", "0.1", *options]
    environ = {**os.environ, "LAUNCHDARKLY_API_HOST": ld.url, "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, **variables}
    with (
        log.open("w") as errors,
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("Metrics at "), line + log.read_text()
            yield Exporter(process, line.split()[-1], log)
        finally:
            process.kill()
    assert "MARKER" not in log.read_text()
    assert "Traceback" not in log.read_text()
