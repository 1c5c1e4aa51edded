# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Every field changed behind the module's back: seen in check mode, named, repaired, and then at rest.

Each field has an environment and a host of its own, so that all of a store type is one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ld_segment_store.core.model.form_variables import STORE_TYPES
from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.account.account import unseal
from tests.collection.playbooks import PASSWORD, REDIS, TOKEN, Playbooks, checked, store

# What each field of `config` is, and what somebody makes of it.
FIELDS: dict[str, dict[str, tuple[Any, Any]]] = {
    "redis": {
        "host": ("redis.example.com", "other.example.com"),
        "port": ("6380", "6381"),
        "username": ("launchdarkly", "somebody"),
        "password": (PASSWORD, "other-MARKER-words"),
        "tlsEnabled": (True, False),
    },
    "dynamodb": {
        "tableName": ("launchdarkly-big-segments", "another-table"),
        "region": ("eu-central-1", "eu-west-1"),
        "externalId": ("6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11", "00000000-0000-4000-8000-000000000000"),
        "roleArn": ("arn:aws:iam::123456789012:role/segments", "arn:aws:iam::210987654321:role/segments"),
    },
}
TOP_LEVEL: dict[str, tuple[Any, Any]] = {
    "name": ("Segments", "Renamed"),
    "tags": (("a", "b"), ("a",)),
    "enabled": (True, False),
}


@dataclass(frozen=True)
class Case:
    """One field of one store type, changed. `field` is as the module names it."""

    integration_key: str
    field: str
    update: Mapping[str, Any]

    @property
    def environment_key(self) -> str:
        return "{}-{}".format(self.integration_key, self.field.split(".")[-1])


def _cases() -> list[Case]:
    cases: list[Case] = []
    for integration_key, type_ in STORE_TYPES.items():
        for variable in type_.variables:
            changed = FIELDS[integration_key][variable.key][1]
            field = f"{integration_key}.{variable.option}"
            cases.append(Case(integration_key, field, {"config": {variable.key: changed}}))
        cases += [Case(integration_key, field, {_api_name(field): values[1]}) for field, values in TOP_LEVEL.items()]
    return cases


def _api_name(field: str) -> str:
    return "on" if field == "enabled" else field


CASES = _cases()


def _options(integration_key: str) -> dict[str, Any]:
    desired = {
        variable.option: FIELDS[integration_key][variable.key][0] for variable in STORE_TYPES[integration_key].variables
    }
    return {integration_key: desired, **{field: values[0] for field, values in TOP_LEVEL.items()}}


def _drift(ld: Emulator, case: Case) -> str:
    """Set it up as desired, then change one thing. Returns its ID."""
    config = {key: values[0] for key, values in FIELDS[case.integration_key].items()}
    top_level = {_api_name(field): values[0] for field, values in TOP_LEVEL.items()}
    made = ld.account.create("shop", case.environment_key, case.integration_key, config, **top_level)
    ld.account.update(made.id, **case.update)
    return made.id


@pytest.mark.parametrize("integration_key", STORE_TYPES)
def test_every_field_is_watched_and_repaired(playbooks: Playbooks, integration_key: str) -> None:
    cases = [case for case in CASES if case.integration_key == integration_key]
    hosts: dict[str, dict[str, Any]] = {case.environment_key: {} for case in cases}
    task = store(project_key="shop", environment_key="{{ inventory_hostname }}", **_options(integration_key))
    with Emulator(seed={"projects": {"shop": {"environments": hosts}}}, access_tokens=[TOKEN]) as ld:
        ids = [_drift(ld, case) for case in cases]
        run = playbooks.run(
            {"check": checked(task), "repair": task, "again": task}, ld=ld, hosts=hosts, strategy="free"
        )
        requests = ld.requests
        left = [ld.account.integration(id_) for id_ in ids]

    for case, now in zip(cases, left):
        check, repair, again = (run.at(name, case.environment_key) for name in ("check", "repair", "again"))
        assert check.drifted == [case.field]
        assert (check["changed"], check["action"]) == (True, "update")
        assert (repair["changed"], repair["drift"], repair["diff"]) == (True, check["drift"], check["diff"])
        assert (again["changed"], again["drift"]) == (False, [])
        methods = [request.method for request in requests if case.environment_key in request.path.split("/")]
        assert methods == ["GET", "GET", "PATCH", "GET"], case
        assert unseal(now.config) == {key: values[0] for key, values in FIELDS[integration_key].items()}, case
        assert (now.name, now.tags, now.on) == tuple(values[0] for values in TOP_LEVEL.values()), case


def test_drift_says_what_was_and_what_will_be(playbooks: Playbooks, ld: Emulator) -> None:
    ld.account.create("shop", "live", "redis", {**REDIS, "username": "somebody"}, tags=["b", "a"], on=True)
    options = {**REDIS, "port": 6380, "username": "launchdarkly", "password": PASSWORD}
    task = store(project_key="shop", environment_key="live", redis=options, tags=["c"], enabled=False)
    run = playbooks.run({"check": checked(task)}, ld=ld, arguments=["--diff"])
    assert run["check"]["drift"] == [
        {"field": "redis.port", "reason": "not set", "before": "6379", "after": "6380"},
        {"field": "redis.username", "reason": "differs", "before": "somebody", "after": "launchdarkly"},
        {"field": "redis.password", "reason": "not set", "before": "not set", "after": "set"},
        {"field": "enabled", "reason": "differs", "before": True, "after": False},
        {"field": "tags", "reason": "differs", "before": ["a", "b"], "after": ["c"]},
    ]
    assert "--- before: redis of shop/live" in run.output
    for line in ('-        "username": "somebody"', '+        "username": "launchdarkly"', '-    "enabled": true,'):
        assert line in run.output


def test_order_and_repetition_of_tags_are_no_drift(playbooks: Playbooks, ld: Emulator) -> None:
    ld.account.create("shop", "live", "redis", REDIS, tags=["b", "a"])
    task = store(project_key="shop", environment_key="live", redis=REDIS, tags=["a", "b", "a"])
    assert playbooks.run({"same": task}, ld=ld)["same"]["changed"] is False
