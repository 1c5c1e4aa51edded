# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Secrets in nothing that is printed, at `-vvvv`, in diffs, failures and results; also where they stand in the wrong place.

`Playbooks.run` looks for them after every run. Here are the runs that are most likely to show one.
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
import yaml

from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.account.account import unseal
from tests.collection.playbooks import (
    COLLECTION,
    DYNAMODB,
    MARKER,
    PASSWORD,
    PREFLIGHT,
    REDIS,
    STORE,
    TOKEN,
    Playbooks,
    Run,
    Task,
    info,
    store,
)

STORES = COLLECTION + ".ld_big_segment_stores"
PLACE = {"project_key": "shop", "environment_key": "live"}
# Signs that a shell, YAML, JSON or a pattern might trip over.
AWKWARD = "a 'MARKER' \"of\" $HOME \\n %s ü*.[a]"
# Newer versions of ansible-core show a task's arguments only when told to.
LOUD = {"ANSIBLE_INJECT_INVOCATION": "True", "ANSIBLE_PIPELINING": "False"}


def _loud(playbooks: Playbooks, ld: Emulator, tasks: dict[str, Task], **options: Any) -> Run:
    environ = {**LOUD, **options.pop("environ", {})}
    run = playbooks.run(tasks, ld=ld, arguments=["-vvvv", "--diff"], environ=environ, **options)
    # The place where they would be is there.
    assert '"access_token": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"' in run.output
    return run


def test_the_search_finds(playbooks: Playbooks) -> None:
    with pytest.raises(AssertionError, match=MARKER):
        playbooks.run({"show": {"ansible.builtin.debug": {"msg": PASSWORD}}})


def test_what_works(playbooks: Playbooks, ld: Emulator) -> None:
    tasks = {
        "create": store(**PLACE, redis={**REDIS, "password": PASSWORD}, enabled=True),
        "rotate": store(**PLACE, redis={**REDIS, "password": AWKWARD}, enabled=True),
        "same": store(**PLACE, redis={**REDIS, "password": AWKWARD}, enabled=True),
        "info": info(),
    }
    run = _loud(playbooks, ld, tasks)
    assert [run[name]["changed"] for name in tasks] == [True, True, False, False]
    (made,) = ld.account.integrations
    assert unseal(made.config)["password"] == AWKWARD
    assert '+        "password": "set (new value)"' in run.output
    # Nor the mask, which shows the ends.
    assert "**" not in json.dumps([result.values for result in run.results.values()])
    with urllib.request.urlopen(ld.url + "/_emulator/requests", timeout=10) as answer:
        seen = answer.read().decode()
    assert "/shop/live/redis" in seen
    assert MARKER not in seen


def test_what_fails(playbooks: Playbooks, ld: Emulator) -> None:
    ld.account.create("shop", "test", "redis", {**REDIS, "password": "another-MARKER"})
    test = {"project_key": "shop", "environment_key": "test"}
    tasks = {
        "unauthorized": store(**PLACE, redis={**REDIS, "password": PASSWORD}, access_token="api-MARKER-of-nobody"),
        "invalid_settings": store(**PLACE, redis={**REDIS, "password": PASSWORD + "\n"}),
        "secret_required": store(**test, redis={**REDIS, "port": 1, "password": PASSWORD}, update_secrets="on_create"),
    }
    run = _loud(playbooks, ld, tasks, may_fail=True)
    for name in tasks:
        assert run[name]["failure"]["code"] == name


def test_the_token_in_the_environment(playbooks: Playbooks, ld: Emulator) -> None:
    tasks = {"info": info(), "store": store(**PLACE, redis={**REDIS, "password": PASSWORD}, enabled=False)}
    defaults = {"api_host": ld.url}
    run = _loud(playbooks, ld, tasks, defaults=defaults, environ={"LAUNCHDARKLY_ACCESS_TOKEN": TOKEN})
    assert run["store"]["action"] == "create"


# What Ansible's own checks refuse, and what its sentence names. Ansible prints the arguments of such a task as well.
MISPLACED: dict[str, tuple[Task, str]] = {
    "misspelled": (store(**PLACE, redis={**REDIS, "pasword": PASSWORD}), "redis.pasword"),
    "camelCase": (store(**PLACE, redis={**REDIS, "passWord": PASSWORD}), "redis.passWord"),
    "of another store": (store(**PLACE, dynamodb={**DYNAMODB, "password": PASSWORD}), "dynamodb.password"),
    "at the wrong level": (store(**PLACE, redis=REDIS, password=PASSWORD), "password"),
    "misspelled, deep": (store(**PLACE, redis={**REDIS, "auth": [{"password": PASSWORD}]}), "redis.auth"),
    "misspelled token": (store(**PLACE, redis=REDIS, acces_token=TOKEN), "acces_token"),
    "misspelled token, info": (info(acces_token=TOKEN), "acces_token"),
    "misspelled, preflight": ({PREFLIGHT: {"redis": {**REDIS, "pasword": PASSWORD}}}, "redis.pasword"),
    "no dictionary": (store(**PLACE, redis=PASSWORD), "dictionary"),
    "another is no dictionary": (store(**PLACE, redis={**REDIS, "password": PASSWORD}, dynamodb="x"), "dictionary"),
    "text, and another is no dictionary": (
        store(**PLACE, redis="host=x password=" + PASSWORD, dynamodb="x"),
        "dictionary",
    ),
    "a list": (store(**PLACE, redis=[{**REDIS, "password": PASSWORD}]), "dictionary"),
    "another option is misspelled": (store(**PLACE, redis={**REDIS, "password": PASSWORD, "tls": True}), "redis.tls"),
    "another option is ill-typed": (store(**PLACE, redis={**REDIS, "password": PASSWORD}, tags={"a": 1}), "tags"),
    "another option is missing": (store(**PLACE, redis={"password": PASSWORD}), "host"),
    "both stores": (store(**PLACE, redis={**REDIS, "password": PASSWORD}, dynamodb={}), "redis|dynamodb"),
    "time-out": (store(**PLACE, redis={**REDIS, "password": PASSWORD}, timeout="soon"), "timeout"),
}


