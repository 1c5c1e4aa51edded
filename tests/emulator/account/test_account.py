# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The emulator from Python: drift behind a client's back, observers, statuses, requests seen, settings."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import ld_segment_store.emulator
from ld_segment_store.emulator import (
    Behaviour,
    Emulator,
    Integration,
    InvalidStatus,
    UnknownGuess,
    UnknownKey,
)
from tests.emulator.server.contract import REDIS, STORES, Caller, place

CONFIG = {"host": "redis.example.com", "password": "supersecret123"}


def test_drift_in_every_field(ld: Emulator, call: Caller) -> None:
    created = call.create(config=CONFIG)

    ld.account.update(
        created["_id"], name="x", on=True, tags=["y"], config={"host": "other", "port": "1", "password": None}
    )

    changed = call("GET", place(created)).json()
    assert changed == {
        **created,
        "name": "x",
        "on": True,
        "tags": ["y"],
        "config": {"host": "other", "port": "1"},
        "version": 2,
    }
    assert [record.method for record in ld.requests] == ["POST", "GET"]


def test_create_and_delete_behind_its_back(ld: Emulator, call: Caller) -> None:
    made = ld.account.create("default", "test", "redis", CONFIG, name="Other", on=True, tags=["a"])

    assert call("GET", STORES).json()["items"][0]["_id"] == made.id
    ld.account.delete(made.id)
    assert call("GET", STORES).json()["items"] == []


def test_what_was_handed_out_stays_as_it_was(ld: Emulator) -> None:
    before = ld.account.create("default", "test", "redis", CONFIG)

    ld.account.update(before.id, on=True)

    assert before.on is False
    assert ld.account.integration(before.id).on is True


def test_unknown_keys(ld: Emulator) -> None:
    with pytest.raises(UnknownKey, match="Unknown project key 'x'"):
        ld.account.create("x", "test", "redis", CONFIG)
    with pytest.raises(UnknownKey, match="Unknown environment key 'x' in project 'default'"):
        ld.account.environment("default", "x")
    for act in (ld.account.integration, ld.account.delete, ld.account.update):
        with pytest.raises(UnknownKey, match="Unknown integration ID 'x'"):
            act("x")


def test_observers_are_told_of_every_change_in_order(ld: Emulator, call: Caller) -> None:
    told: list[tuple[str, str, int]] = []

    def observe(event: str, integration: Integration | None) -> None:
        if integration:
            told.append((event, integration.id, integration.version))

    ld.account.observe(observe)
    created = call.create()
    call.patch(created, {"op": "replace", "path": "/on", "value": True})
    ld.set_status(created["_id"], {"available": True})
    ld.account.update(created["_id"], name="x")
    call("DELETE", place(created))
    other = ld.account.create("default", "test", "redis", CONFIG)
    ld.reset()

    first = created["_id"]
    assert told == [
        ("created", first, 1),
        ("changed", first, 2),
        ("changed", first, 3),
        ("deleted", first, 3),
        ("created", other.id, 1),
        ("deleted", other.id, 1),
    ]


def test_what_is_refused_is_not_told(ld: Emulator, call: Caller) -> None:
    created = call.create()
    told: list[str] = []
    ld.account.observe(lambda event, _integration: told.append(event))

    call.patch(created, {"op": "replace", "path": "/on", "value": "x"})
    call("POST", REDIS, json={"config": {}})

    assert told == []


def test_status(ld: Emulator, call: Caller) -> None:
    created = call.create()
    status = {
        "available": False,
        "potentiallyStale": True,
        "lastSync": 1_717_263_000_000,
        "lastError": 1_714_584_600_000,
        "errors": [{"statusCode": 500, "message": "no route to host", "timestamp": 1_714_584_600_000}],
    }

    ld.set_status(created["_id"], status)
    read = call("GET", place(created)).json()
    assert (read["_status"], read["version"]) == (status, 1)
    assert call("GET", STORES).json()["items"][0]["_status"] == status

    call.patch(created, {"op": "replace", "path": "/name", "value": "x"})
    assert call("GET", place(created)).json()["_status"] == status

    body = {"integrationId": created["_id"], "status": {"available": True}}
    assert call("POST", "/_emulator/status", json=body).json() == {"available": True}
    assert call("GET", place(created)).json()["_status"] == {"available": True}
    body["status"] = {"lastSync": 5.0}
    assert call("POST", "/_emulator/status", json=body).json() == {"lastSync": 5}
    body["status"] = None
    assert call("POST", "/_emulator/status", json=body).json() == created["_status"]


