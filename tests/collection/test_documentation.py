# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What `ansible-doc` says is so: every option, return value and example, and the action group."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ld_segment_store.core.model.form_variables import STORE_TYPES
from ld_segment_store.emulator import Emulator, Integration
from tests.collection.playbooks import (
    ANSIBLE,
    COLLECTION,
    PASSWORD,
    REDIS,
    ROOT,
    STORE,
    STORE_INFO,
    Playbooks,
    Task,
    checked,
    info,
    store,
)

MODULES = sorted(file.stem for file in (ROOT / "plugins/modules").glob("*.py"))
# Keys that Ansible itself documents.
COMMON = {"changed", "diff", "msg", "warnings"}
TYPES: dict[str, Any] = {"str": str, "bool": bool, "int": int, "list": list, "dict": dict}

Docs = Mapping[str, Any]


@pytest.fixture(scope="module")
def docs(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Docs:
    """What ansible-doc gives, by module."""
    names = [f"{COLLECTION}.{module}" for module in MODULES]
    output = Playbooks(installed, tmp_path_factory.mktemp("docs")).command(
        "ansible-doc", "-t", "module", "--json", *names
    )
    shown: dict[str, Any] = json.loads(output)
    assert sorted(shown) == sorted(names)
    return {name.rsplit(".", 1)[1]: entry for name, entry in shown.items()}


@pytest.fixture(scope="module")
def specs(installed: Path) -> Mapping[str, Any]:
    """Each module's argument spec, from the installed module, as the controller's Python sees it."""
    script = (
        "import importlib, json, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        f"load = lambda name: importlib.import_module('ansible_collections.{COLLECTION}.plugins.modules.' + name)\n"
        "print(json.dumps({name: load(name).argument_spec() for name in sys.argv[2:]}, default=lambda _: None))\n"
    )
    command = [str(ANSIBLE / "python"), "-c", script, str(installed), *MODULES]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded: dict[str, Any] = json.loads(answer.stdout)
    return loaded


@pytest.mark.parametrize("module", MODULES)
def test_options(module: str, docs: Docs, specs: Mapping[str, Any]) -> None:
    _compare_options(docs[module]["doc"]["options"], specs[module], module)


def _compare_options(documented: Mapping[str, Any], spec: Mapping[str, Any], place: str) -> None:
    assert sorted(documented) == sorted(spec), place
    for name, option in spec.items():
        doc, here = documented[name], f"{place}.{name}"
        assert doc["description"], here
        assert doc["type"] == option["type"], here
        assert doc.get("required", False) == option.get("required", False), here
        assert doc.get("default") == option.get("default"), here
        assert doc.get("choices") == option.get("choices"), here
        assert doc.get("elements") == option.get("elements"), here
        for variable in _environment_variables(option):
            assert f"E({variable})" in " ".join(doc["description"]), here
        _compare_options(doc.get("suboptions") or {}, option.get("options") or {}, here)


def _environment_variables(option: Mapping[str, Any]) -> list[str]:
    # A fallback is a pair of the function that reads the environment, which is None here, and the names.
    return list(option["fallback"][1]) if "fallback" in option else []


@pytest.mark.parametrize("integration_key", STORE_TYPES)
def test_store_options_follow_the_form_variables(integration_key: str, docs: Docs, specs: Mapping[str, Any]) -> None:
    spec = specs["ld_big_segment_store"][integration_key]["options"]
    documented = docs["ld_big_segment_store"]["doc"]["options"][integration_key]["suboptions"]
    variables = {variable.option: variable for variable in STORE_TYPES[integration_key].variables}
    assert list(spec) == list(variables)
    assert sorted(documented) == sorted(variables)
    for option, variable in variables.items():
        assert spec[option]["type"] == ("bool" if variable.kind == "boolean" else "str")
        # Only a new integration requires some of them, and the module cannot know beforehand whether it is new.
        assert "required" not in spec[option]
        assert spec[option]["no_log"] is variable.secret


@pytest.mark.parametrize("module", MODULES)
def test_attributes_and_group(module: str, docs: Docs, specs: Mapping[str, Any], installed: Path) -> None:
    """The group has every module that talks to LaunchDarkly, and no other: it would refuse the defaults."""
    runtime = installed / "ansible_collections" / COLLECTION.replace(".", "/") / "meta/runtime.yml"
    grouped = module in yaml.safe_load(runtime.read_text(encoding="utf-8"))["action_groups"]["launchdarkly"]
    attributes = docs[module]["doc"]["attributes"]
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] in ("full", "N/A")
    assert grouped == ("access_token" in specs[module]) == ("action_group" in attributes)
    if grouped:
        assert attributes["action_group"]["membership"] == [COLLECTION + ".launchdarkly"]


