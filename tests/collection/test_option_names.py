# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Every message about a wrong value names its option, and the entry of a list."""

from __future__ import annotations

from typing import Any

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import COLLECTION, REDIS, Playbooks, Task, checked, info, store

STORES = COLLECTION + ".ld_big_segment_stores"
PLACE = {"project_key": "shop", "environment_key": "live"}
STORE: dict[str, Any] = {**PLACE, "redis": REDIS}
DICTIONARY = "is not a dictionary. Give option: value pairs."
LIST = "is not a list. Give a list, even of one entry."
BOOLEAN = "is neither true nor false. Give true or false."
STATE = "is not one of the choices. Give present or absent."


def fleet(*entries: Any, **options: Any) -> Task:
    return {STORES: {"stores": list(entries), **options}}


# Tasks, and what they fail with.
WRONG: dict[str, tuple[Task, str]] = {
    "text for a store": (store(**PLACE, redis=""), f"redis: {DICTIONARY}"),
    "a mapping for the list": ({STORES: {"stores": {"a": STORE}}}, f"stores: {LIST}"),
    "text for the list": ({STORES: {"stores": "live"}}, f"stores: {LIST}"),
    "text for an entry": (fleet("live"), f"stores[0]: {DICTIONARY}"),
    "null for an entry": (fleet(STORE, None), f"stores[1]: {DICTIONARY}"),
    "a list for an entry": (fleet([STORE]), f"stores[0]: {DICTIONARY}"),
    "text for the store of an entry": (fleet(STORE, {**STORE, "redis": "host"}), f"stores[1].redis: {DICTIONARY}"),
    "text for defaults": (fleet(STORE, defaults="x"), f"defaults: {DICTIONARY}"),
    "true for purge": (fleet(STORE, purge=True), f"purge: {DICTIONARY}"),
    "a mapping for tags": (store(**STORE, tags={"a": 1}), f"tags: {LIST}"),
    "an entry without an environment": (
        fleet(STORE, {"project_key": "shop", "redis": REDIS}),
        "stores[1].environment_key: is missing. Give it.",
    ),
    "state": (store(**STORE, state="gone"), f"state: {STATE}"),
    "state of an entry": (fleet(STORE, {**STORE, "state": "gone"}), f"stores[1].state: {STATE}"),
    "enabled of an entry": (fleet(STORE, {**STORE, "enabled": "perhaps"}), f"stores[1].enabled: {BOOLEAN}"),
    "TLS": (store(**PLACE, redis={**REDIS, "tls_enabled": "perhaps"}), f"redis.tls_enabled: {BOOLEAN}"),
    "time-out": (store(**STORE, timeout="soon"), "timeout: is not a number. Give a number, such as 30."),
    "too large": (store(**STORE, timeout=10**400), "timeout: is not a number. Give a number, such as 30."),
    "concurrency": (
        fleet(STORE, concurrency="many"),
        "concurrency: is not a whole number. Give a whole number, such as 30.",
    ),
    "health": (
        info(health=["ok", "good"]),
        "health[1]: is not one of the choices. Give ok or ",
    ),
    # Of Ansible, where a short secret is a part of the name or of another word.
    "misspelled, and a short password": (
        store(**PLACE, redis={**REDIS, "password": "redis", "pasword": "x"}),
        "Unsupported parameters for (featureops.launchdarkly.ld_big_segment_store) module: redis.pasword. Supported",
    ),
    "nothing given, and a short password": (
        store(redis={"password": "e"}),
        "missing required arguments: environment_key",
    ),
}


def test_every_message_names_the_option(playbooks: Playbooks, ld: Emulator) -> None:
    run = playbooks.run({name: task for name, (task, _message) in WRONG.items()}, ld=ld, may_fail=True)
    for name, (_task, message) in WRONG.items():
        assert run[name]["failure"]["code"] == "invalid_settings", name
        assert run[name]["msg"].startswith(message), name
    assert ld.requests == []


def test_every_wrong_value_is_reported_at_once(playbooks: Playbooks, ld: Emulator) -> None:
    task = fleet(None, {**STORE, "state": "gone", "enabled": "perhaps"}, defaults="x")
    failure = playbooks.run({"task": task}, ld=ld, may_fail=True)["task"]["failure"]
    fields = [text.partition(":")[0] for text in failure["details"]]
    assert fields == ["stores[0]", "stores[1].state", "stores[1].enabled", "defaults"]


def test_null_counts_as_left_out(playbooks: Playbooks, ld: Emulator) -> None:
    # As `default(none)` gives it, though not in ansible-core 2.18, whose templates make text of it.
    nothing = None
    tasks = {
        "another store": checked(store(**STORE, dynamodb=nothing, state=nothing, api_host=ld.url, timeout=None)),
        "a stores file": checked(
            fleet({**STORE, "name": None}, stores_file=nothing, defaults=nothing, wait_timeout=None)
        ),
        "a required option": store(project_key=None, environment_key="live", redis=REDIS),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    for name in ("another store", "a stores file"):
        assert not run[name].failed, run[name]["msg"]
    assert run["a required option"]["msg"] == "missing required arguments: project_key"
