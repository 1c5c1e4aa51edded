# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""PATCH: what was observed of LaunchDarkly, JSON Patch by its RFC, and each guess both ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Behaviour, Emulator
from tests.emulator.server.contract import Caller, place

CONFIG = {"host": "redis.example.com", "password": "supersecret123"}


@contextmanager
def behaving(**guesses: Any) -> Iterator[Caller]:
    with Emulator(behaviour=Behaviour(**guesses)) as ld:
        yield Caller(ld)


def operation(op: str, path: str, *value: Any) -> dict[str, Any]:
    return {"op": op, "path": path, **({"value": value[0]} if value else {})}


def stored_password(call: Caller, integration: dict[str, Any]) -> object:
    return call.ld.account.integration(integration["_id"]).config.get("password")


def test_replace_what_is_known_to_be_replaceable(call: Caller) -> None:
    created = call.create()
    config = {"host": "other.example.com", "port": "6380", "tlsEnabled": True}

    answer = call.patch(
        created,
        operation("replace", "/name", "New"),
        operation("replace", "/on", True),
        operation("replace", "/tags", ["x"]),
        operation("replace", "/config", config),
    ).json()

    assert answer == {**created, "name": "New", "on": True, "tags": ["x"], "config": config, "version": 2}
    assert call("GET", place(created)).json() == answer


def test_config_is_replaced_as_a_whole(call: Caller) -> None:
    created = call.create(config=CONFIG)

    answer = call.patch(created, operation("replace", "/config", {"host": "other.example.com"})).json()

    assert answer["config"] == {"host": "other.example.com"}


def test_all_or_nothing(call: Caller) -> None:
    created = call.create()

    response = call.patch(created, operation("replace", "/name", "New"), operation("replace", "/on", "yes"))

    assert response.status_code == 400
    assert "on: has the wrong type" in response.json()["message"]
    assert call("GET", place(created)).json() == created


def test_a_wrong_config_is_refused_with_its_field(call: Caller) -> None:
    response = call.patch(call.create(), operation("replace", "/config", {"host": "h", "port": 6379}))

    assert response.status_code == 400
    assert "config.port" in response.json()["message"]


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [
        ("/version", 1, 200),
        ("/version", 2, 409),
        ("/version", True, 409),
        ("/on", False, 200),
        ("/on", 0, 409),
        ("/name", "", 200),
        ("/tags", ["a", "b"], 200),
        ("/tags", ["b", "a"], 409),
        ("/tags/1", "b", 200),
        ("/tags/2", "c", 409),
        ("/config", CONFIG, 200),
        ("/config/host", "redis.example.com", 200),
        ("/nothing", None, 409),
    ],
)
def test_test(call: Caller, path: str, value: Any, status: int) -> None:
    created = call.create(config=CONFIG, tags=["a", "b"])

    response = call.patch(created, operation("test", path, value), operation("replace", "/name", "New"))

    assert response.status_code == status
    assert call("GET", place(created)).json()["name"] == ("New" if status == 200 else "")


def test_of_two_that_read_the_same_version_the_second_fails(call: Caller) -> None:
    created = call.create()
    operations = [operation("test", "/version", 1), operation("replace", "/on", True)]

    assert [call.patch(created, *operations).status_code for _ in range(2)] == [200, 409]


@pytest.mark.parametrize(
    ("operations", "tags"),
    [
        ([operation("add", "/tags/-", "c")], ["a", "b", "c"]),
        ([operation("add", "/tags/0", "c")], ["c", "a", "b"]),
        ([operation("add", "/tags/2", "c")], ["a", "b", "c"]),
        ([operation("remove", "/tags/0")], ["b"]),
        ([operation("replace", "/tags/1", "c")], ["a", "c"]),
        ([operation("remove", "/tags")], []),
        ([operation("remove", "/tags"), operation("add", "/tags", ["d"])], ["d"]),
    ],
)
def test_lists(call: Caller, operations: list[dict[str, Any]], tags: list[str]) -> None:
    created = call.create(tags=["a", "b"])

    assert call.patch(created, *operations).json()["tags"] == tags


def test_remove_name_and_on(call: Caller) -> None:
    created = call.create(name="Main", on=True)

    answer = call.patch(created, operation("remove", "/name"), operation("remove", "/on")).json()

    assert (answer["name"], answer["on"]) == ("", False)


