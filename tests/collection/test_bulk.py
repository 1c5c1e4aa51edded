# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld_big_segment_stores`: many stores in one task."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ld_segment_store.emulator import Emulator, Integration
from ld_segment_store.emulator.account.account import unseal
from tests.collection.playbooks import (
    ANSIBLE,
    COLLECTION,
    DYNAMODB,
    PASSWORD,
    REDIS,
    TOKEN,
    Playbooks,
    Task,
    checked,
    store,
)
from tests.collection.test_documentation import COMMON, _compare_return

STORES = COLLECTION + ".ld_big_segment_stores"
NUMBER = 12
NAMES = [f"env-{number}" for number in range(NUMBER)]
DEFAULTS = {"project_key": "shop", "redis": {**REDIS, "password": PASSWORD}, "tags": ["managed"], "enabled": True}
LOUD = {"ANSIBLE_INJECT_INVOCATION": "True", "ANSIBLE_PIPELINING": "False"}


@pytest.fixture
def ld() -> Iterator[Emulator]:
    """An account with a dozen environments and no integrations."""
    seed: dict[str, Any] = {
        "projects": {"shop": {"environments": {name: {} for name in NAMES}}, "old": {"environments": {"live": {}}}}
    }
    with Emulator(seed=seed, access_tokens=[TOKEN]) as emulator:
        yield emulator


def stores(*entries: dict[str, Any], **options: Any) -> Task:
    return {STORES: {"defaults": DEFAULTS, "stores": list(entries), **options}}


def everywhere(**options: Any) -> Task:
    return stores(*({"environment_key": name} for name in NAMES), **options)


def test_create_change_and_rest(playbooks: Playbooks, ld: Emulator) -> None:
    moved = {"environment_key": NAMES[0], "redis": {"host": "other.example.com"}}
    changed = stores(moved, {"environment_key": NAMES[1], "dynamodb": DYNAMODB}, {"environment_key": NAMES[2]})
    tasks = {
        "check": checked(everywhere()),
        "create": everywhere(),
        "again": everywhere(),
        "check change": checked(changed),
        "change": changed,
    }
    run = playbooks.run(tasks, ld=ld, arguments=["--diff"])
    assert Counter(run["check"].methods) == {"GET": 1 + NUMBER}  # a list, and each environment is looked up
    # A list at the start, one once the stores are locked on this host, and one that shows whether they are alone.
    assert Counter(run["create"].methods) == {"GET": 3, "POST": NUMBER}
    assert Counter(run["again"].methods) == {"GET": 1 + NUMBER}
    assert Counter(run["change"].methods) == {"GET": 3 + 2, "PATCH": 1, "POST": 1}
    assert [run[name]["changed"] for name in tasks] == [True, True, False, True, True]
    assert run["create"]["summary"] == "12 stores: 12 created."
    assert run["check"]["summary"] == "12 stores: 12 to create."
    assert [store["environment_key"] for store in run["create"]["stores"]] == NAMES
    for name in ("check change", "change"):
        assert [store["action"] for store in run[name]["stores"]] == ["update", "create", "nothing"]
        assert [drift["field"] for drift in run[name]["stores"][0]["drift"]] == ["redis.host"]
        assert len(run[name]["diff"]) == 2
    assert '+        "host": "other.example.com"' in run.output
    configs = {(made.environment_key, made.integration_key): made.config for made in ld.account.integrations}
    assert len(configs) == NUMBER + 1
    assert unseal(configs[NAMES[0], "redis"]) == {"host": "other.example.com", "password": PASSWORD}


def test_a_failure_does_not_stop_the_others(playbooks: Playbooks, ld: Emulator) -> None:
    entries = ({"environment_key": NAMES[0]}, {"environment_key": "nowhere"}, {"environment_key": NAMES[1]})
    run = playbooks.run(
        {
            "bulk": stores(*entries),
            "again": stores(*entries),
            "fail fast": stores(entries[1], {"environment_key": NAMES[2]}, fail_fast=True, concurrency=1),
        },
        ld=ld,
        may_fail=True,
    )
    bulk, again, fast = run["bulk"], run["again"], run["fail fast"]
    assert bulk.failed
    assert again.failed
    assert fast.failed
    assert [store["action"] for store in bulk["stores"]] == ["create", "failed", "create"]
    assert [store["action"] for store in again["stores"]] == ["nothing", "failed", "nothing"]
    assert [store["action"] for store in fast["stores"]] == ["failed", "not attempted"]
    assert [bulk["changed"], again["changed"], fast["changed"]] == [True, False, False]
    assert bulk["stores"][1]["failure"]["code"] == "not_found"
    assert bulk["failure"]["code"] == "stores_failed"
    assert bulk["msg"].startswith("3 stores: 2 created, 1 failed.\n")
    assert "failed        shop/nowhere redis: LaunchDarkly responded 404" in bulk["msg"]


def _synchronize(ld: Emulator, but: str = "") -> None:
    """Report every new store as available, but one."""

    def report(event: str, integration: Integration) -> None:
        if event == "created" and integration.environment_key != but:
            ld.account.set_status(integration.id, {"available": True, "lastSync": int(time.time() * 1000)})

    ld.account.observe(report)


