# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Look up integrations, one to work on or all that match, and their environment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import AmbiguousIntegration, NotFound, UnexpectedResponse, require_no_errors
from ..findings import Finding
from ..model.integration import Integration
from ..model.store_key import StoreKey, check_key

if TYPE_CHECKING:
    from ..model.account import Environment


class Target(NamedTuple):
    """Which integration: by project, environment and store type, and where they are given by ID, or by name.

    `preferred_name` selects one of several, and any name will do where there is only one.
    """

    project_key: str
    environment_key: str
    integration_key: str
    integration_id: str | None = None
    name: str | None = None
    preferred_name: str | None = None

    @property
    def key(self) -> StoreKey:
        """Project key, environment key and store type."""
        return StoreKey(self.project_key, self.environment_key, self.integration_key)

    def findings(self) -> list[Finding]:
        """What is wrong with the target."""
        about_id = [] if self.integration_id is None else check_key("integration_id", self.integration_id)
        return [*self.key.findings(), *about_id]


def observe(
    client: Client, target: Target, deadline: Deadline | None = None, listed: Sequence[Integration] | None = None
) -> Integration | None:
    """Find the integration and read it with its `config`: two requests, one with an ID. None where it does not exist.

    `listed` saves the first request: integrations listed a while ago, of which one or none may be the target.
    """
    return look_up(client, target, deadline or client.deadline(), listed)[0]


def look_up(
    client: Client, target: Target, deadline: Deadline, listed: Sequence[Integration] | None
) -> tuple[Integration | None, set[str]]:
    """`observe`, and the IDs of integrations that are listed and deleted: how long the list shows them is not known."""
    gone: set[str] = set()
    if target.integration_id is not None:
        return client.get_integration(target.key, target.integration_id, deadline), gone
    current = listed
    while True:
        if current is None:
            current = client.list_integrations(deadline)
        match = narrow([integration for integration in current if integration.id not in gone], target)
        if match is None:
            return None, gone
        try:
            return client.get_integration(target.key, match.id, deadline), gone
        except NotFound:
            gone.add(match.id)
        if current is listed:
            current = None  # of a while ago: another one may exist by now


def matching(
    integrations: Iterable[Integration],
    project_key: str | None = None,
    environment_key: str | None = None,
    integration_key: str | None = None,
    integration_id: str | None = None,
) -> list[Integration]:
    """The integrations that have what is given. Pure."""
    wanted = (project_key, environment_key, integration_key, integration_id)
    return [
        integration
        for integration in integrations
        if all(given in (None, value) for given, value in zip(wanted, (*integration.key, integration.id)))
    ]


def find_integrations(
    client: Client,
    project_key: str | None = None,
    environment_key: str | None = None,
    integration_key: str | None = None,
    integration_id: str | None = None,
) -> list[Integration]:
    """Every integration that matches, each with its `config`: one request, and one for each found.

    Raises InvalidSettings for what is no key, such as an empty one from an unset variable: it would match nothing.
    """
    given = {
        "project_key": project_key,
        "environment_key": environment_key,
        "integration_key": integration_key,
        "integration_id": integration_id,
    }
    require_no_errors([each for name, key in given.items() if key is not None for each in check_key(name, key)])
    deadline = client.deadline()
    listed = client.list_integrations(deadline)
    found = []
    for integration in matching(listed, project_key, environment_key, integration_key, integration_id):
        if integration.problem:
            found.append(integration)  # as far as it could be read
            continue
        try:
            found.append(client.get_integration(integration.key, integration.id, deadline))
        except NotFound:
            continue  # removed since it was listed
    return found


def narrow(integrations: Iterable[Integration], target: Target) -> Integration | None:
    """The one integration of the target, or None. Raises AmbiguousIntegration, and UnexpectedResponse where an unreadable item
    may be it."""
    matches = [integration for integration in integrations if _may_be(integration, target)]
    for unreadable in matches:
        known = unreadable.id and all(unreadable.key) and (unreadable.name or target.name is None)
        if unreadable.problem and not known:
            raise UnexpectedResponse(
                f"{unreadable.problem} It may be the {target.integration_key} store of {target.key[0]}/{target.key[1]}."
            )
    if target.name is not None:
        matches = [i for i in matches if i.name == target.name]
    matches = [i for i in matches if i.name == target.preferred_name] or matches
    if len(matches) <= 1:
        return matches[0] if matches else None
    listed = [described(integration) for integration in matches]
    raise AmbiguousIntegration(
        f"Project {target.project_key!r}, environment {target.environment_key!r} has {len(matches)} integrations of type"
        f" {target.integration_key}: {'; '.join(listed)}. Choose one with integration_id, or with the name of one of them.",
        listed,
    )


def described(integration: Integration) -> str:
    """One of several, for messages."""
    return f"{integration.id} ({integration.name!r}, {'on' if integration.enabled else 'off'})"


def _may_be(integration: Integration, target: Target) -> bool:
    """Whether it is of the target's store; of an unreadable one a missing key may be any."""
    if not integration.problem:
        return integration.key == target.key
    return all(key in ("", wanted) for key, wanted in zip(integration.key, target.key))


def find_environment(
    client: Client, project_key: str, environment_key: str, deadline: Deadline | None = None
) -> Environment | None:
    """Find an environment: one request. None where the project has none with this key. Raises ApiError."""
    found = client.list_environments(project_key, environment_key, deadline)
    return next((environment for environment in found if environment.key == environment_key), None)


def require_environment(client: Client, target: Target, deadline: Deadline | None = None) -> Environment:
    """Find the environment of a target. Raises NotFound for one that does not exist, or another ApiError."""
    environment = find_environment(client, target.project_key, target.environment_key, deadline)
    if environment is None:
        message = f"Project {target.project_key!r} has no environment {target.environment_key!r}."
        raise NotFound(message, request=f"GET /api/v2/projects/{target.project_key}/environments")
    return environment