@pytest.mark.parametrize(
    "wrong",
    [
        "text",
        {},
        {"op": "replace", "path": "/name"},
        {"op": "test", "path": "/version"},
        {"op": "replace", "value": "x"},
        operation("replace", "name", "x"),
        operation("replace", "", {}),
        operation("replace", "/nothing", "x"),
        operation("replace", "/version", 9),
        operation("replace", "/_id", "x"),
        operation("replace", "/integrationKey", "dynamodb"),
        operation("remove", "/config"),
        operation("remove", "/tags/2"),
        operation("replace", "/tags/01", "x"),
        operation("replace", "/tags/-", "x"),
        operation("replace", "/tags/²", "x"),
        operation("replace", "/tags/0/deep/er", "x"),
        operation("add", "/tags/4", "x"),
        operation("add", "/name/x", "x"),
        {"op": "move", "from": "/name", "path": "/tags/0"},
        {"op": ["add"], "path": "/name", "value": "x"},
    ],
)
def test_operations_that_are_refused(call: Caller, wrong: Any) -> None:
    created = call.create(tags=["a", "b"])

    response = call("PATCH", place(created), json=[wrong])

    assert response.status_code == 400
    assert call("GET", place(created)).json() == created


@pytest.mark.parametrize("body", [{}, {"comment": "why"}, {"patch": {}}, {"comment": {}, "patch": []}, "text", None, 7])
def test_bodies_that_are_no_patch(call: Caller, body: Any) -> None:
    assert call("PATCH", place(call.create()), json=body).status_code == 400


def test_paths_are_unescaped(call: Caller) -> None:
    response = call.patch(call.create(), operation("test", "/config/a~1b~0c", "x"))

    assert response.status_code == 409


@pytest.mark.parametrize(("guess", "status"), [("honoured", 200), ("refused", 400)])
def test_comment(guess: str, status: int) -> None:
    with behaving(patch_comment=guess) as call:
        created = call.create()
        body = {"comment": "why", "patch": [operation("replace", "/on", True)]}
        assert call("PATCH", place(created), json=body).status_code == status
        assert call("GET", place(created)).json()["on"] == (status == 200)


@pytest.mark.parametrize(("guess", "status"), [("honoured", 409), ("refused", 400), ("ignored", 200)])
def test_failing_test_by_setting(guess: str, status: int) -> None:
    with behaving(patch_test=guess) as call:
        assert call.patch(call.create(), operation("test", "/version", 7)).status_code == status


@pytest.mark.parametrize(("guess", "status"), [("honoured", 200), ("refused", 400)])
def test_single_config_fields(guess: str, status: int) -> None:
    with behaving(config_paths=guess) as call:
        created = call.create(config=CONFIG)
        response = call.patch(created, operation("replace", "/config/host", "other.example.com"))
        assert response.status_code == status
        assert stored_password(call, created) == Secret("supersecret123")


@pytest.mark.parametrize(("guess", "stored"), [("stored", "sup********123"), ("recognised", "supersecret123")])
def test_a_mask_sent_back(guess: str, stored: str) -> None:
    with behaving(mask_sent_back=guess) as call:
        created = call.create(config=CONFIG)
        answer = call.patch(created, operation("replace", "/config", created["config"])).json()
        # The answer does not show what happened: the mask of a mask is the same.
        assert answer["config"] == created["config"]
        assert stored_password(call, created) == Secret(stored)


@pytest.mark.parametrize(("guess", "stored"), [("cleared", None), ("kept", Secret("supersecret123"))])
def test_a_secret_left_out(guess: str, stored: object) -> None:
    with behaving(omitted_secret=guess) as call:
        created = call.create(config=CONFIG)
        call.patch(created, operation("replace", "/config", {"host": "other.example.com"}))
        assert stored_password(call, created) == stored


def test_a_secret_emptied_is_empty_whatever_the_guess() -> None:
    with behaving(omitted_secret="kept", mask_sent_back="recognised") as call:
        created = call.create(config=CONFIG)
        call.patch(created, operation("replace", "/config", {**CONFIG, "password": ""}))
        assert stored_password(call, created) == Secret("")
