# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The JSON Schema of a request, which editors read too, and the check that saves loading jsonschema."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ld_segment_store.core.errors import UnexpectedResponse
from ld_segment_store.core.model.form_variables import DYNAMODB, REDIS
from ld_segment_store.core.model.integration import read_environment, read_project, read_public_addresses
from ld_segment_store.core.model.schema import config_schema, conforms, request_schema, variable_schema


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


READERS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "the project": (read_project, {"key": "k", "name": "n"}, "key"),
    "the environment": (read_environment, {"key": "k", "name": "n", "_id": "i"}, "_id"),
    "the list of addresses": (read_public_addresses, {"addresses": [], "outboundAddresses": []}, "outboundAddresses"),
}


@pytest.mark.parametrize("kind", READERS)
def test_other_objects_of_responses(kind: str) -> None:
    reader, item, field = READERS[kind]
    reader(item, "GET x")
    for odd, problem in (
        ([], f"has something else than {kind}."),
        ({**item, field: 7}, f"has no usable `{field}` in {kind}."),
    ):
        with pytest.raises(UnexpectedResponse) as caught:
            reader(odd, "GET x")
        assert caught.value.problem == f"The response to GET x {problem}"
        assert caught.value.request == "GET x"
