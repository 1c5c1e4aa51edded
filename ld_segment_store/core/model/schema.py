# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""JSON Schema (Draft 2020-12) of the request that creates an integration, made from the form variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .form_variables import FormVariable, StoreType


def variable_schema(variable: FormVariable) -> dict[str, Any]:
    """The JSON Schema of one field of `config`."""
    if variable.kind == "boolean":
        schema: dict[str, Any] = {"type": "boolean"}
    else:
        schema = {"type": "string"}
        # "" clears an optional field, so the pattern lets it pass there.
        if variable.pattern:
            schema["pattern"] = r"^(?![\s\S])|" + variable.pattern if variable.optional else variable.pattern
    schema["title"] = variable.label
    if variable.default is not None:
        schema["default"] = variable.default
    if variable.allowed_values:
        # Not an `enum`: the list moves, and a region that is missing from it may well work.
        schema["examples"] = list(variable.allowed_values)
    if variable.secret:
        schema["writeOnly"] = True
    return schema


def config_schema(store: StoreType, *, partial: bool = False) -> dict[str, Any]:
    """The JSON Schema of `config` of a store type. With `partial` no field is required."""
    return {
        "type": "object",
        "properties": {variable.key: variable_schema(variable) for variable in store.variables},
        "required": [variable.key for variable in store.variables if not (variable.optional or partial)],
        "additionalProperties": False,
    }


def request_schema(store: StoreType, *, partial: bool = False) -> dict[str, Any]:
    """The JSON Schema of the body of the POST that creates an integration of a store type.

    With `partial` no field of `config` is required: an update may change the others alone.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Big segment store integration, {store.label}",
        "type": "object",
        "properties": {
            "on": {"type": "boolean"},
            "config": config_schema(store, partial=partial),
            "tags": {"type": "array", "items": {"type": "string", "minLength": 1}},
            "name": {"type": "string"},
        },
        "required": ["config"],
        "additionalProperties": False,
    }


_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "boolean": bool}


def conforms(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value fits a schema made here, by the few keywords that these schemas use.

    It saves loading jsonschema where nothing is wrong, which took 80 of the 360 ms that a task with nothing to change adds
    to an empty one (benchmarks/ansible_task.py). What is wrong, and every sentence about it, comes from jsonschema.
    """
    if not isinstance(value, _TYPES[schema["type"]]):
        return False
    if isinstance(value, str):
        return len(value) >= schema.get("minLength", 0) and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        return all(conforms(item, schema["items"]) for item in value)
    if isinstance(value, dict):
        known = schema["properties"]
        return all(name in value for name in schema["required"]) and all(
            name in known and conforms(item, known[name]) for name, item in value.items()
        )
    return True
