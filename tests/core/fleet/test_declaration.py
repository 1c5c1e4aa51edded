# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Declarations from plain data: what is inherited, and everything wrong told at once, by place."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.findings import Finding
from ld_segment_store.core.fleet.declaration import Declaration, check_declarations, read_declarations
from ld_segment_store.core.flow.lookup import Target
from ld_segment_store.core.flow.plan import UpdateSecrets
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
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


def findings_of(*stores: Any, **defaults: Any) -> list[Finding]:
    """Everything wrong: with the data, or with what it says."""
    try:
        findings = check_declarations(read(*stores, **defaults))
    except InvalidSettings as error:
        findings = list(error.findings)
    assert "MARKER" not in " ".join(finding.text for finding in findings)
    assert all(finding.level == "error" for finding in findings)
    return findings


def problems(*stores: Any, **defaults: Any) -> list[str]:
    """Fields with a problem."""
    return [finding.field for finding in findings_of(*stores, **defaults)]


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
    (absent,) = read({"environment_key": "a", "state": "absent", "integration_id": "1", "name": "n"}, **DEFAULTS)
    assert (absent.settings, absent.key) == (None, ("shop", "a", "redis"))
    assert (absent.integration_id, absent.name) == ("1", "n")
    (named,) = read({"environment_key": "d"}, **both, integration_key="dynamodb")
    assert named.key.integration_key == "dynamodb"


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


KNOWN = (
    "state, project_key, environment_key, integration_key, integration_id, name, tags, enabled, update_secrets,"
    " clear_secrets, redis, dynamodb"
)
CHOICE = "is not one of the choices"
SENTENCES = {
    "no mapping": ("MARKER", "stores[0]: is not a mapping. Give option: value pairs."),
    "on": ({True: True}, "stores[0]: has the key `on`, which YAML reads as true. Write `enabled` instead."),
    "unknown": ({"port": 1}, f"stores[0].port: is not an option here. Leave it out; known are {KNOWN}."),
    "misspelled": ({"environment_keys": "a"},
        "stores[0].environment_keys: is not an option here. Did you mean `environment_key`?"),
    "state": ({"state": "MARKER"}, f"stores[0].state: {CHOICE}. Give present or absent."),
    "policy": ({"update_secrets": "MARKER"},
        f"stores[0].update_secrets: {CHOICE}. Give if_different or always or on_create."),
    "type": ({"integration_key": "MARKER"}, f"stores[0].integration_key: {CHOICE}. Give redis or dynamodb."),
    "options": ({"redis": "MARKER"}, "stores[0].redis: is not a mapping. Give its options as a mapping."),
    "flag": ({"clear_secrets": "MARKER"}, "stores[0].clear_secrets: is neither true nor false. Give true or false."),
    "both": ({"redis": {}, "dynamodb": {}}, "stores[0]: has options of both redis and dynamodb. Write two entries."),
    "contradiction": ({"redis": {}, "integration_key": "dynamodb"},
        "stores[0].integration_key: contradicts the entry's options. Leave it out, or give redis."),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "sentence"), SENTENCES.values(), ids=list(SENTENCES))
def test_sentences(entry: Any, sentence: str) -> None:
    assert [finding.text for finding in findings_of(entry, **DEFAULTS)] == [sentence]


def test_without_a_store_type() -> None:
    (finding,) = findings_of({"environment_key": "a"}, project_key="shop")
    assert finding.text == "stores[0]: has no store type. Give redis, dynamodb or integration_key."


@pytest.mark.parametrize(
    ("ids", "clash"),
    [
        ((None, None), True), ((None, "1"), True), (("1", None), True), (("1", "1"), True), (("1", "2"), False),
    ],
)  # fmt: skip
def test_declarations_of_one_store(ids: tuple[str | None, str | None], clash: bool) -> None:
    key = StoreKey("shop", "live", "redis")
    found = check_declarations([Declaration.absent(key, integration_id=each) for each in ids])
    sentence = (
        "shop/live redis: is about the same integration as another declaration (shop/live redis). Declare each once, or"
        " give each its integration_id where there are several of one type."
    )
    assert [finding.text for finding in found] == [sentence] * clash


