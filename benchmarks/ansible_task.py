# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What one task with nothing to change costs, beside `ansible.builtin.uri` doing one GET: `python benchmarks/ansible_task.py`.

Beside it too: a module that does no more than send the same two requests with requests. All run against the emulator, in turns,
in playbooks with 1 and with 11 tasks; the difference of the two is 10 tasks, so starting ansible-playbook doesn't count. Printed
are milliseconds a task and the ratio to `uri`, medians of the rounds, of the time on the clock and of the time on the processor;
the second is the one to look at where other work goes on. It takes two minutes.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from demo.run import install_collection  # noqa: E402
from ld_segment_store import Client, Settings, ensure_present  # noqa: E402  the checkout, not an installed package
from ld_segment_store.emulator import Emulator  # noqa: E402

ROUNDS = 7
TASKS = 10
LABELS = (
    "ansible.builtin.ping",
    "ansible.builtin.uri, one GET",
    "two GETs with requests",
    "ld_big_segment_store, nothing to change",
)


def tasks(url: str, token: str) -> dict[str, dict[str, Any]]:
    """The tasks to compare."""
    connection = {"api_host": url, "access_token": token}
    path = "/api/v2/integration-capabilities/big-segment-store"
    store = {"project_key": "default", "environment_key": "production", "redis": {"host": "redis.example.com"}}
    ping: dict[str, Any] = {"ansible.builtin.ping": {}}
    headers = {"Authorization": token, "LD-API-Version": "beta"}
    uri = {"ansible.builtin.uri": {"url": url + path, "headers": headers, "return_content": True}}
    ours = {"featureops.launchdarkly.ld_big_segment_store": {**connection, **store}}
    least = {"two_gets": {"url": url + path, "token": token}}
    return dict(zip(LABELS, (ping, uri, least, ours)))


def run(folder: Path, collections: Path, task: dict[str, Any], count: int) -> tuple[float, float]:
    """Seconds on the clock and on the processor that a playbook with this task, `count` times, takes."""
    playbook = folder / "playbook.json"
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [task] * count}
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "ansible-playbook"), str(playbook)]
    command += ["-e", json.dumps({"ansible_python_interpreter": sys.executable})]
    environ = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_LOCALHOST_WARNING": "False"}
    environ["ANSIBLE_LIBRARY"] = str(ROOT / "benchmarks/library")
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are imported as on a host where they ran before
    began, used = time.perf_counter(), processor_seconds()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode or "changed=0" not in done.stdout:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - began, processor_seconds() - used


def processor_seconds() -> float:
    """What all child processes that ended have used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


Times = list[tuple[float, ...]]


def measure() -> dict[str, Times]:
    """For each task and round, its milliseconds on the clock and on the processor."""
    with tempfile.TemporaryDirectory() as name, Emulator() as ld:
        folder = Path(name)
        collections = install_collection(folder)
        with Client(ld.access_token, ld.url) as client:
            ensure_present(client, Settings("default", "production", "redis", {"host": "redis.example.com"}))
        named = tasks(ld.url, ld.access_token)
        took: dict[str, Times] = {label: [] for label in named}
        for _round in range(ROUNDS):
            for label, task in named.items():
                one, many = (run(folder, collections, task, count) for count in (1, 1 + TASKS))
                took[label].append(tuple((after - before) / TASKS * 1000 for before, after in zip(one, many)))
    return took


def medians(times: Times) -> list[float]:
    """Of each column."""
    return [statistics.median(column) for column in zip(*times)]


def ratios(mine: Times, theirs: Times) -> list[float]:
    """The medians of the rounds' ratios: a machine that becomes slower meanwhile changes both sides of a round."""
    return medians([tuple(one / other for one, other in zip(*both)) for both in zip(mine, theirs)])


def main() -> None:
    """Measure and print."""
    took = measure()
    print(f"{'task':<42} {'ms':>6} {'ratio':>6} {'CPU ms':>8} {'ratio':>6}   (medians of {ROUNDS} rounds)")
    for label, times in took.items():
        (clock, cpu), (clock_ratio, cpu_ratio) = medians(times), ratios(times, took[LABELS[1]])
        print(f"{label:<42} {clock:6.0f} {clock_ratio:6.2f} {cpu:8.0f} {cpu_ratio:6.2f}")


if __name__ == "__main__":
    main()
