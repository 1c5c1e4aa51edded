# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Options from everywhere they may come from, wrong ones, and a managed node that lacks something.

A wrong option is said in a sentence that names it, before anything is sent.
"""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.version import __version__
from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import (
    DYNAMODB,
    PASSWORD,
    REDIS,
    TARGET_PYTHON,
    TOKEN,
    Playbooks,
    Task,
    checked,
    info,
    store,
)

PLACE = {"project_key": "shop", "environment_key": "live"}


def test_no_change_takes_two_requests_or_one(playbooks: Playbooks, ld: Emulator) -> None:
    redis = {**REDIS, "port": "6380", "password": PASSWORD}
    made = ld.account.create("shop", "live", "redis", redis, name="Segments", on=True)
    # A port is a number to most people.
    options = {"redis": {**redis, "port": 6380}, "name": "Segments", "enabled": True}
    tasks = {
        "listed": store(**PLACE, **options),
        "listed, checked": checked(store(**PLACE, **options)),
        "by ID": store(**PLACE, **options, integration_id=made.id),
        "by ID, checked": checked(store(**PLACE, **options, integration_id=made.id)),
    }
    run = playbooks.run(tasks, ld=ld)
    assert "[WARNING]" not in run.output
    for name in tasks:
        assert run[name]["changed"] is False
        operations = [request.operation for request in run[name].requests]
        by_id = ["getBigSegmentStoreIntegration"]
        assert operations == (by_id if "by ID" in name else ["getBigSegmentStoreIntegrations", *by_id])
    assert {request.api_version for request in ld.requests} == {"beta"}
    assert {request.user_agent for request in ld.requests} == {"ld-segment-store/" + __version__}


def test_token_and_host_from_the_environment(playbooks: Playbooks, ld: Emulator) -> None:
    environ = {"LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, "LAUNCHDARKLY_API_HOST": ld.url}
    tasks = {
        "info": info(),
        "store": store(**PLACE, redis=REDIS, enabled=False),
        # An option goes before the environment.
        "another host": info(api_host="http://127.0.0.1:9/path"),
        "another token": info(access_token="api-MARKER-of-nobody"),
    }
    run = playbooks.run(tasks, ld=ld, defaults={}, environ=environ, may_fail=True)
    assert run["info"]["integrations"] == []
    assert run["store"]["action"] == "create"
    assert run["another host"]["failure"]["code"] == "invalid_settings"
    assert run["another token"]["failure"]["code"] == "unauthorized"


def test_the_environment_of_a_task(playbooks: Playbooks, ld: Emulator) -> None:
    """`environment` of a play reaches the managed node, where the module runs."""
    environment = {"LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, "LAUNCHDARKLY_API_HOST": ld.url}
    run = playbooks.run({"info": info()}, ld=ld, defaults={}, environment=environment)
    assert run["info"]["integrations"] == []


def test_certificates_from_the_environment(playbooks: Playbooks, ld: Emulator) -> None:
    environ = {"LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, "LAUNCHDARKLY_API_HOST": ld.url}
    environ |= {"LAUNCHDARKLY_CA_PATH": "/nowhere/ca.pem"}
    tasks = {"variable": info(), "option": info(ca_path="/nowhere/else.pem"), "off": info(validate_certs=False)}
    run = playbooks.run(tasks, ld=ld, defaults={}, environ=environ, may_fail=True)
    assert run["variable"]["msg"].startswith("ca_path: names a file that does not exist. ")
    assert run["option"]["msg"].startswith("ca_path: names a file that does not exist. ")
    assert run["off"]["integrations"] == []
    off = playbooks.run(
        {"info": info()}, ld=ld, defaults={}, environ={**environ, "LAUNCHDARKLY_VALIDATE_CERTS": "false"}
    )
    assert off["info"]["integrations"] == []


@pytest.mark.parametrize("value", ["ture", ""])
def test_a_boolean_variable_that_is_neither_true_nor_false(playbooks: Playbooks, ld: Emulator, value: str) -> None:
    run = playbooks.run({"info": info()}, ld=ld, environ={"LAUNCHDARKLY_VALIDATE_CERTS": value}, may_fail=True)
    assert run["info"]["failure"]["code"] == "invalid_settings"
    assert "validate_certs" in run["info"]["msg"]
    assert ld.requests == []


def _wrong() -> dict[str, tuple[Task, str]]:
    """Tasks, and how the sentence begins."""
    here: dict[str, Any] = {**PLACE, "redis": REDIS}
    return {
        "no store": (store(**PLACE), "integration_key: is missing. "),
        "no store to remove": (store(**PLACE, state="absent"), "integration_key: is missing. "),
        "contradiction": (
            store(**here, integration_key="dynamodb"),
            "integration_key: contradicts the options of redis. ",
        ),
        "contradiction, absent": (
            store(**PLACE, dynamodb=DYNAMODB, state="absent", integration_key="redis"),
            "integration_key: contradicts the options of dynamodb. ",
        ),
        "both": (store(**here, dynamodb=DYNAMODB), "parameters are mutually exclusive: redis|dynamodb"),
        "unknown": (store(**here, pasword="MARKER"), "Unsupported parameters for ("),
        "missing": (store(redis=REDIS), "missing required arguments: "),
        "project key": (store(**{**here, "project_key": "My Shop"}), "project_key: is not a key. "),
        "environment key": (store(**{**here, "environment_key": ".."}), "environment_key: is not a key. "),
        "empty token": (info(access_token=""), "access_token: is missing. "),
        "SDK key": (info(access_token="sdk-0"), "access_token: is an SDK key. "),
        "Bearer": (info(access_token="Bearer api-0"), "access_token: is prefixed with 'Bearer '. "),
        "no scheme": (info(api_host="app.launchdarkly.com"), "api_host: is not an https URL. "),
        "empty host": (info(api_host=""), "api_host: is not an https URL. "),
        "path": (info(api_host="https://app.launchdarkly.com/api/v2"), "api_host: has more than scheme and host. "),
        "http": (info(api_host="http://app.launchdarkly.com"), "api_host: would send the access token unencrypted. "),
        "another scheme": (info(api_host="ftp://app.launchdarkly.com"), "api_host: is not an https URL. "),
        "no URL": (info(api_host="https://["), "api_host: is not a URL. "),
        "no such file": (info(ca_path="/nowhere/ca.pem"), "ca_path: names a file that does not exist. "),
        "no certificates": (info(ca_path=__file__), "ca_path: names a file that cannot be used. "),
        "no time": (info(timeout=0), "timeout: must be a positive number of seconds. "),
        "no time to wait": (
            store(**here, wait=True, wait_timeout=-1),
            "wait_timeout: must be a positive number of seconds. ",
        ),
        "empty tag": (store(**here, tags=["a", ""]), "tags[1]: is empty. "),
        "empty host of Redis": (store(**PLACE, redis={"host": ""}), "redis.host: is empty. "),
        "port": (store(**PLACE, redis={**REDIS, "port": 66380}), "redis.port: is not a port. "),
        "host and port": (store(**PLACE, redis={"host": "redis.example.com:6379"}), "redis.host: is not a host name"),
    }


def test_wrong_options(playbooks: Playbooks, ld: Emulator) -> None:
    wrong = _wrong()
    run = playbooks.run({name: task for name, (task, _begin) in wrong.items()}, ld=ld, may_fail=True)
    for name, (_task, begin) in wrong.items():
        result = run[name]
        assert result.failed, name
        assert result["msg"].startswith(begin), (name, result["msg"])
        assert (result["failure"]["code"], result["failure"]["status"]) == ("invalid_settings", None)
        assert result["failure"]["details"] == [result["msg"]]
    assert ld.requests == []


def test_every_problem_is_said_at_once(playbooks: Playbooks, ld: Emulator) -> None:
    options = {"table_name": "a b", "region": "nowhere", "external_id": "1", "role_arn": "arn:aws:iam::1:user/x"}
    task = store(project_key="", environment_key="live", dynamodb=options)
    result = playbooks.run({"task": task}, ld=ld, may_fail=True)["task"]
    fields = [text.split(": ")[0] for text in result["failure"]["details"]]
    names = ("table_name", "region", "external_id", "role_arn")
    assert fields == ["project_key", *("dynamodb." + name for name in names)]
    assert result["msg"] == " ".join(result["failure"]["details"])


def test_no_token(playbooks: Playbooks, ld: Emulator) -> None:
    run = playbooks.run(
        {"info": info(), "store": store(**PLACE, redis=REDIS)}, defaults={"api_host": ld.url}, may_fail=True
    )
    for name in ("info", "store"):
        assert run[name]["msg"].startswith("access_token: is missing. ")
        assert "LAUNCHDARKLY_ACCESS_TOKEN" in run[name]["msg"]
    assert ld.requests == []


def test_a_region_that_is_not_listed_is_a_warning(playbooks: Playbooks, ld: Emulator) -> None:
    options = {**DYNAMODB, "region": "eu-south-2"}
    result = playbooks.run({"task": store(**PLACE, dynamodb=options, enabled=False)}, ld=ld)["task"]
    (warning,) = result.warnings
    assert warning.startswith("dynamodb.region: is not in LaunchDarkly's published list. ")
    assert result["integration"]["config"]["region"] == "eu-south-2"


@pytest.mark.parametrize(
    ("package", "task"),
    [
        ("requests", store(**PLACE, redis=REDIS)),
        # It is needed to say what is wrong.
        ("jsonschema", store(**PLACE, redis={**REDIS, "port": 0})),
    ],
)
def test_a_missing_package(playbooks: Playbooks, ld: Emulator, package: str, task: Task, tmp_path: Path) -> None:
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / (package + ".py")).write_text("raise ImportError('not here')\n")
    run = playbooks.run({"store": task}, ld=ld, environment={"PYTHONPATH": str(shim)}, may_fail=True)
    _check_missing(run["store"].values, package)
    assert ld.requests == []


def test_a_bare_python(playbooks: Playbooks, ld: Emulator, tmp_path: Path) -> None:
    subprocess.run([TARGET_PYTHON, "-m", "venv", "--without-pip", str(tmp_path / "bare python")], check=True)
    python = str(tmp_path / "bare python/bin/python")
    hosts = {"bare": {"ansible_python_interpreter": python}}
    run = playbooks.run({"store": store(**PLACE, redis=REDIS), "info": info()}, ld=ld, hosts=hosts, may_fail=True)
    _check_missing(run.at("store", "bare").values, "requests")
    _check_missing(run.at("info", "bare").values, "requests")
    assert f" with: {shlex.quote(python)} -m pip install " in run.at("info", "bare")["msg"]


def _check_missing(values: Any, package: str) -> None:
    assert values["failure"]["code"] == "missing_dependency"
    assert values["msg"].startswith(f"The Python package {package} is missing or too old on ")
    assert f" -m pip install --upgrade {package}. Or choose another Python" in values["msg"]


def test_waiting(playbooks: Playbooks, ld: Emulator) -> None:
    """For a store that is available, that is not, and that is switched off."""
    status = {"available": False, "errors": [{"statusCode": 500, "message": "connection refused", "timestamp": 1}]}
    for environment_key, available in (("live", True), ("test", False)):
        made = ld.account.create("shop", environment_key, "redis", REDIS, on=True)
        ld.set_status(made.id, {**status, "available": available})
    test = {"project_key": "shop", "environment_key": "test"}
    wait = {"wait": True, "wait_timeout": 0.3, "wait_interval": 0.1}
    tasks = {
        "available": store(**PLACE, redis=REDIS, **wait),
        "not available": store(**test, redis=REDIS, **wait, tags=["new"]),
        "not available, checked": checked(store(**test, redis=REDIS, **wait)),
        "off": store(**test, redis=REDIS, **wait, enabled=False),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    assert [name for name in tasks if run[name].failed] == ["not available"]
    late = run["not available"]
    assert (late["failure"]["code"], late["changed"], late["action"]) == ("not_available", True, "update")
    assert late["failure"]["details"][0].startswith("connection refused (status 500)")
    assert late["integration"]["tags"] == ["new"]
    assert run["available"].methods == ["GET", "GET"]
