# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One task for 1,000 stores beside a loop over the single module: `python benchmarks/fleet_ansible.py`, in two minutes.

Both are real playbooks with the newest supported ansible-core, run with Ansible's own settings, against the same account of
1,000 environments in which nothing is to be changed. The loop goes over 40 of them; 1 of them taken off, so that starting
ansible-playbook doesn't count, it is extrapolated. Of the one task the whole playbook counts, its start included.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fleet import TOKEN, emulator, fleet, names

from demo.run import install_collection
from tools.environments import controllers, environment

NUMBER = 1000
LOOP = 40
ROUNDS = 3
COLLECTION = "featureops.launchdarkly."


def main() -> None:
    """Measure and print."""
    newest = controllers()[-1]
    ansible, target = environment("ansible-" + newest.ansible_core), environment("target-" + newest.target)
    with tempfile.TemporaryDirectory() as name, emulator(NUMBER) as url:
        folder = Path(name)
        collections = install_collection(folder)
        fleet(url, NUMBER)
        interpreter = json.dumps({"ansible_python_interpreter": str(target / "python")})
        command = [str(ansible / "ansible-playbook"), "-e", interpreter]
        environ = {
            **os.environ,
            "HOME": name,
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_LOCALHOST_WARNING": "False",
        }
        books = {"nothing": [], "one": loop(url, 1), "loop": loop(url, 1 + LOOP), "bulk": bulk(url)}
        took: dict[str, list[float]] = {label: [] for label in books}
        for _round in range(ROUNDS):
            for label, tasks in books.items():
                file = folder / "playbook.json"
                file.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
                took[label].append(seconds([*command, str(file)], environ))
    show(newest.ansible_core, {label: statistics.median(times) for label, times in took.items()})


def loop(url: str, count: int) -> list[dict[str, Any]]:
    """A task of the single module, once for each of so many environments."""
    options = {"environment_key": "{{ item }}", "project_key": "shop", "redis": {"host": "redis.example.com"}}
    task = {"api_host": url, "access_token": TOKEN, **options, "enabled": True}
    return [{COLLECTION + "ld_big_segment_store": task, "loop": names(count)}]


def bulk(url: str) -> list[dict[str, Any]]:
    """The one task for all."""
    defaults = {"project_key": "shop", "redis": {"host": "redis.example.com"}, "enabled": True}
    stores = [{"environment_key": name} for name in names(NUMBER)]
    task = {"api_host": url, "access_token": TOKEN, "defaults": defaults, "stores": stores}
    return [{COLLECTION + "ld_big_segment_stores": task}]


def seconds(command: list[str], environ: dict[str, str]) -> float:
    """What a playbook takes in which nothing may change."""
    began = time.perf_counter()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode or "changed=1" in done.stdout:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
    return took


def show(version: str, took: dict[str, float]) -> None:
    each = (took["loop"] - took["one"]) / LOOP
    print(f"ansible-core {version}, median of {ROUNDS}; a playbook without tasks takes {took['nothing']:.2f} s")
    print(f"loop over the single module: {each * 1000:.0f} ms a store, {each * NUMBER:.0f} s for {NUMBER}")
    whole, task = took["bulk"], took["bulk"] - took["nothing"]
    print(f"one task for {NUMBER}: {whole:.2f} s the playbook, of which {task:.2f} s the task")
    print(
        f"the loop takes {each * NUMBER / whole:.0f} times as long as the playbook, {each * NUMBER / task:.0f} times as the task"
    )


if __name__ == "__main__":
    main()
