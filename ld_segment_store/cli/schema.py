# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store schema`: the JSON Schema of the stores file, with which editors complete and check it.

The fields of the stores come from the form variables. The schema judges single values; `check` also judges what they mean
together, such as two entries about one integration.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ..core.findings import Finding
from ..core.fleet.declaration import NOT_IN_DEFAULTS, OPTIONS, STATES
from ..core.flow.plan import UpdateSecrets
from ..core.model.form_variables import STORE_TYPES, FormVariable, StoreType
from ..core.model.schema import variable_schema
from .terminal import put_json

SCHEMA_URL = "https://featureops.github.io/ansible-launchdarkly/stores-file.schema.json"
# One segment of a URL path, as `check_key` in core/model/store_key.py wants it.
_KEY = {"type": ["string", "null"], "pattern": r"^(?!\.{1,2}$)[^\s/?#%\\]+$"}
_REFERENCES = {
    "env": "The environment variable that holds the secret, on the host that runs the command or module.",
    "file": "The file that holds the secret, on the host that runs the command or module.",
}
_OPTION_SCHEMAS: dict[str, dict[str, Any]] = {
    "state": {"enum": [*STATES, None], "default": "present", "description": "Whether the integration must exist."},
    "project_key": {**_KEY, "description": "The key of the project."},
    "environment_key": {**_KEY, "description": "The key of the environment."},
    "integration_key": {
        "enum": [*STORE_TYPES, None],
        "description": "The store type, needed without store options. Without them no integration is created.",
    },
    "integration_id": {**_KEY, "description": "The ID of the integration, needed if several of one type exist."},
    "name": {"type": ["string", "null"], "description": "The name in LaunchDarkly."},
    "tags": {
        "type": ["array", "null"],
        "items": {"type": "string", "minLength": 1},
        "description": "The tags. An omitted list keeps the current tags, an empty one removes them.",
    },
    "enabled": {"type": ["boolean", "null"], "description": "Whether LaunchDarkly writes to the store."},
    "update_secrets": {
        "enum": [*(policy.value for policy in UpdateSecrets), None],
        "default": UpdateSecrets.IF_DIFFERENT.value,
        "description": "When to send the password to an existing integration.",
    },
    "clear_secrets": {
        "type": ["boolean", "null"],
        "default": False,
        "description": "Whether an empty password clears the stored one.",
    },
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the function to run."""
    parser.description = (
        "Print the JSON Schema of the stores file, for editors. It needs no account. Exit codes: 0 success, 2 wrong"
        " arguments."
    )
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Print the schema and return the exit code."""
    put_json(stores_file_schema())
    return 0


def stores_file_schema() -> dict[str, Any]:
    """The schema, in Draft 7, which editors know."""
    in_defaults = [name for name in (*OPTIONS, *STORE_TYPES) if name not in NOT_IN_DEFAULTS]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": SCHEMA_URL,
        "title": "Stores file",
        "description": "Big segment store integrations of LaunchDarkly, for ld-segment-store and Ansible.",
        **_mapping({"defaults": _options(in_defaults), "stores": {"type": "array", "items": _entry()}}),
        "required": ["stores"],
    }


def _entry() -> dict[str, Any]:
    """One store."""
    return {**_options((*OPTIONS, *STORE_TYPES)), "type": "object"}


def _options(names: Sequence[str]) -> dict[str, Any]:
    stores = {key: _store(store) for key, store in STORE_TYPES.items()}
    return {**_mapping({name: {**_OPTION_SCHEMAS, **stores}[name] for name in names}), "type": ["object", "null"]}


def _store(store: StoreType) -> dict[str, Any]:
    fields = {variable.option: _field(variable) for variable in store.variables}
    return {
        **_mapping(fields),
        "type": ["object", "null"],
        "description": f"The options of a {store.label} store. An entry overrides single options of the defaults.",
    }


def _field(variable: FormVariable) -> dict[str, Any]:
    """A field as the file has it: it may be absent, a port may be a number, a secret is a reference or text."""
    schema = variable_schema(variable)
    schema["description"] = variable.help
    if "pattern" in schema:
        # A keyword of VS Code, for its message instead of the pattern.
        schema["patternErrorMessage"] = _sentence(variable)
    examples = [*schema.get("examples", [])] or [variable.placeholder] * bool(variable.placeholder)
    if examples:
        schema["examples"] = examples
    kind = schema.pop("type")
    if variable.secret:
        text = {"type": ["string", "null"], **{name: schema.pop(name) for name in ("pattern", "patternErrorMessage")}}
        return {**schema, "anyOf": [*map(_reference, _REFERENCES), text]}
    if variable.key == "port":
        # Bounds count for a number only, the pattern for text only.
        return {**schema, "type": [kind, "integer", "null"], "minimum": 1, "maximum": 65535}
    return {**schema, "type": [kind, "null"]}


def _sentence(variable: FormVariable) -> str:
    """The finding about a value that does not fit."""
    return Finding("error", variable.option, variable.problem, variable.remedy).text


def _reference(name: str) -> dict[str, Any]:
    where = {"type": "string", "minLength": 1, "description": _REFERENCES[name]}
    return {**_mapping({name: where}), "required": [name]}


def _mapping(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}
