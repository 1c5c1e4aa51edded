# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The life of a store, step by step. Each step says what must be so in LaunchDarkly, whatever the guesses are.

Nothing may be lost or duplicated, `changed` must be right, and what cannot be done must be refused with nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ld_segment_store.core.errors import (
    AmbiguousIntegration,
    BadRequest,
    Conflict,
    Forbidden,
    InvalidSettings,
    KeyExists,
    OutcomeUnknown,
    SecretRequired,
    StalePlan,
    Unauthorized,
)
from ld_segment_store.core.flow.apply_plan import apply_plan
from ld_segment_store.core.flow.plan import Action
from ld_segment_store.core.flow.rounds import Outcome
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator.server.redaction import mask
from tests.core.guesses.faces import DEFAULTS, DYNAMODB, REDIS, Face, World

PASSWORD = "supersecret123"
HOST = {"host": "redis.example.com"}
WANTED: dict[str, Any] = {
    "config": {**HOST, "port": "6380", "username": "ld", "password": PASSWORD, "tls_enabled": True},
    "name": "Main",
    "tags": ["critical", "a"],
    "enabled": True,
}
STATE = {
    **HOST,
    "port": "6380",
    "username": "ld",
    "password": PASSWORD,
    "tlsEnabled": True,
    "name": "Main",
    "on": True,
    "tags": ["a", "critical"],
}
TABLE = {
    "table_name": "big-segments",
    "region": "eu-west-1",
    "role_arn": "arn:aws:iam::123456789012:role/big-segments",
    "external_id": "3f2c0c76-1a63-4e0f-9f8e-6d1f2a7c9b10",
}
Step = Callable[[World, Face], None]


@contextmanager
def nothing_changes(world: World) -> Iterator[None]:
    """Whatever happens in the block, LaunchDarkly's integrations stay as they are."""
    before = world.ld.account.integrations
    yield
    assert world.ld.account.integrations == before


@contextmanager
def writes(world: World, number: int) -> Iterator[None]:
    """In the block so many writes are sent."""
    before = len(world.ld.requests)
    yield
    sent = [request.operation for request in world.ld.requests[before:] if request.method != "GET"]
    assert len(sent) == number, sent


def set_up(world: World, face: Face, **given: Any) -> dict[str, Any]:
    """Create the store and return its state."""
    assert face.present(**{**WANTED, **given}).changed
    return world.state()


def create(world: World, face: Face) -> None:
    with nothing_changes(world):
        planned = face.present(**WANTED, check=True)
    assert (planned.changed, planned.plan.action) == (True, Action.CREATE)

    with writes(world, 1):
        created = face.present(**WANTED)
    assert (created.changed, created.plan.action, created.warnings) == (True, Action.CREATE, ())
    assert world.state() == STATE
    assert created.integration is not None
    assert created.integration.config is not None
    assert created.after() == {**planned_after(planned), **identity(created)}

    with writes(world, 0):
        again = face.present(**WANTED)
        planned = face.present(**WANTED, check=True)
    assert (again.changed, planned.changed) == (False, False)


def planned_after(planned: Outcome) -> dict[str, Any]:
    after = planned.after()
    assert after is not None
    return after


def identity(outcome: Outcome) -> dict[str, Any]:
    """What only LaunchDarkly knows of an integration."""
    integration = outcome.integration
    assert integration is not None
    return {"id": integration.id, "version": integration.version, "status": integration.status.as_dict()}


def create_with_the_least(world: World, face: Face) -> None:
    if world.behaviour.missing_name == "refused":
        with nothing_changes(world), pytest.raises(BadRequest, match="name"):
            face.present(HOST)
        return
    assert face.present(HOST).changed
    state = world.state()
    assert state == {**DEFAULTS, **HOST, "name": state["name"], "on": False, "tags": []}
    with writes(world, 0):
        assert not face.present(HOST).changed


def update(world: World, face: Face) -> None:
    state = set_up(world, face)
    moved: dict[str, Any] = {"config": {"host": "new.example.com", "password": PASSWORD}}

    with nothing_changes(world):
        assert face.present(**moved, check=True).changed
    with writes(world, 1):
        changed = face.present(**moved)
    assert [drift.field for drift in changed.plan.drift] == ["redis.host"]
    assert world.state() == {**state, "host": "new.example.com"}
    with writes(world, 0):
        assert not face.present(**moved).changed

    with writes(world, 1):
        assert face.present(name="Renamed", tags=["b"], enabled=False).changed
    assert world.state() == {**state, "host": "new.example.com", "name": "Renamed", "tags": ["b"], "on": False}

    cleared: dict[str, Any] = {"config": {"username": "", "password": PASSWORD}}
    if world.behaviour.empty_field == "refused":
        with nothing_changes(world), pytest.raises(BadRequest, match="empty"):
            face.present(**cleared)
    else:
        assert face.present(**cleared).changed
        assert (world.state()["username"], world.state()["password"]) == ("", PASSWORD)
        assert not face.present(**cleared).changed


