# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Passwords and tokens are planted everywhere, and found nowhere but in the store's own settings and the state file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator, InvalidSeed
from ld_segment_store.emulator.account.account import unseal
from tests.emulator.server.contract import PROJECTS, REDIS, STORES, Caller, place

PASSWORD = "planted-password-1f7c"
TOKEN = "api-planted-token-9b2e"
WRONG_TOKEN = "api-planted-wrong-token-55d0"
MARKERS = (PASSWORD, TOKEN, WRONG_TOKEN)
CONFIG = {"host": "redis.example.com", "password": PASSWORD}
READS = (STORES, PROJECTS + "?expand=environments", PROJECTS + "/default/environments", "/api/v2/caller-identity")
OWN_READS = ("/_emulator/requests", "/_emulator/state", "/_emulator/faults", "/_emulator/health")

# What careless clients send: the secret where it does not belong.
CARELESS: tuple[Any, ...] = (
    {"config": {**CONFIG, "port": PASSWORD}},
    {"config": {**CONFIG, "tlsEnabled": PASSWORD}},
    {"config": {"host": "redis://user:" + PASSWORD + "@redis.example.com"}},
    {"config": {"host": "redis.example.com", "Password": PASSWORD}},
    {"config": {"host": "redis.example.com", "password": [PASSWORD]}},
    {"config": {"host": "redis.example.com", "password": {"value": PASSWORD}}},
    {"config": PASSWORD},
    {"config": [PASSWORD]},
    {"config": CONFIG, "password": PASSWORD},
    {"config": CONFIG, "on": PASSWORD},
    {"config": CONFIG, "tags": {"password": PASSWORD}},
    {"config": CONFIG, "tags": [{"password": PASSWORD}]},
    {"config": CONFIG, "name": {"password": PASSWORD}},
    [CONFIG],
    [PASSWORD],
    PASSWORD,
    [{"op": "test", "path": "/config/password", "value": PASSWORD}],
    [{"op": "test", "path": "/config", "value": CONFIG}],
    [{"op": "test", "path": "/version", "value": PASSWORD}],
    [{"op": "replace", "path": "/config", "value": CONFIG}],
    [{"op": "replace", "path": "/config/password", "value": PASSWORD}],
    [{"op": "replace", "path": "/config/passwrd", "value": PASSWORD}],
    [{"op": "replace", "path": "/password", "value": PASSWORD}],
    [{"op": "replace", "path": ["/config"], "value": CONFIG}],
    [{"op": "replace", "path": "/config", "value": CONFIG, "extra": PASSWORD}],
    [{"op": {"password": PASSWORD}, "path": "/config", "value": CONFIG}],
    {"comment": "why", "patch": [{"op": "replace", "path": "/config", "value": CONFIG}], "password": PASSWORD},
    {"patch": [PASSWORD]},
)


def test_planted_secrets_are_in_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []
    with Emulator(access_tokens=[TOKEN]) as ld:
        call = Caller(ld)
        created = call.create(config=CONFIG)
        for body in CARELESS:
            for method, path in (("POST", REDIS), ("PATCH", place(created))):
                seen.append(call(method, path, json=body).text)
                seen.append(call(method, path, data=(json.dumps(body) + "}").encode()).text)
        seen.append(call("GET", STORES, headers={"Authorization": WRONG_TOKEN}).text)
        seen.append(call("GET", STORES + "?access_token=" + WRONG_TOKEN).text)
        seen += [call("GET", path).text for path in (place(created), *READS, *OWN_READS)]
        seen += [repr(ld), repr(ld.requests), repr(ld.account.contents), str(ld.account.integrations), repr(vars(ld))]
        assert len(ld.account.integrations) > 0
    written = capfd.readouterr()
    everything = "\n".join([*seen, written.out, written.err])

    assert "pla" + "*" * (len(PASSWORD) - 6) + "f7c" in everything
    assert [marker for marker in MARKERS if marker in everything] == []


def test_the_requests_seen_show_what_is_harmless(ld: Emulator, call: Caller) -> None:
    config = {
        "host": "redis.example.com",
        "port": "6380",
        "username": "writer",
        "tlsEnabled": True,
        "password": PASSWORD,
    }
    created = call.create(config=config, name="Main", on=True, tags=["a"])
    operations = [
        {"op": "test", "path": "/version", "value": 1},
        {"op": "replace", "path": "/config", "value": config},
        {"op": "replace", "path": "/config/password", "value": PASSWORD},
        {"op": "replace", "path": "/tags", "value": ["b"]},
        {"op": "remove", "path": "/name"},
    ]
    call("PATCH", place(created), json={"comment": "why", "patch": operations})
    call("GET", STORES + "?limit=3&password=" + PASSWORD, headers={"Authorization": "api-other", "User-Agent": "tests"})

    post, patch, listed = call("GET", "/_emulator/requests").json()["items"]

    shown = {**config, "password": "(hidden)"}
    assert post["body"] == {"config": shown, "name": "Main", "on": True, "tags": ["a"]}
    assert patch["body"]["comment"] == "why"
    assert [operation.get("value") for operation in patch["body"]["patch"]] == [1, shown, "(hidden)", ["b"], None]
    assert patch["status"] == 400
    assert listed == {
        "number": 3,
        "method": "GET",
        "path": STORES,
        "query": {"limit": "3", "password": "(hidden)"},
        "operation": "getBigSegmentStoreIntegrations",
        "status": 401,
        "authorization": "unknown",
        "api_version": "beta",
        "user_agent": "tests",
        "fault": None,
        "body": None,
    }


def test_the_store_can_still_be_reached_with_the_secret(ld: Emulator, call: Caller) -> None:
    created = call.create(config=CONFIG)

    config = ld.account.integration(created["_id"]).config

    assert config["password"] == Secret(PASSWORD)
    assert unseal(config) == CONFIG


def test_the_state_file_has_them_for_its_owner_only(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with Emulator(state_file=state) as ld:
        Caller(ld).create(config=CONFIG)

    assert PASSWORD in state.read_text()
    assert state.stat().st_mode & 0o777 == 0o600


def test_a_seed_is_refused_without_its_secrets(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    wrong = {"host": "redis://" + PASSWORD, "port": PASSWORD, "password": [PASSWORD], "passwort": PASSWORD}
    integrations = [{"redis": wrong, "enabled": True}]
    data = {"projects": {"shop": {"environments": {"live": {"integrations": integrations}}}}}
    seed.write_text(json.dumps(data))

    with pytest.raises(InvalidSeed) as refused:
        Emulator(seed=seed)

    assert "redis.host" in str(refused.value)
    assert PASSWORD not in str(refused.value) + repr(refused.value)


@pytest.mark.parametrize("text", ["a: b: " + PASSWORD, "password: '" + PASSWORD, "a: [" + PASSWORD, "\t" + PASSWORD])
def test_yaml_that_is_none_is_not_quoted(tmp_path: Path, text: str) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("ok: 1\n" + text + "\n")

    with pytest.raises(InvalidSeed, match=r"invalid YAML near line [123]") as refused:
        Emulator(seed=seed)

    assert PASSWORD not in str(refused.value)
    assert refused.value.__suppress_context__
