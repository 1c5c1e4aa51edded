# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Findings about a request, before anything is sent. JSON Schema decides what is wrong, `explanations` puts it into words."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import MissingDependency
from ..findings import Finding
from .form_variables import API_NAMES, STORE_TYPES, FormVariable, StoreType
from .schema import conforms, request_schema
from .store_key import check_store_type

_TAG = r"[a-zA-Z0-9_.-]{1,64}"


def check_request(integration_key: str, body: Any, names: str = API_NAMES, *, partial: bool = False) -> list[Finding]:
    """Check the body of a create request, in API terms (camelCase), for a store type.

    With `names=OPTION_NAMES` the findings use `redis.tls_enabled` instead of `config.tlsEnabled`. An unknown field is named
    as the user wrote it. With `partial` no field of `config` is required. Raises MissingDependency without jsonschema.
    """
    findings = check_store_type(integration_key)
    if findings:
        return findings
    store = STORE_TYPES[integration_key]
    violations = _violations(_schema(integration_key, partial), body)
    unlisted = _unlisted_values(store, body)
    if violations or unlisted:
        # A task with valid settings does not need it, and each task compiles what it imports.
        from .explanations import Speller, explain, explain_unlisted

        speller = Speller(store, names)
        findings = [finding for error in violations for finding in explain(error, speller)]
        findings += [explain_unlisted(variable, speller) for variable in unlisted]
    findings += _tag_warnings(body)
    if not findings:
        return []
    order = [variable.key for variable in store.variables]
    # Each once: jsonschema has an error for each missing field, and each of these errors is about all missing fields.
    return sorted(
        dict.fromkeys(findings), key=lambda f: (f.level, order.index(f.key) if f.key in order else len(order), f.field)
    )


@cache  # each of thousands of stores is checked
def _schema(integration_key: str, partial: bool) -> dict[str, Any]:
    return request_schema(STORE_TYPES[integration_key], partial=partial)


def _violations(schema: dict[str, Any], body: Any) -> list[Any]:
    """The errors of jsonschema, imported late: it takes 0.1 s, and over 1 s where Jupyter is installed."""
    if not _jsonschema_installed():
        raise MissingDependency("jsonschema")
    if conforms(body, schema):
        return []
    try:
        from jsonschema import Draft202012Validator
    except ImportError:  # a damaged installation
        raise MissingDependency("jsonschema") from None
    return list(Draft202012Validator(schema).iter_errors(body))


@cache
def _jsonschema_installed() -> bool:
    """Whether jsonschema 4 or later is installed. Looked up without importing it, so that valid settings need it too."""
    spec = importlib.util.find_spec("jsonschema")
    if spec is None or not spec.origin:
        return False
    try:
        return "Draft202012Validator" in Path(spec.origin).with_name("validators.py").read_text(encoding="utf-8")
    except OSError:
        return True  # installed in another form; importing it decides


def _unlisted_values(store: StoreType, body: Any) -> list[FormVariable]:
    """The fields whose value is outside a list that LaunchDarkly's manifest gives: it may be newer than the list."""
    config = body.get("config") if isinstance(body, Mapping) else None
    if not isinstance(config, Mapping):
        return []
    return [
        variable
        for variable in store.variables
        if variable.allowed_values
        and isinstance(config.get(variable.key), str)
        and config[variable.key] not in variable.allowed_values
        and re.search(variable.pattern, config[variable.key])
    ]


def _tag_warnings(body: Any) -> list[Finding]:
    """Tags that LaunchDarkly may reject. The rule was read in the source of LaunchDarkly's Terraform provider."""
    tags = body.get("tags") if isinstance(body, Mapping) else None
    remedy = "use 1 to 64 letters, digits, '_', '.' and '-'"
    return [
        Finding("warning", f"tags[{number}]", "may be rejected by LaunchDarkly", remedy)
        for number, tag in enumerate(tags if isinstance(tags, list) else [])
        if isinstance(tag, str) and tag and not re.fullmatch(_TAG, tag)
    ]
