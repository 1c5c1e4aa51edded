# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Errors of jsonschema in words: the field, the problem, the remedy, and never a value.

The sentences are ours, since jsonschema's own print the value, passwords too.
"""

from __future__ import annotations

from typing import Any

from ..findings import Finding
from ..spelling import closest, plain
from .form_variables import API_NAMES, OPTION_NAMES, STORE_TYPES, FormVariable, StoreType

_KINDS = {"string": "a string", "boolean": "true or false", "array": "a list", "object": "an object"}
# The fields of a request in the API.
_TOP_LEVEL = ("on", "name", "tags", "config")


class Speller:
    """Names as the user knows them."""

    def __init__(self, store: StoreType, names: str) -> None:
        self.store = store
        self.names = names
        self.group = store.integration_key if names == OPTION_NAMES else "config"

    def spell(self, variable: FormVariable) -> str:
        """The name of a variable."""
        return variable.option if self.names == OPTION_NAMES else variable.key

    def all(self) -> str:
        """The names of all variables."""
        return ", ".join(self.spell(variable) for variable in self.store.variables)

    def field(self, variable: FormVariable) -> str:
        """The name of a variable with the store's before it."""
        return f"{self.group}.{self.spell(variable)}"

    def top_level(self, name: str) -> str:
        """The name of a field outside `config`."""
        if name == "config":
            return self.group
        return "enabled" if name == "on" and self.names == OPTION_NAMES else name


def explain(error: Any, speller: Speller) -> list[Finding]:
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


def _unknown_field(name: str, path: list[Any], speller: Speller) -> Finding:
    if path == ["config"]:
        remedy = known_name(name, speller.store, speller.names)
        return Finding("error", f"{speller.group}.{name}", "is not a field", remedy)
    if speller.store.by_key(name) or speller.store.by_option(name):
        return Finding("error", name, "is not a field at this level", f"put it into `{speller.group}`")
    known = ", ".join(map(speller.top_level, _TOP_LEVEL))
    return Finding("error", name, "is not a field", f"leave it out; known are {known}")


def _missing_field(name: str, path: list[Any], speller: Speller) -> Finding:
    if not path:
        return Finding("error", speller.group, "is missing", f"give it, with {speller.all()}")
    variable = speller.store.variable(name)
    return Finding("error", speller.field(variable), "is missing", variable.remedy, name)


def _bad_variable(key: str, error: Any, speller: Speller) -> Finding:
    variable = speller.store.variable(key)
    problem = variable.problem
    if error.instance == "" and not variable.optional:
        problem = "is empty"
    elif error.validator == "type" and (speller.names == API_NAMES or variable.secret):
        # As an option a port may be a number, and what is neither that nor text is simply no port.
        problem = f"must be {_KINDS[error.validator_value]}"
    return Finding("error", speller.field(variable), problem, variable.remedy, key)


def explain_unlisted(variable: FormVariable, speller: Speller) -> Finding:
    """The finding for a value outside a list that LaunchDarkly's manifest gives."""
    return Finding(
        "warning",
        speller.field(variable),
        "is not in LaunchDarkly's published list",
        "check its spelling; if it is newer than the list, ignore this",
        variable.key,
    )


def known_name(name: str, store: StoreType, names: str) -> str:
    """The remedy for an unknown field of `config`: the name that was probably meant, or those that exist."""
    speller = Speller(store, names)
    # First, since `externalId` is close enough to `tlsEnabled` to be taken for it.
    for other in STORE_TYPES.values():
        if other is not store and any(plain(name) == plain(variable.key) for variable in other.variables):
            return f"it belongs to {other.label}; {store.label} takes {speller.all()}"
    meant = closest(name, map(speller.spell, store.variables))
    return f"did you mean `{meant}`?" if meant else f"leave it out; {store.label} takes {speller.all()}"
