# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The password: rotated, unknown behind its mask, not at hand. What LaunchDarkly holds is right, and never a mask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.account.account import unseal
from tests.collection.playbooks import PASSWORD, REDIS, TOKEN, Playbooks, Task, checked, store

OLD = "other-MARKER-words"
SHORT, SHORT_OLD = "MARKER1", "MARKER2"  # below 8 characters nothing of it is shown
ENVIRONMENTS = ("one", "two", "three", "four")


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account with several environments. No password that it is given may be a mask."""
    seed = {"projects": {"shop": {"environments": dict.fromkeys(ENVIRONMENTS)}}}
    with Emulator(seed=seed, access_tokens=[TOKEN]) as ld:
        given: list[str] = []
        ld.account.observe(
            lambda _event, integration: given.append(str(unseal(integration.config).get("password", "")))
        )
        yield ld
        assert given
        assert not [password for password in given if "*" in password]


def _stored(ld: Emulator, environment_key: str) -> Any:
    (found,) = [each for each in ld.account.integrations if each.environment_key == environment_key]
    return unseal(found.config).get("password")


def _have(ld: Emulator, environment_key: str, password: str = OLD) -> None:
    ld.account.create("shop", environment_key, "redis", {**REDIS, "password": password})


def _want(
    environment_key: str,
    password: str | None = PASSWORD,
    update_secrets: str = "if_different",
    *,
    clear_secrets: bool = False,
    **redis: Any,
) -> Task:
    options = {**REDIS, **redis}
    if password is not None:
        options["password"] = password
    secrets = {"update_secrets": update_secrets, "clear_secrets": clear_secrets}
    return store(project_key="shop", environment_key=environment_key, redis=options, **secrets)


def test_rotated(playbooks: Playbooks, account: Emulator) -> None:
    for environment_key in ("one", "two", "three"):
        _have(account, environment_key)
    tasks = {
        "if different, checked": checked(_want("one")),
        "if different": _want("one"),
        "if different, again": _want("one"),
        "always": _want("two", OLD, "always"),
        "always, again": _want("two", OLD, "always"),
        "on create": _want("three", update_secrets="on_create"),
    }
    run = playbooks.run(tasks, ld=account)

    check, live = run["if different, checked"], run["if different"]
    (drift,) = live["drift"]
    assert check["drift"] == [drift]
    assert (drift["field"], drift["before"], drift["after"]) == ("redis.password", "set", "set (new value)")
    assert check["integration"]["config"]["password"] == "set (new value)"
    assert live["integration"]["config"]["password"] == "set"
    assert live["diff"]["after"]["config"]["password"] == "set (new value)"
    assert run["if different, again"]["changed"] is False
    assert _stored(account, "one") == PASSWORD

    for name in ("always", "always, again"):
        assert run[name].methods == ["GET", "GET", "PATCH"]
        assert run[name].drifted == ["redis.password"]
    assert _stored(account, "two") == OLD

    assert run["on create"]["changed"] is False
    assert run["on create"].methods == ["GET", "GET"]
    assert _stored(account, "three") == OLD


def test_masked_completely(playbooks: Playbooks, account: Emulator) -> None:
    """It can't be compared, which is said; `always` makes sure."""
    _have(account, "one", SHORT_OLD)
    tasks = {"compared": _want("one", SHORT), "always": _want("one", SHORT, "always"), "again": _want("one", SHORT)}
    run = playbooks.run(tasks, ld=account)
    assert run["compared"]["changed"] is False
    (warning,) = run["compared"].warnings
    assert warning.startswith("redis.password: cannot tell whether it changed")
    assert run["always"]["changed"] is True
    assert run["again"]["changed"] is False
    assert _stored(account, "one") == SHORT


def test_another_field_changes(playbooks: Playbooks, account: Emulator) -> None:
    """LaunchDarkly replaces `config` as a whole: without the password the module stops, with it all of it is sent."""
    for environment_key in ENVIRONMENTS:
        _have(account, environment_key)
    tasks = {
        "without, checked": checked(_want("one", None, port=6380)),
        "without": _want("one", None, port=6380),
        "stale": _want("two", PASSWORD, "on_create", port=6380),
        "with": _want("three", OLD, port=6380),
        "empty": _want("four", "", port=6380),
        "cleared": _want("four", "", port=6380, clear_secrets=True),
    }
    run = playbooks.run(tasks, ld=account, may_fail=True)
    for name in ("without, checked", "without", "stale"):
        assert run[name].failed
        assert run[name]["failure"]["code"] == "secret_required"
        assert run[name]["changed"] is False
        assert run[name].methods == ["GET", "GET"]
        assert "redis.password" in run[name]["msg"]
        assert "redis.port" in run[name]["msg"]
    assert _stored(account, "one") == _stored(account, "two") == OLD
    assert run["empty"]["failure"]["code"] == "invalid_settings"
    assert "redis.password: is empty, which would clear the stored secret" in run["empty"]["msg"]
    assert run["empty"].methods == []
    assert run["with"].drifted == ["redis.port"]
    assert _stored(account, "three") == OLD
    assert run["cleared"].drifted == ["redis.port", "redis.password"]
    assert _stored(account, "four") == ""


def test_name_and_tags_need_no_password(playbooks: Playbooks, account: Emulator) -> None:
    _have(account, "one")
    task = _want("one", None)
    next(iter(task.values())).update(name="new", tags=["a"], enabled=True)
    assert playbooks.run({"rename": task}, ld=account)["rename"].drifted == ["name", "enabled", "tags"]
    assert _stored(account, "one") == OLD
