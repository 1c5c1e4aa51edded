# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Redaction of a config and of a request's body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ...core.model.form_variables import STORE_TYPES, FormVariable, Scalar
from ...core.secret import Secret
from ..account.account import Config
from ..behaviour import Behaviour

HIDDEN = "(hidden)"
_VARIABLES = [variable for store in STORE_TYPES.values() for variable in store.variables]
_HARMLESS = {variable.key: variable for variable in _VARIABLES if not variable.secret}


def mask(secret: str, behaviour: Behaviour) -> str:
    """The masked value of a secret.

    >>> mask("supersecret123", Behaviour())
    'sup********123'
    >>> mask("short", Behaviour())
    '*****'
    """
    shown = int(behaviour.mask_shown)
    if len(secret) < max(behaviour.mask_starred_below, 2 * shown + 1):
        shown = 0
    hidden = len(secret) - 2 * shown
    if secret:
        hidden = {"four": 4, "eight": 8}.get(behaviour.mask_stars, hidden)
    return secret[:shown] + "*" * hidden + secret[len(secret) - shown :]


def masked_config(config: Config, behaviour: Behaviour) -> dict[str, Scalar]:
    """`config` as in a response, with masked secrets."""
    return {
        key: mask(value.reveal(), behaviour) if isinstance(value, Secret) else value for key, value in config.items()
    }


def redacted_body(body: bytes) -> Any:
    """The body of a POST or PATCH without possible secrets, or None without a body.

    Only what is known to be harmless is shown: config fields that are not secret and have their right shape (a URL in
    `host` may hold a password), and name, on, tags.
    """
    if not body:
        return None
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return f"(not JSON, {len(body)} bytes)"
    if isinstance(parsed, list):
        return [_operation(operation) for operation in parsed]
    if isinstance(parsed, Mapping) and isinstance(parsed.get("patch"), list):
        operations = [_operation(operation) for operation in parsed["patch"]]
        return {**_fields(parsed), "patch": operations}
    return _fields(parsed)


def _operation(operation: Any) -> Any:
    if not isinstance(operation, Mapping):
        return HIDDEN
    path = operation.get("path")
    shown = {key: value for key, value in operation.items() if key in ("op", "path") and isinstance(value, str)}
    if "value" in operation:
        shown["value"] = _at(path.split("/")[1:], operation["value"]) if isinstance(path, str) else HIDDEN
    return shown


def _at(place: list[str], value: Any) -> Any:
    """A value at `place` in an integration, redacted."""
    if place == ["version"] and type(value) is int:
        return value
    if len(place) == 1:
        return _field(place[0], value)
    if len(place) == 2 and place[0] == "config":
        return _variable(place[1], value)
    return HIDDEN


def _fields(body: Any) -> Any:
    if not isinstance(body, Mapping):
        return HIDDEN
    return {name: _field(name, value) for name, value in body.items()}


def _field(name: str, value: Any) -> Any:
    if name == "config" and isinstance(value, Mapping):
        return {key: _variable(key, entry) for key, entry in value.items()}
    if name == "tags" and isinstance(value, list):
        return [tag if isinstance(tag, str) else HIDDEN for tag in value]
    harmless = isinstance(value, bool) if name == "on" else name in ("name", "comment") and isinstance(value, str)
    return value if harmless else HIDDEN


def _variable(key: str, value: Any) -> Any:
    return value if key in _HARMLESS and _well_formed(_HARMLESS[key], value) else HIDDEN


def _well_formed(variable: FormVariable, value: Any) -> bool:
    if variable.kind == "boolean":
        return isinstance(value, bool)
    return isinstance(value, str) and re.search(variable.pattern, value) is not None
