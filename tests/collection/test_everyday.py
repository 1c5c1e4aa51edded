# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What people do every day: a variable that is not set, a list where text belongs, a part of a play, a short password."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import COLLECTION, PASSWORD, PREFLIGHT, REDIS, TARGET_PYTHON, Playbooks, checked, store

PLACE = {"project_key": "shop", "environment_key": "live"}
STORES = COLLECTION + ".ld_big_segment_stores"
UNSET = "{{ lookup('ansible.builtin.env', 'NOT_SET_ANYWHERE') }}"


def bulk(**options: Any) -> dict[str, Any]:
    return {STORES: options}


def wrong_types() -> dict[str, tuple[dict[str, Any], str]]:
    """Tasks, and the field that each must name."""
    redis: Any = {**REDIS, "password": PASSWORD}
    return {
        "a list as password": (store(**PLACE, redis={**redis, "password": [PASSWORD]}), "redis.password"),
        "an octal password": (store(**PLACE, redis={**redis, "password": 0o451}), "redis.password"),
        "true as password": (store(**PLACE, redis={**redis, "password": True}), "redis.password"),
        "a number as project": (store(project_key=123, environment_key="live", redis=redis), "project_key"),
        "no as environment": (store(project_key="shop", environment_key=False, redis=redis), "environment_key"),
        "a number as name": (store(**PLACE, redis=redis, name=5), "name"),
        "a number as tag": (store(**PLACE, redis=redis, tags=["a", 5]), "tags[1]"),
        "a number as tags": (store(**PLACE, redis=redis, tags=5), "tags"),
        "no as tags": (store(**PLACE, redis=redis, tags=False), "tags"),
        "true as port": (store(**PLACE, redis={**redis, "port": True}), "redis.port"),
        "in a fleet": (
            bulk(stores=[{**PLACE, "redis": redis}, {**PLACE, "environment_key": 5, "redis": redis}]),
            "stores[1].environment_key",
        ),
        "in a fleet's defaults": (
            bulk(stores=[PLACE], defaults={"redis": {**redis, "password": 5}}),
            "defaults.redis.password",
        ),
    }


def test_what_is_no_text_is_refused_and_not_made_text(playbooks: Playbooks, ld: Emulator) -> None:
    tasks = wrong_types()
    run = playbooks.run({name: task for name, (task, _field) in tasks.items()}, ld=ld, may_fail=True)
    for name, (_task, field) in tasks.items():
        assert run[name]["failure"]["code"] == "invalid_settings", name
        assert run[name]["msg"].startswith(f"{field}: is not text. Put it in quotes"), name
        assert run[name].requests == [], name


def test_a_boolean_is_no_choice(playbooks: Playbooks, ld: Emulator) -> None:
    """Quotes would not help."""
    wrong: dict[str, Any] = {**PLACE, "redis": REDIS, "update_secrets": True}
    tasks = {"one": store(**wrong), "fleet": bulk(stores=[{**wrong, "state": False}])}
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    policies = "update_secrets: is not one of the choices. Give if_different or always or on_create."
    assert run["one"]["msg"] == policies
    states = "stores[0].state: is not one of the choices. Give present or absent."
    assert run["fleet"]["msg"] == f"{states} stores[0].{policies}"
    assert ld.requests == []