def test_what_stands_in_the_wrong_place(playbooks: Playbooks, ld: Emulator) -> None:
    run = _loud(playbooks, ld, {name: task for name, (task, _named) in MISPLACED.items()}, may_fail=True)
    for name, (_task, named) in MISPLACED.items():
        assert run[name].failed, name
        assert named in run[name]["msg"], name
    # Whether an option is required depends on whether the integration exists.
    assert run["another option is missing"].methods == ["GET"]
    assert len(ld.requests) == 1
    assert '"pasword": "VALUE_THAT_MAY_BE_SECRET"' in run.output


def test_a_url_with_a_password(playbooks: Playbooks, ld: Emulator) -> None:
    """Where a host belongs, or as the API's address."""
    tasks = {
        "redis.host": store(**PLACE, redis={"host": "rediss://user:MARKER-1@redis.example.com:6379/0"}),
        "api_host": store(**PLACE, redis=REDIS, api_host="https://user:MARKER-2@app.launchdarkly.com"),
        "tags": store(**PLACE, redis=REDIS, tags=[{"url": "redis://user:MARKER@redis.example.com"}]),
    }
    # So short that it is not hidden wherever it occurs.
    short = {**REDIS, "host": "redis://user:MARKER@redis.example.com"}
    tasks |= {"redis.host, short": store(**PLACE, redis=short), "typo": store(**PLACE, redis={**short, "prt": 1})}
    run = _loud(playbooks, ld, tasks, may_fail=True)
    for name in tasks:
        assert run[name]["failure"]["code"] == "invalid_settings"
        assert run[name]["msg"].startswith((name.partition(",")[0], "Unsupported parameters for ("))


def test_a_short_password_and_a_mistake(playbooks: Playbooks, ld: Emulator) -> None:
    """A short secret is not hidden in sentences, so no sentence may show the value of an option."""
    short = {**REDIS, "password": "MARKER"}
    tasks = {
        "unknown": store(**PLACE, redis={**short, "pasword": "MARKER"}),
        "bool": store(**PLACE, redis={**short, "tls_enabled": "MARKER"}),
        "choice": store(**PLACE, redis=short, state="MARKER"),
        "float": store(**PLACE, redis=short, timeout="MARKER"),
        "dictionary": store(**PLACE, redis=short, dynamodb="MARKER"),
        "list": {STORES: {"stores": "MARKER"}},
        "entry": {STORES: {"stores": ["MARKER"]}},
        "choice in an entry": {STORES: {"stores": [{**PLACE, "redis": short, "state": "MARKER"}]}},
        "int": {STORES: {"stores": [{**PLACE, "redis": short}], "concurrency": "MARKER"}},
        "purge": {STORES: {"stores": [{**PLACE, "redis": short}], "purge": "MARKER"}},
        "both": store(**PLACE, redis=short, dynamodb={}),
        "missing": store(redis=short),
    }
    run = _loud(playbooks, ld, tasks, may_fail=True)
    assert all(run[name].failed for name in tasks)
    assert "redis.pasword. Supported parameters include: " in run["unknown"]["msg"]
    assert ld.requests == []


def test_items_of_a_loop(playbooks: Playbooks, ld: Emulator) -> None:
    """Ansible prints them, with a label too. The documentation shows what to do instead."""
    shown = json.loads(playbooks.command("ansible-doc", "-t", "module", "--json", STORE))[STORE]
    (names,) = (task for task in yaml.safe_load(shown["examples"]) if "loop" in task)
    del names["name"]
    passwords = {"live": PASSWORD, "nowhere": PASSWORD}
    items = [{"environment_key": key, "password": password} for key, password in passwords.items()]
    redis = {**REDIS, "password": "{{ item.password }}"}
    loop = {**store(project_key="shop", environment_key="{{ item.environment_key }}", redis=redis), "loop": items}
    tasks = {"names": names, "no_log": {**loop, "no_log": True}}
    run = _loud(playbooks, ld, tasks, variables={"redis_passwords": passwords}, may_fail=True)
    assert ["failure" in item for item in run["names"]["results"]] == [False, True]
    with pytest.raises(AssertionError, match=MARKER):
        playbooks.run({"label": {**loop, "loop_control": {"label": "an item"}}}, ld=ld, may_fail=True)


def test_a_secret_of_the_wrong_type(playbooks: Playbooks, ld: Emulator) -> None:
    tasks = {
        "a list": store(**PLACE, redis={**REDIS, "password": [PASSWORD]}, enabled=False),
        "a dictionary": store(**PLACE, redis={**REDIS, "password": {"value": PASSWORD}}, enabled=False),
        "token in a list": info(access_token=[TOKEN]),
        "token in a dictionary": info(access_token={"value": TOKEN}),
    }
    run = _loud(playbooks, ld, tasks, may_fail=True)
    assert run["token in a list"].failed
    assert run["token in a dictionary"].failed
