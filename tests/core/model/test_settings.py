# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Desired settings: what is unchanged, what is cleared, and what is refused before anything is sent."""

from __future__ import annotations

import copy
import datetime as dt
import typing
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.findings import Finding
from ld_segment_store.core.flow.lookup import Target
from ld_segment_store.core.model.form_variables import STORE_TYPES
from ld_segment_store.core.model.settings import DynamoDBConfig, RedisConfig, Settings, StoreTypeName, check_settings
from ld_segment_store.core.model.store_key import check_key
from ld_segment_store.core.secret import Secret
from tests.core.model.test_validation import GOOD
from tests.support.scripted import PASSWORD


def redis(config: Any = None, **more: Any) -> Settings:
    options: Any = {"host": "h", **(config or {})}
    return Settings("shop", "live", "redis", options, **more)


def check(config: Any = None, **more: Any) -> list[Finding]:
    """The findings; `Settings` raises the same errors, or has the same warnings."""
    options: Any = {"host": "h", **(config or {})}
    findings = check_settings("shop", "live", "redis", options, **more)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        with pytest.raises(InvalidSettings) as caught:
            redis(config, **more)
        assert list(caught.value.findings) == errors
        assert PASSWORD not in str(caught.value) + repr(findings)
    else:
        assert list(redis(config, **more).warnings) == findings
    return findings


def texts(config: Any = None, **more: Any) -> list[str]:
    return [finding.text for finding in check(config, **more)]


def test_what_is_omitted_or_none_is_not_sent() -> None:
    settings = redis({"port": None, "username": None, "password": None, "tls_enabled": None})
    assert settings.config == {"host": "h"}
    assert settings.request() == {"config": {"host": "h"}}
    assert settings.warnings == ()


def test_what_is_empty_is_sent_to_clear_it() -> None:
    empty = {"username": "", "password": "", "tls_enabled": False}
    settings = redis(empty, name="", tags=(), enabled=False, clear_secrets=True)
    assert settings.request() == {
        "config": {"host": "h", "username": "", "password": Secret(""), "tlsEnabled": False},
        "on": False,
        "name": "",
        "tags": [],
    }
    assert settings.warnings == ()


def test_everything_in_the_names_of_the_api() -> None:
    config: Any = {v.option: GOOD["dynamodb"][v.key] for v in STORE_TYPES["dynamodb"].variables}
    settings = Settings("shop", "live", "dynamodb", config, name="n", tags=("a", "b"), enabled=True)
    assert settings.request() == {
        "config": GOOD["dynamodb"],
        "on": True,
        "name": "n",
        "tags": ["a", "b"],
    }


@pytest.mark.parametrize(("given", "port"), [(6380, "6380"), ("6380", "6380"), ("", "6379"), (65535, "65535")])
def test_a_port_becomes_text_and_an_empty_one_the_default(given: Any, port: str) -> None:
    settings = redis({"port": given})
    assert settings.api_config == {"host": "h", "port": port}
    assert settings.warnings == ()


@pytest.mark.parametrize("port", [0, 65536, -1, 6379.0, True, ["6379"], "6379\n", 16**5000], ids=type)
def test_bad_ports(port: Any) -> None:
    """A port may be a number, so none is reported that it must be a string. Python makes no text of the last one."""
    (text,) = texts({"port": port})
    assert text.startswith("redis.port: is not a port. Give a whole number from 1 to 65535, such as 6379;")


@pytest.mark.parametrize("option", ["host", "username"])
def test_names_that_are_numbers(option: str) -> None:
    assert redis({option: 10**12}).api_config[option] == "1000000000000"
    (finding,) = check({option: 16**5000})
    assert finding.field == f"redis.{option}"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "shop \udce9"}, "name"),
        ({"tags": ["a", "\ud800"]}, "tags[1]"),
        ({"config": {"username": "\udcff"}}, "redis.username"),
        ({"config": {"password": "MARKER\udce9"}}, "redis.password"),
    ],
)
def test_half_characters(given: dict[str, Any], field: str) -> None:
    """Python reads a variable of another encoding so; LaunchDarkly would get something else, and an export could not be read."""
    first = check(**given)[0]
    assert (first.level, first.text) == ("error", f"{field}: is not Unicode text. Write it in UTF-8.")


@pytest.mark.parametrize("word", ["false", "", 1, None])
def test_clear_secrets_is_true_or_false(word: Any) -> None:
    """The text `false` would have cleared the stored secret."""
    (finding,) = check(clear_secrets=word)
    assert (finding.level, finding.text) == ("error", "clear_secrets: is neither true nor false. Give true or false.")