def test_wait_for_all(playbooks: Playbooks, ld: Emulator) -> None:
    """A store that is not available fails after what was done, and nothing is purged."""
    _synchronize(ld, but=NAMES[1])
    stray = ld.account.create("shop", NAMES[3], "redis", REDIS, tags=["managed"])
    entries = [{"environment_key": name} for name in NAMES[:3]]
    waits: dict[str, Any] = {"wait": True, "wait_timeout": 2, "wait_interval": 0.5, "purge": {"projects": ["shop"]}}
    tasks = {
        "check": checked(stores(*entries, **waits)),
        "wait": stores(*entries, **waits),
        "without the one": stores(entries[0], {**entries[1], "enabled": False}, entries[2], **waits),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    assert run["check"]["stores"][0]["integration"]["status"] is None
    assert not run["check"].failed
    wait = run["wait"]
    assert wait.failed
    assert [store["action"] for store in wait["stores"]] == [*["create"] * 3, "not attempted"]
    assert [store["integration"]["status"]["available"] for store in wait["stores"][:3]] == [True, False, True]
    assert [store["failure"] and store["failure"]["code"] for store in wait["stores"]] == [
        *(None, "not_available", None, None)
    ]
    assert wait["summary"] == "4 stores: 3 created, 1 not attempted; 1 not available."
    assert (
        "create        shop/env-1 redis: The redis store of shop/env-1 did not become available within 2 s."
        in wait["msg"]
    )
    assert wait["stores"][0]["integration"]["config"] == {"host": "redis.example.com", "password": "set"}
    rest = run["without the one"]
    assert [store["action"] for store in rest["stores"]] == ["nothing", "update", "nothing", "delete"]
    assert stray.id not in {there.id for there in ld.account.integrations}


def test_it_runs_in_the_background(playbooks: Playbooks, ld: Emulator) -> None:
    """A connection may not last as long as a large fleet takes."""
    environ = {"ANSIBLE_ASYNC_DIR": str(playbooks.folder / "jobs")}
    run = playbooks.run({"task": {**everywhere(), "async": 60, "poll": 1}}, ld=ld, environ=environ)
    assert run["task"]["changed"]
    assert len(ld.account.integrations) == NUMBER


def test_a_long_loop_over_the_single_module_names_this_one(playbooks: Playbooks, ld: Emulator) -> None:
    absent = store(project_key="shop", environment_key="{{ item }}", integration_key="redis", state="absent")
    run = playbooks.run(
        {"nine": {**absent, "loop": NAMES[:1] * 9}, "eleven": {**absent, "loop": NAMES[:1] * 11}}, ld=ld
    )
    _nine, eleven = run.output.split("TASK [eleven]")
    printed = " ".join(run.output.split())
    assert printed.count("This loop has started ld_big_segment_store 10 times. One task of ") == 1
    assert "ld_big_segment_store 10" in " ".join(eleven.split())


def test_what_is_wrong_is_found_before_the_first_request(playbooks: Playbooks, ld: Emulator) -> None:
    tasks = {
        "twice": stores({"environment_key": NAMES[0]}, {"environment_key": NAMES[0], "name": "again"}),
        "fields": stores({"environment_key": NAMES[0], "redis": {"port": "x"}}, {"environment_key": "a/b"}),
        "both": stores({"environment_key": NAMES[0], "redis": REDIS, "dynamodb": DYNAMODB}),
        "purge": everywhere(purge={}),
        "empty scope": everywhere(purge={"projects": [], "tags": ["managed"]}),
        "concurrency": everywhere(concurrency=0, share=2.0),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    assert ld.requests == []
    assert {run[name]["failure"]["code"] for name in tasks} == {"invalid_settings"}
    assert run["twice"]["msg"].startswith("stores[1]: is about the same integration as stores[0] (shop/env-0 redis). ")
    assert "stores[0].redis.port: is not a port" in run["fields"]["msg"]
    assert "stores[1].environment_key: is not a key" in run["fields"]["msg"]
    assert run["both"]["msg"].startswith("stores[0]: has options of both")
    assert run["purge"]["msg"].startswith("purge: has no scope")
    assert run["empty scope"]["msg"].startswith("purge.projects: is empty")
    assert "share: is not a number above 0 and up to 1" in run["concurrency"]["msg"]


def test_purge(playbooks: Playbooks, ld: Emulator) -> None:
    for place, tags in ((NAMES[1], ["managed"]), (NAMES[2], ["managed"]), (NAMES[3], ["by hand"])):
        ld.account.create("shop", place, "redis", REDIS, tags=tags)
    ld.account.create("old", "live", "redis", REDIS, tags=["managed"])
    one = {"environment_key": NAMES[0]}
    scope = {"projects": ["shop"], "tags": ["managed"]}
    tasks = {
        "too many": stores(one, purge={**scope, "maximum": 1}),
        "misspelled": stores({"environment_key": "env-O"}, purge={**scope, "projects": ["shop", "shopp"]}),
        "without": stores(one),
        "check": checked(stores(one, purge=scope)),
        "purge": stores(one, purge=scope),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    assert run["too many"]["failure"]["code"] == "purge_refused"
    assert run["too many"].methods == ["GET"]
    assert [store["action"] for store in run["misspelled"]["stores"]] == ["failed", *["not attempted"] * 2]
    assert "Nothing is purged, because a declared store failed." in run.output
    assert "purge.projects names 'shopp', which no integration has" in run.output
    assert len(run["without"]["stores"]) == 1
    for name in ("check", "purge"):
        purged = [(store["environment_key"], store["action"], store["purged"]) for store in run[name]["stores"][1:]]
        assert purged == [(NAMES[1], "delete", True), (NAMES[2], "delete", True)]
    assert "DELETE" not in run["check"].methods
    left = {(there.project_key, there.environment_key) for there in ld.account.integrations}
    assert left == {("shop", NAMES[0]), ("shop", NAMES[3]), ("old", "live")}


def test_no_secret_is_shown(playbooks: Playbooks, ld: Emulator) -> None:
    """`Playbooks.run` looks for them. Inherited, overridden, rotated, failed, and in the wrong place."""
    own = {"environment_key": NAMES[0], "redis": {"password": "own-MARKER-password"}}
    misplaced: dict[str, dict[str, Any]] = {
        "misspelled": {"environment_key": NAMES[0], "redis": {"pasword": PASSWORD}},
        "wrong level": {"environment_key": NAMES[0], "password": PASSWORD},
        "no dictionary": {"environment_key": NAMES[0], "redis": PASSWORD},
        "a URL": {"environment_key": NAMES[0], "redis": {"host": "redis://user:MARKER-1@redis.example.com"}},
    }
    tasks = {
        "create": stores(own, {"environment_key": NAMES[1]}, {"environment_key": "nowhere"}),
        "rotate": stores({"environment_key": NAMES[0]}, {**own, "environment_key": NAMES[1]}),
        **{name: stores(entry) for name, entry in misplaced.items()},
        "no list": {STORES: {"stores": PASSWORD}},
        "entry is no dictionary": {STORES: {"stores": [PASSWORD]}},
        "wrong default": {STORES: {"stores": [own], "defaults": {"redis": {"pass": PASSWORD}}}},
    }
    run = playbooks.run(tasks, ld=ld, arguments=["-vvvv", "--diff"], environ=LOUD, may_fail=True)
    assert [store["action"] for store in run["create"]["stores"]] == ["create", "create", "failed"]
    assert [store["action"] for store in run["rotate"]["stores"]] == ["update", "update"]
    assert all(run[name].failed for name in tasks if name != "rotate")
    # Nor the mask of LaunchDarkly's, which shows the ends. (Ansible puts stars of its own for a password in a URL.)
    assert "**" not in json.dumps([run[name].values for name in ("create", "rotate")])
    assert '"pasword": "VALUE_THAT_MAY_BE_SECRET"' in run.output


def test_return_values_are_as_documented(playbooks: Playbooks, ld: Emulator) -> None:
    name = STORES
    described = json.loads(playbooks.command("ansible-doc", "-t", "module", "--json", name))[name]["return"]
    ld.account.create("shop", NAMES[0], "redis", {"host": "old.example.com", "password": PASSWORD})
    entries = ({"environment_key": NAMES[0]}, {"environment_key": NAMES[1]})
    tasks = {"good": stores(*entries), "failed": stores(*entries, {"environment_key": "nowhere"})}
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    assert run["good"].keys - COMMON == set(described) - {"failure"}
    assert run["failed"].keys - COMMON == set(described)
    for task in tasks:
        for key in run[task].keys - COMMON:
            _compare_return(run[task][key], described[key], f"{task}: {key}")


def test_the_examples_run(playbooks: Playbooks) -> None:
    """As they stand, first in check mode."""
    examples = json.loads(playbooks.command("ansible-doc", "-t", "module", "--json", STORES))[STORES]["examples"]
    tasks: dict[str, Task] = {}
    for example in yaml.safe_load(examples):
        example_name = example.pop("name")
        tasks[example_name + ", checked"] = checked(example)
        tasks[example_name] = example
    seed: dict[str, Any] = {"projects": {"shop": {"environments": {"live": {}, "test": {}}}}}
    entry = {"environment_key": "live", "name": "from the file", "tags": ["managed-by-ansible"]}
    fleet = {"defaults": DEFAULTS, "stores": [entry]}
    (playbooks.folder / "stores.yml").write_text(yaml.safe_dump(fleet), encoding="utf-8")
    # The controller's own Python has PyYAML.
    variables = {"redis_password": PASSWORD, "ansible_python_interpreter": str(ANSIBLE / "python")}
    with Emulator(seed=seed, access_tokens=[TOKEN]) as ld:
        _synchronize(ld)
        run = playbooks.run(tasks, ld=ld, variables=variables)
        left = [(there.environment_key, there.integration_key) for there in ld.account.integrations]
    assert all(run[name]["changed"] for name in tasks)
    assert left == [("test", "dynamodb")]
