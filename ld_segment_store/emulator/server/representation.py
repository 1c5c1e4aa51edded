# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""JSON representations of the account's contents."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ...core.model.form_variables import STORE_TYPES
from ..account.account import Config, Environment, Integration, Project
from ..behaviour import Behaviour
from .redaction import masked_config

STORES = "/api/v2/integration-capabilities/big-segment-store"
PROJECTS = "/api/v2/projects"


def link(*parts: str) -> dict[str, str]:
    """A link to a path, from a fixed beginning and keys."""
    return {"href": "/".join([parts[0], *(quote(part, safe="") for part in parts[1:])]), "type": "application/json"}


def integration_item(integration: Integration, behaviour: Behaviour) -> dict[str, Any]:
    """An integration as an item of the list, without its config."""
    place = (integration.project_key, integration.environment_key)
    item: dict[str, Any] = {
        "_links": {
            "self": link(STORES, *place, integration.integration_key, integration.id),
            "parent": link(STORES),
            "project": link(PROJECTS, integration.project_key),
            "environment": link(PROJECTS, integration.project_key, "environments", integration.environment_key),
        },
        "_id": integration.id,
        "integrationKey": integration.integration_key,
        "projectKey": integration.project_key,
        "environmentKey": integration.environment_key,
        "on": integration.on,
        "tags": list(integration.tags),
        "name": integration.name,
        "version": integration.version,
        "_status": dict(integration.status),
    }
    if behaviour.missing_name == "null" and not integration.name:
        item["name"] = None
    if behaviour.status_field == "omitted":
        del item["_status"]
    if behaviour.list_config == "empty":
        item["config"] = {}
    return item


def integration_whole(integration: Integration, behaviour: Behaviour) -> dict[str, Any]:
    """An integration with its config, secrets masked."""
    config = _with_defaults(integration) if behaviour.config_defaults == "filled" else integration.config
    return {**integration_item(integration, behaviour), "config": masked_config(config, behaviour)}


def project_whole(project: Project) -> dict[str, Any]:
    """A project, without its environments."""
    return {
        "_links": {
            "self": link(PROJECTS, project.key),
            "environments": link(PROJECTS, project.key, "environments"),
        },
        "_id": project.id,
        "key": project.key,
        "name": project.name,
        "tags": list(project.tags),
        "includeInSnippetByDefault": False,
    }


def environment_whole(project: Project, environment: Environment) -> dict[str, Any]:
    """An environment. Its SDK and mobile keys are made up and recognisable; the client-side ID is its `_id`."""
    made_up = f"emulator-{project.key}-{environment.key}"
    return {
        "_links": {"self": link(PROJECTS, project.key, "environments", environment.key)},
        "_id": environment.client_side_id,
        "key": environment.key,
        "name": environment.name,
        "apiKey": "sdk-" + made_up,
        "mobileKey": "mob-" + made_up,
        "color": "405BFF",
        "defaultTtl": 0,
        "secureMode": False,
        "defaultTrackEvents": False,
        "requireComments": False,
        "confirmChanges": False,
        "tags": list(environment.tags),
        "critical": False,
    }


def _with_defaults(integration: Integration) -> Config:
    variables = STORE_TYPES[integration.integration_key].variables
    defaults = {variable.key: variable.default for variable in variables if variable.default is not None}
    return {**defaults, **integration.config}
