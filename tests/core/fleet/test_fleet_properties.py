# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What holds for every fleet, whatever the account has, whatever is declared and whatever fails on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ld_segment_store.core.errors import ApiError, OutcomeUnknown, SecretRequired
from ld_segment_store.core.fleet.declaration import read_declarations
from ld_segment_store.core.fleet.result import StoreResult
from ld_segment_store.core.fleet.run import reconcile_many
from ld_segment_store.core.model.form_variables import STORE_TYPES
from ld_segment_store.emulator import Emulator, Fault
from ld_segment_store.emulator.account.account import unseal
from tests.core.fleet.fleets import QuickClock, account, connect, names

Place = tuple[str, str]
# By place: ID, config, on, name and tags of each integration.
State = dict[Place, list[tuple[Any, ...]]]

PLACES: list[Place] = [(name, kind) for name in names(3) for kind in STORE_TYPES]
# How many more requests one fault can lead to: a write whose answer is lost is looked for three times, and then listed,
# read and sent again.
COST_OF_A_FAULT = 6
FAULTS = (429, 500, 503, 409, "html", "truncated", "close_before", "close_after")

# The same examples everywhere, so that a red run can be repeated by anybody.
examples = settings(derandomize=True, database=None, deadline=None, max_examples=120)
texts = st.sampled_from(["", "one", "two"])
tags = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)
# Their visible ends differ, else nobody could tell them apart.
passwords = st.sampled_from(["first-MARKER-password", "another-MARKER-secret"])
OPTIONS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "redis": {
        "host": st.sampled_from(["redis.example.com", "other.example.com"]),
        "port": st.sampled_from([6379, 6380]),
        "username": texts,
        "password": passwords,
        "tls_enabled": st.booleans(),
    },
    "dynamodb": {
        "table_name": st.sampled_from(["segments", "others"]),
        "region": st.just("eu-central-1"),
        "external_id": st.just("6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11"),
        "role_arn": st.just("arn:aws:iam::123456789012:role/segments"),
    },
}


class Fleet(NamedTuple):
    """The current state, by place, and the entries of a declaration."""

    there: dict[Place, dict[str, Any]]
    entries: list[dict[str, Any]]

    @property
    def declared(self) -> dict[Place, dict[str, Any]]:
        return {(entry["environment_key"], entry["integration_key"]): entry for entry in self.entries}


def options(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    required = {v.option: OPTIONS[kind][v.option] for v in STORE_TYPES[kind].variables if not v.optional}
    optional = {v.option: OPTIONS[kind][v.option] for v in STORE_TYPES[kind].variables if v.optional}
    return st.fixed_dictionaries(required, optional=optional)


def there(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"options": options(kind), "on": st.booleans(), "name": texts, "tags": tags})


def entry(place: Place) -> st.SearchStrategy[dict[str, Any]]:
    keys = {"project_key": "shop", "environment_key": place[0], "integration_key": place[1]}
    present = st.fixed_dictionaries(
        {place[1]: options(place[1])},
        optional={
            "name": texts,
            "enabled": st.booleans(),
            "tags": tags,
            "update_secrets": st.sampled_from(["if_different", "on_create"]),
        },
    )
    absent = st.just({"state": "absent"})
    return st.one_of(present, present, absent).map(lambda made: {**keys, **made})


