# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Applying what somebody has looked at: exactly that plan, to exactly what it was made from, or nothing."""

from __future__ import annotations

from typing import Any

from ..api.client import Client
from ..errors import Conflict, NotFound
from ..model.integration import Integration
from .apply import apply_plan
from .lookup import Target, observe
from .plan import Action, Plan


def apply_shown(client: Client, plan: Plan) -> Integration | None:
    """Read again and send the plan's write if nothing has changed since; else raise Conflict, and nothing is sent.

    What is compared is everything but the status, masks of secrets included. Between this reading and the write a moment
    remains in which somebody else may write. Returns the integration afterwards, None after a deletion. Raises ApiError.
    """
    deadline = client.transport.deadline()
    planned_for = plan.target
    target = Target(
        plan.project_key,
        plan.environment_key,
        plan.integration_key,
        planned_for.id if planned_for else None,
        plan.after.get("name"),
    )
    try:
        there = observe(client, target, deadline)
    except NotFound:
        there = None  # the integration of that ID is gone
    if _state(there) != _state(planned_for):
        raise Conflict(
            f"{_what_happened(planned_for, there)} since the preview was made; nothing was sent.",
            hint="Look at the new preview before you apply it.",
        )
    if plan.action is Action.NOTHING:
        return there
    return apply_plan(client, plan, deadline)


def _state(integration: Integration | None) -> Any:
    """What an integration is, without how its store does."""
    if integration is None:
        return None
    config = dict(integration.config or {})
    return (
        integration.id,
        integration.version,
        integration.name,
        integration.enabled,
        sorted(integration.tags),
        config,
    )


def _what_happened(planned_for: Integration | None, there: Integration | None) -> str:
    if planned_for is None:
        return "The integration was created by somebody else"
    return "The integration was removed" if there is None else "The integration was changed"