@pytest.mark.parametrize("tags", [["a", "b"], ("a", "b")])
def test_tags_may_be_a_list(tags: Any) -> None:
    settings = redis(tags=tags)
    assert settings.tags == ("a", "b")
    assert settings.request()["tags"] == ["a", "b"]


def test_tags_are_a_copy() -> None:
    tags: Any = ["a"]
    settings = redis(tags=tags)
    tags.append("b")
    assert settings.tags == ("a",)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"tags": "prod"}, "tags: has the wrong type. Give a list."),
        ({"tags": 5}, "tags: has the wrong type. Give a list."),
        ({"tags": ["a", None]}, "tags[1]: has the wrong type. Give a string."),
        ({"tags": [""]}, "tags[0]: is empty. Give a string that is not empty."),
        ({"name": 5}, "name: has the wrong type. Give a string."),
        ({"enabled": "yes"}, "enabled: has the wrong type. Give true or false."),
        ({"enabled": 1}, "enabled: has the wrong type. Give true or false."),
    ],
)
def test_what_is_beside_the_store(more: dict[str, Any], text: str) -> None:
    assert texts(**more) == [text]


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"pasword": PASSWORD}, "redis.pasword: is not a field. Did you mean `password`?"),
        ({"pasword": Secret(PASSWORD)}, "redis.pasword: is not a field. Did you mean `password`?"),
        ({"tlsEnabled": True}, "redis.tlsEnabled: is not a field. Did you mean `tls_enabled`?"),
        ({"Password": PASSWORD}, "redis.Password: is not a field. Did you mean `password`?"),
        ({"table_name": PASSWORD}, "redis.table_name: is not a field. It belongs to DynamoDB;"),
        ({"tableName": PASSWORD}, "redis.tableName: is not a field. It belongs to DynamoDB;"),
        ({5: PASSWORD}, "redis.5: is not a field. Leave it out;"),
    ],
)
def test_misspelled_options(config: dict[Any, Any], text: str) -> None:
    (found,) = texts(config)
    assert found.startswith(text)


@pytest.mark.parametrize("name", ["tableName", "externalId", "roleArn"])
def test_names_of_the_api_are_no_options(name: str) -> None:
    """Each is reported, though the API itself would take it."""
    option = next(v.option for v in STORE_TYPES["dynamodb"].variables if v.key == name)
    config = {v.option: GOOD["dynamodb"][v.key] for v in STORE_TYPES["dynamodb"].variables}
    value = config.pop(option)
    for given in (
        {**config, name: value},
        {**config, option: value, name: value},
        {**config, option: value, name: None},
    ):
        found = [finding.text for finding in check_settings("shop", "live", "dynamodb", given)]
        expected = [f"dynamodb.{name}: is not a field. Did you mean `{option}`?"] if given[name] is not None else []
        assert found == expected


def test_all_findings_at_once_errors_first() -> None:
    config = {"table_name": "x", "region": "xx-new-1", "role_arn": "x", "hots": "x"}
    given: dict[str, Any] = {"project_key": "a/b", "environment_key": "..", "integration_key": "dynamodb"}
    given.update(config=config, tags=("", "a"))
    findings = check_settings(**given, creating=True)
    assert [finding.field for finding in findings] == [
        *("project_key", "environment_key", "dynamodb.table_name", "dynamodb.external_id", "dynamodb.role_arn"),
        *("dynamodb.hots", "tags[0]", "dynamodb.region"),
    ]
    assert [finding.level for finding in findings] == ["error"] * 7 + ["warning"]
    with pytest.raises(InvalidSettings) as caught:
        Settings(**given)
    errors = [finding for finding in findings[:-1] if finding.problem != "is missing"]
    assert list(caught.value.findings) == errors
    assert caught.value.details == tuple(finding.text for finding in errors)
    assert str(caught.value) == " ".join(caught.value.details)


def test_warnings_alone_are_returned() -> None:
    config: Any = {v.option: GOOD["dynamodb"][v.key] for v in STORE_TYPES["dynamodb"].variables}
    config["region"] = "xx-new-1"
    (finding,) = Settings("shop", "live", "dynamodb", config).warnings
    assert finding.level == "warning"


@pytest.mark.parametrize("store_type", ["mongodb", ["redis"], None])
def test_an_unknown_store_type(store_type: Any) -> None:
    config: Any = {"password": PASSWORD}
    with pytest.raises(InvalidSettings) as caught:
        Settings("shop", "live", store_type, config)
    assert str(caught.value) == "integration_key: is not a store type. Give dynamodb or redis."


