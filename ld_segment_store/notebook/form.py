# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The form: its parts on one screen, and what flows between them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import ipywidgets as w
import traitlets

from ..core.api.client import Client
from ..core.errors import InvalidSettings, NotFound
from ..core.flow.lookup import Target, observe
from ..core.flow.plan import Plan
from ..core.flow.rounds import Outcome
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration
from .account import Account, Token
from .changes import ChangesPanel
from .connect_panel import ConnectPanel
from .documents_panel import DocumentsPanel
from .environment_chooser import Choice, EnvironmentChooser
from .export_panel import ExportPanel
from .field import Field
from .health_chart import HealthChart, check_interval
from .inspect_view import InspectView
from .markup import element, join, notice
from .page import Page
from .part import Part, close_all, mimebundle, publish, row, walk
from .preflight_view import PreflightView
from .store_fields import Filled, StoreFields, warm_up
from .style import STYLE
from .worker import Task, Worker, describe


class BigSegmentStoreForm(w.VBox):
    """Set up the big segment store of one environment: connect, choose, fill in, apply.

    Put it at the end of a cell. Without arguments it asks for everything. `client` is a client of your own. `access_token`
    is a token or a function that returns one; don't write a token into a cell. `api_host` is LaunchDarkly's host.
    `watch_interval` is in seconds, at least 1. `aws_endpoint_url` replaces AWS in tests of a DynamoDB store.

    With a client or a token it connects at once; `show_store` opens an environment.
    """

    state = traitlets.Unicode("not connected", help="The state of the connection.")
    """The state of the connection: `not connected`, `connecting`, `connected` or `failed`."""

    place = traitlets.Unicode("", help="The open environment, such as shop/live.")
    """The open environment, such as `shop/live`; empty until one is open."""

    settings: Any = traitlets.Dict(help="The settings in the fields, without secrets.")
    """The settings in the fields as plain data. A secret is the word `set` or `not set`, never the secret."""

    plan = traitlets.Instance(Plan, allow_none=True, help="The plan on screen.")
    """The plan on screen, None where there is none."""

    outcome = traitlets.Instance(Outcome, allow_none=True, help="What was applied last.")
    """What was applied last, None until then."""

    integration = traitlets.Instance(Integration, allow_none=True, help="The integration as it was last read.")
    """The integration as it was last read, None where there is none."""

    health = traitlets.Unicode("", help="The health in a word.")
    """The health in a word: `available`, `stale`, `not available`, `unknown` or `off`; empty without an integration."""

    def __init__(
        self,
        client: Client | None = None,
        access_token: Token | None = None,
        api_host: str | None = None,
        *,
        watch_interval: float = 5.0,
        aws_endpoint_url: str | None = None,
    ) -> None:
        self._watch_interval = check_interval(watch_interval)
        self._aws_endpoint_url = aws_endpoint_url
        self._locked: list[Any] = []
        self._opened = False
        self._panels: list[Part] = []
        self.worker = Worker(self._defect)
        self.page = Page()
        self._fault = w.VBox()
        self._lock = w.VBox()
        self._work = w.VBox()
        self.connect = ConnectPanel(client, access_token, api_host, worker=self.worker, page=self.page)
        self.chooser = EnvironmentChooser(worker=self.worker, page=self.page)
        title = w.HTML(STYLE + element("h2", "Big segment store", class_="ldss-title"))
        self._always = [title, self.page, self._fault, self.connect]
        super().__init__(self._always)
        for name in ("ldss", "ldss-root"):
            self.add_class(name)
        self.connect.observe(lambda change: self.set_trait("state", change.new), "state")
        self.connect.observe(lambda change: self._connected(change.new), "account")
        self.chooser.observe(lambda change: self._chosen(change.new), "choice")
        self.chooser.observe(lambda _: self._check_place(), "selection")
        for part in (self.connect, self.chooser):
            part.body.layout.observe(lambda _: self.worker.put(self._check_place), "display")
        self._keep = self._button("Keep", self._keep_place)
        self._switch = self._button("Switch", self._switch_place, "primary")
        self.connect.start()

    def __repr__(self) -> str:
        return f"BigSegmentStoreForm({self.place or self.state!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the widget for Jupyter, with text for pages without widgets."""
        return mimebundle(self, super()._repr_mimebundle_, options)

    def _ipython_display_(self) -> None:
        publish(self)

    def show_store(
        self, project_key: str, environment_key: str, integration_key: str = "redis", integration_id: str | None = None
    ) -> None:
        """Open an environment, now or as soon as the form is connected. Raises InvalidSettings for impossible keys."""
        self.chooser.show(project_key, environment_key, integration_key, integration_id)

    def close(self) -> None:
        """Cancel the running calls and remove the form from the page. What was applied stays applied."""
        if "worker" in self.__dict__:  # else the constructor failed, and ipywidgets cleans up
            self.worker.close()
        close_all(self, super().close)

    def text(self) -> str:
        """Describe the form for pages without widgets."""
        lines = ["Big segment store: this form needs Jupyter's widgets (JupyterLab, Notebook, Voila)."]
        lines += [f"  {part.text()}" for part in self.parts()]
        try:
            lines += ["", self.export.export("ansible")]
        except InvalidSettings:
            lines.append("  Without widgets, use ld_segment_store.ensure_present(client, settings).")
        return "\n".join(lines)

    def to_html(self) -> str:
        """Return the form's current state as HTML for a page without a kernel: text and plan, no inputs, no secrets."""
        parts = [element("h2", "Big segment store", class_="ldss-title")]
        parts += [element("p", part.text()) for part in self.parts()]
        more = [self.changes.view.html, self.chart.html] if self._opened and self._panels else []
        inner = join(parts) + "".join(more)
        return f'{STYLE}<div class="ldss ldss-root">{inner}</div>'

    # Parts are made when they are needed first: only the first is on the way to the first picture.
    @cached_property
    def fields(self) -> StoreFields:
        """The settings."""
        choice = self.chooser.choice
        if choice is None:
            raise AttributeError("the form has no fields before an environment is open")
        made = StoreFields(*choice.key, worker=self.worker, page=self.page)
        made.observe(lambda change: self._filled(change.new), "filled")
        made.observe(lambda change: self.set_trait("settings", change.new), "settings")
        return made

    @cached_property
    def changes(self) -> ChangesPanel:
        """The plan, and the button that applies it."""
        made = ChangesPanel(
            self.fields, self._refusal, self._applied, self._read_again, worker=self.worker, page=self.page
        )
        made.observe(lambda change: self.set_trait("plan", change.new), "plan")
        return made

    @cached_property
    def preflight(self) -> PreflightView:
        """The preflight."""
        return PreflightView(aws_endpoint_url=self._aws_endpoint_url, worker=self.worker, page=self.page)

    @cached_property
    def inspect(self) -> InspectView:
        """What the store holds."""
        return InspectView(aws_endpoint_url=self._aws_endpoint_url, worker=self.worker, page=self.page)

    @cached_property
    def documents(self) -> DocumentsPanel:
        """The documents for the store's side."""
        return DocumentsPanel(self.worker, self.page)

    @cached_property
    def chart(self) -> HealthChart:
        """The health."""
        made = HealthChart(interval=self._watch_interval, on_read=self.chooser.note, worker=self.worker, page=self.page)
        made.observe(lambda change: self.set_trait("integration", change.new), "integration")
        made.observe(lambda change: self.set_trait("health", change.new), "health")
        return made

    @cached_property
    def export(self) -> ExportPanel:
        """The settings as code."""
        return ExportPanel(self.worker, self.page)

    def parts(self) -> list[Part]:
        """The parts that can be used by now."""
        found: list[Part] = [self.connect]
        if self.connect.account:
            found.append(self.chooser)
        if self._opened:
            found += [self.fields, self.changes, *self._panels]
        return found

    def _connected(self, account: Account) -> None:
        warm_up()
        self._fault.children = []
        before = self.chooser.choice
        self._close_place()
        self.connect.fold(self.connect.summary)
        self.chooser.account = account
        if before is not None:
            # The integration of another account, or as another token sees it: it is read again.
            self.chooser.show(*before.key)
        self.children = [*self._always, self.chooser, self._lock, self._work]
        self.page.move_focus("ldss-EnvironmentChooser")

    def _close_place(self) -> None:
        """Leave the open environment."""
        if self._opened:
            for part in self.parts()[2:]:
                part.drop()
        self._unlock()
        self._opened, self.place = False, ""
        self._work.children = []
        self.chooser.unfold()

    def _chosen(self, choice: Choice | None) -> None:
        account = self.connect.account
        if choice is None or account is None:
            return
        self.worker.put(self._show_panels)  # after the settings, and before they are checked
        self.place = choice.place
        self._unlock()
        self.changes.account = account
        unfinished = self.changes.plan if self.changes.is_applying else None
        self.changes.drop()
        self.changes.reset()
        if unfinished:
            self.changes.tell(
                "warning", f"The change to {unfinished.key} was still being applied. Open it to see the result."
            )
        self.fields.load(choice, keep=lambda _option, field: field.is_edited)
        if not self._work.children:
            self._work.children = [_box("ldss-columns", [self.fields, self.changes]), *self._panel_boxes()]
        self._opened = True  # now that its parts are made: the cell's thread may ask for the text at any time
        self.page.move_focus("ldss-StoreFields")

    def _show_panels(self) -> None:
        """Show the panels below the settings, which are on screen before the panels are made."""
        choice, account = self.chooser.choice, self.connect.account
        if choice is None or account is None or not self._opened:
            return
        self.chart.account, self.export.api_host = account, account.api_host
        self.chart.show(choice.integration)
        self.chart.set_heading(f"Health of {choice.place}")
        if not self._panels:
            self._panels = [self.chart, self.preflight, self.inspect, self.documents, self.export]
            self._work.children = [*self._work.children, *self._panel_boxes()]
            self._check_place()

    def _panel_boxes(self) -> list[w.Box]:
        return [_box("ldss-panels", self._panels)] if self._panels else []

    def _filled(self, filled: Filled | None) -> None:
        if filled is None:
            return
        self.changes.update()
        for part in (self.preflight, self.inspect, self.documents, self.export):
            part.show(filled)

    def _applied(self, plan: Plan, integration: Integration | None, sent_from: dict[str, Any]) -> None:
        """Show the integration as it is now; what was typed while the plan was applied stays."""
        before = self.fields.choice

        def edited_since(option: str, field: Field) -> bool:
            return bool(field.value != sent_from.get(option))

        self.chooser.note(integration, plan.target.id if plan.target else None)
        self.outcome = Outcome(plan, changed=True, integration=integration)
        self.chart.show(integration)
        self.fields.load(Choice(*before.key, before.client_side_id, integration), keep=edited_since)
        if integration and integration.enabled:
            self.chart.watch()

    def _read_again(self, reason: str) -> None:
        """Read the integration again and make the plan from it; what was typed stays."""
        choice, account = self.fields.choice, self.connect.account
        if account is None or self.changes.is_applying:
            return

        def work(task: Task) -> Integration | None:
            with account.client(task) as client:
                if choice.integration:
                    try:
                        return client.get_integration(choice.key, choice.integration.id)
                    except NotFound:
                        pass  # deleted; another one may exist by now
                return observe(client, Target(*choice.key))

        def done(there: Integration | None) -> None:
            old = choice.integration
            self.chooser.note(there, old.id if old else None)
            text = reason
            if old and there is None:
                text = f"{reason} The integration was deleted by somebody else; applying creates a new one.".strip()
            self.changes.reset()
            self.chart.show(there)
            # What was deleted can be created again as it was.
            gone = old is not None and there is None
            self.fields.load(
                Choice(*choice.key, choice.client_side_id, there), keep=lambda _option, field: gone or field.is_edited
            )
            if text:
                self.changes.tell("warning", text)

        self.changes.run("Reading the integration again.", work, done)

    # What the fields say must be what is written. Everything below is disabled while the choice differs from what is open.
    def _refusal(self) -> str:
        """Why nothing may be applied now. A change of the choice that a click overtook is read here."""
        self.chooser.read_selection()
        return self._lock_text()

    def _lock_text(self) -> str:
        """Why nothing below may be used; "" where it may."""
        choice = self.chooser.choice
        if choice is None or not self._opened:
            return ""
        if not self.connect.is_folded:
            host = self.connect.account.host if self.connect.account else ""
            return f"The connection is being changed, but {choice.place} of {host} is still open."
        if self.chooser.is_folded or self.chooser.selection == tuple(choice.key):
            return ""
        project, environment, store = self.chooser.selection
        named = f"{project or '?'}/{environment or '?'}"
        if named == choice.place:
            named += " " + STORE_TYPES[store].label
        return f"{choice.place} {STORE_TYPES[choice.integration_key].label} is open, but {named} is chosen."

    def _check_place(self) -> None:
        text, choice = self._lock_text(), self.chooser.choice
        if not text or choice is None:
            self._unlock()
            return
        project, environment, _store = self.chooser.selection
        changing = not self.connect.is_folded
        self._keep.description = f"Keep {choice.place}"
        self._switch.description = f"Switch to {project}/{environment}"
        usable = not changing and bool(project and environment)
        buttons = row(*([self._switch] if usable else []), self._keep)
        message = w.HTML(notice("warning", f"{text} Everything below is disabled."))
        message.add_class("ldss-message")
        self._lock.children = [message, buttons]
        for widget in walk(self._work):
            if widget.has_trait("disabled") and not widget.disabled:
                self._locked.append(widget)
                widget.disabled = True

    def _unlock(self) -> None:
        locked, self._locked = self._locked, []
        for widget in locked:
            widget.disabled = False
        self._lock.children = []

    def _keep_place(self) -> None:
        self.connect.keep()
        self.chooser.keep()
        self._check_place()

    def _switch_place(self) -> None:
        self.chooser.open_selection()

    def _button(self, description: str, job: Any, style: str = "") -> w.Button:
        made = w.Button(description=description, layout=w.Layout(width="auto"), button_style=style)
        made.on_click(lambda _: self.worker.click(job))
        return made

    def _defect(self, error: BaseException) -> None:
        """Show an error that no part expected; the form goes on."""
        text, details = describe(error)
        dismiss = self._button("Dismiss", lambda: setattr(self._fault, "children", []))
        self._fault.children = [w.HTML(notice("error", text, details)), dismiss]


def _box(class_name: str, parts: Sequence[Part]) -> w.Box:
    made = w.Box(parts)
    made.add_class(class_name)
    return made