@pytest.mark.parametrize(
    ("status", "named"),
    [
        ([], "status must be an object"),
        ({"avail": True}, "status.avail is unknown"),
        ({"available": 1}, "status.available must be true or false"),
        ({"lastSync": True}, "status.lastSync must be a whole number"),
        ({"lastSync": 1.5}, "status.lastSync must be a whole number"),
        ({"errors": {}}, "status.errors must be a list"),
        ({"errors": ["x"]}, r"status.errors\[0\] must be an object"),
        ({"errors": [{}, {"message": 7}]}, r"status.errors\[1\].message must be a string"),
    ],
)
def test_impossible_statuses(ld: Emulator, call: Caller, status: Any, named: str) -> None:
    created = call.create()

    with pytest.raises(InvalidStatus, match=named):
        ld.set_status(created["_id"], status)
    response = call("POST", "/_emulator/status", json={"integrationId": created["_id"], "status": status})
    assert response.status_code == 400
    assert call("GET", place(created)).json()["_status"] == created["_status"]


@pytest.mark.parametrize("body", [[], {}, {"integrationId": "x"}, {"integrationId": 7, "status": {}}])
def test_impossible_status_bodies(call: Caller, body: Any) -> None:
    assert call("POST", "/_emulator/status", json=body).status_code == 400


def test_requests_seen(ld: Emulator, call: Caller) -> None:
    call("GET", STORES)
    call("GET", "/api/v2/flags")
    call("GET", "/_emulator/health")

    assert [(record.number, record.operation, record.status, record.authorization) for record in ld.requests] == [
        (1, "getBigSegmentStoreIntegrations", 200, "matched"),
        (2, "", 404, "matched"),
    ]
    assert call("DELETE", "/_emulator/requests").status_code == 204
    assert ld.requests == []
    call("GET", STORES, headers={"Authorization": None})
    assert [(record.number, record.authorization) for record in ld.requests] == [(1, "missing")]


def test_reset(ld: Emulator, call: Caller) -> None:
    call.create()
    ld.faults.add(503)
    ld.faults.rate(1, [503])

    assert call("POST", "/_emulator/reset").status_code == 204

    assert (ld.account.integrations, ld.requests) == ([], [])
    assert call("GET", STORES).status_code == 200


def test_state(ld: Emulator, call: Caller) -> None:
    created = call.create(config=CONFIG)

    state = call("GET", "/_emulator/state").json()

    assert state["integrations"] == [created]
    assert [project["key"] for project in state["projects"]] == ["default"]
    assert [environment["key"] for environment in state["projects"][0]["environments"]] == ["production", "test"]
    assert state["behaviour"]["list_config"] == "omitted"


def test_every_guess_says_why_and_is_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "emulator.md").read_text(encoding="utf-8")
    for setting in fields(Behaviour):
        assert setting.metadata["why"].endswith(".")
        row = next((line for line in page.splitlines() if line.startswith(f"| `{setting.name}`")), "")
        for value in setting.metadata.get("values", (setting.default,)):
            assert f"`{value}`" in row, (setting.name, value)


def test_the_python_example_in_the_docs_runs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "emulator.md").read_text(encoding="utf-8")
    examples = [part.partition("```")[0] for part in page.split("```python\n")[1:]]
    assert examples
    for example in examples:
        exec(compile(example, "docs/emulator.md", "exec"), {})


def test_guesses_from_the_command_line() -> None:
    texts = {"list_config": "empty", "mask_starred_below": "10", "list_delay": "0.5"}

    assert Behaviour.from_texts(texts) == Behaviour(list_config="empty", mask_starred_below=10, list_delay=0.5)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("list_confg", "empty", "list_confg is not a guess. Known are list_config, list_page_size"),
        ("list_config", "maybe", "list_config does not accept that value. Give omitted or empty"),
        ("list_config", "", "list_config does not accept that value"),
        ("mask_starred_below", "6", "Give a whole number from 7"),
        ("mask_starred_below", "many", "Give a whole number from 7"),
        ("list_page_size", "-1", "Give a whole number from 0"),
        ("list_delay", "soon", "Give a number of seconds from 0 to 600"),
        ("list_delay", "nan", "Give a number of seconds from 0 to 600"),
        ("list_delay", "601", "Give a number of seconds from 0 to 600"),
    ],
)
def test_impossible_guesses(name: str, value: str, message: str) -> None:
    with pytest.raises(UnknownGuess, match=message):
        Behaviour.from_texts({name: value})


def test_what_is_exported() -> None:
    exported = ld_segment_store.emulator
    assert exported.__all__ == sorted(exported.__all__)
    for name in exported.__all__:
        assert getattr(exported, name).__doc__
