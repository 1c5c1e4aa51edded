# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`stores_file` of `ld_big_segment_stores`: the command line's file, in a task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.account.account import unseal
from tests.collection.playbooks import ANSIBLE, PASSWORD, REDIS, ROOT, TOKEN, Playbooks, Run, Task, checked
from tests.collection.test_bulk import LOUD, STORES

FILE_PASSWORD = "MARKER-in-a-file"
FLEET: dict[str, Any] = {
    "defaults": {"project_key": "shop", "redis": {**REDIS, "password": {"env": "FLEET_PASSWORD"}}, "enabled": True},
    "stores": [
        {"environment_key": "live"},
        {"environment_key": "test", "redis": {"password": {"file": "redis-secret"}}},
    ],
}
ENVIRON = {"FLEET_PASSWORD": PASSWORD}
# Python with PyYAML, as an execution environment has it; the managed node of these tests has none.
CONTROLLER = {"ansible_python_interpreter": str(ANSIBLE / "python")}


def from_file(name: str, **options: Any) -> Task:
    return {STORES: {"stores_file": name, **options}}


def write(playbooks: Playbooks, data: Any, name: str) -> Path:
    file = playbooks.folder / name
    file.write_text(json.dumps(data) if name.endswith(".json") else yaml.safe_dump(data), encoding="utf-8")
    (playbooks.folder / "redis-secret").write_text(FILE_PASSWORD + "\n", encoding="utf-8")
    return file


def loud(playbooks: Playbooks, ld: Emulator, tasks: dict[str, Task], **options: Any) -> Run:
    """`Playbooks.run` looks for secrets in what is printed."""
    return playbooks.run(tasks, ld=ld, arguments=["-vvvv", "--diff"], environ={**ENVIRON, **LOUD}, **options)


def test_json_beside_the_playbook(playbooks: Playbooks, ld: Emulator) -> None:
    write(playbooks, FLEET, "stores.json")
    task = from_file("stores.json")
    run = loud(playbooks, ld, {"check": checked(task), "apply": task, "again": task})
    assert [run[name]["changed"] for name in ("check", "apply", "again")] == [True, True, False]
    assert run["apply"]["summary"] == "2 stores: 2 created."
    passwords = {made.environment_key: unseal(made.config)["password"] for made in ld.account.integrations}
    assert passwords == {"live": PASSWORD, "test": FILE_PASSWORD}


def test_yaml_needs_pyyaml_where_the_module_runs(playbooks: Playbooks, ld: Emulator) -> None:
    file = write(playbooks, FLEET, "stores.yml")
    shim = playbooks.folder / "shim"
    shim.mkdir()
    (shim / "yaml.py").write_text("raise ImportError('not here')\n")
    hosts = {"without": {"shim": str(shim)}, "with": CONTROLLER}
    run = loud(
        playbooks,
        ld,
        {"apply": from_file(str(file))},
        hosts=hosts,
        environment={"PYTHONPATH": "{{ shim | default('') }}"},
        may_fail=True,
    )
    failed = run.at("apply", "without")
    assert failed["failure"]["code"] == "missing_dependency"
    assert failed["msg"].startswith("The Python package PyYAML is missing or too old on ")
    assert run.at("apply", "with")["summary"] == "2 stores: 2 created."


def test_what_the_command_line_exports(playbooks: Playbooks, ld: Emulator) -> None:
    """Secrets become references to environment variables, which the task then reads."""
    ld.account.create("shop", "live", "redis", {**REDIS, "password": PASSWORD}, on=True, name="main", tags=["a"])
    connection = {"LAUNCHDARKLY_API_HOST": ld.url, "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN}
    command = [sys.executable, "-m", "ld_segment_store", "export", "--format", "json"]
    answer = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **connection}, capture_output=True, text=True, check=True
    )
    (playbooks.folder / "exported.json").write_text(answer.stdout, encoding="utf-8")
    environ = {"REDIS_PASSWORD_SHOP_LIVE": PASSWORD}
    run = playbooks.run({"apply": from_file("exported.json")}, ld=ld, environ=environ)
    assert run["apply"]["summary"] == "1 store: 1 unchanged."


