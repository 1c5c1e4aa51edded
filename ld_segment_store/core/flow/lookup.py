# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Finding integrations: one to work on, or all that match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import AmbiguousIntegration, NotFound
from ..findings import Finding
from ..model.form_variables import STORE_TYPES
from ..model.integration import Integration
from ..model.settings import check_key


class Target(NamedTuple):
    """Which integration: by project, environment and store type; several are narrowed by ID or name."""

    project_key: str
    environment_key: str
    integration_key: str
    integration_id: str | None = None
    name: str | None = None

    def findings(self) -> list[Finding]:
        """What is wrong with it."""
        found = [*check_key("project_key", self.project_key), *check_key("environment_key", self.environment_key)]
        if self.integration_key not in STORE_TYPES:
            remedy = "give {}".format(" or ".join(sorted(STORE_TYPES)))
            found.append(Finding("error", "integration_key", "is not a known store type", remedy))
        if self.integration_id is not None:
            found.extend(check_key("integration_id", self.integration_id))
        return found


def observe(
    client: Client, target: Target, deadline: Deadline | None = None, listed: Sequence[Integration] | None = None
) -> Integration | None:
    """Find the integration and read it with its `config`: two requests, one with an ID. None where there is none.

    `listed` saves the first: integrations listed a while ago, of which one or none may be the target.
    """
    deadline = deadline or client.transport.deadline()
    integration_id = target.integration_id
    if integration_id is None:
        match = narrow(client.list_integrations(deadline) if listed is None else listed, target)
        if match is None:
            return None
        integration_id = match.id
    try:
        return client.get_integration(
            target.project_key, target.environment_key, target.integration_key, integration_id, deadline
        )
    except NotFound:
        if target.integration_id is not None:
            raise
        # Removed by somebody since it was listed. Where that was a while ago there may be another by now.
        return None if listed is None else observe(client, target, deadline)


def matching(
    integrations: Iterable[Integration],
    project_key: str | None = None,
    environment_key: str | None = None,
    integration_key: str | None = None,
    integration_id: str | None = None,
) -> list[Integration]:
    """Those that match what is given. Pure."""
    asked = (project_key, environment_key, integration_key, integration_id)
    return [
        integration
        for integration in integrations
        if all(wanted in (None, value) for wanted, value in zip(asked, _keys(integration)))
    ]


def find_integrations(
    client: Client,
    project_key: str | None = None,
    environment_key: str | None = None,
    integration_key: str | None = None,
    integration_id: str | None = None,
) -> list[Integration]:
    """Every integration that matches what is given, each with its `config`: one request, and one for each found."""
    deadline = client.transport.deadline()
    listed = client.list_integrations(deadline)
    found = []
    for integration in matching(listed, project_key, environment_key, integration_key, integration_id):
        try:
            found.append(client.get_integration(*_keys(integration), deadline))
        except NotFound:
            continue  # removed since it was listed
    return found


def _keys(integration: Integration) -> tuple[str, str, str, str]:
    return (integration.project_key, integration.environment_key, integration.integration_key, integration.id)


def narrow(integrations: Iterable[Integration], target: Target) -> Integration | None:
    """The one integration that is meant, or None. Raises AmbiguousIntegration."""
    wanted = (target.project_key, target.environment_key, target.integration_key)
    matches = matching(integrations, *wanted)
    if len(matches) > 1 and target.name is not None:
        matches = [i for i in matches if i.name == target.name] or matches
    if len(matches) <= 1:
        return matches[0] if matches else None
    listed = ["{} ({!r}, {})".format(i.id, i.name, "on" if i.enabled else "off") for i in matches]
    raise AmbiguousIntegration(
        "Project {!r}, environment {!r} has {} integrations of type {}: {}. Say which one is meant with integration_id,"
        " or with the name of one of them.".format(*wanted[:2], len(matches), wanted[2], "; ".join(listed)),
        listed,
    )
