# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What would change: a pure function of the desired settings, the current integration, and the policy for secrets.

LaunchDarkly replaces `config` as a whole and never returns a secret. So a change of any field of `config` needs the secret
again; instead of a plan that would lose or mask it, SecretRequired is raised.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Union

from ..errors import InvalidSettings, SecretRequired, require_no_errors
from ..model.form_variables import STORE_TYPES
from ..model.integration import SECRET_NOT_SET, SECRET_SET, Integration, looks_masked, normal, redact_config
from ..model.settings import Settings
from ..model.store_key import StoreKey
from ..secret import Secret, SecretMatch, compare_with_mask
from ..slots import SLOTS

SECRET_NEW = "set (new value)"
_TOP_LEVEL_PATHS = {"name": "/name", "enabled": "/on", "tags": "/tags"}


class Action(enum.Enum):
    """What a plan does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NOTHING = "nothing"


class UpdateSecrets(enum.Enum):
    """When a secret that was given is sent to an integration that exists.

    `IF_DIFFERENT`: when the visible ends of the stored one differ from it. `ALWAYS`: every time, and every time it counts as
    a change. `ON_CREATE`: never because of the secret alone.
    """

    IF_DIFFERENT = "if_different"
    ALWAYS = "always"
    ON_CREATE = "on_create"


SecretsPolicy = Union[UpdateSecrets, Literal["if_different", "always", "on_create"]]


class Drift(NamedTuple):
    """One field that differs from the settings: its name as the user typed it, the reason, both values redacted."""

    field: str
    reason: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"field": self.field, "reason": self.reason, "before": self.before, "after": self.after}


@dataclass(frozen=True, **SLOTS)
class Plan:
    """What would change, and the request that changes it.

    `before` and `after` are redacted and shaped alike: empty where no integration exists. `target` is the integration as it
    was read, None for a new one. `request` is the body of the POST or the JSON Patch; it may hold `Secret` objects.
    """

    action: Action
    key: StoreKey
    target: Integration | None = None
    drift: tuple[Drift, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    request: Any = field(default=None, repr=False)


def plan_present(
    settings: Settings, observed: Integration | None, update_secrets: SecretsPolicy = UpdateSecrets.IF_DIFFERENT
) -> Plan:
    """The plan after which the integration has these settings. Pure.

    `observed` is the current integration with its `config`, or None. Raises InvalidSettings where a new integration needs
    more options, and SecretRequired.
    """
    policy = secrets_policy(update_secrets)
    if observed is None:
        return _plan_create(settings)
    current = _config(observed)
    comparison = _compare_config(settings, current, policy)
    drift = [*comparison.drift, *_compare_top_level(settings, observed)]
    before = _view(observed)
    operations = []
    if comparison.drift:
        operations.append(_replace("/config", _merge_config(settings, current, comparison)))
    operations += [_replace(_TOP_LEVEL_PATHS[d.field], d.after) for d in drift if d.field in _TOP_LEVEL_PATHS]
    return Plan(
        Action.UPDATE if operations else Action.NOTHING,
        observed.key,
        target=observed,
        drift=tuple(drift),
        before=before,
        # The same object where nothing differs: a run keeps the plans of thousands of stores.
        after=_after(before, drift, settings if comparison.drift else None) if drift else before,
        # Where `config` is replaced, the secret is sent with it, and there is no doubt any more.
        warnings=() if comparison.drift else tuple(comparison.warnings),
        request=operations or None,
    )


def find_drift(settings: Settings, observed: Integration) -> list[Drift]:
    """Every readable field that differs from the settings; secrets are left out. Pure."""
    comparison = _compare_config(settings, _config(observed), UpdateSecrets.ON_CREATE)
    return [*comparison.drift, *_compare_top_level(settings, observed)]


def find_different_secrets(settings: Settings, observed: Integration) -> list[str]:
    """The secrets, named as options, that certainly differ from the settings. Pure."""
    current = _config(observed)
    return [
        f"{settings.integration_key}.{variable.option}"
        for variable in STORE_TYPES[settings.integration_key].variables
        if variable.secret
        and variable.key in settings.api_config
        and compare_with_mask(settings.api_config[variable.key], str(current.get(variable.key) or ""))
        is SecretMatch.DIFFERENT
    ]


def plan_absent(observed: Integration) -> Plan:
    """The plan that deletes the integration. Pure."""
    return Plan(Action.DELETE, observed.key, target=observed, before=_view(observed))


def plan_nothing(key: StoreKey) -> Plan:
    """The plan for an integration that does not exist and must not exist. Pure."""
    return Plan(Action.NOTHING, key)


def secrets_policy(word: SecretsPolicy) -> UpdateSecrets:
    """The policy for a word. Raises InvalidSettings."""
    try:
        return UpdateSecrets(word)
    except ValueError:
        choices = ", ".join(policy.value for policy in UpdateSecrets)
        raise InvalidSettings.for_field("update_secrets", "is not a policy", f"give one of {choices}") from None


def _replace(path: str, value: Any) -> dict[str, Any]:
    """`replace` of a whole value is the one JSON Patch operation that was observed to work on this route."""
    return {"op": "replace", "path": path, "value": value}


def _plan_create(settings: Settings) -> Plan:
    require_no_errors(settings.creation_findings())
    after: dict[str, Any] = {
        "name": settings.name,
        "enabled": bool(settings.enabled),
        "tags": sorted(set(settings.tags or ())),
        "config": redact_config(settings.integration_key, settings.api_config),
    }
    # Documented: the default of `on` is false.
    disabled = ("The new integration is disabled, because `enabled` was not given.",)
    return Plan(
        Action.CREATE,
        settings.key,
        drift=(Drift("integration", "it does not exist", None, "created"),),
        after=after,
        warnings=disabled if settings.enabled is None else (),
        request=settings.request(),
    )


def _view(observed: Integration) -> dict[str, Any]:
    """The part of an integration that a plan can change, redacted."""
    redacted = observed.redacted()
    return {name: redacted[name] for name in ("name", "enabled", "tags", "config")}


def _after(before: Mapping[str, Any], drift: list[Drift], sent: Settings | None) -> dict[str, Any]:
    """The view of the integration after the change; `sent` are the settings whose config replaces the stored one."""
    desired = redact_config(sent.integration_key, sent.api_config) if sent else {}
    after = {**before, "config": {**before["config"], **desired}}
    for difference in drift:
        group, _dot, option = difference.field.partition(".")
        if option:
            after["config"][option] = difference.after
        else:
            after[group] = difference.after
    return after


def _compare_top_level(settings: Settings, observed: Integration) -> list[Drift]:
    drift = []
    if settings.name is not None and settings.name != observed.name:
        drift.append(Drift("name", "differs", observed.name, settings.name))
    if settings.enabled is not None and settings.enabled != observed.enabled:
        drift.append(Drift("enabled", "differs", observed.enabled, settings.enabled))
    if settings.tags is not None and set(settings.tags) != set(observed.tags):
        drift.append(Drift("tags", "differs", sorted(set(observed.tags)), sorted(set(settings.tags))))
    return drift


class _Comparison(NamedTuple):
    """How `config` compares. `stale_secrets` are options that differ, and that the policy forbids to send."""

    drift: list[Drift]
    warnings: list[str]
    stale_secrets: list[str]


def _compare_config(settings: Settings, current: Mapping[str, Any], policy: UpdateSecrets) -> _Comparison:
    comparison = _Comparison([], [], [])
    store = STORE_TYPES[settings.integration_key]
    for variable in store.variables:
        if variable.key not in settings.api_config:
            continue
        desired, stored = settings.api_config[variable.key], current.get(variable.key)
        name = f"{settings.integration_key}.{variable.option}"
        if variable.secret:
            _compare_secret(name, desired, "" if stored is None else str(stored), policy, comparison)
        elif desired != normal(variable, stored):
            reason = "not set" if stored in (None, "") else "differs"
            comparison.drift.append(Drift(name, reason, normal(variable, stored), desired))
    return comparison


def _compare_secret(name: str, secret: Secret, mask: str, policy: UpdateSecrets, comparison: _Comparison) -> None:
    if "*" in mask and secret == Secret(mask):
        # It would replace the secret sooner or later.
        raise SecretRequired(
            f"{name}: is the masked value that LaunchDarkly shows, not the secret. Give the secret itself, or leave it out."
            " Nothing was changed."
        )
    match = compare_with_mask(secret, mask)
    before = SECRET_SET if mask else SECRET_NOT_SET
    after = SECRET_NOT_SET if not secret else SECRET_NEW if mask else SECRET_SET
    if policy is UpdateSecrets.ON_CREATE:
        if match is SecretMatch.DIFFERENT:
            comparison.stale_secrets.append(name)
    elif match is SecretMatch.DIFFERENT:
        differs = "the visible ends of the stored secret differ" if secret else "to be cleared"
        comparison.drift.append(Drift(name, differs if mask else "not set", before, after))
    elif policy is UpdateSecrets.ALWAYS and secret:
        comparison.drift.append(Drift(name, "update_secrets is always", before, after))
    elif match is SecretMatch.UNKNOWN:
        comparison.warnings.append(
            f"{name}: cannot tell whether it changed, because LaunchDarkly masks it completely; assuming it is unchanged."
            " Use update_secrets: always once to be sure."
        )


def _merge_config(settings: Settings, current: Mapping[str, Any], comparison: _Comparison) -> dict[str, Any]:
    """The whole new `config`: the current one with the desired values over it. Never a mask, never without the secret."""
    store = STORE_TYPES[settings.integration_key]
    changing = ", ".join(difference.field for difference in comparison.drift)
    merged: dict[str, Any] = {}
    for key, value in current.items():
        variable = store.by_key(key)
        secret = variable is not None and variable.secret
        if key in settings.api_config or (secret and not value):
            continue
        if secret or looks_masked(value):
            name = f"{settings.integration_key}.{variable.option if variable else key}"
            raise SecretRequired(
                f"{name}: is needed to change {changing}, because LaunchDarkly replaces the config as a whole and never"
                f" returns a secret. Give {name}, the current one or a new one. Nothing was changed."
            )
        merged[key] = normal(variable, value) if variable else value
    if comparison.stale_secrets:
        raise SecretRequired(
            f"{', '.join(comparison.stale_secrets)}: differs from the stored secret, and changing {changing} would send it,"
            " because LaunchDarkly replaces the config as a whole. Give the secret in use, or allow the change with"
            " update_secrets: if_different. Nothing was changed."
        )
    merged.update(settings.api_config)
    return merged


def _config(observed: Integration) -> Mapping[str, Any]:
    if observed.config is None:
        raise ValueError("a plan needs the integration's config: read the integration by its ID first")
    return observed.config