fleets = st.builds(
    lambda there, entries, seed: Fleet(there, random.Random(seed).sample(entries, len(entries))),
    st.fixed_dictionaries({}, optional={place: there(place[1]) for place in PLACES}),
    st.tuples(*(st.none() | entry(place) for place in PLACES)).map(lambda made: [one for one in made if one]),
    st.integers(0, 1000),
)
faults = st.lists(
    st.builds(Fault, st.sampled_from(FAULTS), method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"])), max_size=6
)


@pytest.fixture(scope="module")
def ld() -> Iterator[Emulator]:
    with account(3) as emulator:
        yield emulator


def set_up(ld: Emulator, fleet: Fleet) -> State:
    """The account as the fleet has it."""
    ld.reset()
    for (name, kind), one in fleet.there.items():
        config = {v.key: one["options"][v.option] for v in STORE_TYPES[kind].variables if v.option in one["options"]}
        if "port" in config:
            config["port"] = str(config["port"])
        ld.account.create("shop", name, kind, config, on=one["on"], name=one["name"], tags=one["tags"])
    return state_of(ld)


def state_of(ld: Emulator) -> State:
    state: State = {}
    for one in ld.account.integrations:
        entry = (one.id, unseal(one.config), one.on, one.name, one.tags)
        state.setdefault((one.environment_key, one.integration_key), []).append(entry)
    return state


def run(ld: Emulator, entries: list[dict[str, Any]], concurrency: int = 3, *, check: bool = False) -> list[StoreResult]:
    clock = QuickClock(200.0)
    ld.clear_requests()
    client = connect(ld, clock=clock, deadline=100_000.0)
    return reconcile_many(client, read_declarations(entries), concurrency=concurrency, check=check)


def place_of(result: StoreResult) -> Place:
    return result.declaration.key[1:]


def told(result: StoreResult) -> tuple[Any, ...]:
    """What a result says, but for what only a write can tell: ID, version and status of what is new."""
    if not result.outcome:
        return result.action, result.changed, result.error.failure if result.error else None
    after = result.outcome.after()
    if after:
        after = {key: value for key, value in after.items() if key not in ("id", "version", "status")}
        after["tags"] = sorted(after["tags"])
        after["name"] = after["name"] or ""  # of a new one that was given none
        after["config"] = {
            name: "set" if value == "set (new value)" else value
            for name, value in after["config"].items()
            if value not in ("", "not set")
        }
    return result.action, result.changed, result.outcome.plan.drift, after


def check_only_what_was_asked(fleet: Fleet, before: State, after: State) -> None:
    """Nothing is duplicated, what is not declared is untouched, and where something is declared the rest of it stays."""
    assert all(len(found) == 1 for found in after.values())
    for place, (old,) in before.items():
        declared = fleet.declared.get(place)
        if declared is None:
            assert after[place] == [old]
        elif "state" not in declared and place in after:
            (new,) = after[place]
            asked = {v.key for v in STORE_TYPES[place[1]].variables if v.option in declared[place[1]]}
            for key in {*old[1], *new[1]} - asked:
                assert (old[1].get(key) or None) == (new[1].get(key) or None)
            assert new[0] == old[0]
            assert "enabled" in declared or new[2] == old[2]
            assert "name" in declared or new[3] == old[3]
            assert "tags" in declared or new[4] == old[4]


def needs_secret(results: list[StoreResult]) -> set[Place]:
    assert all(isinstance(result.error, (SecretRequired, type(None))) for result in results)
    return {place_of(result) for result in results if result.error}


@examples
@given(fleets)
def test_plan_apply_plan(ld: Emulator, fleet: Fleet) -> None:
    before = set_up(ld, fleet)
    planned = run(ld, fleet.entries, check=True)
    assert state_of(ld) == before
    assert {request.method for request in ld.requests} == {"GET"}
    applied = run(ld, fleet.entries)
    after = state_of(ld)
    assert [told(result) for result in planned] == [told(result) for result in applied]
    # One list, two more where something is created, a GET for each that is there, a write for each that differs.
    creates = any(result.action == "create" for result in applied)
    writes = sum(result.changed for result in applied)
    expected = 1 + 2 * creates + len(fleet.declared.keys() & before.keys()) + writes
    # The clock is fast: the look for duplicates may be due in between.
    assert expected <= len(ld.requests) <= expected + 2 * creates
    for result in applied:
        place = place_of(result)
        assert result.changed is (before.get(place) != after.get(place))
    check_only_what_was_asked(fleet, before, after)
    again = run(ld, fleet.entries, check=True)
    assert needs_secret(again) == needs_secret(applied)
    assert not any(result.changed for result in again)


@examples
@given(fleets, faults, st.integers(1, 4))
def test_through_faults(ld: Emulator, fleet: Fleet, faults: list[Fault], concurrency: int) -> None:
    before = set_up(ld, fleet)
    ld.faults.add(*faults)
    applied: list[StoreResult] = []
    with suppress(ApiError):  # the account could not be listed
        applied = run(ld, fleet.entries, concurrency)
    between = state_of(ld)
    without_faults = 3 + 2 * len(fleet.entries)
    assert len(ld.requests) <= without_faults + COST_OF_A_FAULT * len(faults)
    for result in applied:
        place = place_of(result)
        if not isinstance(result.error, OutcomeUnknown):
            assert result.changed is (before.get(place) != between.get(place))
    assert applied or between == before
    check_only_what_was_asked(fleet, before, between)
    ld.faults.clear()
    unable = needs_secret(run(ld, fleet.entries))
    check_only_what_was_asked(fleet, before, state_of(ld))
    again = run(ld, fleet.entries)
    assert needs_secret(again) == unable
    assert not any(result.changed for result in again)


@examples
@given(fleets, st.integers(0, 1000))
def test_the_order_of_the_entries_does_not_matter(ld: Emulator, fleet: Fleet, seed: int) -> None:
    other = random.Random(seed).sample(fleet.entries, len(fleet.entries))
    outcomes = []
    for entries in (fleet.entries, other):
        set_up(ld, fleet)
        results = {place_of(result): told(result) for result in run(ld, entries)}
        outcomes.append((results, {place: [one[1:] for one in found] for place, found in state_of(ld).items()}))
    assert outcomes[0] == outcomes[1]
