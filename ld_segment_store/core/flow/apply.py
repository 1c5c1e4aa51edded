# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Reconcile one integration: read, plan, apply; after a conflict or a lost response read and plan again.

`check` skips the write and nothing else. Only `_write` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import (
    ApiError,
    Conflict,
    Forbidden,
    KeyExists,
    NotFound,
    OutcomeUnknown,
    StalePlan,
    require_no_errors,
)
from ..model.integration import Integration
from ..model.settings import Settings
from .lookup import Target, narrow, observe
from .plan import Action, Plan, SecretsPolicy, UpdateSecrets, find_drift, plan_absent, plan_nothing, plan_present
from .plan import secrets_policy as parse_policy

# How often one call reads and plans again after a conflict or a lost response.
_ROUNDS = 5
# Seconds to wait, one after the other, before looking for a write that may still take effect. How long that can take is not
# known: these decide how often a lost response is overcome, and never whether a POST is repeated.
_LATE_ARRIVAL_WAITS = (1.0, 2.0, 4.0)
# A guess: a server that has responded, however badly, has done its work or will not do it any more.
_LOST_RESPONSE_WAITS = (0.5,)
_NOT_REPEATED = (
    "The integration was not found afterwards. The request was not retried, because a late success would create a duplicate."
    " Run again in a minute: the current state is read first."
)


@dataclass(frozen=True)
class Outcome:
    """The result of a reconciliation; in check mode, the result it would have.

    `plan` is the plan that was applied, `changed` whether anything changed, `integration` the current integration (None after
    a deletion, in check mode the one before), `warnings` one sentence each.
    """

    plan: Plan
    changed: bool
    integration: Integration | None
    warnings: tuple[str, ...] = ()
    check: bool = False

    def after(self) -> dict[str, Any] | None:
        """The integration afterwards, redacted and in snake_case; in check mode as planned. None where none exists.

        In check mode `id`, `version` and `status` of a new integration are None.
        """
        if self.plan.action is Action.DELETE:
            return None
        if not self.check or self.plan.action is Action.NOTHING:
            return self.integration.redacted() if self.integration else None
        before = self.integration.redacted() if self.integration else {"id": None, "version": None, "status": None}
        return {**before, **self.plan.key._asdict(), **self.plan.after}

    def last_sync_before(self) -> int | None:
        """The last synchronization before the config was changed (epoch ms); None where it was not changed.

        0 before the first synchronization, so that any later one counts.
        """
        replaced = any("." in drift.field for drift in self.plan.drift)
        if not self.changed or self.check or self.plan.target is None or not replaced:
            return None
        return self.plan.target.status.last_sync or 0


def ensure_present(
    client: Client,
    settings: Settings,
    *,
    integration_id: str | None = None,
    update_secrets: SecretsPolicy = UpdateSecrets.IF_DIFFERENT,
    check: bool = False,
    listed: Sequence[Integration] | None = None,
) -> Outcome:
    """Create or update one integration so that it has these settings.

    `listed` saves the first list request: the current integrations of this environment and store type. Raises InvalidSettings
    before anything is sent, AmbiguousIntegration, SecretRequired, or ApiError.
    """
    policy = parse_policy(update_secrets)
    target = Target(*settings.key, integration_id, settings.name)
    require_no_errors(target.findings())
    run = _Reconciliation(
        client, target, lambda observed: plan_present(settings, observed, policy), check=check, listed=listed
    )
    outcome = run.converge()
    warnings = [*_setting_warnings(client, settings), *outcome.plan.warnings, *outcome.warnings]
    if check and outcome.plan.action is Action.CREATE:
        warnings += _check_environment(client, target, run.deadline)
    if outcome.changed and not check and outcome.integration and outcome.integration.config:
        warnings += _not_applied(settings, outcome.integration)
    return replace(outcome, warnings=tuple(dict.fromkeys(warnings)))


