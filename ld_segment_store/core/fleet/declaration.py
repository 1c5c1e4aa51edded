# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a whole fleet shall be: a list of stores, with what they have in common given once.

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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import require_no_errors
from ..findings import Finding
from ..flow.lookup import Target
from ..flow.plan import UpdateSecrets
from ..model.form_variables import STORE_TYPES
from ..model.settings import Settings, check_settings

# Beside the options of a store type.
_OPTIONS = (
    *("state", "project_key", "environment_key", "integration_key", "integration_id"),
    *("name", "tags", "enabled", "update_secrets"),
)
# An environment, a name and an ID belong to one store.
_NOT_IN_DEFAULTS = ("environment_key", "integration_id", "name")
_STATES = ("present", "absent")
_POLICIES = tuple(policy.value for policy in UpdateSecrets)


@dataclass(frozen=True)
class Declaration:
    """One store of a fleet. Where `absent`, only the keys and the name of `settings` count.

    `label` names it in findings, such as `stores[3]`.
    """

    settings: Settings
    absent: bool = False
    integration_id: str | None = None
    update_secrets: UpdateSecrets = UpdateSecrets.IF_DIFFERENT
    label: str = field(default="", compare=False)

    @property
    def target(self) -> Target:
        """Which integration it is about."""
        settings = self.settings
        return Target(
            settings.project_key, settings.environment_key, settings.integration_key, self.integration_id, settings.name
        )

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return "{}/{} {}".format(*self.target[:3])


def read_declarations(stores: Any, defaults: Any = None) -> list[Declaration]:
    """Declarations from plain data: a list of mappings with the options of `ld_big_segment_store`, and their defaults.

    What an entry leaves out, or has as None, comes from `defaults`; options of a store type one by one, and only for a
    store of that type. Raises InvalidSettings with everything that keeps the data from being read. What it says is checked
    by `check_declarations`, which `reconcile_many` calls.
    """
    defaults = {} if defaults is None else defaults
    findings = list(_check_shape(defaults, "defaults", but=_NOT_IN_DEFAULTS))
    if not isinstance(stores, Sequence) or isinstance(stores, str):
        findings.append(Finding("error", "stores", "is not a list", "give a list with an entry for each store"))
        stores = []
    entries = {f"stores[{number}]": entry for number, entry in enumerate(stores)}
    for label, entry in entries.items():
        findings.extend(_check_shape(entry, label))
    require_no_errors(findings)
    declarations = []
    for label, entry in entries.items():
        merged = _merge(defaults, entry)
        kind = _store_type(defaults, entry)
        if isinstance(kind, str):
            declarations.append(_declaration(label, merged, kind, defaults, entry))
        else:
            findings.append(Finding("error", label, *kind))
    require_no_errors(findings)
    return declarations


def check_declarations(declarations: Sequence[Declaration]) -> list[Finding]:
    """Everything wrong with a fleet: each store by itself, and two that are about the same integration.

    Fields are named like `stores[3].redis.host`, after the label of their declaration.
    """
    findings: list[Finding] = []
    for declaration in declarations:
        about = declaration.target.findings() if declaration.absent else check_settings(declaration.settings)
        prefix = f"{declaration.label or declaration.place}."
        if declaration.integration_id is not None and not declaration.absent:
            about = [*about, *(finding for finding in declaration.target.findings() if finding not in about)]
        findings.extend(finding._replace(field=prefix + finding.field) for finding in about)
    return [*findings, *_clashes(declarations)]


def _clashes(declarations: Sequence[Declaration]) -> Iterator[Finding]:
    """Two for one place clash, unless each has an ID of its own: without one, the first would be taken for the second."""
    seen: dict[Any, list[Declaration]] = {}
    for declaration in declarations:
        before = seen.setdefault(declaration.target[:3], [])
        ours = declaration.integration_id
        twin = next((other for other in before if ours is None or other.integration_id in (None, ours)), None)
        before.append(declaration)
        if twin:
            label, other = declaration.label or "an entry", twin.label or "another"
            what = f"is about the same integration as {other} ({declaration.place})"
            remedy = "declare each once, or give each its integration_id where there are several of one type"
            yield Finding("error", label, what, remedy)


def _check_shape(entry: Any, label: str, but: Sequence[str] = ()) -> Iterator[Finding]:
    """What keeps an entry from being read at all. Its settings are checked once they are put together."""
    if not isinstance(entry, Mapping):
        yield Finding("error", label, "is not a mapping", "give option: value pairs")
        return
    known = [name for name in (*_OPTIONS, *STORE_TYPES) if name not in but]
    for name in entry:
        if name is True:
            yield Finding("error", label, "has the key `on`, which YAML takes for true", "write `enabled` in its place")
        elif name not in known:
            remedy = "leave it out; known are {}".format(", ".join(known))
            yield Finding("error", f"{label}.{name}", "is not a field here", remedy)
    for name, choices in (("state", _STATES), ("update_secrets", _POLICIES), ("integration_key", tuple(STORE_TYPES))):
        if entry.get(name) is not None and entry[name] not in choices:
            yield Finding("error", f"{label}.{name}", "has no such choice", "give " + " or ".join(choices))
    for key in STORE_TYPES:
        if entry.get(key) is not None and not isinstance(entry[key], Mapping):
            yield Finding("error", f"{label}.{key}", "is not a mapping", "give its options as a mapping")


def _merge(defaults: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: defaults.get(name) if entry.get(name) is None else entry[name] for name in _OPTIONS}


def _store_type(defaults: Mapping[str, Any], entry: Mapping[str, Any]) -> str | tuple[str, str]:
    """The store type: by the entry's options, its name, or the defaults; else problem and remedy."""
    given = [key for key in STORE_TYPES if entry.get(key) is not None]
    named = entry.get("integration_key")
    if len(given) > 1:
        return "has options of both redis and dynamodb", "make two entries of it"
    if given and named not in (None, given[0]):
        return "has an integration_key that contradicts its options", f"leave it out, or give {given[0]}"
    common = [key for key in STORE_TYPES if defaults.get(key) is not None]
    for kind in (*given, named, defaults.get("integration_key"), *(common if len(common) == 1 else ())):
        if kind is not None:
            return str(kind)
    return "does not say its store type", "give redis, dynamodb or integration_key"


def _declaration(
    label: str, merged: Mapping[str, Any], kind: str, defaults: Mapping[str, Any], entry: Mapping[str, Any]
) -> Declaration:
    absent = merged["state"] == "absent"
    own = {name: value for name, value in (entry.get(kind) or {}).items() if value is not None}
    settings = Settings(
        merged["project_key"],
        merged["environment_key"],
        kind,
        {} if absent else {**(defaults.get(kind) or {}), **own},
        name=merged["name"],
        tags=merged["tags"],
        enabled=merged["enabled"],
    )
    policy = UpdateSecrets(merged["update_secrets"] or UpdateSecrets.IF_DIFFERENT.value)
    return Declaration(settings, absent, merged["integration_id"], policy, label)
