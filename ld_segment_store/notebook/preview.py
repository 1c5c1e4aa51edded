# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Step 5: what would change, and applying exactly that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as w

from ..core.errors import Conflict, InvalidSettings, OutcomeUnknown, StalePlan
from ..core.flow.apply import apply_plan, ensure_absent, ensure_present
from ..core.flow.lookup import Target
from ..core.flow.plan import Action, Plan, UpdateSecrets
from ..core.flow.reconciliation import Outcome
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import SECRET_NOT_SET, SECRET_SET, Integration
from .connect import Account
from .fill_in import Filled, FillInStep
from .markup import Markup, element, join, notice, table
from .step import Step
from .worker import Cancelled, Worker

_VERBS = {Action.CREATE: "Create", Action.UPDATE: "Update", Action.DELETE: "Delete"}
_SAVED = {Action.CREATE: "Created", Action.UPDATE: "Updated", Action.DELETE: "Deleted"}


class PreviewStep(Step):
    """Shows a plan; its button applies that very plan or nothing. `on_applied` is told of the plan and what is there now."""

    title = "Preview and apply"

    def __init__(
        self, worker: Worker, number: int, fill_in: FillInStep, on_applied: Callable[[Plan, Integration | None], None]
    ) -> None:
        super().__init__(worker, number)
        self.account: Account | None = None
        self._fill_in = fill_in
        self._on_applied = on_applied
        self.filled: Filled | None = None
        self.shown: Plan | None = None
        self._applying: Plan | None = None
        self._removing = False
        self.always = w.Checkbox(
            description="Send the password even where it seems to be the one that is stored",
            indent=False,
            layout=w.Layout(width="auto"),
        )
        self.always.observe(lambda _: worker.put(self.forget), "value")
        self.preview_button = self.button("Preview the changes", self.preview, button_style="primary")
        self.remove_button = self.button("Preview a removal", self.preview_removal)
        self._picture = w.HTML()
        self._notice = w.HTML()
        self._actions = w.HBox()

    def show(self, filled: Filled) -> None:
        """Take the settings: a preview of others can't be applied any more."""
        before, self.filled = self.filled, filled
        secret = any(variable.secret for variable in STORE_TYPES[filled.settings.integration_key].variables)
        extra = [self.always] if secret and filled.choice.integration else []
        buttons = w.HBox([self.preview_button, *([self.remove_button] if filled.choice.integration else [])])
        if before is None or before.choice is not filled.choice:
            self.body.children = [*extra, buttons, self._notice, self._picture, self._actions]
            self._picture.value = ""
            self._clear()
            self.say("info", "A preview changes nothing.")
        elif before.settings != filled.settings:
            self.forget()

    def forget(self) -> None:
        """The preview is of other settings now: leave it to be looked at, take its button away."""
        if self.shown is not None and self._applying is None and not self._removing:
            self._clear()
            self.say("warning", "The settings have changed since this preview: make a new one.")

    def preview(self) -> None:
        """Work out what would change."""
        if self._applying or not self.account:
            return
        filled = self._fill_in.read()
        if filled.errors:
            self._fill_in.show_all()
            self.fail(InvalidSettings(filled.errors))
            return
        account, there = self.account, filled.choice.integration
        policy = UpdateSecrets.ALWAYS if self.always.value else UpdateSecrets.IF_DIFFERENT

        def work(task: Any) -> Outcome:
            with account.client(task) as client:
                return ensure_present(
                    client,
                    filled.settings.valid(),
                    integration_id=there.id if there else None,
                    update_secrets=policy,
                    check=True,
                )

        self._removing = False
        self._clear()
        self.run("Working out what would change.", work, self._previewed)

    def preview_removal(self) -> None:
        """Show what a removal takes away."""
        there = self.filled.choice.integration if self.filled else None
        account = self.account
        if self._applying or there is None or account is None:
            return
        target = Target(*there.key, there.id)

        def work(task: Any) -> Outcome:
            with account.client(task) as client:
                return ensure_absent(client, target, check=True)

        self._removing = True
        self._clear()
        self.run("Reading what would be removed.", work, self._previewed)

    def _previewed(self, outcome: Outcome) -> None:
        plan = outcome.plan
        self.shown = plan
        filled = self.filled if plan.action is not Action.DELETE else None
        warnings = [notice("warning", warning) for warning in outcome.warnings]
        self._picture.value = join([plan_table(plan, filled), *warnings])
        if plan.action is Action.NOTHING:
            self.say(
                "ok",
                "Nothing would change: it is as the form says."
                if not self._removing
                else "There is nothing to remove.",
            )
            return
        self.say("info", "This is what would change. Nothing has been sent.")
        self._offer(plan)

    def _offer(self, plan: Plan) -> None:
        """The button of this plan: made anew for each, so that a click can't mean another plan than the one on screen."""
        verb = f"{_VERBS[plan.action]} the integration"
        risk = what_is_lost(plan)
        style = "danger" if risk else "success"
        ask = (lambda: self._ask(plan, risk)) if risk else (lambda: self.apply(plan))
        self._actions.children = [self.button(verb + (" …" if risk else ""), ask, button_style=style)]

    def _ask(self, plan: Plan, risk: str) -> None:
        if plan is not self.shown:
            return
        yes = self.button(f"Yes, {_VERBS[plan.action].lower()} it", lambda: self.apply(plan), button_style="danger")
        no = self.button("No, leave it", lambda: self._offer(plan) if plan is self.shown else None)
        self._actions.children = [w.HTML(notice("warning", risk)), yes, no]

    def apply(self, plan: Plan) -> None:
        """Apply a plan that was shown, if it still is what the form says and what is there."""
        account = self.account
        if plan is not self.shown or self._applying or account is None:
            self.say(
                "warning",
                "This was the button of an older preview; nothing was sent. Look at the new one, or make a new one.",
            )
            return
        # A keystroke may have come in after the preview: what is in the fields now decides.
        before = self.filled.settings if self.filled else None
        if plan.action is not Action.DELETE and self._fill_in.read().settings != before:
            return  # `forget` has said so

        def work(task: Any) -> Integration | None:
            with account.client(task) as client:
                there = apply_plan(client, plan)
                if there is None or there.config is not None:
                    return there
                return client.get_integration(there.key, there.id)

        self._applying = plan
        self._actions.children = []
        self.run(
            "Applying what was shown.", work, lambda there: self._applied(plan, there), on_failed=self._not_applied
        )

    def cancel(self) -> None:
        """While it is being applied, only waiting ends: a write that is on its way can't be taken back."""
        if self._applying and self.task:
            self.task.cancel()
            self.say("busy", "Cancelling: a request that is on its way is waited for.")
        else:
            super().cancel()

    def _applied(self, plan: Plan, integration: Integration | None) -> None:
        self._applying = None
        self._clear()
        self._on_applied(plan, integration)
        name = f"{plan.key.project_key}/{plan.key.environment_key}"
        self.say("ok", f"{_SAVED[plan.action]} the {plan.key.integration_key} integration of {name}.")

    def _not_applied(self, error: BaseException) -> None:
        self._applying = None
        self._clear()
        if isinstance(error, Cancelled):
            self.say("info", "Cancelled; nothing was changed.")
        elif isinstance(error, (StalePlan, Conflict, OutcomeUnknown)):
            # What is there now is not what the preview was made from.
            (self.preview_removal if self._removing else self.preview)()
            self._notice.value = notice("warning", error.message)
        else:
            self.fail(error)

    def _clear(self) -> None:
        self.shown = None
        self._notice.value = ""
        self._actions.children = []