def ensure_absent(
    client: Client, target: Target, *, check: bool = False, listed: Sequence[Integration] | None = None
) -> Outcome:
    """Delete one integration, if it exists. `listed` and the exceptions are as in `ensure_present`."""
    require_no_errors(target.findings())
    nothing = plan_nothing(target.key)
    return _Reconciliation(
        client, target, lambda observed: plan_absent(observed) if observed else nothing, check=check, listed=listed
    ).converge()


def apply_plan(client: Client, plan: Plan) -> Integration | None:
    """Apply a plan to exactly the integration that it was made from; return the integration afterwards.

    The integration is read again first. StalePlan is raised, and nothing sent, where anything but its status has changed, masks
    of secrets included. Between that read and the write somebody else may still write. None after a deletion. Raises
    ApiError.
    """
    deadline = client.deadline()
    integration_id = plan.target.id if plan.target else None
    try:
        current = observe(client, Target(*plan.key, integration_id), deadline)
    except NotFound:
        if plan.target is None:
            raise
        current = None  # deleted since
    if _state(current) != _state(plan.target):
        changed = "created" if plan.target is None else "deleted" if current is None else "changed"
        raise StalePlan(
            f"{plan.key}: the integration was {changed} after the plan was made. Nothing was sent. Make a new plan."
        )
    return current if plan.action is Action.NOTHING else _write(client, plan, deadline)


def _state(integration: Integration | None) -> Any:
    """All of an integration but its status."""
    if integration is None:
        return None
    return replace(integration, tags=tuple(sorted(integration.tags)), status=None)  # type: ignore[arg-type]


def _write(client: Client, plan: Plan, deadline: Deadline) -> Integration | None:
    """Send the one write of a plan; return the integration afterwards, None after a deletion."""
    if plan.action is Action.CREATE:
        return client.create_integration(plan.key, plan.request, deadline)
    if plan.action is Action.NOTHING or plan.target is None:
        return plan.target
    if plan.action is Action.UPDATE:
        return client.update_integration(plan.key, plan.target.id, plan.request, deadline)
    client.delete_integration(plan.key, plan.target.id, deadline)
    return None


