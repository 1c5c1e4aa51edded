# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Take a store's options and prefix from LaunchDarkly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..core.api.client import Client
from ..core.errors import InvalidSettings
from ..core.flow.client_side_id import find_client_side_id
from ..core.flow.lookup import Target, observe
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import normal

# The options of an integration that reading needs. LaunchDarkly masks the password, so it must be given.
READ_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "redis": ("host", "port", "username", "tls_enabled"),
    "dynamodb": ("table_name", "region"),
}


class Location(NamedTuple):
    """Where a store is: `config` in snake_case without secrets, and the prefix."""

    config: dict[str, Any]
    prefix: str


def locate(client: Client, target: Target, client_side_id: str | None = None) -> Location:
    """The location of the target's store: up to three requests. A client-side ID that is given must be the environment's.

    Raises InvalidSettings, AmbiguousIntegration and ApiError.
    """
    integration = observe(client, target)
    if integration is None:
        problem = f"has no {target.integration_key} integration in project {target.project_key!r}"
        raise InvalidSettings.for_field("environment_key", problem, "check the keys, or give the store's options")
    prefix = find_client_side_id(client, target.project_key, target.environment_key, client_side_id)
    stored = integration.config or {}
    variables = [
        item
        for item in STORE_TYPES[target.integration_key].variables
        if item.option in READ_OPTIONS[target.integration_key]
    ]
    return Location({item.option: normal(item, stored.get(item.key)) for item in variables}, prefix)