def what_is_lost(plan: Plan) -> str:
    """What to ask about before it is done, in a sentence; "" where nothing is lost."""
    if plan.action is Action.DELETE:
        return "LaunchDarkly will stop writing to this store, and forget its password. SDKs that read it will go stale."
    if plan.action is not Action.UPDATE:
        return ""
    if plan.before["enabled"] and not plan.after["enabled"]:
        return "LaunchDarkly will stop writing to this store. SDKs that read it will go stale."
    moved = [
        d.field.split(".")[1] for d in plan.drift if d.field.split(".")[-1] in ("host", "port", "table_name", "region")
    ]
    if moved and plan.before["enabled"]:
        return f"LaunchDarkly will write to another store ({', '.join(moved)} changes). SDKs that read the old one will go stale."
    return ""


def plan_table(plan: Plan, filled: Filled | None) -> Markup:
    """Before and after, field by field. Secrets are words: set, same, will change."""
    changed = {drift.field for drift in plan.drift}
    rows: list[tuple[str, str, str]] = []
    for field, before, after in _values(plan):
        if not before and not after:
            continue
        differs = field in changed or plan.action in (Action.CREATE, Action.DELETE)
        secret = _is_secret(plan.key.integration_key, field)
        word = _secret_word(field, before, after, differs, filled) if secret else after
        if differs:
            old, new = element("span", before, class_="ldss-before"), element("span", word, class_="ldss-after")
            rows.append((element("b", field), old, new))
        else:
            rows.append((field, before, element("span", word if secret else "", class_="ldss-hint")))
    verb = _VERBS.get(plan.action)
    title = f"{verb} the {plan.key.integration_key} integration" if verb else "What is there"
    place = f" of {plan.key.project_key}/{plan.key.environment_key}"
    return table(title + place, ("Field", "Before", "After"), rows)


def _secret_word(field: str, before: str, after: str, differs: bool, filled: Filled | None) -> str:
    """What becomes of a secret."""
    if before != SECRET_SET or after == SECRET_NOT_SET or not after:
        return after
    if differs:
        return "will change"
    given = filled is not None and filled.settings.config.get(field.rsplit(".", 1)[-1]) is not None
    return "same, as far as can be told" if given else "set, and kept"


def _values(plan: Plan) -> Iterable[tuple[str, str, str]]:
    """Field, before and after as text; fields of `config` as `redis.host`."""
    before, after = _flat(plan.key.integration_key, plan.before), _flat(plan.key.integration_key, plan.after)
    for field in dict.fromkeys([*before, *after]):
        yield field, _text(before.get(field)), _text(after.get(field))


def _flat(integration_key: str, side: Any) -> dict[str, Any]:
    flat = {name: value for name, value in side.items() if name != "config"}
    flat.update({f"{integration_key}.{option}": value for option, value in (side.get("config") or {}).items()})
    return flat


def _is_secret(integration_key: str, field: str) -> bool:
    store = STORE_TYPES.get(integration_key)
    variable = store.by_option(field.rsplit(".", 1)[-1]) if store and "." in field else None
    return bool(variable and variable.secret)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
