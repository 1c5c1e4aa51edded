# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Look up the client-side ID of an environment, so that nobody has to type the prefix of a store."""

from __future__ import annotations

from ..api.client import Client
from ..errors import Forbidden, InvalidSettings, NotFound, Unauthorized, require_no_errors
from ..model.store_key import check_key
from .lookup import find_environment


def find_client_side_id(client: Client, project_key: str, environment_key: str, given: str | None = None) -> str:
    """The environment's client-side ID: one request. One that was `given` must be the same.

    Raises InvalidSettings for an unknown environment or another ID, and ApiError.
    """
    require_no_errors([*check_key("project_key", project_key), *check_key("environment_key", environment_key)])
    environment = find_environment(client, project_key, environment_key)
    if environment is None:
        problem = f"does not exist in project {project_key!r}"
        raise InvalidSettings.for_field("environment_key", problem, "check the key; keys are case-sensitive")
    found = environment.client_side_id
    if given not in (None, found):
        # Not repeated: it may be an SDK key.
        problem = f"is not that of {project_key}/{environment_key}, which is {found}"
        raise InvalidSettings.for_field("client_side_id", problem, "correct it, or leave it out")
    return found


def known_client_side_id(client: Client, project_key: str, environment_key: str) -> str | None:
    """The same, or None for an unknown environment and for a token that may not read it. Raises other ApiErrors."""
    try:
        return find_client_side_id(client, project_key, environment_key)
    except (InvalidSettings, NotFound, Forbidden, Unauthorized):
        return None