GOOD_KEYS = ["shop", "my-project", "a.b_c-1", "A", "...", ".a", "é"]
BAD_KEYS = [
    *(
        "",
        " ",
        "\n",
        ".",
        "..",
        "a/b",
        "/",
        "a b",
        "a\n",
        "\ta",
        "a?b",
        "a#b",
        "a%2Fb",
        "a\\b",
        "a\0",
        "a\u200b",
        "a\u00a0",
    ),
    *(None, 5, ["a"], b"a", True),
]


@pytest.mark.parametrize("key", GOOD_KEYS)
def test_good_keys(key: str) -> None:
    assert check_key("project_key", key) == []


@pytest.mark.parametrize("key", BAD_KEYS, ids=ascii)
@pytest.mark.parametrize("field", ["project_key", "environment_key", "integration_id"])
def test_keys_that_are_no_segment_of_a_path(field: str, key: Any) -> None:
    keys = {"project_key": "shop", "environment_key": "live", "integration_id": "id-1", field: key}
    if field != "integration_id":
        (finding,) = check_settings(keys["project_key"], keys["environment_key"], "redis", {"host": "h"})
        assert (finding.level, finding.field) == ("error", field)
    if (field, key) != ("integration_id", None):
        (finding,) = Target(keys["project_key"], keys["environment_key"], "redis", keys["integration_id"]).findings()
        assert (finding.level, finding.field) == ("error", field)
        assert finding.problem in ("is missing", "is empty", "is not a key", "is not text")


@pytest.mark.parametrize("key", [123, 1.5, False, dt.date(2026, 1, 31)])
def test_keys_that_yaml_has_taken_for_something_else(key: Any) -> None:
    (finding,) = check_key("project_key", key)
    assert finding.problem == "is not text"
    assert finding.remedy.startswith("put it in quotes; ")


def test_a_target_needs_a_known_store_type() -> None:
    (finding,) = Target("shop", "live", "mongodb").findings()
    assert finding.text == "integration_key: is not a store type. Give dynamodb or redis."


@pytest.mark.parametrize("config", [{"password": PASSWORD}, {"host": PASSWORD}])
def test_repr_shows_no_config(config: dict[str, Any]) -> None:
    assert PASSWORD not in repr(redis(config)) + str(redis(config)) + f"{redis(config)}"
    assert "shop" in repr(redis(config))


def test_the_input_is_neither_changed_nor_kept() -> None:
    config: Any = {"host": "h", "password": PASSWORD, "port": 6380, "username": None}
    before = dict(config)
    settings = Settings("shop", "live", "redis", config)
    assert config == before
    config["host"] = "changed"
    assert settings.api_config["host"] == "h"


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        redis().name = "x"  # type: ignore[misc]


def test_copies_are_equal() -> None:
    settings = redis({"password": PASSWORD, "port": 6380}, tags=["a"])
    assert copy.deepcopy(settings) == settings
    assert replace(settings, name="new").config == settings.config
    assert redis({"password": "a"}) != redis({"password": "b"})


def test_what_only_a_creation_needs() -> None:
    settings = Settings("shop", "live", "redis", enabled=False)
    assert [finding.text[:28] for finding in settings.creation_findings()] == ["redis.host: is missing. Give"]
    assert check_settings("shop", "live", "redis", enabled=False) == []
    assert [finding.field for finding in check_settings("shop", "live", "redis", creating=True)] == ["redis.host"]


@pytest.mark.parametrize("config", ["text", 5, ["host"], [("host", "h")]])
def test_a_config_that_is_no_mapping(config: Any) -> None:
    (finding,) = check_settings("shop", "live", "redis", config)
    assert finding.text == "redis: is not a mapping. Give option: value pairs."


def test_the_typed_configs_are_the_form_variables() -> None:
    for kind, config in (("redis", RedisConfig), ("dynamodb", DynamoDBConfig)):
        variables = STORE_TYPES[kind].variables
        assert config.__annotations__.keys() == {variable.option for variable in variables}
        for variable in variables:
            types = typing.get_type_hints(config)[variable.option]
            expected = bool if variable.kind == "boolean" else str
            assert expected is types or expected in typing.get_args(types)
            assert (Secret in typing.get_args(types)) is variable.secret
    assert set(typing.get_args(StoreTypeName)) == set(STORE_TYPES)