def test_a_clash_names_both_labels() -> None:
    (finding,) = findings_of({"environment_key": "a"}, {"environment_key": "a"}, **DEFAULTS)
    assert (finding.field, finding.problem) == (
        "stores[1]",
        "is about the same integration as stores[0] (shop/a redis)",
    )


def test_every_wrong_target_is_found() -> None:
    wrong = [Declaration.absent(StoreKey("", "live", kind)) for kind in ("redis", "dynamodb")]
    assert [finding.field for finding in check_declarations(wrong)] == [
        "/live redis.project_key",
        "/live dynamodb.project_key",
    ]


def test_declarations_from_python() -> None:
    settings = Settings("shop", "live", "redis", {"host": "h"}, name="main")
    present = Declaration.present(settings, integration_id="1", update_secrets="always", label="a")
    absent = Declaration.absent(settings.key, integration_id="2", name="old", label="b")
    assert present == Declaration(settings.key, settings, "1", "main", UpdateSecrets.ALWAYS)
    assert absent == Declaration(settings.key, None, "2", "old")
    assert (present.label, absent.label) == ("a", "b")
    assert (Declaration.present(settings).label, Declaration.absent(settings.key).label) == ("", "")
    assert present.target == Target("shop", "live", "redis", "1", preferred_name="main")
    assert absent.target == Target("shop", "live", "redis", "2", name="old")
    with pytest.raises(InvalidSettings, match="update_secrets: is not a policy"):
        Declaration.present(settings, update_secrets="never")  # type: ignore[arg-type]


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
    with pytest.raises(InvalidSettings) as caught:
        read_declarations(stores)
    assert caught.value.message == "stores: is not a list. Give a list with an entry for each store."


ONE_STORE = {"environment_key": "x", "name": "x", "integration_id": "x", "clear_secrets": True}


@pytest.mark.parametrize("name", ONE_STORE)
def test_options_of_one_store_are_no_defaults(name: str) -> None:
    assert problems({"environment_key": "a"}, **{**DEFAULTS, name: ONE_STORE[name]}) == [f"defaults.{name}"]


def test_what_is_no_declaration() -> None:
    good = read({"environment_key": "live"}, **DEFAULTS)
    with pytest.raises(InvalidSettings) as caught:
        check_declarations([*good, {"environment_key": "live"}])  # type: ignore[list-item]
    remedy = "give Declaration.present(settings) or Declaration.absent(key)"
    assert caught.value.findings == (Finding("error", "declarations[1]", "is not a Declaration", remedy),)


def test_what_is_wrong_with_the_defaults_is_told_once_and_there() -> None:
    stores = [{"environment_key": name} for name in ("a", "b", "c")]
    defaults = {"project_key": "sh op", "redis": {"host": "https://h", "hots": 1}, "tags": [""], "enabled": "MARKER"}
    assert {finding.field for finding in findings_of(*stores, **defaults)} == {
        *("defaults.project_key", "defaults.redis.host", "defaults.redis.hots", "defaults.enabled", "defaults.tags[0]"),
    }
    assert len(findings_of(*stores, **defaults)) == 5


def test_what_is_wrong_with_one_of_many_says_which_it_is() -> None:
    wrong = {"environment_key": "b", "redis": {"host": "https://h", "hots": 1}}
    host, misspelled = findings_of({"environment_key": "a"}, wrong, **DEFAULTS)
    assert host.field == "stores[1].redis.host"
    assert host.text.endswith(", such as redis.example.com, without scheme, user, port or path; stores[1] is shop/b.")
    assert misspelled.text == "stores[1].redis.hots: is not a field. Did you mean `host`? stores[1] is shop/b."


@pytest.mark.parametrize("project", [None, 5])
def test_what_is_wrong_with_one_without_a_key(project: Any) -> None:
    stores = [{"environment_key": "a", "project_key": project, "redis": {"port": 0}}]
    port = next(each for each in findings_of(*stores) if each.field == "stores[0].redis.port")
    assert "stores[0] is" not in port.text
