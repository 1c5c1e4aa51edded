# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The file that declares a fleet, in YAML or JSON: `stores`, and `defaults` for all of them.

A secret in it is a reference, `{env: NAME}` or `{file: PATH}`, so that the file can be kept with other code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..data_file import parse_data, read_data_file
from ..errors import InvalidSettings, require_no_errors
from ..findings import Finding
from ..model.form_variables import STORE_TYPES
from ..secret import Secret
from ..text_file import decode_text, read_secret_file
from .declaration import Declaration, check_declarations, read_declarations

_KNOWN = ("defaults", "stores")
# The option that takes the path, wherever there is one.
_OPTION = "stores_file"
# What certainly is the name of a variable. Other text may be the secret itself, and is not shown.
_VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")


def read_stores_file(path: str, environment: Mapping[str, str]) -> list[Declaration]:
    """The declarations in a file, with the secrets that it refers to; `environment` has those of `{env: NAME}`.

    Raises InvalidSettings and MissingDependency, which quote names of the file, and no value.
    """
    return _declarations(read_data_file(path, _OPTION), path, _Sources(environment))


def check_stores_file(path: str) -> tuple[list[Declaration], list[Finding]]:
    """Read a file without the secrets that it refers to: what it declares, and everything wrong with it, errors first.

    The declarations cannot be applied. Raises MissingDependency.
    """
    try:
        declarations = _declarations(read_data_file(path, _OPTION), path, _NoSources())
    except InvalidSettings as error:
        return [], list(error.findings)
    warnings = [finding for each in declarations if each.settings for finding in each.labelled(each.settings.warnings)]
    return declarations, [*check_declarations(declarations), *warnings]


def read_stores_text(content: bytes, name: str, environment: Mapping[str, str]) -> list[Declaration]:
    """Like `read_stores_file`, for YAML or JSON from elsewhere, such as standard input; `name` names it in messages."""
    text = decode_text(content, name)
    return _declarations(parse_data(text, name, as_json=_is_json(text)), name, _Sources(environment))


def _is_json(text: str) -> bool:
    """Whether the text is JSON, of which YAML is not quite a superset: it allows tabs, and needs no PyYAML."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _declarations(data: Any, path: str, sources: _Sources) -> list[Declaration]:
    require_no_errors(_check_shape(data, path))
    stores = data.pop("stores")
    defaults = _resolved(data.pop("defaults", None), "defaults", sources)
    if isinstance(stores, list):
        stores = [_resolved(entry, f"stores[{number}]", sources) for number, entry in enumerate(stores)]
    return read_declarations(stores, defaults)


class _Sources:
    """Where references lead. A tool that prints the local variables of a traceback must show no secret: none is in a repr."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        # `os.environ` raises for names that no variable can have.
        self._environment = {name: Secret(value) for name, value in environment.items()}

    def variable(self, name: str) -> Secret | None:
        """The value of an environment variable, or None."""
        return self._environment.get(name)

    def file(self, field: str, path: str) -> Secret:
        """The secret in a file. Raises InvalidSettings, about the field."""
        return read_secret_file(field, path)


class _NoSources(_Sources):
    """Stand-ins for secrets: whether a reference leads to one is known where the stores are applied."""

    def __init__(self) -> None:
        super().__init__({})

    def variable(self, name: str) -> Secret | None:
        return Secret("stand-in") if name else None

    def file(self, _field: str, path: str) -> Secret:
        return Secret("stand-in" if path else "")


def secrets_of(declarations: list[Declaration]) -> list[Secret]:
    """Every secret that is declared."""
    values = (
        value
        for declaration in declarations
        for value in (declaration.settings.api_config if declaration.settings else {}).values()
    )
    return [value for value in values if isinstance(value, Secret)]


def _check_shape(data: Any, path: str) -> Iterator[Finding]:
    """What keeps a file from being one of stores."""
    remedy = "give a mapping with `stores`, a list, and maybe `defaults`"
    if data is not None and not isinstance(data, Mapping):
        yield Finding("error", path, "is not a mapping", remedy)
        return
    for key in data or ():
        if key not in _KNOWN:
            from ..spelling import known_instead  # valid data does not need it

            yield Finding("error", path, f"has the unknown key `{key}`", known_instead(key, _KNOWN))
    if not data or "stores" not in data:
        yield Finding("error", path, "does not declare `stores`", remedy)


def _resolved(entry: Any, label: str, sources: _Sources) -> Any:
    """An entry with secrets instead of the references to them."""
    if not isinstance(entry, Mapping):
        return entry
    resolved = dict(entry)
    for key, store in STORE_TYPES.items():
        options = entry.get(key)
        if isinstance(options, Mapping):
            secrets = [variable.option for variable in store.variables if variable.secret]
            resolved[key] = {
                name: _secret(value, f"{label}.{key}.{name}", sources) if name in secrets else value
                for name, value in options.items()
            }
    return resolved


def _secret(value: Any, field: str, sources: _Sources) -> Any:
    """The secret that a reference leads to; never an empty one, which would clear what is stored."""
    if not isinstance(value, Mapping):
        return Secret(value) if isinstance(value, str) else value
    if set(value) == {"file"} and isinstance(value["file"], str):
        source, fill = "refers to a file", "write the secret into it"
        secret = sources.file(field, value["file"])
    elif set(value) == {"env"} and isinstance(value["env"], str):
        name = value["env"]
        source, fill = "refers to an environment variable", "set it"
        if _VARIABLE_NAME.fullmatch(name):
            source = f"refers to the environment variable {name}"
        variable = sources.variable(name)
        if variable is None:
            raise InvalidSettings.for_field(field, f"{source}, which is not set", fill)
        secret = variable
    else:
        raise InvalidSettings.for_field(field, "is neither text nor a reference", "give {env: NAME} or {file: PATH}")
    if not secret:
        option = field.rpartition(".")[2]
        raise InvalidSettings.for_field(
            field,
            f"{source}, which is empty",
            f"{fill}, or clear the stored one with {option}: '' and clear_secrets: true",
        )
    return secret