def test_what_is_wrong_is_a_sentence_without_the_files_content(playbooks: Playbooks, ld: Emulator) -> None:
    store = {"environment_key": "live", "project_key": "shop"}
    files: dict[str, tuple[Any, str]] = {
        "misspelled.json": ({"stores": [{**store, "redis": {"pasword": PASSWORD}}]}, "stores[0].redis.pasword"),
        "level.json": ({"stores": [{**store, "password": PASSWORD}]}, "stores[0].password: is not an option here"),
        "unset.json": (
            {"stores": [{**store, "redis": {"password": {"env": "NOT_SET"}}}]},
            "stores[0].redis.password: refers to the environment variable NOT_SET, which is not set. Set it.",
        ),
        "reference.json": ({"stores": [{**store, "redis": {"password": {"vault": PASSWORD}}}]}, "Give {env: NAME} or"),
        "text.json": (PASSWORD, "text.json: is not a mapping"),
        "inline.json": ({"stores": [{**store, "redis": {"password": PASSWORD + "\n"}}]}, "stores[0].redis.password"),
    }
    for name, (data, _told) in files.items():
        write(playbooks, data, name)
    (playbooks.folder / "broken.json").write_text('{"stores": [{"password": "' + PASSWORD, encoding="utf-8")
    tasks = {name: from_file(name) for name in (*files, "broken.json", "missing.json")}
    tasks["empty"] = from_file("")
    tasks["neither"] = {STORES: {}}
    tasks["both"] = from_file("text.json", stores=[store])
    tasks["defaults"] = from_file("text.json", defaults={"project_key": "shop"})
    run = loud(playbooks, ld, tasks, may_fail=True)
    assert ld.requests == []
    for name, (_data, told) in files.items():
        assert run[name]["failure"]["code"] == "invalid_settings"
        assert told in run[name]["msg"]
    assert run["broken.json"]["msg"] == "broken.json: invalid JSON near line 1. Fix the syntax."
    assert run["missing.json"]["msg"].startswith("missing.json: can't be read (No such file or directory). ")
    assert run["empty"]["msg"] == "stores_file: is empty. Give the file's path."
    assert run["neither"]["msg"] == "one of the following is required: stores, stores_file"
    assert run["both"]["msg"] == "parameters are mutually exclusive: stores|stores_file"
    assert run["defaults"]["msg"] == "parameters are mutually exclusive: defaults|stores_file"


def test_a_reference_in_an_option_is_no_password(playbooks: Playbooks, ld: Emulator) -> None:
    """Whoever copies the file into a task."""
    run = playbooks.run({"apply": {STORES: FLEET}}, ld=ld, may_fail=True)
    assert ld.requests == []
    sentence = (
        "redis.password: is not text. Give the secret itself; only a stores file can hold {env: NAME} or {file: PATH}."
    )
    assert run["apply"]["msg"] == f"stores[1].{sentence} defaults.{sentence}"


def test_secrets_that_stand_in_the_file_itself(playbooks: Playbooks, ld: Emulator) -> None:
    entries = [{"environment_key": name, "redis": {**REDIS, "password": PASSWORD}} for name in ("live", "nowhere")]
    write(playbooks, {"defaults": {"project_key": "shop"}, "stores": entries}, "stores.json")
    run = loud(playbooks, ld, {"apply": from_file("stores.json")}, may_fail=True)
    assert [store["action"] for store in run["apply"]["stores"]] == ["create", "failed"]


def test_secrets_of_the_file_in_other_encodings(playbooks: Playbooks, ld: Emulator) -> None:
    """In a name, as when they are in options."""
    redis = {**REDIS, "password": FILE_PASSWORD}
    entry = {"environment_key": "live", "redis": redis, "name": f"password {FILE_PASSWORD.encode().hex()}"}
    write(playbooks, {"defaults": {"project_key": "shop"}, "stores": [entry]}, "stores.json")
    run = loud(playbooks, ld, {"apply": from_file("stores.json")})
    assert run["apply"]["stores"][0]["integration"]["name"] == "password ********"
    assert FILE_PASSWORD.encode().hex() not in run.output
