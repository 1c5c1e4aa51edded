# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Declarations of a fleet: a list of stores, with common options given once.

    defaults:
      project_key: shop
      redis: {host: redis.example.com, tls_enabled: true}
      enabled: true
    stores:
      - environment_key: live
      - environment_key: test
        redis: {port: 6380}

Python, the Ansible module and the command line read the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ..errors import InvalidSettings, require_no_errors
from ..findings import Finding
from ..flow.lookup import Target
from ..flow.plan import SecretsPolicy, UpdateSecrets, secrets_policy
from ..model.form_variables import STORE_TYPES
from ..model.settings import Settings, StoreTypeName
from ..model.store_key import StoreKey
from ..slots import SLOTS

# Beside the options of a store type.
OPTIONS = (
    *("state", "project_key", "environment_key", "integration_key", "integration_id"),
    *("name", "tags", "enabled", "update_secrets", "clear_secrets"),
)
# An environment, a name, an ID and the clearing of a password belong to one store.
NOT_IN_DEFAULTS = ("environment_key", "integration_id", "name", "clear_secrets")
STATES = ("present", "absent")
_KNOWN = (*OPTIONS, *STORE_TYPES)
_POLICIES = tuple(policy.value for policy in UpdateSecrets)


@dataclass(frozen=True, **SLOTS)
class Declaration:
    """One store of a fleet: the settings it must have, or None where no integration must exist.

    `label` names the declaration in findings, such as `stores[3]`.
    """

    key: StoreKey
    settings: Settings | None
    integration_id: str | None = None
    name: str | None = None
    update_secrets: UpdateSecrets = UpdateSecrets.IF_DIFFERENT
    label: str = field(default="", compare=False)

    @classmethod
    def present(
        cls,
        settings: Settings,
        *,
        integration_id: str | None = None,
        update_secrets: SecretsPolicy = UpdateSecrets.IF_DIFFERENT,
        label: str = "",
    ) -> Declaration:
        """Declare an integration with these settings. Raises InvalidSettings for an unknown policy."""
        return cls(settings.key, settings, integration_id, settings.name, secrets_policy(update_secrets), label)

    @classmethod
    def absent(
        cls, key: StoreKey, *, integration_id: str | None = None, name: str | None = None, label: str = ""
    ) -> Declaration:
        """Declare that no integration must exist, or none with this ID or name."""
        return cls(key, None, integration_id, name, label=label)

    @property
    def target(self) -> Target:
        """The integration that the declaration is about."""
        if self.settings is None:
            return Target(*self.key, self.integration_id, self.name)
        return Target(*self.key, self.integration_id, preferred_name=self.name)

    def labelled(self, findings: Iterable[Finding]) -> list[Finding]:
        """The same findings with the declaration's label before their fields."""
        return [_labelled(finding, self.label or str(self.key)) for finding in findings]


def read_declarations(stores: Any, defaults: Any = None) -> list[Declaration]:
    """Declarations from plain data: a list of mappings with the options of `ld_big_segment_store`, and their defaults.

    A value that an entry leaves out, or has as None, comes from `defaults`; options of a store type one by one, and only for a
    store of that type. Raises InvalidSettings with every problem of every entry, in fields such as `stores[3].redis.host`.
    """
    defaults = {} if defaults is None else defaults
    findings = list(_check_shape(defaults, "defaults", but=NOT_IN_DEFAULTS))
    if not isinstance(stores, Sequence) or isinstance(stores, str):
        findings.append(Finding("error", "stores", "is not a list", "give a list with an entry for each store"))
        stores = []
    entries = {f"stores[{number}]": entry for number, entry in enumerate(stores)}
    for label, entry in entries.items():
        findings.extend(_check_shape(entry, label))
    require_no_errors(findings)
    declarations = []
    for label, entry in entries.items():
        try:
            declarations.append(_declaration(label, entry, defaults))
        except InvalidSettings as error:
            findings.extend(error.findings)
    require_no_errors(list(dict.fromkeys(findings)))  # each of the defaults once
    return declarations


def check_declarations(declarations: Sequence[Declaration]) -> list[Finding]:
    """Everything wrong with the targets of a fleet, and declarations about the same integration."""
    remedy = "give Declaration.present(settings) or Declaration.absent(key)"
    findings = [
        Finding("error", f"declarations[{number}]", "is not a Declaration", remedy)
        for number, declaration in enumerate(declarations)
        if not isinstance(declaration, Declaration)
    ]
    require_no_errors(findings)
    for declaration in declarations:
        findings += declaration.labelled(declaration.target.findings())
    # A key that is not text may not even have a hash.
    return findings or list(_clashes(declarations))


def _labelled(finding: Finding, label: str) -> Finding:
    return finding._replace(field=f"{label}.{finding.field}")