def test_return_values(docs: Docs, playbooks: Playbooks, ld: Emulator) -> None:
    """Every key of real results, nested ones too, is documented with its type, and every documented key is there."""
    made = ld.account.create("shop", "live", "redis", {"host": "old.example.com", "password": PASSWORD}, tags=["a"])
    ld.set_status(made.id, _status())
    options = {**REDIS, "password": PASSWORD}
    update = store(project_key="shop", environment_key="live", redis=options)
    tasks = {
        "update checked": checked(update),
        "update": update,
        "again": update,
        "info": info(),
        "create": store(project_key="shop", environment_key="test", redis=options, enabled=True),
        "failed": store(project_key="shop", environment_key="nowhere", redis=options),
        "info failed": info(access_token="api-MARKER-of-nobody"),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    returns = {module: docs[module]["return"] for module in ("ld_big_segment_store", "ld_big_segment_store_info")}
    for name in tasks:
        result = run[name]
        described = returns["ld_big_segment_store_info" if name.startswith("info") else "ld_big_segment_store"]
        when = "failure" if name.endswith("failed") else "success"
        expected = {key: entry for key, entry in described.items() if entry["returned"] == when}
        assert result.keys - COMMON == set(expected), name
        for key, entry in expected.items():
            _compare_return(result[key], entry, f"{name}: {key}")


def _compare_return(value: Any, described: Mapping[str, Any], place: str) -> None:
    assert described["description"], place
    if value is None or described["type"] == "raw":
        return
    assert type(value) is TYPES[described["type"]], place
    if "choices" in described:
        assert value in described["choices"], place
    if "contains" not in described:
        assert "sample" in described, place
        return
    for entry in value if isinstance(value, list) else [value]:
        assert set(entry) == set(described["contains"]), place
        for key, nested in described["contains"].items():
            _compare_return(entry[key], nested, f"{place}.{key}")


def _status() -> dict[str, Any]:
    now = int(time.time() * 1000)
    errors = [{"statusCode": 500, "message": "connection refused", "timestamp": now}]
    return {"available": True, "potentiallyStale": False, "lastSync": now, "lastError": now, "errors": errors}


def test_samples_of_return_values_are_of_their_type(docs: Docs) -> None:
    for module in MODULES:
        for place, described in _described(docs[module]["return"], module):
            if "sample" in described and described["type"] in TYPES:
                assert type(described["sample"]) is TYPES[described["type"]], place


def _described(entries: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, entry in entries.items():
        here = f"{place}.{key}"
        yield here, entry
        yield from _described(entry.get("contains") or {}, here)


@pytest.mark.parametrize("module", MODULES)
def test_examples_fit_the_options(module: str, docs: Docs, specs: Mapping[str, Any]) -> None:
    spec = {name: {**option, "fallback": (None,)} for name, option in specs[module].items()}
    name = f"{COLLECTION}.{module}"
    examples = [example[name] for example in yaml.safe_load(docs[module]["examples"]) if name in example]
    assert examples
    for options in examples:
        assert ArgumentSpecValidator(spec).validate(options).error_messages == []


def test_examples_run(docs: Docs, playbooks: Playbooks, ld: Emulator) -> None:
    """They are run as they stand, first in check mode; the account has the project that they speak of."""

    def synchronise(event: str, integration: Integration) -> None:
        # As LaunchDarkly does with a store that it reaches: one example waits for that.
        if event != "deleted":
            ld.account.set_status(integration.id, _status())

    ld.account.observe(synchronise)
    tasks: dict[str, Task] = {}
    for module in ("ld_big_segment_store", "ld_big_segment_store_info"):
        for example in yaml.safe_load(docs[module]["examples"]):
            name = example.pop("name")
            tasks[name + ", checked"] = checked(example)
            tasks[name] = example
    assert {STORE, STORE_INFO} < {key for task in tasks.values() for key in task}
    variables: dict[str, Any] = {"redis_password": PASSWORD, "new_redis_password": "new-MARKER-password"}
    variables["redis_passwords"] = {"live": PASSWORD, "test": "other-MARKER-password"}
    run = playbooks.run(tasks, ld=ld, variables=variables)
    changed = [name for name in tasks if run[name].values.get("changed")]
    assert changed == [name for name, task in tasks.items() if STORE in task], run.output