def test_yes_is_no_number(playbooks: Playbooks, ld: Emulator) -> None:
    tasks = {
        "timeout": store(**PLACE, redis=REDIS, timeout=True),
        "wait_timeout": store(**PLACE, redis=REDIS, wait=True, wait_timeout=False),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    for name in tasks:
        assert run[name]["msg"] == f"{name}: is not a number. Give a number, such as 30."
        assert run[name].requests == [], name


def test_an_unset_variable_clears_no_password(playbooks: Playbooks, ld: Emulator) -> None:
    made = ld.account.create("shop", "live", "redis", {**REDIS, "password": PASSWORD}, on=True)
    redis = {**REDIS, "password": UNSET}
    tasks = {
        "one": store(**PLACE, redis=redis),
        "one, checked": checked(store(**PLACE, redis=redis)),
        "fleet": bulk(stores=[{**PLACE, "redis": redis}]),
        "fleet, by defaults": bulk(stores=[PLACE], defaults={"redis": redis}),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    for name in tasks:
        assert run[name]["failure"]["code"] == "invalid_settings", name
        assert "redis.password: is empty, which would clear the stored secret" in run[name]["msg"], name
        assert run[name].requests == [], name
    assert ld.account.integration(made.id).config["password"].reveal() == PASSWORD  # type: ignore[union-attr]
    run = playbooks.run({"on purpose": store(**PLACE, redis={**redis, "password": ""}, clear_secrets=True)}, ld=ld)
    assert run["on purpose"]["changed"]
    assert run["on purpose"]["integration"]["config"]["password"] == "not set"


def test_a_switch_needs_no_other_option_and_creates_nothing(playbooks: Playbooks, ld: Emulator) -> None:
    made = ld.account.create("shop", "live", "redis", {**REDIS, "password": PASSWORD}, on=True)
    off = {"integration_key": "redis", "enabled": False}
    tasks = {
        "off": store(**PLACE, **off),
        "off in a fleet": bulk(stores=[{**PLACE, **off}]),
        "off where nothing is": store(project_key="shop", environment_key="test", **off),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    assert (run["off"]["changed"], run["off"]["integration"]["enabled"]) == (True, False)
    assert not run["off in a fleet"]["changed"]
    assert run["off where nothing is"]["failure"]["code"] == "invalid_settings"
    assert run["off where nothing is"]["msg"].startswith("redis.host: is missing.")
    assert [each.id for each in ld.account.integrations] == [made.id]
    assert ld.account.integration(made.id).config["password"].reveal() == PASSWORD  # type: ignore[union-attr]


@pytest.mark.parametrize("password", ["redis", "create", "6379", "shop"])
def test_a_short_password_hides_no_results(playbooks: Playbooks, ld: Emulator, password: str) -> None:
    redis = {**REDIS, "port": "6379", "password": password}
    tasks = {"create": store(**PLACE, redis=redis, enabled=True)}
    # ansible-core 2.20 and later show the options of a task on request only.
    run = playbooks.run(tasks, ld=ld, arguments=["-vvv"], environ={"ANSIBLE_INJECT_INVOCATION": "true"})
    result = run["create"]
    assert result["action"] == "create"
    assert result["integration"]["integration_key"] == "redis"
    assert result["integration"]["project_key"] == "shop"
    assert result["integration"]["config"] == {**result["integration"]["config"], "port": "6379", "password": "set"}
    shown = result["invocation"]["module_args"]["redis"]
    assert shown["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert shown["host"] == REDIS["host"]


def test_fields_are_named_as_options(playbooks: Playbooks) -> None:
    redis = {"host": "127.0.0.1", "port": "1"}
    inspect = f"{COLLECTION}.ld_big_segment_store_inspect_info"
    tasks: dict[str, dict[str, Any]] = {
        "inspect": {inspect: {"client_side_id": UNSET, "redis": redis}},
        "inspect's timeout": {inspect: {"client_side_id": "abc", "redis": redis, "store_timeout": 0}},
        "preflight": {PREFLIGHT: {"client_side_id": UNSET, "redis": redis}},
    }
    run = playbooks.run(tasks, may_fail=True)
    assert run["inspect"]["msg"].startswith("client_side_id: is not a client-side ID.")
    assert run["inspect's timeout"]["msg"].startswith("store_timeout: is not a positive number")
    assert run["preflight"]["msg"].startswith("client_side_id: is not a client-side ID.")


def test_a_purge_from_a_part_of_a_play_is_refused(playbooks: Playbooks, ld: Emulator) -> None:
    for environment in ("live", "test"):
        ld.account.create("shop", environment, "redis", REDIS, on=True)
    task = bulk(
        stores=[{"project_key": "shop", "environment_key": "{{ inventory_hostname }}", "redis": REDIS}],
        purge={"projects": ["shop"]},
    )
    hosts: dict[str, dict[str, Any]] = {"live": {}, "test": {}}
    run = playbooks.run({"serial": task}, ld=ld, hosts=hosts, serial=1, may_fail=True)
    for host in hosts:
        assert "other batches of this play" in run.at("serial", host)["msg"]
    run = playbooks.run({"limit": task}, ld=ld, hosts=hosts, arguments=["--limit", "live"], may_fail=True)
    assert "outside --limit" in run.at("limit", "live")["msg"]
    assert len(ld.account.integrations) == 2


def test_a_purge_on_each_of_several_hosts_or_items_is_refused(playbooks: Playbooks, ld: Emulator) -> None:
    for environment in ("live", "test"):
        ld.account.create("shop", environment, "redis", REDIS, on=True)

    def task(environment: str) -> dict[str, Any]:
        stores = [{"project_key": "shop", "environment_key": environment, "redis": REDIS}]
        return bulk(stores=stores, purge={"projects": ["shop"]})

    hosts: dict[str, dict[str, Any]] = {"live": {}, "test": {}}
    run = playbooks.run({"hosts": task("{{ inventory_hostname }}")}, ld=ld, hosts=hosts, may_fail=True)
    for host in hosts:
        assert "other hosts of this play" in run.at("hosts", host)["msg"]
    looped = {**task("{{ item }}"), "loop": list(hosts)}
    run = playbooks.run({"loop": looped}, ld=ld, may_fail=True)
    assert ["other items of the loop" in item["msg"] for item in run["loop"]["results"]] == [True, True]
    assert len(ld.account.integrations) == 2
    run = playbooks.run({"once": {**task("live"), "run_once": True}}, ld=ld, hosts=hosts)
    assert [each.environment_key for each in ld.account.integrations] == ["live"]


def test_a_purge_without_hosts_that_left_the_play_is_refused(playbooks: Playbooks, ld: Emulator) -> None:
    """Though the play has no serial."""
    stores = "{{ ansible_play_hosts | map('extract', hostvars, 'store') | list }}"
    task = bulk(stores=stores, purge={"projects": ["shop"]})
    tasks = {
        "fail": {"ansible.builtin.fail": {}, "when": "inventory_hostname == 'h5'", "ignore_errors": False},
        "once": {**task, "run_once": True},
        "end": {"ansible.builtin.meta": "end_host", "when": "inventory_hostname in ['h2', 'h3', 'h4']"},
        "once again": {**task, "run_once": True},
        "last": task,
        "succeed": {"ansible.builtin.meta": "clear_host_errors"},
    }
    hosts = {f"h{number}": {"store": {**PLACE, "redis": REDIS}} for number in range(1, 6)}
    run = playbooks.run(tasks, ld=ld, hosts=hosts, may_fail=True)
    left = "purge: would take stores of hosts that failed, are unreachable or ended for undeclared: "
    assert run.at("once", "h1")["msg"].startswith(left + "h5. Run the play again when no host leaves it, or purge in")
    assert run.at("once again", "h1")["msg"].startswith(left + "h2, h3, h4, .... Run the play")
    assert run.at("last", "h1")["msg"].startswith("purge: would take stores that other hosts of this play declare for")
    assert ld.requests == []


def test_a_purge_in_a_slice_removes_what_other_slices_declare(playbooks: Playbooks, ld: Emulator) -> None:
    """The documentation warns of it: nothing in a slice shows that there are others."""
    for environment in ("live", "test"):
        ld.account.create("shop", environment, "redis", REDIS, on=True)
    stores = [{"project_key": "shop", "environment_key": "{{ inventory_hostname }}", "redis": REDIS}]
    task = {**bulk(stores=stores, purge={"projects": ["shop"]}), "run_once": True}
    playbooks.run({"slice": task}, ld=ld, hosts={"live": {}})
    assert [each.environment_key for each in ld.account.integrations] == ["live"]


@pytest.mark.parametrize("strategy", ["free", "host_pinned", "ansible.builtin.free"])
def test_a_purge_with_a_strategy_that_ignores_run_once_is_refused(
    playbooks: Playbooks, ld: Emulator, strategy: str
) -> None:
    stores = [{"project_key": "shop", "environment_key": "{{ inventory_hostname }}", "redis": REDIS}]
    task = {**bulk(stores=stores, purge={"projects": ["shop"]}), "run_once": True}
    hosts: dict[str, dict[str, Any]] = {"live": {}, "test": {}}
    run = playbooks.run({"once": task}, ld=ld, hosts=hosts, strategy=strategy, may_fail=True)
    for host in hosts:
        assert f"undeclared, because the strategy {strategy} ignores run_once. " in run.at("once", host)["msg"]
    assert ld.requests == []


def test_a_purge_on_localhost_with_limit(playbooks: Playbooks, ld: Emulator) -> None:
    """Refused where other hosts are left out, and allowed in a play for localhost, in an inventory with it or without."""
    ld.account.create("shop", "test", "redis", REDIS, on=True)
    stores = [{"project_key": "shop", "environment_key": "live", "redis": REDIS}]
    purge = {"purge": bulk(stores=stores, purge={"projects": ["shop"]})}
    both: dict[str, Any] = {"localhost": {}, "web": {}}
    run = playbooks.run(purge, ld=ld, hosts=both, arguments=["--limit", "localhost"], may_fail=True)
    assert "outside --limit" in run["purge"]["msg"]
    assert ld.requests == []
    alone: dict[str, Any] = {"web": {}}
    for inventory in (both, alone):
        # Without an entry in the inventory, localhost has the Python of the controller.
        python = {"ansible_python_interpreter": TARGET_PYTHON}
        limit = ["--limit", "localhost,web"]
        run = playbooks.run(purge, ld=ld, pattern="localhost", hosts=inventory, vars=python, arguments=limit)
        assert not run["purge"].failed
    assert [each.environment_key for each in ld.account.integrations] == ["live"]


def test_a_mapping_with_keys_that_are_no_text_is_refused(playbooks: Playbooks, ld: Emulator) -> None:
    run = playbooks.run({"mapping": store(**PLACE, redis="{1: 'MARKER'}")}, ld=ld, may_fail=True)
    assert run["mapping"]["failure"]["code"] == "invalid_settings"
    assert run["mapping"].requests == []


def test_a_purge_of_an_empty_list_is_refused(playbooks: Playbooks, ld: Emulator) -> None:
    ld.account.create("shop", "live", "redis", REDIS, on=True)
    run = playbooks.run({"purge": bulk(stores=[], purge={"projects": ["shop"]})}, ld=ld, may_fail=True)
    assert run["purge"]["msg"].startswith("stores: is empty, and purge would remove every integration in its scope.")
    assert len(ld.account.integrations) == 1
