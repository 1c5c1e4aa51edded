# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Bring about what is desired: read, plan, apply; and after a conflict or a lost answer read and plan again.

`check` skips the writing and nothing else. Only `apply_plan` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import ApiError, Conflict, Forbidden, NotFound, OutcomeUnknown, require_no_errors
from ..model.integration import Integration
from ..model.settings import Settings, require_valid
from .lookup import Target, narrow, observe
from .plan import Action, Plan, UpdateSecrets, find_drift, plan_absent, plan_nothing, plan_present

# How often one call reads and plans again after a conflict or a lost answer.
_ROUNDS = 5
# Seconds to wait, one after the other, before looking for what may still take effect. How long that can take is not known:
# these decide how often a lost answer is overcome, and never whether a POST is repeated.
_LATE_ARRIVAL_WAITS = (1.0, 2.0, 4.0)
# A guess: who has answered, however badly, has done its work or won't do it any more.
_LOST_ANSWER_WAITS = (0.5,)
_NOT_REPEATED = (
    "It was looked for and not found. It was not sent again, since it may still arrive, and then there would be two."
    " Run again in a minute: what is there is read first."
)


@dataclass(frozen=True)
class Outcome:
    """What a reconciliation did, or in check mode would do.

    `plan` is what was applied, `changed` whether anything changed, `integration` what is there afterwards (None after a
    deletion, and in check mode what was there before), `warnings` one sentence each.
    """

    plan: Plan
    changed: bool
    integration: Integration | None
    warnings: tuple[str, ...] = ()
    check: bool = False

    def after(self) -> dict[str, Any] | None:
        """The integration afterwards, redacted and in snake_case; in check mode as planned. None where there is none.

        `id`, `version` and `status` of one that is not there yet are None in check mode.
        """
        if self.plan.action is Action.DELETE:
            return None
        if not self.check or self.plan.action is Action.NOTHING:
            return self.integration.redacted() if self.integration else None
        before = self.integration.redacted() if self.integration else {"id": None, "version": None, "status": None}
        keys = {
            "project_key": self.plan.project_key,
            "environment_key": self.plan.environment_key,
            "integration_key": self.plan.integration_key,
        }
        return {**before, **keys, **self.plan.after}

    def last_sync_before(self) -> int | None:
        """When the store was last synchronized before its config was changed (epoch ms); None where it was not changed.

        Before the first synchronization it is 0, so that any counts.
        """
        replaced = self.plan.action is Action.UPDATE and self.plan.before.get("config") != self.plan.after.get("config")
        if not self.changed or self.check or self.plan.target is None or not replaced:
            return None
        return self.plan.target.status.last_sync or 0


def ensure_present(
    client: Client,
    settings: Settings,
    *,
    integration_id: str | None = None,
    update_secrets: UpdateSecrets = UpdateSecrets.IF_DIFFERENT,
    check: bool = False,
    listed: Sequence[Integration] | None = None,
) -> Outcome:
    """Create or update one integration so that it is as `settings` say.

    `listed` saves the first look at the account's list: what is there of this environment and store type. Later looks list.
    Raises InvalidSettings before anything is sent, AmbiguousIntegration, SecretRequired, or ApiError.
    """
    warnings = [finding.text for finding in require_valid(settings)]
    # Documented for the Redis integration: not available in federal environments.
    host = urlsplit(client.transport.api_host).hostname or ""
    if settings.integration_key == "redis" and host.endswith("launchdarkly.us"):
        warnings.append("LaunchDarkly documents that the Redis integration is not available in federal environments.")
    target = Target(
        settings.project_key, settings.environment_key, settings.integration_key, integration_id, settings.name
    )
    require_no_errors(target.findings())
    deadline = client.transport.deadline()
    outcome = _converge(
        client, target, lambda observed: plan_present(settings, observed, update_secrets), check, deadline, listed
    )
    if check and outcome.plan.action is Action.CREATE:
        warnings.extend(_check_environment(client, target, deadline))
    if outcome.changed and not check and outcome.integration and outcome.integration.config:
        warnings.extend(_not_taken(settings, outcome.integration))
    return replace(outcome, warnings=(*warnings, *outcome.plan.warnings, *outcome.warnings))


def ensure_absent(
    client: Client, target: Target, *, check: bool = False, listed: Sequence[Integration] | None = None
) -> Outcome:
    """Remove one integration, if it is there. `listed` and what it raises are as in `ensure_present`."""
    require_no_errors(target.findings())
    nothing = plan_nothing(target.project_key, target.environment_key, target.integration_key)
    deadline = client.transport.deadline()
    return _converge(
        client, target, lambda observed: plan_absent(observed) if observed else nothing, check, deadline, listed
    )


def apply_plan(client: Client, plan: Plan, deadline: Deadline | None = None) -> Integration | None:
    """Send the one write of a plan; the integration afterwards, None after a deletion. Raises ApiError."""
    keys = (plan.project_key, plan.environment_key, plan.integration_key)
    if plan.action is Action.CREATE:
        return client.create_integration(*keys, plan.request, deadline)
    if plan.action is Action.NOTHING or plan.target is None:
        return plan.target
    if plan.action is Action.UPDATE:
        return client.patch_integration(*keys, plan.target.id, plan.request, deadline)
    client.delete_integration(*keys, plan.target.id, deadline)
    return None