class _Reconciliation:
    """One call of `ensure_present` or `ensure_absent`: reads, plans and applies until nothing is left to do."""

    def __init__(
        self,
        client: Client,
        target: Target,
        make_plan: Callable[[Integration | None], Plan],
        *,
        check: bool,
        listed: Sequence[Integration] | None,
    ) -> None:
        self.deadline = client.deadline()
        self._client = client
        self._target = target
        self._make_plan = make_plan
        self._check = check
        self._listed = listed
        self._lost: list[Plan] = []  # sent, and their responses lost

    def converge(self) -> Outcome:
        """Reconcile. Raises OutcomeUnknown where a write was sent and nobody knows what it did."""
        try:
            return self._rounds()
        except OutcomeUnknown:
            raise
        except ApiError as error:
            if not self._lost:
                raise
            raise OutcomeUnknown(
                f"A change was sent, its response was lost, and then: {error.problem}",
                request=error.request,
                status=error.status,
                code=error.code,
                request_id=error.request_id,
            ) from None

    def _rounds(self) -> Outcome:
        exists = False
        for round_number in range(1, _ROUNDS + 1):
            observed = self._observe()
            plan = self._make_plan(observed)
            if plan.action is Action.NOTHING and self._lost:
                # The write with the lost response took effect.
                return Outcome(replace(self._lost[0], warnings=self._warnings(plan)), True, observed)
            if self._check or plan.action is Action.NOTHING:
                return Outcome(plan, plan.action is not Action.NOTHING, observed, check=self._check)
            try:
                after = _write(self._client, plan, self.deadline)
                return Outcome(self._joined(plan), True, self._with_config(after))
            except OutcomeUnknown as error:
                self._lost.append(plan)
                if round_number == _ROUNDS or not self._wait_for_arrival(plan, error):
                    raise
            except (Conflict, NotFound) as error:
                # Changed or deleted since it was read. A 404 for a new one is about the project or the environment.
                if plan.action is Action.CREATE and (isinstance(error, NotFound) or exists):
                    raise
                # Somebody may have created it meanwhile; the next round looks, and does not create it a second time.
                exists = isinstance(error, KeyExists)
                if round_number == _ROUNDS or not self._pause(error, self._client.backoff(round_number)):
                    raise
        raise AssertionError("every round returns, raises or is followed by another")

    def _observe(self) -> Integration | None:
        """`observe`; an ID that does not exist is fine where the integration must not exist."""
        listed, self._listed = self._listed, None  # counts for the first look only
        try:
            return observe(self._client, self._target, self.deadline, listed)
        except NotFound:
            # Without an ID the list was not found, which says nothing about any integration.
            if self._target.integration_id is not None and self._make_plan(None).action is Action.NOTHING:
                return None
            raise

    def _with_config(self, after: Integration | None) -> Integration | None:
        """The integration read again where the response to the write left out its `config`, as the OpenAPI allows."""
        if after is None or after.config:
            return after
        try:
            return self._client.get_integration(after.key, after.id, self.deadline)
        except ApiError:
            return after  # the write succeeded, and that is what counts

    def _wait_for_arrival(self, plan: Plan, error: OutcomeUnknown) -> bool:
        """Give a write with a lost response the time to take effect; False when the deadline comes first.

        Only a second POST would create a duplicate; the other writes can be repeated. LaunchDarkly accepts no key that would
        identify a repeated POST, so one that may still arrive is not repeated, however long ago it was: OutcomeUnknown.
        """
        waits = _LATE_ARRIVAL_WAITS if error.may_arrive_late else _LOST_RESPONSE_WAITS
        for seconds in waits:
            if not self._pause(error, seconds):
                return False
            if plan.action is not Action.CREATE or self._has_arrived():
                return True
        if error.may_arrive_late:
            raise OutcomeUnknown(
                error.problem,
                request=error.request,
                status=error.status,
                request_id=error.request_id,
                hint=_NOT_REPEATED,
            ) from None
        return True

    def _has_arrived(self) -> bool:
        try:
            return narrow(self._client.list_integrations(self.deadline), self._target) is not None
        except ApiError:
            return False  # no sign of it

    def _pause(self, error: ApiError, seconds: float) -> bool:
        return self._client.pause(seconds, error.problem, error.request, self.deadline)

    def _joined(self, plan: Plan) -> Plan:
        """The whole change, where an earlier write of this call may have been a part of it."""
        if not self._lost:
            return plan
        first = self._lost[0]
        return replace(plan, action=first.action, before=first.before, drift=first.drift, warnings=self._warnings(plan))

    def _warnings(self, plan: Plan) -> tuple[str, ...]:
        """The warnings of the first lost plan and this one, each once."""
        return tuple(dict.fromkeys((*self._lost[0].warnings, *plan.warnings)))


def _setting_warnings(client: Client, settings: Settings) -> list[str]:
    warnings = [finding.text for finding in settings.warnings]
    # Documented for the Redis integration: not available in federal environments.
    host = urlsplit(client.api_host).hostname or ""
    if settings.integration_key == "redis" and host.endswith("launchdarkly.us"):
        warnings.append("LaunchDarkly documents that the Redis integration is not available in federal environments.")
    return warnings


def _check_environment(client: Client, target: Target, deadline: Deadline) -> list[str]:
    """In check mode nothing would report an unknown environment: only the POST does."""
    try:
        environments = client.list_environments(target.project_key, target.environment_key, deadline)
    except Forbidden:
        return [
            "The access token cannot list environments, so it is unknown whether the project and environment exist."
        ]
    if not any(environment.key == target.environment_key for environment in environments):
        message = f"Project {target.project_key!r} has no environment {target.environment_key!r}."
        raise NotFound(message, request=f"GET /api/v2/projects/{target.project_key}/environments")
    return []


def _not_applied(settings: Settings, integration: Integration) -> list[str]:
    """Fields that LaunchDarkly acknowledged but did not apply. Secrets cannot be compared for that."""
    drift = find_drift(settings, integration)
    return [f"LaunchDarkly accepted the change, but {d.field} still differs." for d in drift]
