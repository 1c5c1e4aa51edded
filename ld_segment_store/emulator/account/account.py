# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The emulated account: projects, environments and integrations, safe to use from several threads."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Union

from ...core.model.form_variables import STORE_TYPES, Scalar
from ...core.secret import Secret
from .segments import Segment
from .status import INITIAL_STATUS

Config = Mapping[str, Union[Scalar, Secret]]


@dataclass(frozen=True)
class Environment:
    """`client_side_id` is what the API calls the environment's `_id`; `segments` are its big segments by key."""

    key: str
    name: str
    client_side_id: str
    tags: tuple[str, ...] = ()
    segments: Mapping[str, Segment] = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """A project and its environments by key, both in order of creation."""

    key: str
    name: str
    environments: Mapping[str, Environment]
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The project's `_id`."""
        return stable_id(self.key)


@dataclass(frozen=True)
class Integration:
    """A big segment store integration. Secrets in `config` are of type Secret: `repr` does not show them."""

    id: str
    project_key: str
    environment_key: str
    integration_key: str
    config: Config
    name: str = ""
    on: bool = False
    tags: tuple[str, ...] = ()
    version: int = 1
    status: Mapping[str, Any] = field(default_factory=lambda: INITIAL_STATUS)


@dataclass(frozen=True)
class Contents:
    """The contents of an account."""

    projects: tuple[Project, ...]
    integrations: tuple[Integration, ...] = ()


class UnknownKey(LookupError):
    """The project, environment or integration does not exist. The text is a sentence for users."""


class SecondIntegration(Exception):
    """The environment already has an integration of this type. The text is a sentence for users."""


Observer = Callable[[str, Integration], None]


def stable_id(*keys: str) -> str:
    """24 hexadecimal digits, as LaunchDarkly's IDs have, the same for the same keys in every run."""
    return hashlib.sha256("/".join(keys).encode()).hexdigest()[:24]


def new_id() -> str:
    """24 random hexadecimal digits."""
    return os.urandom(12).hex()


def seal(integration_key: str, config: Mapping[str, Any]) -> Config:
    """`config` with its secrets as Secret."""
    secrets = {variable.key for variable in STORE_TYPES[integration_key].variables if variable.secret}
    return {key: Secret(value) if key in secrets and isinstance(value, str) else value for key, value in config.items()}


def unseal(config: Config) -> dict[str, Scalar]:
    """`config` with its secrets in clear: for the store itself, a JSON Patch and the state file only."""
    return {key: value.reveal() if isinstance(value, Secret) else value for key, value in config.items()}


