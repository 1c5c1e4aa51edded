# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What somebody wants to be set up: the desired settings of one integration, in snake_case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import require_no_errors
from ..findings import Finding
from ..secret import Secret
from .form_variables import STORE_TYPES, FormVariable
from .validation import OPTION_NAMES, check_request, known_name

_MOST_BITS = 64  # more than any port has, or name that is written as a number


@dataclass(frozen=True)
class Settings:
    """The desired settings of one integration.

    `config` has the store's options in snake_case (`host`, `tls_enabled`, ...); a port may be a number. What is left
    out, or None, is left alone; what is explicitly empty is cleared. Text given for a secret option is wrapped in
    `Secret` at once.

    >>> Settings("shop", "live", "redis", {"host": "redis.example.com", "port": 6380}).api_config()
    {'host': 'redis.example.com', 'port': '6380'}
    """

    project_key: str
    environment_key: str
    integration_key: str
    # Not in the repr: a misspelled option may hold a secret that could not be recognised as one.
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)
    name: str | None = None
    tags: tuple[str, ...] | None = None
    enabled: bool | None = None

    def __post_init__(self) -> None:
        store = STORE_TYPES.get(self.integration_key)
        config = {}
        for option, value in self.config.items():
            if value is not None:
                variable = store.by_option(option) if store else None
                config[option] = _normal(variable, value) if variable else value
        object.__setattr__(self, "config", config)
        if isinstance(self.tags, list):
            object.__setattr__(self, "tags", tuple(self.tags))

    def api_config(self) -> dict[str, Any]:
        """`config` with the API's names. An unknown option keeps its name, so that checking can point at it."""
        store = STORE_TYPES.get(self.integration_key)
        config = {}
        for option, value in self.config.items():
            variable = store.by_option(option) if store else None
            config[variable.key if variable else option] = value
        return config

    def request(self) -> dict[str, Any]:
        """The body of the POST, with `Secret` objects in it. Only what was given."""
        body: dict[str, Any] = {"config": self.api_config()}
        if self.enabled is not None:
            body["on"] = self.enabled
        if self.name is not None:
            body["name"] = self.name
        if self.tags is not None:
            body["tags"] = (
                list(self.tags) if isinstance(self.tags, tuple) else self.tags
            )  # text must not become letters
        return body


def _normal(variable: FormVariable, value: Any) -> Any:
    """A value as it is sent: secrets wrapped, a port as text. What has the wrong type stays as it is, to be refused."""
    if variable.secret:
        # A number stays one: YAML may have changed it, 01234 is 668.
        return Secret(value) if isinstance(value, str) else value
    if value == "" and variable.default:
        return variable.default  # clearing a field that has a default gives it that
    if variable.kind == "string" and isinstance(value, int) and not isinstance(value, bool):
        # Python writes no number of thousands of digits, not even into a message: it becomes one that is refused.
        return str(value) if value.bit_length() <= _MOST_BITS else math.inf
    return value


_REFERENCE = (
    "is a reference or template that nothing has replaced",
    "give the secret itself; only a file of stores may say {env: NAME} or {file: PATH}",
)
_STAND_IN = ("is what is shown in place of a secret", "give the secret itself, or leave it out to keep the stored one")
_BLANK = ("begins or ends with a blank", "take the blank away, unless it is part of the secret")


def check_settings(settings: Settings) -> list[Finding]:
    """Everything wrong with the settings, errors first."""
    findings = [
        *check_key("project_key", settings.project_key),
        *check_key("environment_key", settings.environment_key),
    ]
    body = settings.request()
    store = STORE_TYPES.get(settings.integration_key)
    if store:
        # A name of the API would pass the schema, which knows no other.
        wrong = [option for option in settings.config if store.by_key(option) and not store.by_option(option)]
        for option in wrong:
            remedy = known_name(option, store, OPTION_NAMES)
            findings.append(Finding("error", f"{store.integration_key}.{option}", "is not a field", remedy))
        # The schema needs to see only that a secret is a string on one line, not which.
        for variable in store.variables:
            value = body["config"].get(variable.key)
            if variable.secret and isinstance(value, Secret):
                findings.extend(_check_secret(f"{store.integration_key}.{variable.option}", value))
                body["config"][variable.key] = value.reveal()
    findings.extend(check_request(settings.integration_key, body, OPTION_NAMES))
    return sorted(findings, key=lambda finding: finding.level)


def _check_secret(field: str, secret: Secret) -> list[Finding]:
    """What a text says that somebody took for a secret by mistake."""
    if secret.is_reference():
        return [Finding("error", field, *_REFERENCE)]
    if secret.is_stand_in():
        return [Finding("error", field, *_STAND_IN)]
    text = secret.reveal()
    return [Finding("warning", field, *_BLANK)] if text != text.strip(" \t\u00a0") else []


def check_key(name: str, key: Any) -> list[Finding]:
    """A key must survive as one segment of a path: `.` and `..` don't, even when they are quoted."""
    remedy = "give its key as LaunchDarkly shows it, such as my-project; a display name is not a key"
    if key is not None and not isinstance(key, str):
        remedy = "put it in quotes; without them YAML takes 123 for a number, no for false and 2026-01-31 for a date"
        return [Finding("error", name, "is not text", remedy)]
    if key is None or not key.strip():
        return [Finding("error", name, "is empty", remedy)]
    if key in (".", "..") or any(char.isspace() or char in "/?#%\\" or not char.isprintable() for char in key):
        return [Finding("error", name, "is not a key", remedy)]
    return []


def require_valid(settings: Settings) -> list[Finding]:
    """Raise InvalidSettings with all findings when one is an error; else return the warnings."""
    findings = check_settings(settings)
    require_no_errors(findings)
    return findings
