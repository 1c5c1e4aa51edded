# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What would change, live beside the fields, and the button that applies exactly that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w
import traitlets

from ..core.errors import Conflict, NotFound, OutcomeUnknown, SecretRequired, StalePlan
from ..core.findings import Finding
from ..core.flow.apply_plan import apply_plan
from ..core.flow.plan import Action, Drift, Plan, UpdateSecrets, find_drift, plan_absent, plan_present
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import SECRET_SET, Integration
from .account import Account
from .markup import join, notice
from .page import Page
from .part import Part, row
from .plan_view import AT, SECRET_NEEDED, VERBS, PlanView, field_label, place_of, preview_update
from .store_fields import Filled, StoreFields
from .worker import Cancelled, Worker

_DONE = {Action.CREATE: "Created", Action.UPDATE: "Updated", Action.DELETE: "Deleted"}
_OLDER_PLAN = "This button belongs to an older plan."


class ChangesPanel(Part):
    """Shows the plan of what the fields hold; the button applies that plan or nothing.

    `may_apply` returns a sentence where nothing may be applied now. `on_applied` receives the plan, the integration
    afterwards, and the values of the fields that the plan was made from; `on_stale` a sentence, when the integration has to
    be read again.
    """

    title = "Changes"

    plan = traitlets.Instance(Plan, allow_none=True, help="The plan on screen.")
    """The plan on screen, None where there is none."""

    def __init__(
        self,
        fields: StoreFields,
        may_apply: Callable[[], str],
        on_applied: Callable[[Plan, Integration | None, dict[str, Any]], None],
        on_stale: Callable[[str], None],
        *,
        worker: Worker | None = None,
        page: Page | None = None,
    ) -> None:
        super().__init__(worker, page)
        self.account: Account | None = None
        self._fields = fields
        self._may_apply = may_apply
        self._on_applied = on_applied
        self._on_stale = on_stale
        self._applying: Plan | None = None
        self._removing = False
        self.note = ""
        self._given: tuple[str, ...] = ()
        self.always = w.Checkbox(
            description="Send the password even if it seems unchanged", indent=False, layout=w.Layout(width="auto")
        )
        self.always.observe(lambda _: self.worker.put(self.update), "value")
        self.remove_button = self.button("Delete the integration …", self.preview_removal)
        self.read_button = self.button("Read again", lambda: on_stale(""))
        self.view = PlanView(nested=True)
        self._warnings = w.HTML()
        self._notice = w.HTML()
        self._notice.add_class("ldss-message")
        self.actions = row()
        self.actions.add_class("ldss-actions")
        self._secondary = row()
        self.body.children = [self._notice, self.view, self._warnings, self.actions, self._secondary]
        self.body.add_class("ldss-submit")

    @property
    def is_applying(self) -> bool:
        """Whether a plan is being applied."""
        return self._applying is not None

    def text(self) -> str:
        """Describe the part for pages without widgets."""
        return f"{self.title}: {' '.join(filter(None, (self.note, self.message[1])))}"

    def tell(self, level: str, text: str) -> None:
        """Show a note above the plan until something is applied or another environment is opened."""
        self.note = text
        self._notice.value = notice(level, text)

    def reset(self) -> None:
        """Start with another environment or integration."""
        self._removing = False
        self.plan = None
        self.tell("info", "")

    def update(self) -> None:
        """Make the plan of what the fields hold now."""
        filled = self._fields.filled
        if filled is None or self._applying:
            return
        self._removing = False
        self.set_heading(f"Changes to {filled.choice.place}")
        secret = any(variable.secret for variable in STORE_TYPES[filled.choice.integration_key].variables)
        there = filled.choice.integration
        extra: list[w.Widget] = [self.remove_button] if there else []
        self._secondary.children = [*([self.always] if secret and there else []), self.read_button, *extra]
        plan = self._plan(filled)
        if plan is None:
            self.plan = None
            preview = self._preview(filled)
            self.view.show(preview)
            self._warnings.value = ""
            incomplete = "Nothing can be sent yet: complete the settings."
            self.say("info", incomplete if preview else "The changes appear here once the settings are complete.")
            verb = f"{'Update' if there else 'Create'} the integration {'of' if there else 'in'} {filled.choice.place}"
            self.actions.children = [self._button(verb, self._complete, primary=True)]
            return
        given = tuple(filled.config)
        if (plan, given) == (self.plan, self._given):
            return  # its button stays, and keeps the focus
        self._show(plan, given)
        if plan.action is Action.NOTHING:
            self.actions.children = []
            self.say("ok", f"No changes: {filled.choice.place} already matches.")
        else:
            self._offer(plan)

    def _button(self, description: str, job: Callable[[], None], **traits: Any) -> w.Button:
        """Make a button that does nothing while a plan is being applied: the message about that stays true."""
        return self.button(description, lambda: None if self.is_applying else job(), **traits)

    def _plan(self, filled: Filled) -> Plan | None:
        """The plan, or None where it needs a secret, which the secret's field then says."""
        policy = UpdateSecrets.ALWAYS if self.always.value else UpdateSecrets.IF_DIFFERENT
        there, settings = filled.choice.integration, filled.settings
        if settings is None:
            return None
        try:
            return plan_present(settings, there, policy)
        except SecretRequired:
            if there is None:
                raise
            store = STORE_TYPES[filled.choice.integration_key]
            names = [field_label(store.integration_key, d.field) for d in find_drift(settings, there) if "." in d.field]
            problem = f"needed to change {', '.join(names) or 'the configuration'}"
            remedy = "LaunchDarkly replaces the whole configuration: enter the current secret, or a new one"
            self._fields.add_findings(
                [
                    Finding("error", f"{store.integration_key}.{variable.option}", problem, remedy, variable.key)
                    for variable in store.variables
                    if variable.secret
                ]
            )
            return None

    @staticmethod
    def _preview(filled: Filled) -> Plan | None:
        """What would change, where only a secret is missing: to be seen, and without a request."""
        there, settings = filled.choice.integration, filled.settings
        if there is None or settings is None:
            return None
        secrets = [v for v in STORE_TYPES[there.integration_key].variables if v.secret]
        missing = [Drift(f"{there.integration_key}.{v.option}", "needed", SECRET_SET, SECRET_NEEDED) for v in secrets]
        return preview_update(there, (*find_drift(settings, there), *missing))

    def _complete(self) -> None:
        """Show every finding, and move to the first field with one."""
        if self.plan:
            self._refuse(_OLDER_PLAN)
            return
        self._fields.show_all()
        self.page.move_focus("ldss-StoreFields")

    def preview_removal(self) -> None:
        """Show what a deletion removes."""
        filled = self._fields.filled
        there = filled.choice.integration if filled else None
        if self._applying or there is None:
            return
        self._removing = True
        plan = plan_absent(there)
        self._show(plan, ())
        self._offer(plan)
        self.page.move_focus("ldss-actions")

    def _show(self, plan: Plan, given: tuple[str, ...]) -> None:
        self.plan, self._given = plan, given
        self.view.show(plan, given)
        texts = list(plan.warnings)
        # Documented for the Redis integration: not available in federal environments.
        if plan.key[2] == "redis" and self.account and self.account.host.endswith("launchdarkly.us"):
            texts.append("LaunchDarkly documents that the Redis integration is not available in federal environments.")
        self._warnings.value = join(notice("warning", text) for text in texts)

    def _offer(self, plan: Plan) -> None:
        """Show the button of this plan: a new one for each, so that a click can't mean another plan than the one shown."""
        verb = f"{VERBS[plan.action]} the integration {AT[plan.action]} {place_of(plan)}"
        risk = what_is_lost(plan)
        style = "danger" if risk else "primary"
        ask = (lambda: self._ask(plan, risk)) if risk else (lambda: self.apply(plan))
        back = [self._button("Back", self._leave_removal)] if self._removing else []
        self.actions.children = [
            self._button(verb + (" …" if risk else ""), ask, primary=True, button_style=style),
            *back,
        ]
        self.say("info", "Nothing of this plan has been sent yet.")

    def _leave_removal(self) -> None:
        self.plan = None
        self.update()
        self.page.move_focus("ldss-actions")

    def _ask(self, plan: Plan, risk: str) -> None:
        if plan is not self.plan:
            return
        verb = f"Yes, {VERBS[plan.action].lower()} {place_of(plan)}"
        yes = self._button(verb, lambda: self.apply(plan), button_style="danger")
        no = self._button("No", lambda: self._offer(plan) if plan is self.plan else None)
        no.add_class("ldss-decline")  # a second press of Enter must not confirm
        self.actions.children = [w.HTML(notice("warning", risk)), yes, no]
        self.page.move_focus("ldss-decline")

    def apply(self, plan: Plan) -> None:
        """Apply a plan that is shown, if the fields and the choice still say the same."""
        if self.is_applying:
            return
        account = self.account
        refusal = self._may_apply()
        if plan is not self.plan or account is None:
            refusal = _OLDER_PLAN
        # A keystroke may have arrived after the plan: what is in the fields now decides.
        if not refusal and plan.action is not Action.DELETE:
            self._fields.read()
            if plan is not self.plan:
                refusal = "The settings changed after this plan was shown."
        if refusal or account is None:
            self._refuse(refusal)
            return
        sent_from = self._fields.snapshot()

        def work(task: Any) -> Integration | None:
            with account.client(task) as client:
                return apply_plan(client, plan)

        self.run(
            f"Applying to {place_of(plan)}.",
            work,
            lambda after: self._applied(plan, after, sent_from),
            on_failed=self._not_applied,
        )
        self._applying = plan
        self.tell("info", "")
        self.actions.children = []  # now that Cancel is there: a focus on the button goes to it

    def _refuse(self, reason: str) -> None:
        self.say("warning", f"{reason} Nothing was sent. Review the plan.")

    def cancel(self) -> None:
        """Cancel. A write that is in flight is waited for."""
        if self._applying and self.task:
            self.task.cancel()
            self.say("busy", "Cancelling; waiting for the request in flight.")
        else:
            super().cancel()

    def drop(self) -> None:
        """Cancel without a message; a write in flight no longer belongs to what is on screen."""
        self._applying = None
        super().drop()

    def _applied(self, plan: Plan, integration: Integration | None, sent_from: dict[str, Any]) -> None:
        self._applying = None
        self.reset()
        self._on_applied(plan, integration, sent_from)
        store = STORE_TYPES[plan.key[2]].label
        text = f"{_DONE[plan.action]} the {store} integration {AT[plan.action]} {place_of(plan)}."
        self.tell("ok", text)

    def _not_applied(self, error: BaseException) -> None:
        self._applying = self.plan = None
        if isinstance(error, Cancelled):
            self._on_stale("Cancelled. The integration was read again; review the plan.")
        elif isinstance(error, (StalePlan, Conflict, NotFound, OutcomeUnknown)):
            self._on_stale(error.message)
        else:
            self.update()
            self.fail(error)


def what_is_lost(plan: Plan) -> str:
    """What a user has to confirm first, in a sentence; "" where nothing is lost."""
    if plan.action is Action.DELETE:
        return (
            "LaunchDarkly stops writing to this store and forgets its password. SDKs that read the store become stale."
        )
    if plan.action is not Action.UPDATE:
        return ""
    if plan.before["enabled"] and not plan.after["enabled"]:
        return "LaunchDarkly stops writing to this store. SDKs that read the store become stale."
    moved = [
        field_label(plan.key[2], d.field)
        for d in plan.drift
        if d.field.split(".")[-1] in ("host", "port", "table_name", "region")
    ]
    if moved and plan.before["enabled"]:
        names = ", ".join(moved)
        return f"LaunchDarkly writes to another store ({names} changes). SDKs that read the old store become stale."
    return ""
