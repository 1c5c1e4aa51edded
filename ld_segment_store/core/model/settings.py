# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The desired settings of one integration, valid by construction: parsed once, then compared, planned and sent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, Union

from ..errors import require_no_errors
from ..findings import Finding
from ..secret import Secret
from ..slots import SLOTS
from .form_variables import OPTION_NAMES, STORE_TYPES, FormVariable, StoreType
from .store_key import StoreKey, check_store_type
from .validation import check_request

StoreTypeName = Literal["redis", "dynamodb"]

_MAX_BITS = 64  # more than a port or a name written as a number has


# `Union` and not `|`: typing.get_type_hints evaluates these on Python 3.9.
class RedisConfig(TypedDict, total=False):
    """The options of a Redis store."""

    host: str
    port: Union[str, int]  # noqa: UP007
    username: str
    password: Union[str, Secret]  # noqa: UP007
    tls_enabled: bool


class DynamoDBConfig(TypedDict, total=False):
    """The options of a DynamoDB store."""

    table_name: str
    region: str
    external_id: str
    role_arn: str


StoreConfig = Union[RedisConfig, DynamoDBConfig]


@dataclass(frozen=True, **SLOTS)
class Settings:
    """The desired settings of one integration. Raises InvalidSettings for anything that LaunchDarkly would reject.

    `config` has the store's options in snake_case; a port may be a number. A value that is left out, or None, stays as it is
    in LaunchDarkly; an empty one is cleared. A secret is cleared only with `clear_secrets`, because an empty one is mostly
    an unset variable. Text given for a secret option is wrapped in `Secret`. `warnings` has the findings that are no errors.

    >>> Settings("shop", "live", "redis", {"host": "redis.example.com", "port": 6380}).api_config
    {'host': 'redis.example.com', 'port': '6380'}
    """

    project_key: str
    environment_key: str
    integration_key: StoreTypeName
    # Not in the repr: a password may stand where a host belongs.
    config: StoreConfig = field(default_factory=RedisConfig, repr=False)
    name: str | None = None
    tags: Sequence[str] | None = None
    enabled: bool | None = None
    clear_secrets: bool = False
    api_config: Mapping[str, Any] = field(init=False, repr=False, compare=False)
    warnings: tuple[Finding, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        given = (self.project_key, self.environment_key, self.integration_key)
        api_config, findings = _parse(
            StoreKey(*given), self.config, self.name, self.tags, self.enabled, clear_secrets=self.clear_secrets
        )
        require_no_errors(findings)
        store = STORE_TYPES[self.integration_key]
        options = {store.variable(key).option: value for key, value in api_config.items()}
        object.__setattr__(self, "config", options)
        object.__setattr__(self, "tags", None if self.tags is None else tuple(self.tags))
        object.__setattr__(self, "api_config", api_config)
        object.__setattr__(self, "warnings", tuple(findings))

    @property
    def key(self) -> StoreKey:
        """Project key, environment key and store type."""
        return StoreKey(self.project_key, self.environment_key, self.integration_key)

    def creation_findings(self) -> list[Finding]:
        """Findings about options that LaunchDarkly requires for a new integration and that were left out."""
        store = STORE_TYPES[self.integration_key]
        if all(variable.optional or variable.key in self.api_config for variable in store.variables):
            return []  # all that was given is valid
        return check_request(self.integration_key, {"config": _revealed(store, self.api_config)}, OPTION_NAMES)

    def request(self) -> dict[str, Any]:
        """The body of the POST, with `Secret` objects in it. Only what was given."""
        body: dict[str, Any] = {"config": dict(self.api_config)}
        if self.enabled is not None:
            body["on"] = self.enabled
        if self.name is not None:
            body["name"] = self.name
        if self.tags is not None:
            body["tags"] = list(self.tags)
        return body


def check_settings(
    project_key: Any,
    environment_key: Any,
    integration_key: Any,
    config: Any = None,
    *,
    name: Any = None,
    tags: Any = None,
    enabled: Any = None,
    clear_secrets: bool = False,
    creating: bool = False,
) -> list[Finding]:
    """Everything wrong with these settings, errors first; `Settings` with the same values raises the errors.

    `creating` adds the options that a new integration requires.
    """
    key = StoreKey(project_key, environment_key, integration_key)
    return _parse(key, config, name, tags, enabled, clear_secrets=clear_secrets, partial=not creating)[1]


def _parse(
    key: StoreKey, config: Any, name: Any, tags: Any, enabled: Any, *, clear_secrets: bool, partial: bool = True
) -> tuple[dict[str, Any], list[Finding]]:
    """The config with the API's names, secrets wrapped, and everything wrong with the settings."""
    findings = key.findings()
    if not isinstance(clear_secrets, bool):  # "false" would clear them
        findings.append(Finding("error", "clear_secrets", "is neither true nor false", "give true or false"))
    if check_store_type(key.integration_key):
        return {}, findings
    store = STORE_TYPES[key.integration_key]
    if config is not None and not isinstance(config, Mapping):
        remedy = "give option: value pairs"
        return {}, [*findings, Finding("error", store.integration_key, "is not a mapping", remedy)]
    api_config: dict[str, Any] = {}
    for option, value in (config or {}).items():
        variable = store.by_option(option)
        if value is None:
            continue
        if variable is None and store.by_key(option):
            # A name of the API would pass the schema, which knows no other.
            from .explanations import known_name

            remedy = known_name(option, store, OPTION_NAMES)
            findings.append(Finding("error", f"{store.integration_key}.{option}", "is not a field", remedy))
            continue
        api_config[variable.key if variable else option] = _normal(variable, value) if variable else value
    findings += _check_secrets(store, api_config, clear_secrets=clear_secrets)
    body: dict[str, Any] = {"config": _revealed(store, api_config)}
    # Text must not become letters; a tuple is a list to the schema.
    listed = list(tags) if isinstance(tags, Sequence) and not isinstance(tags, (str, bytes)) else tags
    body.update(
        {field: value for field, value in (("on", enabled), ("name", name), ("tags", listed)) if value is not None}
    )
    findings += _check_unicode(store, body)
    findings += check_request(store.integration_key, body, OPTION_NAMES, partial=partial)
    return api_config, sorted(findings, key=lambda finding: finding.level)


def _normal(variable: FormVariable, value: Any) -> Any:
    """A value as it is sent: secrets wrapped, a port as text. A value of the wrong type stays, to be refused."""
    if variable.secret:
        # A number stays one: YAML may have changed it, 01234 is 668.
        return Secret(value) if isinstance(value, str) else value
    if value == "" and variable.default:
        return variable.default  # clearing a field that has a default gives it that
    if variable.kind == "string" and isinstance(value, int) and not isinstance(value, bool):
        # Python writes no number of thousands of digits, not even into a message: it becomes one that is refused.
        return str(value) if value.bit_length() <= _MAX_BITS else math.inf
    return value


def _revealed(store: StoreType, api_config: Mapping[str, Any]) -> dict[str, Any]:
    """For the schema, which needs to see only that a secret is a string on one line. Others than secrets stay wrapped."""
    secrets = [variable.key for variable in store.variables if variable.secret]
    return {
        key: value.reveal() if key in secrets and isinstance(value, Secret) else value
        for key, value in api_config.items()
    }


def _check_unicode(store: StoreType, body: Mapping[str, Any]) -> Iterator[Finding]:
    """Findings about half characters: Python reads bytes of another encoding so, and JSON can hold them."""
    tags = body.get("tags")
    listed = [(f"tags[{number}]", tag) for number, tag in enumerate(tags if isinstance(tags, list) else ())]
    for name, text in [*body["config"].items(), ("name", body.get("name")), *listed]:
        if isinstance(text, str) and not text.isascii() and _HALF.search(text):
            variable = store.by_key(name)
            field_name = f"{store.integration_key}.{variable.option}" if variable else name
            yield Finding("error", field_name, "is not Unicode text", "write it in UTF-8")


_HALF = re.compile("[\ud800-\udfff]")
_REFERENCE = (
    "is a reference or template that was not replaced",
    "give the secret itself; only a stores file can hold {env: NAME} or {file: PATH}",
)
_MASKED = ("is a masked value, not the secret", "give the secret itself, or leave it out to keep the stored one")
_EMPTY = (
    "is empty, which would clear the stored secret",
    (
        "set the variable that it comes from, leave the option out to keep the stored secret, or clear it with"
        " clear_secrets: true"
    ),
)
_EXPIRING = (
    "is a token that expires: LaunchDarkly logs in with it until you change it",
    "give a password or an access key",
)
_WHITESPACE = ("has leading or trailing whitespace", "remove it unless it is part of the secret")


def _check_secrets(store: StoreType, api_config: Mapping[str, Any], *, clear_secrets: bool) -> Iterator[Finding]:
    """Findings about text that was given for a secret by mistake."""
    for variable in store.variables:
        secret = api_config.get(variable.key)
        if not variable.secret or not isinstance(secret, Secret):
            continue
        name = f"{store.integration_key}.{variable.option}"
        text = secret.reveal()
        if not text:
            if not clear_secrets:
                yield Finding("error", name, *_EMPTY, variable.key)
        elif secret.is_reference():
            yield Finding("error", name, *_REFERENCE, variable.key)
        elif secret.is_masked():
            yield Finding("error", name, *_MASKED, variable.key)
        elif secret.expires():
            yield Finding("warning", name, *_EXPIRING, variable.key)
        elif text != text.strip(" \t\u00a0"):
            yield Finding("warning", name, *_WHITESPACE, variable.key)
