# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A plan as a table: every field before and after, with secrets as words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import ipywidgets as w
import traitlets

from ..core.flow.plan import Action, Drift, Plan
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import SECRET_NOT_SET, SECRET_SET, Integration
from .markup import Markup, element, table
from .style import STYLE

VERBS = {Action.CREATE: "Create", Action.UPDATE: "Update", Action.DELETE: "Delete"}
AT = {Action.CREATE: "in", Action.UPDATE: "of", Action.DELETE: "from"}
SECRET_NEEDED = "needed: enter it"
_LABELS = {"name": "Name", "enabled": "Enabled", "tags": "Tags"}


class PlanView(w.VBox):
    """Shows a plan: `PlanView(ensure_present(client, settings, check=True).plan)`."""

    plan = traitlets.Instance(Plan, allow_none=True, help="The plan on screen.")
    """The plan on screen, None for none."""

    def __init__(self, plan: Plan | None = None, *, nested: bool = False) -> None:
        self._given: Collection[str] = ()
        self._table = w.HTML()
        super().__init__([self._table] if nested else [w.HTML(STYLE), self._table])
        for name in () if nested else ("ldss", "ldss-root"):
            self.add_class(name)
        self.observe(lambda _: self._draw(), "plan")
        self.plan = plan

    def show(self, plan: Plan | None, given_secrets: Collection[str] = ()) -> None:
        """Show a plan. `given_secrets` are the secret options that were entered: an unchanged one is then compared."""
        self._given = given_secrets
        self.plan = plan
        self._draw()

    @property
    def html(self) -> str:
        """What is shown."""
        return str(self._table.value)

    def _draw(self) -> None:
        self._table.value = plan_table(self.plan, self._given) if self.plan else ""


def place_of(plan: Plan) -> str:
    """The environment in words."""
    return "/".join(plan.key[:2])


def plan_table(plan: Plan, given_secrets: Collection[str] = ()) -> Markup:
    """Before and after, field by field."""
    integration_key = plan.key[2]
    changed = {drift.field for drift in plan.drift}
    rows: list[tuple[str, str, str]] = []
    for field, before, after in _values(plan):
        if not before and not after:
            continue
        differs = field in changed or plan.action in (Action.CREATE, Action.DELETE)
        secret = is_secret(integration_key, field)
        word = _secret_word(field, before, after, differs, given_secrets) if secret else after
        label = field_label(integration_key, field)
        if differs:
            old, new = element("span", before, class_="ldss-before"), element("span", word, class_="ldss-after")
            rows.append((element("b", label), old, new))
        else:
            rows.append((label, before, element("span", word, class_="ldss-hint")))
    store = STORE_TYPES[integration_key].label if integration_key in STORE_TYPES else integration_key
    verb = VERBS.get(plan.action)
    title = f"{verb} the {store} integration" if verb else f"Current {store} integration"
    return table(f"{title} {AT.get(plan.action, 'of')} {place_of(plan)}", ("Field", "Before", "After"), rows)


def preview_update(integration: Integration, drift: Sequence[Drift]) -> Plan:
    """A plan to look at: it has no request."""
    redacted = integration.redacted()
    before = {name: redacted[name] for name in (*_LABELS, "config")}
    after = {**before, "config": dict(before["config"])}
    for difference in drift:
        group, _dot, option = difference.field.partition(".")
        (after["config"] if option else after)[option or group] = difference.after
    return Plan(Action.UPDATE, integration.key, drift=tuple(drift), before=before, after=after)


def field_label(integration_key: str, field: str) -> str:
    """The label of a field such as `redis.host`."""
    store = STORE_TYPES.get(integration_key)
    variable = store.by_option(field.rsplit(".", 1)[-1]) if store and "." in field else None
    return variable.label if variable else _LABELS.get(field, field)


def is_secret(integration_key: str, field: str) -> bool:
    """Whether a field such as `redis.password` is a secret."""
    store = STORE_TYPES.get(integration_key)
    variable = store.by_option(field.rsplit(".", 1)[-1]) if store and "." in field else None
    return bool(variable and variable.secret)


def _secret_word(field: str, before: str, after: str, differs: bool, given_secrets: Collection[str]) -> str:
    """What happens to a secret."""
    if before != SECRET_SET or after in (SECRET_NOT_SET, SECRET_NEEDED, ""):
        return after
    if differs:
        return "will change"
    given = field.rsplit(".", 1)[-1] in given_secrets
    return "same, as far as visible" if given else "set, kept"


def _values(plan: Plan) -> Iterable[tuple[str, str, str]]:
    """Field, before and after as text; fields of `config` as `redis.host`."""
    before, after = _flat(plan.key[2], plan.before), _flat(plan.key[2], plan.after)
    for field in dict.fromkeys([*before, *after]):
        yield field, _text(before.get(field)), _text(after.get(field))


def _flat(integration_key: str, side: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in side.items() if name != "config"}
    flat.update({f"{integration_key}.{option}": value for option, value in (side.get("config") or {}).items()})
    return flat


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