class Account:
    """The emulated account. Everything it returns is immutable.

    A test can also call `create`, `update` and `delete` to make changes behind a client's back: they need no token, check
    nothing and are not recorded as requests.
    """

    def __init__(self, contents: Contents, save: Callable[[Contents], None] | None = None) -> None:
        """`save` gets the new contents before each change except that of a status. If it raises, nothing changes."""
        self._lock = threading.RLock()
        self._save = save
        self._projects: dict[str, Project] = {}
        self._integrations: dict[str, Integration] = {}
        self._observers: list[Observer] = []
        self._segment_observers: list[Callable[[], None]] = []
        self._fill(contents)

    def observe(self, observer: Observer, *, existing: bool = False) -> None:
        """Have `observer(event, integration)` called after each `created`, `changed`, `deleted`.

        The calls come in order and under the account's lock, so the observer must return at once. A new status is not an event.
        With `existing`, `created` follows at once for each integration of the account.
        """
        with self._lock:
            self._observers.append(observer)
            for integration in self.integrations if existing else ():
                observer("created", integration)

    def unobserve(self, observer: Observer) -> None:
        """Stop calling this observer."""
        with self._lock:
            self._observers = [other for other in self._observers if other != observer]

    def observe_segments(self, observer: Callable[[], None]) -> None:
        """Have `observer()` called when segments of some environment may have changed; as in `observe`."""
        self._segment_observers.append(observer)

    @property
    def contents(self) -> Contents:
        """A snapshot of the contents."""
        with self._lock:
            return Contents(tuple(self._projects.values()), tuple(self._integrations.values()))

    @property
    def projects(self) -> list[Project]:
        """All projects in order of creation."""
        return list(self.contents.projects)

    @property
    def integrations(self) -> list[Integration]:
        """All integrations in order of creation."""
        return list(self.contents.integrations)

    def project(self, key: str) -> Project:
        """The project with this key. Raises UnknownKey."""
        with self._lock:
            if key not in self._projects:
                raise UnknownKey(f"Unknown project key {key!r}.")
            return self._projects[key]

    def environment(self, project_key: str, environment_key: str) -> Environment:
        """The environment with this key. Raises UnknownKey."""
        environments = self.project(project_key).environments
        if environment_key not in environments:
            raise UnknownKey(f"Unknown environment key {environment_key!r} in project {project_key!r}.")
        return environments[environment_key]

    def integration(self, integration_id: str) -> Integration:
        """The integration with this ID. Raises UnknownKey."""
        with self._lock:
            if integration_id not in self._integrations:
                raise UnknownKey(f"Unknown integration ID {integration_id!r}.")
            return self._integrations[integration_id]

    def create(
        self,
        project_key: str,
        environment_key: str,
        integration_key: str,
        config: Mapping[str, Any],
        *,
        name: str = "",
        on: bool = False,
        tags: Iterable[str] = (),
        alone: bool = False,
    ) -> Integration:
        """Add an integration. `config` is as in the API, secrets in clear. Raises UnknownKey.

        With `alone`, another one of its type in the environment raises SecondIntegration.
        """
        with self._lock:
            self.environment(project_key, environment_key)
            if alone and any(
                (other.project_key, other.environment_key, other.integration_key)
                == (project_key, environment_key, integration_key)
                for other in self._integrations.values()
            ):
                raise SecondIntegration("The environment already has an integration of this type.")
            sealed = seal(integration_key, config)
            integration = Integration(
                new_id(), project_key, environment_key, integration_key, sealed, name, on, tuple(tags)
            )
            self._keep(integration.id, integration)
            self._notify("created", integration)
            return integration

    def update(self, integration_id: str, *, config: Mapping[str, Any] | None = None, **changes: Any) -> Integration:
        """Change `name`, `on`, `tags`, or single fields of `config` (None removes one); the version grows."""

        def edit(integration: Integration) -> Integration:
            merged = {**integration.config, **seal(integration.integration_key, config or {})}
            kept = {key: value for key, value in merged.items() if value is not None}
            return replace(integration, config=kept, **changes)

        if "tags" in changes:
            changes["tags"] = tuple(changes["tags"])
        return self.edit(integration_id, edit)

    def edit(self, integration_id: str, edit: Callable[[Integration], Integration]) -> Integration:
        """Replace an integration by `edit(integration)` atomically; the version grows. Raises UnknownKey."""
        with self._lock:
            before = self.integration(integration_id)
            integration = replace(edit(before), version=before.version + 1)
            self._keep(integration_id, integration)
            self._notify("changed", integration)
            return integration

    def delete(self, integration_id: str) -> None:
        """Remove an integration. Raises UnknownKey."""
        with self._lock:
            integration = self.integration(integration_id)
            self._keep(integration_id, None)
            self._notify("deleted", integration)

    def set_status(self, integration_id: str, status: Mapping[str, Any]) -> None:
        """Set `_status`; the version stays. Raises UnknownKey."""
        self.edit_status(integration_id, lambda _status: status)

    def edit_status(self, integration_id: str, edit: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Replace a status by `edit(status)` atomically; the version stays. Raises UnknownKey."""
        with self._lock:
            integration = self.integration(integration_id)
            self._integrations[integration_id] = replace(integration, status=dict(edit(integration.status)))

    def set_segments(self, project_key: str, environment_key: str, segments: Mapping[str, Segment]) -> None:
        """Set all big segments of an environment. Raises UnknownKey."""
        with self._lock:
            environment = replace(self.environment(project_key, environment_key), segments=dict(segments))
            project = self._projects[project_key]
            environments = {**project.environments, environment_key: environment}
            projects = {**self._projects, project_key: replace(project, environments=environments)}
            self._save_first(Contents(tuple(projects.values()), tuple(self._integrations.values())))
            self._projects = projects
            self._notify_of_segments()

    def restore(self, contents: Contents) -> None:
        """Replace everything by `contents`; observers get each deletion and creation."""
        with self._lock:
            self._save_first(contents)
            for integration in self.integrations:
                del self._integrations[integration.id]
                self._notify("deleted", integration)
            self._fill(contents)
            for integration in contents.integrations:
                self._notify("created", integration)
            self._notify_of_segments()

    def _fill(self, contents: Contents) -> None:
        self._projects = {project.key: project for project in contents.projects}
        self._integrations = {integration.id: integration for integration in contents.integrations}

    def _keep(self, integration_id: str, integration: Integration | None) -> None:
        """Save and store this version of an integration; None removes it."""
        if self._save:  # without a state file, the copy would be wasted
            others = {**self._integrations, integration_id: integration}
            self._save_first(Contents(tuple(self._projects.values()), tuple(filter(None, others.values()))))
        if integration:
            self._integrations[integration_id] = integration
        else:
            del self._integrations[integration_id]

    def _save_first(self, contents: Contents) -> None:
        if self._save:
            self._save(contents)

    def _notify(self, event: str, integration: Integration) -> None:
        for observer in self._observers:
            observer(event, integration)

    def _notify_of_segments(self) -> None:
        for observer in self._segment_observers:
            observer()
