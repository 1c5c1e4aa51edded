# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Apply a plan that somebody has seen."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import NotFound, Outdated, StalePlan
from ..model.integration import Integration
from .creation import Looks, Settled, settle
from .lookup import Target, look_up
from .plan import Action, Plan
from .rounds import write


def apply_plan(client: Client, plan: Plan) -> Integration | None:
    """Apply a plan to exactly the integration that it was made from; return the integration afterwards.

    The integration is read again first. StalePlan is raised, and nothing sent, where anything but its status has changed, masks
    of secrets included; also where another run creates the integration at the same time, after this run has deleted its
    own. Between that read and an update somebody else may still write. None after a deletion. Raises ApiError.
    """
    deadline = client.deadline()
    while True:
        current, gone = _looked_up(client, plan, deadline)
        if plan.action is Action.NOTHING:
            return current
        with suppress(Outdated):  # it is read again
            written = write(client, plan, deadline)
            break
    if plan.action is Action.CREATE and written is not None:
        since = client.clock.monotonic()
        settled = settle(
            client, Looks(written, gone), lambda _since: client.list_integrations(deadline), since, deadline
        )
        if settled in (Settled.WITHDRAWN, Settled.GONE):
            raise StalePlan(
                f"{plan.key}: another run created or deleted the integration at the same time. The duplicate {written.id} of this"
                " run is deleted. Make a new plan."
            )
    return written


def _looked_up(client: Client, plan: Plan, deadline: Deadline) -> tuple[Integration | None, set[str]]:
    """The integration of the plan, and the IDs of deleted ones that are listed. Raises StalePlan where it has changed."""
    integration_id = plan.target.id if plan.target else None
    try:
        current, gone = look_up(client, Target(*plan.key, integration_id), deadline, None)
    except NotFound:
        if plan.target is None:
            raise
        current, gone = None, set()  # deleted since
    if _state(current) != _state(plan.target):
        changed = "created" if plan.target is None else "deleted" if current is None else "changed"
        raise StalePlan(
            f"{plan.key}: the integration was {changed} after the plan was made. Nothing was sent. Make a new plan."
        )
    return current, gone


def _state(integration: Integration | None) -> Any:
    """All of an integration but its status."""
    if integration is None:
        return None
    return replace(integration, tags=tuple(sorted(integration.tags)), status=None)  # type: ignore[arg-type]
