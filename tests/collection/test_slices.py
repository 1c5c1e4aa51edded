# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Growing past one machine: runs side by side against one account whose rate limit they share.

AWX takes an inventory in with `ansible-inventory --export`, cuts the hosts, ordered by name, into slices, and gives each slice to
an `ansible-runner` of its own as an inventory script. The runs here are made the same way, one of them over a pipe as on an
execution node. A run without a controller picks its part with `--limit`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.account.account import unseal
from tests.collection.playbooks import ANSIBLE, MARKER, PASSWORD, TOKEN, Playbooks
from tests.collection.test_inventory import FILE
from tests.docs.markdown import blocks

PROJECTS = ("blog", "news", "shop")
KEYS = [f"env-{number}" for number in range(6)]
HOSTS = sorted(f"{key}@{project}" for project in PROJECTS for key in KEYS)
SLICES = 3
# Fewer than all environments need: each is listed once and created once.
RATE_LIMIT = 27
VARIABLES = "group_vars/launchdarkly.yml"

# What the documentation tells users to write.
FILES = {block.name: block.text for block in blocks("docs/how-to/environments-as-hosts.md") if block.name}


@pytest.fixture
def ld() -> Iterator[Emulator]:
    projects: dict[str, Any] = {project: {"environments": {key: {} for key in KEYS}} for project in PROJECTS}
    with Emulator(seed={"projects": projects}, access_tokens=[TOKEN], rate_limit=RATE_LIMIT) as emulator:
        yield emulator


def environ(playbooks: Playbooks, ld: Emulator) -> dict[str, str]:
    """As a controller's job has them."""
    return {
        "HOME": str(playbooks.folder),
        "PATH": os.pathsep.join([str(ANSIBLE), os.defpath]),
        "LANG": "C.UTF-8",
        "ANSIBLE_CONFIG": str(playbooks.folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(playbooks.collections),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",
        "LAUNCHDARKLY_API_HOST": ld.url,
        "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN,
        "REDIS_PASSWORD": PASSWORD,
    }


def side_by_side(commands: Sequence[Sequence[str]], folder: Path, variables: Mapping[str, str]) -> list[str]:
    """Run all at once; what each printed. All must succeed, and print no secret."""
    processes = [
        subprocess.Popen(
            command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for command in commands
    ]
    try:
        printed = [process.communicate(timeout=120)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    for process, text in zip(processes, printed):
        assert process.returncode == 0, text
        assert MARKER not in text, text
        assert "Traceback" not in text, text
    return printed


def write(folder: Path, name: str, text: str = "") -> Path:
    """A file, by default that of the documentation."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or FILES[name], encoding="utf-8")
    return file


def sliced(listed: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The part of an inventory that AWX gives to the slice with this number, from 0."""
    variables = listed["_meta"]["hostvars"]
    kept = sorted(variables)[number::SLICES]
    parts: dict[str, Any] = {"_meta": {"hostvars": {host: variables[host] for host in kept}}}
    for name, group in listed.items():
        if name != "_meta":
            parts[name] = {**group, "hosts": [host for host in group.get("hosts", ()) if host in kept]}
    return parts


def prepare_slice(folder: Path, inventory: Mapping[str, Any]) -> None:
    """What ansible-runner calls a private data directory."""
    for name in ("one-by-one.yml", VARIABLES):
        write(folder / "project", name)
    script = write(folder, "inventory/hosts", f"#!/bin/sh\ncat <<'END'\n{json.dumps(inventory)}\nEND\n")
    script.chmod(0o700)


def over_a_pipe(runner: str, folder: Path, worker: Path) -> list[str]:
    """The slice on another machine: the controller sends it, a worker runs it, and the controller takes in what came of it."""
    transmit = f"{runner} transmit --omit-env-files -p one-by-one.yml {folder}"
    return ["sh", "-c", f"{transmit} | {runner} worker --private-data-dir {worker} | {runner} process {folder}"]


def events(folder: Path) -> Iterator[dict[str, Any]]:
    for file in folder.rglob("job_events/*.json"):
        yield json.loads(file.read_text(encoding="utf-8"))


def check_files(folder: Path) -> None:
    """No secret in what ansible-runner keeps, but in `command`: there it writes the environment of the run down."""
    for file in folder.rglob("*"):
        if file.name == "command":
            assert file.stat().st_mode & 0o777 == 0o600
        elif file.is_file():
            assert MARKER not in file.read_text(encoding="utf-8"), file


def check_account(ld: Emulator) -> None:
    """Each environment has its store, once, although all of that did not fit into one window of the limit."""
    made = Counter(f"{there.environment_key}@{there.project_key}" for there in ld.account.integrations)
    assert made == Counter(HOSTS)
    for there in ld.account.integrations:
        config = {"host": f"redis.{there.project_key}.example.com", "password": PASSWORD}
        assert unseal(there.config) == config
    assert len(ld.requests) > RATE_LIMIT


def test_slices_of_a_controller(playbooks: Playbooks, ld: Emulator) -> None:
    variables = environ(playbooks, ld)
    file, output = write(playbooks.folder, FILE), playbooks.folder / "inventory.json"
    export = [str(ANSIBLE / "ansible-inventory"), "-i", str(file), "--list", "--export", "--output", str(output)]
    side_by_side([export], playbooks.folder, variables)
    listed = json.loads(output.read_text(encoding="utf-8"))
    folders = [playbooks.folder / f"slice-{number}" for number in range(SLICES)]
    for number, folder in enumerate(folders):
        prepare_slice(folder, sliced(listed, number))
    runner = str(ANSIBLE / "ansible-runner")
    commands = [[runner, "run", "--omit-env-files", "-p", "one-by-one.yml", str(folder)] for folder in folders]
    commands[-1] = over_a_pipe(runner, folders[-1], playbooks.folder / "worker")
    side_by_side(commands, playbooks.folder, variables)
    changed = Counter[str]()
    for folder in folders:
        (stats,) = [event["event_data"] for event in events(folder) if event["event"] == "playbook_on_stats"]
        assert len(stats["changed"]) == len(HOSTS) / SLICES
        assert not stats["failures"]
        changed.update(stats["changed"])
        check_files(folder)
    assert changed == Counter(HOSTS)
    check_files(playbooks.folder / "worker")
    check_account(ld)
    # Modules of their own know nothing of each other: they meet the limit, and wait.
    assert 429 in {request.status for request in ld.requests}


def test_parts_picked_with_limit(playbooks: Playbooks, ld: Emulator) -> None:
    """Each asks for the inventory itself, and then has one task for all of a batch."""
    folder = playbooks.folder
    write(folder, FILE)
    write(folder, VARIABLES)
    assert FILES["stores.yml"].count("serial: 100") == 1
    write(folder, "stores.yml", FILES["stores.yml"].replace("serial: 100", "serial: 4"))
    ansible = [str(ANSIBLE / "ansible-playbook"), "-i", FILE, "stores.yml"]
    commands = [[*ansible, "--limit", "project_" + project] for project in PROJECTS]
    printed = side_by_side(commands, folder, environ(playbooks, ld))
    # Four and two of each project's six.
    assert [text.count("changed: [") for text in printed] == [2] * len(PROJECTS)
    check_account(ld)
