# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The JSON Schema of a request, which editors read too, and the check that saves loading jsonschema."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ld_segment_store.core.model.form_variables import DYNAMODB, REDIS, STORE_TYPES, StoreType
from ld_segment_store.core.model.schema import config_schema, conforms, request_schema, variable_schema
from tests.core.model.test_validation import FAIL, PASS
from tests.core.model.test_validation import GOOD as GOOD_CONFIGS


def test_fields() -> None:
    host, port, password = (variable_schema(REDIS.variable(key)) for key in ("host", "port", "password"))
    assert host == {"type": "string", "pattern": REDIS.variable("host").pattern, "title": "Host"}
    assert port == {"type": "string", "pattern": port["pattern"], "title": "Port", "default": "6379"}
    assert password == {
        "type": "string", "pattern": password["pattern"], "title": "Password", "default": "", "writeOnly": True,
    }  # fmt: skip
    assert variable_schema(REDIS.variable("tlsEnabled")) == {
        "type": "boolean", "title": "Connect with TLS", "default": False,
    }  # fmt: skip
    assert variable_schema(DYNAMODB.variable("region"))["examples"][:2] == ["us-east-1", "us-east-2"]


@pytest.mark.parametrize(("text", "passes"), [("", True), ("80", True), ("x", False)])
def test_an_optional_field_may_be_empty(text: str, passes: bool) -> None:
    assert bool(re.search(variable_schema(REDIS.variable("port"))["pattern"], text)) is passes


def test_requests() -> None:
    schema = request_schema(REDIS)
    assert schema.pop("properties") == {
        "on": {"type": "boolean"},
        "config": config_schema(REDIS),
        "tags": {"type": "array", "items": {"type": "string", "minLength": 1}},
        "name": {"type": "string"},
    }
    assert schema == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Big segment store integration, Redis",
        "type": "object",
        "required": ["config"],
        "additionalProperties": False,
    }
    config = config_schema(REDIS)
    assert list(config.pop("properties")) == ["host", "port", "username", "password", "tlsEnabled"]
    assert config == {"type": "object", "required": ["host"], "additionalProperties": False}
    assert config_schema(REDIS, partial=True)["required"] == []
    assert request_schema(REDIS, partial=True)["properties"]["config"]["required"] == []


CONFIG = {"host": "h"}
GOOD: list[Any] = [
    {"config": CONFIG},
    {"config": CONFIG, "on": True, "name": "", "tags": []},
    {"config": {**CONFIG, "port": "", "tlsEnabled": False}, "tags": ["a", "b"]},
]
BAD: list[Any] = [
    None, [], "text", {}, {"config": {}}, {"config": []}, {"config": CONFIG, "enabled": True}, {"config": CONFIG, "on": 1},
    {"config": CONFIG, "tags": "a"}, {"config": CONFIG, "tags": ["a", ""]}, {"config": CONFIG, "tags": [1]},
    {"config": {"host": "h h"}}, {"config": {"host": 1}}, {"config": {**CONFIG, "hots": "h"}}, {"config": CONFIG, "name": None},
]  # fmt: skip


@pytest.mark.parametrize("body", GOOD)
def test_what_conforms(body: Any) -> None:
    assert conforms(body, request_schema(REDIS))


@pytest.mark.parametrize("body", BAD)
def test_what_does_not_conform(body: Any) -> None:
    assert not conforms(body, request_schema(REDIS))


@pytest.mark.parametrize("store", STORE_TYPES.values(), ids=lambda store: store.integration_key)
def test_the_schema_is_one(store: StoreType) -> None:
    schema = request_schema(store)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    for variable in store.variables:
        of_field = schema["properties"]["config"]["properties"][variable.key]
        assert of_field.get("writeOnly", False) is variable.secret
        re.compile(of_field.get("pattern", ""))
        assert all(re.search(of_field["pattern"], example) for example in of_field.get("examples", ()))
        assert not variable.placeholder or re.search(of_field["pattern"], variable.placeholder)


def test_only_the_password_is_a_secret() -> None:
    secret = [(s.integration_key, v.key) for s in STORE_TYPES.values() for v in s.variables if v.secret]
    assert secret == [("redis", "password")]


def test_names_of_options() -> None:
    names = {variable.key: variable.option for store in STORE_TYPES.values() for variable in store.variables}
    assert {key: option for key, option in names.items() if key != option} == {
        "tlsEnabled": "tls_enabled", "tableName": "table_name", "externalId": "external_id", "roleArn": "role_arn"
    }  # fmt: skip


@pytest.mark.parametrize("key", sorted(STORE_TYPES))
def test_the_short_cut_decides_as_jsonschema_does_for_each_value(key: str) -> None:
    schema = request_schema(STORE_TYPES[key])
    jsonschema = Draft202012Validator(schema)
    for table in (PASS[key], FAIL[key]):
        for field in table:
            for value in table[field]:
                body = {"config": {**GOOD_CONFIGS[key], field: value}}
                assert conforms(body, schema) is jsonschema.is_valid(body)
