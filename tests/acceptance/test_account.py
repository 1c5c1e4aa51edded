# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The life of a store by Python, command line, Ansible module and notebook form, in the emulator or in a real account.

`nox -s acceptance` runs this file against a real account.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from tests.acceptance.account import (
    TAG,
    Place,
    Step,
    by_command_line,
    by_form,
    by_module,
    by_python,
    own_integrations,
    place,
    sweep,
)
from tests.collection.conftest import installed  # noqa: F401 - a fixture
from tests.collection.playbooks import SHOP, TOKEN

pytestmark = pytest.mark.slow

# A reserved name, which leads nowhere, and a made-up password; the store is never switched on.
REDIS = {"host": "redis.example.com", "port": "6380", "password": "acceptance-MARKER-password"}
WANTED: dict[str, Any] = {"redis": REDIS, "name": "ld-segment-store", "tags": [TAG], "enabled": False}
MOVED = {**WANTED, "redis": {**REDIS, "host": "redis-2.example.com"}, "name": "ld-segment-store 2"}
BIRTH = (
    (Step("plan", WANTED, check=True), True),
    (Step("create", WANTED), True),
    (Step("repeat", WANTED), False),
    (Step("repeat in check mode", WANTED, check=True), False),
    (Step("plan an update", MOVED, check=True), True),
    (Step("update", MOVED), True),
    (Step("repeat the update", MOVED), False),
)
DEATH = (
    (Step("show drift", MOVED, check=True), True),
    (Step("correct drift", MOVED), True),
    (Step("plan a removal", None, check=True), True),
    (Step("remove", None), True),
    (Step("repeat the removal", None), False),
)


@pytest.fixture
def at() -> Iterator[Place]:
    with place(os.environ) as found:
        sweep(found)
        yield found
        sweep(found)
        assert own_integrations(found) == []


def only(at: Place) -> dict[str, Any]:
    """The one integration."""
    (found,) = own_integrations(at)
    shown = found.redacted()
    return {name: shown[name] for name in ("name", "enabled", "tags", "config")}


def change_by_hand(at: Place) -> None:
    """As somebody does in LaunchDarkly's user interface."""
    (found,) = own_integrations(at)
    with at.client() as client:
        client.update_integration(found.key, found.id, [{"op": "replace", "path": "/name", "value": "by hand"}])


@pytest.mark.parametrize("way", ["python", "command line", "module", "form"])
def test_life(way: str, at: Place, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    run: Any = {"python": by_python, "command line": by_command_line, "form": by_form}.get(way)
    if way == "module":
        run = partial(by_module, collections=request.getfixturevalue("installed"))

    changed = run(at, [step for step, _expected in BIRTH], tmp_path)
    assert dict(zip([step.name for step, _ in BIRTH], changed)) == {step.name: expected for step, expected in BIRTH}
    state = only(at)
    assert state == {
        "name": "ld-segment-store 2",
        "enabled": False,
        "tags": [TAG],
        "config": {**state["config"], "host": "redis-2.example.com", "port": "6380", "password": "set"},
    }

    change_by_hand(at)
    changed = run(at, [step for step, _expected in DEATH], tmp_path)
    assert dict(zip([step.name for step, _ in DEATH], changed)) == {step.name: expected for step, expected in DEATH}
    assert own_integrations(at) == []


def test_an_environment_in_use_is_refused() -> None:
    with Emulator(seed=SHOP, access_tokens=[TOKEN]) as ld:
        ld.account.create("shop", "live", "redis", {"host": "redis.example.com"}, name="of somebody")
        with pytest.raises(pytest.fail.Exception, match=r"has 1 integrations of others\. Nothing was changed"):
            sweep(Place(ld.url, TOKEN, "shop", "live"))
        assert [each.name for each in ld.account.integrations] == ["of somebody"]


def test_what_a_killed_run_left_is_swept_up() -> None:
    with Emulator(seed=SHOP, access_tokens=[TOKEN]) as ld:
        for store, config in (("redis", {"host": "redis.example.com"}), ("dynamodb", {"tableName": "segments"})):
            ld.account.create("shop", "live", store, config, tags=[TAG])
        other = ld.account.create("shop", "test", "redis", {"host": "redis.example.com"}, tags=[TAG])
        sweep(Place(ld.url, TOKEN, "shop", "live"))
        assert ld.account.integrations == [other]


def test_without_variables_the_tests_of_an_account_fail() -> None:
    environ = {"ACCEPTANCE": "account", "LAUNCHDARKLY_PROJECT": "shop"}
    with (
        pytest.raises(pytest.fail.Exception, match="Set LAUNCHDARKLY_ACCESS_TOKEN, LAUNCHDARKLY_ENVIRONMENT"),
        place(environ),
    ):
        raise AssertionError("unreachable")