def _placed(finding: Finding, label: str, entry: Mapping[str, Any], defaults: Mapping[str, Any]) -> Finding:
    """The same finding where the user finds it: in the defaults, if its value comes from there, or in a named store."""
    name, _dot, option = finding.field.partition(".")
    name = name.partition("[")[0]
    own, common = entry.get(name), defaults.get(name)
    if option:
        own, common = ((given or {}).get(option) for given in (own, common))
    if own is None and common is not None:
        return _labelled(finding, "defaults")
    places = ("project_key", "environment_key")
    keys: list[Any] = [defaults.get(place) if entry.get(place) is None else entry[place] for place in places]
    if finding.field in places or not all(isinstance(key, str) for key in keys):
        return _labelled(finding, label)
    end = "" if finding.remedy.endswith("?") else ";"
    return _labelled(finding, label)._replace(remedy=f"{finding.remedy}{end} {label} is {'/'.join(keys)}")


def _clashes(declarations: Sequence[Declaration]) -> Iterator[Finding]:
    """Two declarations of one store clash, unless each has an ID: without one, both would find the same integration."""
    seen: dict[StoreKey, list[Declaration]] = {}
    for declaration in declarations:
        before = seen.setdefault(declaration.key, [])
        ours = declaration.integration_id
        twin = next((other for other in before if ours is None or other.integration_id in (None, ours)), None)
        before.append(declaration)
        if twin:
            label, other = declaration.label or str(declaration.key), twin.label or "another declaration"
            problem = f"is about the same integration as {other} ({declaration.key})"
            remedy = "declare each once, or give each its integration_id where there are several of one type"
            yield Finding("error", label, problem, remedy)


def _check_shape(entry: Any, label: str, but: Sequence[str] = ()) -> Iterator[Finding]:
    """Problems that keep an entry from being read. Its settings are checked when they are complete."""
    if not isinstance(entry, Mapping):
        yield Finding("error", label, "is not a mapping", "give option: value pairs")
        return
    for name in entry:
        if name is True:
            yield Finding("error", label, "has the key `on`, which YAML reads as true", "write `enabled` instead")
        elif name not in _KNOWN or name in but:
            from ..spelling import known_instead  # valid data does not need it

            known = [option for option in _KNOWN if option not in but]
            yield Finding("error", f"{label}.{name}", "is not an option here", known_instead(name, known))
    for name, choices in (("state", STATES), ("update_secrets", _POLICIES), ("integration_key", tuple(STORE_TYPES))):
        if entry.get(name) is not None and entry[name] not in choices:
            yield Finding("error", f"{label}.{name}", "is not one of the choices", "give " + " or ".join(choices))
    for key in STORE_TYPES:
        if entry.get(key) is not None and not isinstance(entry[key], Mapping):
            yield Finding("error", f"{label}.{key}", "is not a mapping", "give its options as a mapping")
    if not isinstance(entry.get("clear_secrets"), (bool, type(None))):  # 0 equals False
        yield Finding("error", f"{label}.clear_secrets", "is neither true nor false", "give true or false")


def _store_type(label: str, entry: Mapping[str, Any], defaults: Mapping[str, Any]) -> StoreTypeName:
    """The store type: by the entry's options, its name, or the defaults. Raises InvalidSettings."""
    given = [key for key in STORE_TYPES if entry.get(key) is not None]
    named = entry.get("integration_key")
    if len(given) > 1:
        raise InvalidSettings.for_field(label, "has options of both redis and dynamodb", "write two entries")
    if given and named not in (None, given[0]):
        remedy = f"leave it out, or give {given[0]}"
        raise InvalidSettings.for_field(f"{label}.integration_key", "contradicts the entry's options", remedy)
    common = [key for key in STORE_TYPES if defaults.get(key) is not None]
    candidates = (*given, named, defaults.get("integration_key"), *(common if len(common) == 1 else ()))
    for kind in candidates:
        if kind is not None:
            return cast("StoreTypeName", kind)
    raise InvalidSettings.for_field(label, "has no store type", "give redis, dynamodb or integration_key")


def _declaration(label: str, entry: Mapping[str, Any], defaults: Mapping[str, Any]) -> Declaration:
    """The declaration of one entry. Raises InvalidSettings."""
    kind = _store_type(label, entry, defaults)
    value: dict[str, Any] = {name: defaults.get(name) if entry.get(name) is None else entry[name] for name in OPTIONS}
    policy = UpdateSecrets(value["update_secrets"] or UpdateSecrets.IF_DIFFERENT.value)
    if value["state"] == "absent":
        key = StoreKey(value["project_key"], value["environment_key"], kind)
        return Declaration.absent(key, integration_id=value["integration_id"], name=value["name"], label=label)
    own = {name: option for name, option in (entry.get(kind) or {}).items() if option is not None}
    config: Any = {**(defaults.get(kind) or {}), **own}
    try:
        settings = Settings(
            value["project_key"],
            value["environment_key"],
            kind,
            config,
            name=value["name"],
            tags=value["tags"],
            enabled=value["enabled"],
            clear_secrets=value["clear_secrets"] or False,
        )
    except InvalidSettings as error:
        raise InvalidSettings([_placed(finding, label, entry, defaults) for finding in error.findings]) from None
    return Declaration.present(settings, integration_id=value["integration_id"], update_secrets=policy, label=label)