def update_without_the_password(world: World, face: Face) -> None:
    set_up(world, face)
    for given in ({"host": "new.example.com"}, {"tls_enabled": False}, {"port": 6381}):
        with nothing_changes(world), pytest.raises(SecretRequired, match=r"redis\.password: is needed"):
            face.present(given)
    with writes(world, 0):
        assert not face.present(HOST).changed


def rotate(world: World, face: Face) -> None:
    state = set_up(world, face)
    for number, password in enumerate(("another-pass-word", "short", "tiny2", "anomalous-pass-word", "a" * 60)):
        given = {"password": password}
        shown = mask(world.state()["password"], world.behaviour).split("*")
        hidden = not shown[0]
        outcome = face.present(given)
        assert outcome.changed is not hidden
        assert any("cannot tell whether it changed" in text for text in outcome.plan.warnings) is hidden
        assert (world.state()["password"] == password) is not hidden
        assert face.present(given, update_secrets="always").changed
        assert world.state() == {**state, "password": password}
        with writes(world, 0):
            assert not face.present(given).changed
        if number == 0:
            with writes(world, 0):
                assert not face.present({"password": "other"}, update_secrets="on_create").changed


def clear_the_password(world: World, face: Face) -> None:
    state = set_up(world, face)
    with nothing_changes(world), pytest.raises(InvalidSettings, match="empty"):
        face.present({"password": ""})
    if world.behaviour.empty_field == "refused":
        with nothing_changes(world), pytest.raises(BadRequest, match="empty"):
            face.present({"password": ""}, clear_secrets=True)
        return
    outcome = face.present({"password": ""}, clear_secrets=True)
    kept = world.state()["password"] != ""
    assert world.state() == {**state, "password": PASSWORD if kept else ""}
    warned = "LaunchDarkly accepted the change, but redis.password still differs." in outcome.warnings
    assert (outcome.changed, warned) == (True, kept)
    if not kept:
        with writes(world, 0):
            assert not face.present({"password": ""}, clear_secrets=True).changed
        with writes(world, 1):
            assert face.present({"host": "new.example.com"}).changed


def send_a_mask(world: World, face: Face) -> None:
    for password in (PASSWORD, "seven77", "eleven-char"):
        set_up(world, face, config={**WANTED["config"], "password": password})
        (shown,) = [mask(password, world.behaviour)]
        with nothing_changes(world), pytest.raises((InvalidSettings, SecretRequired), match=r"masked value"):
            face.present({"host": "new.example.com", "password": shown})
        world.ld.account.delete(world.store().id)
        world.later()


def drift(world: World, face: Face) -> None:
    state = set_up(world, face)
    by_hand: dict[str, Any] = {"name": "by hand", "on": False, "tags": ("x",)}
    world.ld.account.update(world.store().id, config={"port": "7000", "password": "by-hand-password"}, **by_hand)

    with nothing_changes(world):
        planned = face.present(**WANTED, check=True)
    fields = {drift.field for drift in planned.plan.drift}
    assert fields - {"redis.password"} == {"redis.port", "name", "enabled", "tags"}
    assert face.present(**WANTED).changed
    assert world.state() == state
    assert not face.present(**WANTED).changed


def adopt(world: World, face: Face) -> None:
    """One that somebody else created a moment ago, without a name."""
    if world.behaviour.missing_name == "refused":
        return
    body = {"config": {**HOST, "port": "7000", "password": Secret(PASSWORD)}, "tags": ["by hand"]}
    theirs = world.client.create_integration(REDIS, body)
    with nothing_changes(world):
        face.present(**WANTED, check=True)
    outcome = face.present(**WANTED)
    assert outcome.changed
    assert world.store().id == theirs.id
    assert world.state() == STATE
    assert not face.present(**WANTED).changed


def two_of_a_type(world: World, face: Face) -> None:
    set_up(world, face)
    world.ld.account.create(*REDIS, {**HOST, "password": PASSWORD}, name="Second")
    with nothing_changes(world):
        for given in ({"config": {"host": "new.example.com", "password": PASSWORD}}, {"name": "Neither"}):
            with pytest.raises(AmbiguousIntegration, match="2 integrations of type redis"):
                face.present(**given)
        with pytest.raises(AmbiguousIntegration, match="2 integrations of type redis"):
            face.absent()
    assert not face.present(name="Second").changed


