# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Declarations from plain data: what is inherited, and everything wrong told at once, by place."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.fleet.declaration import Declaration, check_declarations, read_declarations
from ld_segment_store.core.flow.plan import UpdateSecrets
from ld_segment_store.core.secret import Secret
from tests.core.fleet.fleets import config_of, settings_of

REDIS = {"host": "redis.example.com", "password": "MARKER-1", "port": 6380}
DYNAMODB = {
    "table_name": "segments",
    "region": "eu-central-1",
    "external_id": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11",
    "role_arn": "arn:aws:iam::123456789012:role/segments",
}
DEFAULTS = {"project_key": "shop", "redis": REDIS, "enabled": True, "tags": ["a"]}


def read(*stores: Any, **defaults: Any) -> list[Declaration]:
    return read_declarations(list(stores), defaults)


def problems(*stores: Any, **defaults: Any) -> list[str]:
    """Fields with a problem: of the data, or of what it says."""
    try:
        findings = check_declarations(read(*stores, **defaults))
    except InvalidSettings as error:
        findings = list(error.findings)
    assert "MARKER" not in " ".join(finding.text for finding in findings)
    return [finding.field for finding in findings]


def test_what_is_left_out_is_inherited_option_by_option() -> None:
    first, second = read(
        {"environment_key": "live"},
        {
            "environment_key": "test",
            "redis": {"port": 6381, "host": None},
            "enabled": False,
            "tags": [],
            "name": "other",
            "update_secrets": "always",
        },
        **DEFAULTS,
    )
    assert config_of(first) == {**REDIS, "port": "6380", "password": Secret("MARKER-1")}
    settings = settings_of(first)
    assert (settings.enabled, settings.tags, settings.name) == (True, ("a",), None)
    assert config_of(second)["port"] == "6381"
    assert config_of(second)["host"] == "redis.example.com"
    settings = settings_of(second)
    assert (settings.enabled, settings.tags, settings.name) == (False, (), "other")
    assert (first.update_secrets, second.update_secrets) == (UpdateSecrets.IF_DIFFERENT, UpdateSecrets.ALWAYS)
    assert [first.label, second.label] == ["stores[0]", "stores[1]"]
    assert [str(first.key), str(second.key)] == ["shop/live redis", "shop/test redis"]


def test_empty_is_not_left_out() -> None:
    entry = {"environment_key": "live", "redis": {"password": ""}}
    (store,) = read({**entry, "clear_secrets": True}, **DEFAULTS)
    assert config_of(store)["password"] == Secret("")
    assert problems(entry, **DEFAULTS) == ["stores[0].redis.password"]


def test_the_store_type_comes_from_options_name_or_defaults() -> None:
    both = {**DEFAULTS, "dynamodb": DYNAMODB}
    stores = read(
        {"environment_key": "a", "redis": {}},
        {"environment_key": "b", "dynamodb": {"table_name": "other"}},
        {"environment_key": "c", "integration_key": "dynamodb"},
        **both,
    )
    assert [store.key.integration_key for store in stores] == ["redis", "dynamodb", "dynamodb"]
    assert config_of(stores[1]) == {**DYNAMODB, "table_name": "other"}
    assert problems({"environment_key": "d"}, **both) == ["stores[0]"]
    (absent,) = read({"environment_key": "a", "state": "absent"}, **DEFAULTS)
    assert (absent.settings, absent.key) == (None, ("shop", "a", "redis"))


WRONG = {
    "twice": (({"environment_key": "a"}, {"environment_key": "a"}), ["stores[1]"]),
    "with another name": (({"environment_key": "a"}, {"environment_key": "a", "name": "b"}), ["stores[1]"]),
    "present and absent": (({"environment_key": "a"}, {"environment_key": "a", "state": "absent"}), ["stores[1]"]),
    "one by its ID": (({"environment_key": "a"}, {"environment_key": "a", "integration_id": "1"}), ["stores[1]"]),
    "the same ID": (({"environment_key": "a", "integration_id": "1"},) * 2, ["stores[1]"]),
    "both types": (({"environment_key": "a", "redis": {}, "dynamodb": {}},), ["stores[0]"]),
    "type contradicts": (({"environment_key": "a", "redis": {}, "integration_key": "dynamodb"},),
        ["stores[0].integration_key"]),
    "no environment": (({},), ["stores[0].environment_key"]),
    "unknown field": (({"environment_key": "a", "password": "MARKER"},), ["stores[0].password"]),
    "on": (({"environment_key": "a", True: True},), ["stores[0]"]),
    "state": (({"environment_key": "a", "state": "MARKER"},), ["stores[0].state"]),
    "no mapping": (("MARKER",), ["stores[0]"]),
    "options no mapping": (({"environment_key": "a", "redis": "MARKER"},), ["stores[0].redis"]),
    "settings": (
        ({"environment_key": "a", "redis": {"port": "MARKER", "pasword": "MARKER"}, "tags": "MARKER"},),
        ["stores[0].redis.port", "stores[0].redis.pasword", "stores[0].tags"],
    ),
    "two entries": (({"environment_key": "a/b"}, {"environment_key": ".."}),
        ["stores[0].environment_key", "stores[1].environment_key"]),
    "ID": (({"environment_key": "a", "integration_id": "a/b"},), ["stores[0].integration_id"]),
}  # fmt: skip


@pytest.mark.parametrize(("stores", "fields"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong(stores: Any, fields: list[str]) -> None:
    assert problems(*stores, **DEFAULTS) == fields


@pytest.mark.parametrize("key", [["shop"], {"shop": 1}])
def test_a_key_that_is_no_text_is_found_where_nothing_must_exist(key: Any) -> None:
    declarations = read_declarations([{"state": "absent", "project_key": key, "environment_key": "live", "redis": {}}])
    assert [finding[1:3] for finding in check_declarations(declarations)] == [("stores[0].project_key", "is not text")]


def test_each_with_its_own_id_is_no_clash() -> None:
    ids = [{"environment_key": "a", "integration_id": number} for number in "12"]
    assert len(read(*ids, **DEFAULTS)) == 2


def test_both_types_in_one_environment_are_no_clash() -> None:
    assert len(read({"environment_key": "a"}, {"environment_key": "a", "dynamodb": DYNAMODB}, **DEFAULTS)) == 2


@pytest.mark.parametrize("stores", [None, "MARKER", {"a": 1}, 7])
def test_stores_must_be_a_list(stores: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^stores: is not a list\."):
        read_declarations(stores)


ONE_STORE = {"environment_key": "x", "name": "x", "integration_id": "x", "clear_secrets": True}


@pytest.mark.parametrize("name", ONE_STORE)
def test_options_of_one_store_are_no_defaults(name: str) -> None:
    assert problems({"environment_key": "a"}, **{**DEFAULTS, name: ONE_STORE[name]}) == [f"defaults.{name}"]
