# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What would change: a pure function of the desired settings, what is set up, and the policy for secrets.

LaunchDarkly replaces `config` as a whole and never gives a secret back. So a change of any field of `config` needs
the secret again; a plan that would lose or mask it is not made, SecretRequired is raised instead.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import SecretRequired
from ..model.form_variables import STORE_TYPES, StoreType
from ..model.integration import SECRET_NOT_SET, SECRET_SET, Integration, looks_masked, normal, redact_config
from ..model.settings import Settings
from ..secret import Secret, SecretMatch, compare_with_mask

SECRET_NEW = "set (new value)"
_TOP_LEVEL_PATHS = {"name": "/name", "enabled": "/on", "tags": "/tags"}


class Action(enum.Enum):
    """What a plan does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NOTHING = "nothing"


class UpdateSecrets(enum.Enum):
    """When a secret that is at hand is sent to an integration that exists.

    `IF_DIFFERENT`: when the visible ends of the stored one disagree with it. `ALWAYS`: every time, which always is a
    change. `ON_CREATE`: never because of the secret itself.
    """

    IF_DIFFERENT = "if_different"
    ALWAYS = "always"
    ON_CREATE = "on_create"


class Drift(NamedTuple):
    """One field that is not as desired: `field` as the user writes it, why, and both values, redacted."""

    field: str
    reason: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"field": self.field, "reason": self.reason, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Plan:
    """What would change, and the request that changes it.

    `before` and `after` are redacted and shaped alike: empty where there is nothing. `target` is the integration as
    it was read, None for a new one. `request` is the body of the POST or the JSON Patch; it may hold `Secret`
    objects.
    """

    action: Action
    project_key: str
    environment_key: str
    integration_key: str
    target: Integration | None = None
    drift: tuple[Drift, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    request: Any = field(default=None, repr=False)


def plan_present(
    settings: Settings, observed: Integration | None, update_secrets: UpdateSecrets = UpdateSecrets.IF_DIFFERENT
) -> Plan:
    """The plan that brings about `settings`, which must be valid. `observed` must have its `config`. Pure."""
    if observed is None:
        return _plan_create(settings)
    _refuse_masks(settings, observed)
    comparison = _compare_config(settings, observed, update_secrets)
    top_level = _compare_top_level(settings, observed)
    before = _view(observed)
    after = dict(before)
    operations: list[dict[str, Any]] = []
    if comparison.drift:
        operations.append(_replace("/config", _merge_config(settings, observed, comparison)))
        after["config"] = _redact_desired(settings, before["config"])
        for drift in comparison.drift:
            after["config"][drift.field.split(".")[1]] = drift.after
    for drift in top_level:
        operations.append(_replace(_TOP_LEVEL_PATHS[drift.field], drift.after))
        after[drift.field] = drift.after
    return Plan(
        Action.UPDATE if operations else Action.NOTHING,
        settings.project_key,
        settings.environment_key,
        settings.integration_key,
        target=observed,
        drift=(*comparison.drift, *top_level),
        before=before,
        after=after,
        # Where `config` is replaced, the secret goes with it, and there is no doubt any more.
        warnings=() if comparison.drift else comparison.warnings,
        request=operations or None,
    )


def find_drift(settings: Settings, observed: Integration) -> list[Drift]:
    """Every readable field that is not as desired; secrets are left out. Pure."""
    comparison = _compare_config(settings, observed, UpdateSecrets.ON_CREATE)
    return [*comparison.drift, *_compare_top_level(settings, observed)]


def plan_absent(observed: Integration) -> Plan:
    """The plan that removes what was observed. Pure."""
    return Plan(
        Action.DELETE,
        observed.project_key,
        observed.environment_key,
        observed.integration_key,
        target=observed,
        before=_view(observed),
    )


def plan_nothing(project_key: str, environment_key: str, integration_key: str) -> Plan:
    """The plan for what is absent and shall be. Pure."""
    return Plan(Action.NOTHING, project_key, environment_key, integration_key)


def _replace(path: str, value: Any) -> dict[str, Any]:
    """`replace` of a whole value is the one JSON Patch operation that was observed to work on this route."""
    return {"op": "replace", "path": path, "value": value}


def _plan_create(settings: Settings) -> Plan:
    after: dict[str, Any] = {
        "name": settings.name,
        "enabled": bool(settings.enabled),
        "tags": sorted(set(settings.tags or ())),
        "config": _redact_desired(settings, {}),
    }
    warnings: tuple[str, ...] = ()
    if settings.enabled is None:
        # Documented: the default of `on` is false.
        warnings = ("The new integration is switched off, since `enabled` was not given.",)
    drift = (Drift("integration", "it does not exist", None, "created"),)
    return Plan(
        Action.CREATE,
        settings.project_key,
        settings.environment_key,
        settings.integration_key,
        drift=drift,
        after=after,
        warnings=warnings,
        request=settings.request(),
    )


def _view(observed: Integration) -> dict[str, Any]:
    """The part of an integration that a plan can change, redacted."""
    redacted = observed.redacted()
    return {name: redacted[name] for name in ("name", "enabled", "tags", "config")}


def _compare_top_level(settings: Settings, observed: Integration) -> list[Drift]:
    drift = []
    if settings.name is not None and settings.name != observed.name:
        drift.append(Drift("name", "differs", observed.name, settings.name))
    if settings.enabled is not None and settings.enabled != observed.enabled:
        drift.append(Drift("enabled", "differs", observed.enabled, settings.enabled))
    if settings.tags is not None and set(settings.tags) != set(observed.tags):
        drift.append(Drift("tags", "differs", sorted(set(observed.tags)), sorted(set(settings.tags))))
    return drift


@dataclass
class _Comparison:
    """How `config` compares; `stale_secrets` are options that differ but must not be sent for that."""

    drift: list[Drift]
    warnings: tuple[str, ...]
    stale_secrets: list[str]


def _compare_config(settings: Settings, observed: Integration, policy: UpdateSecrets) -> _Comparison:
    result = _Comparison([], (), [])
    desired = settings.api_config()
    for variable in _store(settings).variables:
        if variable.key not in desired:
            continue
        stored = _config(observed).get(variable.key)
        name = f"{settings.integration_key}.{variable.option}"
        if variable.secret:
            _compare_secret(name, desired[variable.key], "" if stored is None else str(stored), policy, result)
            continue
        wanted = normal(variable, desired[variable.key])
        if wanted != normal(variable, stored):
            reason = "not set" if stored in (None, "") else "differs"
            result.drift.append(Drift(name, reason, normal(variable, stored), wanted))
    return result


def _compare_secret(name: str, secret: Secret, mask: str, policy: UpdateSecrets, result: _Comparison) -> None:
    match = compare_with_mask(secret, mask)
    before = SECRET_SET if mask else SECRET_NOT_SET
    after = SECRET_NOT_SET if not secret else SECRET_NEW if mask else SECRET_SET
    if policy is UpdateSecrets.ON_CREATE:
        if match is SecretMatch.DIFFERENT:
            result.stale_secrets.append(name)
    elif match is SecretMatch.DIFFERENT:
        differs = "the visible ends of the stored one differ" if secret else "to be cleared"
        result.drift.append(Drift(name, differs if mask else "not set", before, after))
    elif policy is UpdateSecrets.ALWAYS and secret:
        result.drift.append(Drift(name, "update_secrets is always", before, after))
    elif match is SecretMatch.UNKNOWN:
        warning = (
            f"{name} can't be compared, since LaunchDarkly masks the stored one completely: it is taken to be the same."
            " Use update_secrets 'always' once to be sure."
        )
        result.warnings += (warning,)


def _refuse_masks(settings: Settings, observed: Integration) -> None:
    """A mask that was copied from an answer of LaunchDarkly's would replace the secret sooner or later."""
    desired = settings.api_config()
    for variable in _store(settings).variables:
        secret, mask = desired.get(variable.key), _config(observed).get(variable.key)
        if variable.secret and secret and isinstance(mask, str) and "*" in mask and secret == Secret(mask):
            name = f"{settings.integration_key}.{variable.option}"
            raise SecretRequired(
                f"{name} is the mask that LaunchDarkly shows in place of the secret: give the secret itself, or leave it"
                " out; nothing was changed."
            )


