# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The file that declares a fleet, in YAML or JSON: `stores`, and `defaults` for all of them.

A secret in it is a reference, `{env: NAME}` or `{file: PATH}`, so that the file can be kept with other code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .declaration import Declaration, read_declarations
from .errors import InvalidSettings, SegmentStoreError
from .form_variables import STORE_TYPES
from .secret import Secret
from .secret_file import read_secret_file
from .validation import Finding

_KNOWN = ("defaults", "stores")


class MissingYaml(SegmentStoreError):
    """PyYAML is not installed where this runs."""

    failure = "missing_dependency"

    def __init__(self) -> None:
        super().__init__(
            "PyYAML is needed for YAML files: install it with \"pip install 'ld-segment-store[fleet]'\" or"
            ' "pip install PyYAML", or use JSON.'
        )


def read_stores_file(path: str, environment: Mapping[str, str]) -> list[Declaration]:
    """The declarations in a file, with the secrets that it refers to; `environment` has those of `{env: NAME}`.

    Raises InvalidSettings and MissingYaml, which quote nothing of the file.
    """
    data = _load(path)
    if not isinstance(data, Mapping) or "stores" not in data or not set(data) <= set(_KNOWN):
        raise _wrong(path, "is no such file", "give a mapping with `stores`, a list, and maybe `defaults`")
    stores = data["stores"]
    defaults = _resolved(data.get("defaults"), "defaults", environment)
    if isinstance(stores, list):
        stores = [_resolved(entry, f"stores[{number}]", environment) for number, entry in enumerate(stores)]
    return read_declarations(stores, defaults)


def secrets_of(declarations: list[Declaration]) -> list[Secret]:
    """Every secret that is declared."""
    values = (value for declaration in declarations for value in declaration.settings.config.values())
    return [value for value in values if isinstance(value, Secret)]


def load_yaml_library() -> Any:
    """PyYAML. Raises MissingYaml."""
    try:
        import yaml
    except ImportError:
        raise MissingYaml from None
    return yaml


def _resolved(entry: Any, label: str, environment: Mapping[str, str]) -> Any:
    """An entry with its secrets in place of the references to them."""
    if not isinstance(entry, Mapping):
        return entry
    resolved = dict(entry)
    for key, store in STORE_TYPES.items():
        options = entry.get(key)
        if isinstance(options, Mapping):
            secrets = [variable.option for variable in store.variables if variable.secret]
            resolved[key] = {
                name: _secret(value, f"{label}.{key}.{name}", environment) if name in secrets else value
                for name, value in options.items()
            }
    return resolved


def _secret(value: Any, field: str, environment: Mapping[str, str]) -> Any:
    if not isinstance(value, Mapping):
        return value
    if set(value) == {"file"} and isinstance(value["file"], str):
        return read_secret_file(field, value["file"]).reveal()
    if set(value) == {"env"} and isinstance(value["env"], str):
        name = value["env"]
        if name in environment:
            return environment[name]
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
        yaml = load_yaml_library()
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f", near line {mark.line + 1}" if mark else ""
            raise _wrong(path, f"is not valid YAML{where}", "mend it") from None
    except (ValueError, RecursionError):
        raise _wrong(path, "is not valid", "mend it") from None


def _wrong(field: str, problem: str, remedy: str) -> InvalidSettings:
    return InvalidSettings([Finding("error", field, problem, remedy)])
