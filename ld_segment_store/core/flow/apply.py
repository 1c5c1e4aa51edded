# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Reconcile one integration with its settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import ApiError, Forbidden, NotFound, require_no_errors
from ..model.integration import Integration
from ..model.settings import Settings
from .host_lock import HostLock
from .lookup import Target, described, matching, require_environment
from .plan import (
    Action,
    Plan,
    SecretsPolicy,
    UpdateSecrets,
    find_different_secrets,
    find_drift,
    plan_absent,
    plan_nothing,
    plan_present,
)
from .plan import secrets_policy as parse_policy
from .rounds import Outcome, Reconciliation


def ensure_present(
    client: Client,
    settings: Settings,
    *,
    integration_id: str | None = None,
    update_secrets: SecretsPolicy = UpdateSecrets.IF_DIFFERENT,
    check: bool = False,
) -> Outcome:
    """Create or update one integration so that it has these settings.

    Runs that create the same integration at the same time leave one. Raises InvalidSettings before anything is sent,
    AmbiguousIntegration, SecretRequired, or ApiError.
    """
    require_no_errors(Target(*settings.key, integration_id).findings())
    with HostLock() as lock:
        return reconcile_present(client, settings, integration_id, update_secrets, check=check, lock=lock)


def reconcile_present(
    client: Client,
    settings: Settings,
    integration_id: str | None,
    update_secrets: SecretsPolicy,
    *,
    check: bool,
    listed: Sequence[Integration] | None = None,
    lock: HostLock | None = None,
    settles: bool = True,
) -> Outcome:
    """`ensure_present` as part of a run of many, which has checked the IDs. `listed` saves the first list request."""
    policy = parse_policy(update_secrets)
    target = Target(*settings.key, integration_id, preferred_name=settings.name)
    run = Reconciliation(
        client,
        target,
        lambda observed: plan_present(settings, observed, policy),
        check=check,
        listed=listed,
        lock=lock,
        settles=settles,
    )
    outcome = run.converge()
    warnings = [*_setting_warnings(client, settings), *outcome.plan.warnings, *outcome.warnings]
    if check and outcome.plan.action is Action.CREATE:
        warnings += _check_environment(client, target, run.deadline)
    if outcome.changed and not check and outcome.integration and outcome.integration.config:
        warnings += _not_applied(settings, outcome.plan, outcome.integration)
    return replace(outcome, warnings=tuple(dict.fromkeys(warnings))) if warnings else outcome


def ensure_absent(
    client: Client, target: Target, *, check: bool = False, listed: Sequence[Integration] | None = None
) -> Outcome:
    """Delete one integration, if it exists: where the target has a name, none of another name.

    `listed` saves the first list request. Raises as `ensure_present` does.
    """
    require_no_errors(target.findings())
    nothing = plan_nothing(target.key)
    run = Reconciliation(
        client, target, lambda observed: plan_absent(observed) if observed else nothing, check=check, listed=listed
    )
    outcome = run.converge()
    if outcome.changed or target.integration_id is not None:
        return outcome
    warnings = _absence_warnings(client, target, listed, run.deadline)
    return replace(outcome, warnings=(*outcome.warnings, *warnings)) if warnings else outcome


def _absence_warnings(
    client: Client, target: Target, listed: Sequence[Integration] | None, deadline: Deadline
) -> list[str]:
    """What may be wrong where there is nothing to delete: a name or a key that is misspelled, which nothing else would report."""
    try:
        if target.name is not None:
            others = matching(client.list_integrations(deadline) if listed is None else listed, *target.key)
            if others:
                names = "; ".join(map(described, others))
                return [f"No integration is named {target.name!r}, so none was removed. Of another name: {names}."]
        if listed is None:
            require_environment(client, target, deadline)
    except NotFound as error:
        return [error.problem]
    except ApiError:
        pass
    return []


def _setting_warnings(client: Client, settings: Settings) -> list[str]:
    warnings = [finding.text for finding in settings.warnings]
    # Documented for the Redis integration: not available in federal environments.
    if settings.integration_key == "redis" and _is_federal(client.api_host):
        warnings.append("LaunchDarkly documents that the Redis integration is not available in federal environments.")
    return warnings


@cache  # each of thousands of stores asks
def _is_federal(api_host: str) -> bool:
    return (urlsplit(api_host).hostname or "").endswith("launchdarkly.us")


def _check_environment(client: Client, target: Target, deadline: Deadline) -> list[str]:
    """In check mode nothing would report an unknown environment: only the POST does."""
    try:
        require_environment(client, target, deadline)
    except Forbidden:
        return ["The access token cannot list environments, so it is unknown whether the environment exists."]
    return []


def _not_applied(settings: Settings, plan: Plan, integration: Integration) -> list[str]:
    """Fields that LaunchDarkly acknowledged but did not apply; of secrets those whose mask shows another one."""
    fields = [drift.field for drift in find_drift(settings, integration)]
    if plan.action is Action.CREATE or any("." in drift.field for drift in plan.drift):
        fields += find_different_secrets(settings, integration)
    return [f"LaunchDarkly accepted the change, but {field} still differs." for field in fields]