def _merge_config(settings: Settings, observed: Integration, comparison: _Comparison) -> dict[str, Any]:
    """The whole new `config`: what is stored, with what is desired over it. Never a mask, never without the
    secret."""
    store = _store(settings)
    desired = settings.api_config()
    changing = ", ".join(difference.field for difference in comparison.drift)
    merged: dict[str, Any] = {}
    for key, value in _config(observed).items():
        variable = store.by_key(key)
        if key in desired or (variable and variable.secret and not value):
            continue
        if (variable and variable.secret) or looks_masked(value):
            name = f"{settings.integration_key}.{variable.option if variable else key}"
            raise SecretRequired(
                f"{name} is needed to change {changing}: LaunchDarkly replaces the config as a whole and never gives a"
                f" secret back. Give {name} (as it is, or a new one); nothing was changed."
            )
        merged[key] = normal(variable, value) if variable else value
    if comparison.stale_secrets:
        raise SecretRequired(
            "{} differs from the stored one, update_secrets is 'on_create', and changing {} would send it: LaunchDarkly"
            " replaces the config as a whole. Give the secret that is in use, or allow the change with update_secrets"
            " 'if_different'; nothing was changed.".format(", ".join(comparison.stale_secrets), changing)
        )
    merged.update(desired)
    return merged


def _redact_desired(settings: Settings, before: Mapping[str, Any]) -> dict[str, Any]:
    """`config` after the change, redacted: what is desired over what was there."""
    return {**before, **redact_config(settings.integration_key, settings.api_config())}


def _store(settings: Settings) -> StoreType:
    return STORE_TYPES[settings.integration_key]


def _config(observed: Integration) -> Mapping[str, Any]:
    if observed.config is None:
        raise ValueError("a plan needs the integration's config: read it by its ID first")
    return observed.config