def both_types(world: World, face: Face) -> None:
    state = set_up(world, face)
    if world.behaviour.second_type_on == "refused":
        with nothing_changes(world), pytest.raises(BadRequest, match="redis is on"):
            face.present(TABLE, DYNAMODB, name="Table", enabled=True)
        assert face.present(TABLE, DYNAMODB, name="Table", enabled=False).changed
    else:
        assert face.present(TABLE, DYNAMODB, name="Table", enabled=True).changed
    assert world.state() == state
    assert world.store(DYNAMODB).name == "Table"
    with writes(world, 0):
        assert not face.present(TABLE, DYNAMODB, name="Table").changed
    assert face.present({"region": "us-east-1"}, DYNAMODB).changed
    assert world.store(DYNAMODB).config["roleArn"] == TABLE["role_arn"]


def lose_responses(world: World, face: Face) -> None:
    world.ld.faults.add("close_after", method="POST")
    try:
        assert face.present(**WANTED).changed
    except OutcomeUnknown:
        world.later()
        assert not face.present(**WANTED).changed
    assert world.state() == STATE
    world.later()
    world.ld.faults.add("close_after", method="PATCH")
    assert face.present({"host": "new.example.com", "password": PASSWORD}).changed
    assert world.state() == {**STATE, "host": "new.example.com"}
    world.ld.faults.add("close_after", method="DELETE")
    assert face.absent().changed
    assert world.stores() == []
    # The list may still show the deleted one, which is not the one whose response is lost.
    world.ld.faults.add("close_after", method="POST")
    with writes(world, 1):
        try:
            assert face.present(**WANTED).changed
        except OutcomeUnknown:
            world.later()
    assert world.state() == STATE


def apply_shown_plans(world: World, face: Face) -> None:
    plan = face.present(**WANTED, check=True).plan
    created = apply_plan(world.client, plan)
    assert created is not None
    assert world.state() == STATE
    # The second click, or the plan of somebody else, who saw the same.
    with nothing_changes(world), pytest.raises((StalePlan, KeyExists, Conflict)):
        apply_plan(world.client, plan)
    world.later()
    plan = face.present({"host": "new.example.com", "password": PASSWORD}, check=True).plan
    apply_plan(world.client, plan)
    assert world.state() == {**STATE, "host": "new.example.com"}
    with nothing_changes(world), pytest.raises(StalePlan):
        apply_plan(world.client, plan)
    plan = face.absent(check=True).plan
    assert apply_plan(world.client, plan) is None
    assert world.stores() == []
    with pytest.raises(StalePlan):
        apply_plan(world.client, plan)


def create_twice(world: World, face: Face) -> None:
    """As with a proxy that sends a request twice."""
    world.ld.faults.add("twice", method="POST")
    face.present(**WANTED)
    assert world.state() == STATE
    world.later()
    assert not face.present(**WANTED).changed


def delete(world: World, face: Face) -> None:
    set_up(world, face)
    with nothing_changes(world):
        assert face.absent(check=True).changed
    others = world.others()
    with writes(world, 1):
        assert face.absent().changed
    assert world.stores() == []
    with writes(world, 0):
        assert not face.absent().changed
    # At once, while the list may still show the deleted one.
    assert face.present(**WANTED).changed
    assert world.state() == STATE
    assert not face.present(**WANTED).changed
    assert world.others() == others


def lack_permission(world: World, face: Face) -> None:
    set_up(world, face)
    reader = World(world.ld, world.reader(), world.clock)
    reading = type(face)(reader)
    assert not reading.present(**WANTED).changed
    with nothing_changes(world):
        for given in ({"name": "Renamed"}, {"key": DYNAMODB, "config": TABLE}):
            with pytest.raises((Forbidden, Unauthorized), match=r"permission.*role"):
                reading.present(**given)
        with pytest.raises((Forbidden, Unauthorized), match=r"permission.*role"):
            reading.absent()
    reader.client.close()


STEPS: tuple[Step, ...] = (
    create,
    create_with_the_least,
    update,
    update_without_the_password,
    rotate,
    clear_the_password,
    send_a_mask,
    drift,
    adopt,
    two_of_a_type,
    both_types,
    lose_responses,
    create_twice,
    apply_shown_plans,
    delete,
    lack_permission,
)
