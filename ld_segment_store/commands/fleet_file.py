# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The file that declares a fleet, in YAML or JSON: read by `plan` and `apply`, written by `export`.

A secret in it is a reference, `{env: NAME}` or `{file: PATH}`, so that the file can be kept with other code.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.declaration import Declaration, read_declarations
from ..core.errors import InvalidSettings, SegmentStoreError
from ..core.form_variables import STORE_TYPES
from ..core.integration import Integration, looks_masked, redact_config
from ..core.validation import Finding
from .connection import read_secret_file

_KNOWN = ("defaults", "stores")


class MissingYaml(SegmentStoreError):
    """PyYAML is not installed."""

    failure = "missing_dependency"

    def __init__(self) -> None:
        super().__init__(
            "PyYAML is needed for YAML files: install it with \"pip install 'ld-segment-store[fleet]'\", or use JSON."
        )


def read_fleet(path: str) -> list[Declaration]:
    """The declarations in a file. Raises InvalidSettings and MissingYaml."""
    data = _load(path)
    if not isinstance(data, Mapping) or "stores" not in data or not set(data) <= set(_KNOWN):
        raise _wrong(path, "is no such file", "give a mapping with `stores`, a list, and maybe `defaults`")
    stores = data["stores"]
    defaults = _resolved(data.get("defaults"), "defaults")
    if isinstance(stores, list):
        stores = [_resolved(entry, f"stores[{number}]") for number, entry in enumerate(stores)]
    return read_declarations(stores, defaults)


def dump_fleet(integrations: Sequence[Integration]) -> tuple[dict[str, Any], list[str]]:
    """The data of a file that declares what is there, and the environment variables that its secrets refer to."""
    several = Counter(_place(integration) for integration in integrations)
    stores = []
    variables: list[str] = []
    for integration in integrations:
        entry: dict[str, Any] = {
            "project_key": integration.project_key,
            "environment_key": integration.environment_key,
            integration.integration_key: _options(integration, variables),
            "name": integration.name,
            "tags": sorted(integration.tags),
            "enabled": integration.enabled,
        }
        if several[_place(integration)] > 1:
            entry["integration_id"] = integration.id
        stores.append(entry)
    return {"stores": stores}, variables


def to_yaml(data: Any) -> str:
    """As YAML. Raises MissingYaml."""
    text: str = _yaml().safe_dump(data, sort_keys=False, allow_unicode=True)
    return text


def _options(integration: Integration, variables: list[str]) -> dict[str, Any]:
    config = integration.config or {}
    shown = redact_config(integration.integration_key, config)
    options = {}
    for variable in STORE_TYPES[integration.integration_key].variables:
        value = config.get(variable.key)
        if value in (None, ""):
            continue
        if variable.secret or looks_masked(value):
            options[variable.option] = {"env": _variable(integration, variable.option, variables)}
        else:
            options[variable.option] = shown[variable.option]
    return options


def _variable(integration: Integration, option: str, taken: list[str]) -> str:
    """The name of an environment variable for a secret, such as REDIS_PASSWORD_SHOP_LIVE; each is its own."""
    words = (integration.integration_key, option, integration.project_key, integration.environment_key)
    text = "_".join(words).upper()
    name = base = "".join(char if char.isascii() and char.isalnum() else "_" for char in text)
    number = 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.append(name)
    return name


def _place(integration: Integration) -> tuple[str, str, str]:
    return integration.project_key, integration.environment_key, integration.integration_key


def _resolved(entry: Any, label: str) -> Any:
    """An entry with its secrets in place of the references to them."""
    if not isinstance(entry, Mapping):
        return entry
    resolved = dict(entry)
    for key, store in STORE_TYPES.items():
        options = entry.get(key)
        if isinstance(options, Mapping):
            secrets = [variable.option for variable in store.variables if variable.secret]
            resolved[key] = {
                name: _secret(value, f"{label}.{key}.{name}") if name in secrets else value
                for name, value in options.items()
            }
    return resolved


def _secret(value: Any, field: str) -> Any:
    if not isinstance(value, Mapping):
        return value
    if set(value) == {"file"} and isinstance(value["file"], str):
        return read_secret_file(field, value["file"]).reveal()
    if set(value) == {"env"} and isinstance(value["env"], str):
        name = value["env"]
        if name in os.environ:
            return os.environ[name]
        raise _wrong(field, f"refers to the environment variable {name}, which is not set", "set it")
    raise _wrong(field, "is neither text nor a reference", "give {env: NAME} or {file: PATH}")


def _load(path: str) -> Any:
    """The data of a file. What the parsers say of an error is left out: it quotes the line, which may hold a secret."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise _wrong(path, "can't be read", "give a text file that exists and that you may read") from None
    try:
        if path.endswith(".json"):
            return json.loads(text)
        yaml = _yaml()
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f", near line {mark.line + 1}" if mark else ""
            raise _wrong(path, f"is not valid YAML{where}", "mend it") from None
    except (ValueError, RecursionError):
        raise _wrong(path, "is not valid", "mend it") from None


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise MissingYaml from None
    return yaml


def _wrong(field: str, problem: str, remedy: str) -> InvalidSettings:
    return InvalidSettings([Finding("error", field, problem, remedy)])
