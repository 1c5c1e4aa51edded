# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What LaunchDarkly says is set up: integrations and their status, read tolerantly.

An unknown extra field is fine, a missing required one is a NonsenseAnswer that names it. `config` and `_status` may
be missing from list items: LaunchDarkly documents that `config` is only included when one integration is requested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import NonsenseAnswer
from .form_variables import STORE_TYPES, FormVariable, snake_case

SECRET_SET = "set"
SECRET_NOT_SET = "not set"


class StatusError(NamedTuple):
    """One error of a synchronisation: `timestamp` in epoch milliseconds."""

    status_code: int | None
    message: str
    timestamp: int | None


class Status(NamedTuple):
    """How the store does, as LaunchDarkly sees it. Times are epoch milliseconds. None where the answer doesn't
    say."""

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


@dataclass(frozen=True)
class Integration:
    """One integration. `config` has the API's names and masked secrets, or is None where the answer left it out."""

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

    @property
    def keys(self) -> tuple[str, str, str]:
        """Project key, environment key and integration key: whose it is, and of which type."""
        return self.project_key, self.environment_key, self.integration_key

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
    """Whether a value may be a mask that LaunchDarkly shows in place of a secret."""
    if isinstance(value, Mapping):
        return any(map(looks_masked, value.values()))
    if isinstance(value, list):
        return any(map(looks_masked, value))
    return isinstance(value, str) and "**" in value


def read_integration(item: Any, request: str) -> Integration:
    """Read one integration of an answer to `request` (method and path, for messages)."""
    reader = _Reader(item, "the integration", request)
    config = item.get("config")
    if config is not None and not isinstance(config, Mapping):
        raise reader.nonsense("config")
    return Integration(
        id=reader.need("_id", str),
        integration_key=reader.need("integrationKey", str),
        project_key=reader.need("projectKey", str),
        environment_key=reader.need("environmentKey", str),
        name=reader.need("name", str),
        enabled=reader.need("on", bool),
        tags=tuple(str(tag) for tag in reader.need("tags", list)),
        version=reader.need("version", int),
        config=config,
        status=_read_status(item.get("_status")),
    )


def _read_status(status: Any) -> Status:
    """A status is for looking at, never for deciding what to write: what can't be read is left out."""
    if not isinstance(status, Mapping):
        return Status()
    errors = status.get("errors")
    return Status(
        available=_only(status.get("available"), bool),
        potentially_stale=_only(status.get("potentiallyStale"), bool),
        last_sync=_only(status.get("lastSync"), int),
        last_error=_only(status.get("lastError"), int),
        errors=tuple(
            StatusError(
                status_code=_only(error.get("statusCode"), int),
                message=str(error.get("message", "")),
                timestamp=_only(error.get("timestamp"), int),
            )
            for error in (errors if isinstance(errors, list) else [])
            if isinstance(error, Mapping)
        ),
    )


def _only(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else None


class Environment(NamedTuple):
    """An environment. `client_side_id` is the prefix that SDKs and LaunchDarkly use for it in the store."""

    key: str
    name: str
    client_side_id: str
    tags: tuple[str, ...]


class Project(NamedTuple):
    """A project: `key` is its project key. `environments` is None where the answer does not hold all of them."""

    key: str
    name: str
    tags: tuple[str, ...]
    environments: tuple[Environment, ...] | None = None


class CallerIdentity(NamedTuple):
    """Who the access token is. Every field may be empty."""

    token_name: str
    token_kind: str
    account_id: str
    member_id: str
    service_token: bool


def read_project(item: Any, request: str) -> Project:
    """Read one project of an answer to `request`."""
    reader = _Reader(item, "the project", request)
    key, name = reader.need("key", str), reader.need("name", str)
    return Project(key, name, _tags(item.get("tags")), _all_environments(item.get("environments"), request))


def _all_environments(page: Any, request: str) -> tuple[Environment, ...] | None:
    """Those of a project in a list of projects: its first page of them, which may be all."""
    if not isinstance(page, Mapping) or not isinstance(page.get("items"), list):
        return None
    items, links = page["items"], page.get("_links")
    more = isinstance(links, Mapping) and "next" in links
    if more or page.get("totalCount") != len(items):
        return None
    return tuple(read_environment(item, request) for item in items)


def read_environment(item: Any, request: str) -> Environment:
    """Read one environment. Its `_id` is the client-side ID."""
    reader = _Reader(item, "the environment", request)
    return Environment(
        reader.need("key", str), reader.need("name", str), reader.need("_id", str), _tags(item.get("tags"))
    )


def _tags(tags: Any) -> tuple[str, ...]:
    """Tags that are only looked at."""
    return tuple(map(str, tags)) if isinstance(tags, list) else ()


def read_caller_identity(item: Any) -> CallerIdentity:
    """Read the answer of `GET /api/v2/caller-identity`, of which no field is required."""
    text = {key: value for key, value in item.items() if isinstance(value, str)}
    return CallerIdentity(
        token_name=text.get("tokenName", ""),
        token_kind=text.get("tokenKind", ""),
        account_id=text.get("accountId", ""),
        member_id=text.get("memberId", ""),
        service_token=item.get("serviceToken") is True,
    )


class _Reader:
    """Required fields of one object of an answer."""

    def __init__(self, item: Any, what: str, request: str) -> None:
        self.what = what
        self.request = request
        if not isinstance(item, Mapping):
            raise NonsenseAnswer(f"The answer to {request} holds something else than {what}.", request=request)
        self.item = item

    def need(self, key: str, kind: type) -> Any:
        value = self.item.get(key)
        if not isinstance(value, kind):
            raise self.nonsense(key)
        return value

    def nonsense(self, key: str) -> NonsenseAnswer:
        message = f"The answer to {self.request} has no usable `{key}` in {self.what}."
        return NonsenseAnswer(message, request=self.request)
