# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Integrations as LaunchDarkly returns them, read tolerantly.

An unknown field is ignored; a missing required one raises UnexpectedResponse. `config` and `_status` may be missing from list
items: LaunchDarkly documents that `config` is only included when one integration is requested.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import UnexpectedResponse
from ..slots import SLOTS
from .form_variables import STORE_TYPES, FormVariable, snake_case
from .store_key import StoreKey

SECRET_SET = "set"
SECRET_NOT_SET = "not set"


class StatusError(NamedTuple):
    """One error of a synchronisation: `timestamp` in epoch milliseconds."""

    status_code: int | None
    message: str
    timestamp: int | None


class Status(NamedTuple):
    """The store's health, as LaunchDarkly reports it. Times are epoch milliseconds, None where they are not reported."""

    available: bool | None = None
    potentially_stale: bool | None = None
    last_sync: int | None = None
    last_error: int | None = None
    errors: tuple[StatusError, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data in snake_case."""
        return {
            "available": self.available,
            "potentially_stale": self.potentially_stale,
            "last_sync": self.last_sync,
            "last_error": self.last_error,
            "errors": [
                {"status_code": error.status_code, "message": error.message, "timestamp": error.timestamp}
                for error in self.errors
            ],
        }


@dataclass(frozen=True, **SLOTS)
class Integration:
    """One integration. `config` has the API's names and masked secrets, or is None where the response left it out.

    `problem` is empty, or says why an item of a list could not be read as a whole; fields that could not be read are empty.
    """

    id: str
    integration_key: str
    project_key: str
    environment_key: str
    name: str
    enabled: bool
    tags: tuple[str, ...]
    version: int
    # Not in the repr: masks show the ends of a secret.
    config: Mapping[str, Any] | None = field(default=None, repr=False)
    status: Status = field(default_factory=Status)
    problem: str = ""

    @property
    def key(self) -> StoreKey:
        """Project key, environment key and store type."""
        return StoreKey(self.project_key, self.environment_key, self.integration_key)

    def redacted(self) -> dict[str, Any]:
        """Plain data in snake_case; secrets as the words `set` and `not set`."""
        return {
            "id": self.id,
            "project_key": self.project_key,
            "environment_key": self.environment_key,
            "integration_key": self.integration_key,
            "name": self.name,
            "enabled": self.enabled,
            "tags": sorted(self.tags),
            "version": self.version,
            "config": None if self.config is None else redact_config(self.integration_key, self.config),
            "status": self.status.as_dict(),
        }


def redact_config(integration_key: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """A config of the API in snake_case, secrets as words; an unknown field with a mask in it counts as a secret."""
    store = STORE_TYPES.get(integration_key)
    redacted: dict[str, Any] = {}
    for key, value in config.items():
        variable = store.by_key(key) if store else None
        if variable is None:
            redacted[snake_case(key)] = SECRET_SET if looks_masked(value) else value
        elif variable.secret:
            redacted[variable.option] = SECRET_SET if value else SECRET_NOT_SET
        else:
            redacted[variable.option] = normal(variable, value)
    return redacted


def normal(variable: FormVariable, value: Any) -> Any:
    """A value in the type that the manifest gives: a port as text, a boolean as a boolean; absent is the default."""
    if value is None:
        return variable.default
    if variable.kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if value == "" and variable.default is not None:
        return variable.default
    return str(value)


def looks_masked(value: Any) -> bool:
    """Whether a value may be a masked secret."""
    if isinstance(value, Mapping):
        return any(map(looks_masked, value.values()))
    if isinstance(value, list):
        return any(map(looks_masked, value))
    return isinstance(value, str) and "**" in value


def read_integration(item: Any, request: str) -> Integration:
    """Read one integration of the response to `request` (method and path, for messages)."""
    reader = Reader(item, "the integration", request)
    config = item.get("config")
    if config is not None and not isinstance(config, Mapping):
        raise reader.unusable("config")
    return Integration(
        id=reader.need("_id", str),
        # One object for what thousands of integrations have in common.
        integration_key=sys.intern(reader.need("integrationKey", str)),
        project_key=sys.intern(reader.need("projectKey", str)),
        environment_key=reader.need("environmentKey", str),
        # A guess: an integration that was created without a name may have none.
        name="" if item.get("name") is None else reader.need("name", str),
        enabled=reader.need("on", bool),
        tags=tuple(str(tag) for tag in reader.need("tags", list)),
        version=reader.need("version", int),
        config=config,
        status=_read_status(item.get("_status")),
    )


def read_listed_integration(item: Any, request: str) -> Integration:
    """Read one item of a list; one odd item must not hide all others, so it becomes one with a `problem`."""
    try:
        return read_integration(item, request)
    except UnexpectedResponse as error:
        fields = item if isinstance(item, Mapping) else {}
        text = {key: value for key, value in fields.items() if isinstance(value, str)}
        return Integration(
            id=text.get("_id", ""),
            integration_key=text.get("integrationKey", ""),
            project_key=text.get("projectKey", ""),
            environment_key=text.get("environmentKey", ""),
            name=text.get("name", ""),
            enabled=fields.get("on") is True,
            tags=read_tags(fields.get("tags")),
            version=0,
            status=_read_status(fields.get("_status")),
            problem=error.problem,
        )


def _read_status(status: Any) -> Status:
    """A status is shown, and never decides what to write: what cannot be read is left out."""
    if not isinstance(status, Mapping):
        return Status()
    errors = status.get("errors")
    return Status(
        available=_boolean(status.get("available")),
        potentially_stale=_boolean(status.get("potentiallyStale")),
        last_sync=_whole_number(status.get("lastSync")),
        last_error=_whole_number(status.get("lastError")),
        errors=tuple(
            StatusError(
                status_code=_whole_number(error.get("statusCode")),
                message=str(error.get("message", "")),
                timestamp=_whole_number(error.get("timestamp")),
            )
            for error in (errors if isinstance(errors, list) else [])
            if isinstance(error, Mapping)
        ),
    )


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole_number(value: Any) -> int | None:
    """A time or a code. One of hundreds of digits, which no float can hold, counts as not reported."""
    usable = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15
    return value if usable else None


def read_tags(tags: Any) -> tuple[str, ...]:
    """Tags that are only shown."""
    return tuple(map(str, tags)) if isinstance(tags, list) else ()


class Reader:
    """Required fields of one object of a response."""

    def __init__(self, item: Any, kind: str, request: str) -> None:
        self.kind = kind
        self.request = request
        if not isinstance(item, Mapping):
            raise UnexpectedResponse(f"The response to {request} has something else than {kind}.", request=request)
        self.item = item

    def need(self, key: str, kind: type) -> Any:
        """A field of this type. Raises UnexpectedResponse."""
        value = self.item.get(key)
        if not isinstance(value, kind):
            raise self.unusable(key)
        return value

    def unusable(self, key: str) -> UnexpectedResponse:
        """The error about a field."""
        message = f"The response to {self.request} has no usable `{key}` in {self.kind}."
        return UnexpectedResponse(message, request=self.request)
