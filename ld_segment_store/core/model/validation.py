# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Findings about a request, before anything is sent: the field, the problem, the remedy, and never a value.

JSON Schema decides what is wrong; the sentences are ours, since jsonschema's own print the value, passwords too.
"""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import MissingDependency
from ..findings import Finding
from .form_variables import STORE_TYPES, FormVariable, StoreType
from .schema import conforms, request_schema
from .store_key import check_store_type

API_NAMES = "api"
OPTION_NAMES = "option"

_TAG = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_KINDS = {"string": "a string", "boolean": "true or false", "array": "a list", "object": "an object"}
# The fields of a request in the API.
_TOP_LEVEL = ("on", "name", "tags", "config")


def check_request(integration_key: str, body: Any, names: str = API_NAMES, *, partial: bool = False) -> list[Finding]:
    """Check the body of a create request, in API terms (camelCase), for a store type.

    With `names=OPTION_NAMES` the findings use `redis.tls_enabled` instead of `config.tlsEnabled`. An unknown field is named
    as the user wrote it. With `partial` no field of `config` is required. Raises MissingDependency without jsonschema.
    """
    findings = check_store_type(integration_key)
    if findings:
        return findings
    store = STORE_TYPES[integration_key]
    speller = _Speller(store, names)
    for error in _violations(_schema(integration_key, partial), body):
        findings += _explain(error, speller)
    findings += _region_warnings(store, body, speller)
    findings += _tag_warnings(body)
    order = [variable.key for variable in store.variables]
    # Each once: jsonschema has an error for each missing field, and each of these errors is about all missing fields.
    return sorted(
        dict.fromkeys(findings), key=lambda f: (f.level, order.index(f.key) if f.key in order else len(order), f.field)
    )


@cache  # each of thousands of stores is checked
def _schema(integration_key: str, partial: bool) -> dict[str, Any]:
    return request_schema(STORE_TYPES[integration_key], partial=partial)


def known_name(name: str, store: StoreType, names: str) -> str:
    """The remedy for an unknown field of `config`: the name that was probably meant, or those that exist."""
    speller = _Speller(store, names)
    # First, since `externalId` is close enough to `tlsEnabled` to be taken for it.
    for other in STORE_TYPES.values():
        if other is not store and any(_plain(name) == _plain(variable.key) for variable in other.variables):
            return f"it belongs to {other.label}; {store.label} takes {speller.all()}"
    known = {_plain(variable.key): variable for variable in store.variables}
    close = difflib.get_close_matches(_plain(name), known)
    close = close or [plain for plain in known if len(_plain(name)) > 2 and plain.startswith(_plain(name))]
    if close:
        return f"did you mean `{speller.spell(known[close[0]])}`?"
    return f"leave it out; {store.label} takes {speller.all()}"


class _Speller:
    """Names as the user knows them."""

    def __init__(self, store: StoreType, names: str) -> None:
        self.store = store
        self.names = names
        self.group = store.integration_key if names == OPTION_NAMES else "config"

    def spell(self, variable: FormVariable) -> str:
        return variable.option if self.names == OPTION_NAMES else variable.key

    def all(self) -> str:
        return ", ".join(self.spell(variable) for variable in self.store.variables)

    def field(self, variable: FormVariable) -> str:
        return f"{self.group}.{self.spell(variable)}"

    def top_level(self, name: str) -> str:
        if name == "config":
            return self.group
        return "enabled" if name == "on" and self.names == OPTION_NAMES else name


def _plain(name: str) -> str:
    return re.sub("[-_ ]", "", name).casefold()


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


def _explain(error: Any, speller: _Speller) -> list[Finding]:
    """Findings for one error of jsonschema, from its keyword, its place and the schema, never from the value."""
    path = list(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        return [_unknown_field(str(name), path, speller) for name in error.instance if name not in known]
    if error.validator == "required":
        return [_missing_field(name, path, speller) for name in error.validator_value if name not in error.instance]
    if not path:
        return [Finding("error", "the request", "is not an object", "send a JSON object")]
    top, *inner = path
    if top == "config" and inner:
        return [_bad_variable(inner[0], error, speller)]
    field = speller.top_level(top) + (f"[{inner[0]}]" if inner else "")
    if error.validator == "type":
        return [Finding("error", field, "has the wrong type", f"give {_KINDS[error.validator_value]}")]
    return [Finding("error", field, "is empty", "give a string that is not empty")]


def _unknown_field(name: str, path: list[Any], speller: _Speller) -> Finding:
    if path == ["config"]:
        remedy = known_name(name, speller.store, speller.names)
        return Finding("error", f"{speller.group}.{name}", "is not a field", remedy)
    if speller.store.by_key(name) or speller.store.by_option(name):
        return Finding("error", name, "is not a field at this level", f"put it into `{speller.group}`")
    known = ", ".join(map(speller.top_level, _TOP_LEVEL))
    return Finding("error", name, "is not a field", f"leave it out; known are {known}")


def _missing_field(name: str, path: list[Any], speller: _Speller) -> Finding:
    if not path:
        return Finding("error", speller.group, "is missing", f"give it, with {speller.all()}")
    variable = speller.store.variable(name)
    return Finding("error", speller.field(variable), "is missing", variable.remedy, name)


def _bad_variable(key: str, error: Any, speller: _Speller) -> Finding:
    variable = speller.store.variable(key)
    problem = variable.problem
    if error.instance == "" and not variable.optional:
        problem = "is empty"
    elif error.validator == "type" and (speller.names == API_NAMES or variable.secret):
        # As an option a port may be a number, and what is neither that nor text is simply no port.
        problem = f"must be {_KINDS[error.validator_value]}"
    return Finding("error", speller.field(variable), problem, variable.remedy, key)


def _region_warnings(store: StoreType, body: Any, speller: _Speller) -> list[Finding]:
    """A value outside a list that LaunchDarkly's manifest gives: it may be newer than the list."""
    config = body.get("config") if isinstance(body, Mapping) else None
    if not isinstance(config, Mapping):
        return []
    return [
        Finding(
            "warning",
            speller.field(variable),
            "is not in LaunchDarkly's published list",
            "check its spelling; if it is newer than the list, ignore this",
            variable.key,
        )
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
        if isinstance(tag, str) and tag and not _TAG.fullmatch(tag)
    ]