def _converge(
    client: Client,
    target: Target,
    make_plan: Callable[[Integration | None], Plan],
    check: bool,
    deadline: Deadline,
    listed: Sequence[Integration] | None,
) -> Outcome:
    """Read, plan and apply until nothing is left to do. `listed` counts for the first reading only."""
    lost: list[Plan] = []
    try:
        return _rounds(client, target, make_plan, check, deadline, listed, lost)
    except OutcomeUnknown:
        raise
    except ApiError as error:
        if not lost:
            raise
        raise OutcomeUnknown(
            f"A change was sent, its answer was lost, and then: {error.what}",
            request=error.request,
            status=error.status,
            code=error.code,
            request_id=error.request_id,
        ) from None


def _rounds(
    client: Client,
    target: Target,
    make_plan: Callable[[Integration | None], Plan],
    check: bool,
    deadline: Deadline,
    listed: Sequence[Integration] | None,
    lost: list[Plan],
) -> Outcome:
    """The rounds of `_converge`; `lost` gets the plans that were sent and whose answers were lost."""
    for round_number in range(1, _ROUNDS + 1):
        observed = _observe(client, target, make_plan, deadline, listed if round_number == 1 else None)
        plan = make_plan(observed)
        if plan.action is Action.NOTHING and lost:
            # The lost answer was a success: what was sent is now there.
            return Outcome(replace(lost[0], warnings=_both(lost[0], plan)), True, observed)
        if check or plan.action is Action.NOTHING:
            return Outcome(plan, plan.action is not Action.NOTHING, observed, check=check)
        try:
            after = apply_plan(client, plan, deadline)
            return Outcome(_joined(lost, plan), True, _with_config(client, after, deadline))
        except OutcomeUnknown as error:
            lost.append(plan)
            if round_number == _ROUNDS or not _wait_for_arrival(client, target, plan, error, deadline):
                raise
        except (Conflict, NotFound) as error:
            # Changed or removed since it was read. A 404 for a new one is about the project or the environment.
            gone = isinstance(error, NotFound) and plan.action is Action.CREATE
            if gone or round_number == _ROUNDS:
                raise
            if not client.transport.pause(client.transport.backoff(round_number), error.what, error.request, deadline):
                raise
    raise AssertionError("every round returns, raises or is followed by another")


def _with_config(client: Client, after: Integration | None, deadline: Deadline) -> Integration | None:
    """The integration read again where the answer to the write left out its `config`, as the OpenAPI allows."""
    if after is None or after.config:
        return after
    try:
        return client.get_integration(*after.keys, after.id, deadline)
    except ApiError:
        return after  # the write succeeded, and that is what counts


def _observe(
    client: Client,
    target: Target,
    make_plan: Callable[[Integration | None], Plan],
    deadline: Deadline,
    listed: Sequence[Integration] | None,
) -> Integration | None:
    """`observe`, where an ID that is not there is fine when it shall be absent."""
    try:
        return observe(client, target, deadline, listed)
    except NotFound:
        # Without an ID it was the list that was not found, which says nothing about any integration.
        if target.integration_id is not None and make_plan(None).action is Action.NOTHING:
            return None
        raise


def _wait_for_arrival(client: Client, target: Target, plan: Plan, error: OutcomeUnknown, deadline: Deadline) -> bool:
    """Give a write without an answer the time to take effect; False when the deadline comes first.

    Only a second POST would make a duplicate; the other writes can be repeated. LaunchDarkly takes no key by which it would
    know a POST again, so one that may still arrive is not repeated, however long ago it was: OutcomeUnknown.
    """
    waits = _LATE_ARRIVAL_WAITS if error.may_arrive_late else _LOST_ANSWER_WAITS
    for seconds in waits:
        if not client.transport.pause(seconds, error.what, error.request, deadline):
            return False
        if plan.action is not Action.CREATE or _has_arrived(client, target, deadline):
            return True
    if error.may_arrive_late:
        raise OutcomeUnknown(
            error.what, request=error.request, status=error.status, request_id=error.request_id, hint=_NOT_REPEATED
        ) from None
    return True


def _has_arrived(client: Client, target: Target, deadline: Deadline) -> bool:
    try:
        return narrow(client.list_integrations(deadline), target) is not None
    except ApiError:
        return False  # no sign of it


def _joined(lost: Sequence[Plan], plan: Plan) -> Plan:
    """What changed in all, when an earlier write of this call may have been a part of it."""
    if not lost:
        return plan
    return replace(
        plan,
        action=lost[0].action,
        before=lost[0].before,
        drift=lost[0].drift,
        warnings=_both(lost[0], plan),
    )


def _both(first: Plan, second: Plan) -> tuple[str, ...]:
    """The warnings of two plans, each once."""
    return tuple(dict.fromkeys((*first.warnings, *second.warnings)))


def _check_environment(client: Client, target: Target, deadline: Deadline) -> list[str]:
    """In check mode nobody would notice that the environment is unknown: the POST is what says so."""
    try:
        environments = client.environments(target.project_key, target.environment_key, deadline)
    except Forbidden:
        return [
            "Whether the project and the environment exist could not be checked: the access token may not list them."
        ]
    if not any(environment.key == target.environment_key for environment in environments):
        message = f"Project {target.project_key!r} has no environment {target.environment_key!r}."
        raise NotFound(message, request=f"GET /api/v2/projects/{target.project_key}/environments")
    return []


def _not_taken(settings: Settings, integration: Integration) -> list[str]:
    """Fields that LaunchDarkly acknowledged but did not take. Secrets can't be compared for that."""
    drift = find_drift(settings, integration)
    return [f"LaunchDarkly accepted the change but still has another {d.field}." for d in drift]
