# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""All big segment stores of the account at a glance, from one request."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import ipywidgets as w
import traitlets

from ..core.api.client import Client
from ..core.fleet.report import counted
from ..core.fleet.run import read_many
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration
from ..exports.stores_file import dump_fleet, to_yaml
from .account import Account, Token
from .connect_panel import ConnectPanel
from .fleet_picture import picture
from .fleet_table import FleetTable
from .form import BigSegmentStoreForm
from .health import WORDS, health
from .markup import Markup, badge, element, notice, table
from .page import Page
from .part import close_all, mimebundle, publish
from .style import STYLE
from .worker import Task, Worker, describe

_ROWS_WITHOUT_ANYWIDGET = 200


class FleetView(w.VBox):
    """Every integration of the account by health, as a grid or a table; a click opens the form below.

    The arguments are those of `BigSegmentStoreForm`. Environments without a store are not in LaunchDarkly's list.
    """

    integrations: Any = traitlets.List(help="The integrations as they were last listed.")
    """The integrations as they were last listed."""

    selected = traitlets.Instance(Integration, allow_none=True, help="The integration that was clicked last.")
    """The integration that was clicked last, None until then."""

    selection: Any = traitlets.List(help="The integrations that are selected.")
    """The integrations that are selected, as they were last read."""

    def __init__(
        self, client: Client | None = None, access_token: Token | None = None, api_host: str | None = None
    ) -> None:
        self._arguments: dict[str, Any] = {"client": client, "access_token": access_token, "api_host": api_host}
        self.form: BigSegmentStoreForm | None = None
        self._fault = w.HTML()
        self.worker = Worker(self._defect)
        self.page = Page()
        self.connect = ConnectPanel(**self._arguments, worker=self.worker, page=self.page)
        self.table = FleetTable(tools=True)
        self.table.on_msg(lambda _widget, content, _buffers: self.worker.put(self._message, content))
        self.table.observe(lambda _: self.worker.put(self._select), "chosen")
        # Hidden by the table's own script: it is seen only where anywidget can't be loaded.
        self._fallback = w.HTML()
        self._fallback.add_class("ldss-fallback")
        self.reload_button = self.connect.button("Read again", self.reload)
        self._table_box = w.VBox()
        self._form_box = w.VBox()
        title = w.HTML(STYLE + element("h2", "Big segment stores", class_="ldss-title"))
        super().__init__([title, self.page, self._fault, self.connect, self._table_box, self._form_box])
        for name in ("ldss", "ldss-root"):
            self.add_class(name)
        self.connect.observe(lambda change: self._list(change.new), "account")
        self.connect.start()

    def __repr__(self) -> str:
        return f"FleetView({counted(len(self.integrations), 'integration')})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the widget for Jupyter, with text for pages without widgets."""
        return mimebundle(self, super()._repr_mimebundle_, options)

    def _ipython_display_(self) -> None:
        publish(self)

    def text(self) -> str:
        """List the integrations, the worst first."""
        lines = [f"Big segment stores: {self.connect.message[1] or 'not connected'}"]
        for i in self._worst_first():
            _, symbol, word = health(i)
            lines.append(f"  {symbol} {word:<13} {i.project_key}/{i.environment_key}  {i.integration_key}  {i.name}")
        return "\n".join(lines)

    def to_html(self) -> str:
        """Return the fleet as HTML for a page without a kernel."""
        title = element("h2", "Big segment stores", class_="ldss-title")
        message = element("p", self.connect.message[1])
        return f'{STYLE}<div class="ldss ldss-root">{title}{message}{_html_table(self._worst_first())}</div>'

    def picture(self) -> str:
        """Return the fleet as an SVG picture, a row for each project."""
        return picture(self.integrations, self.connect.account.host if self.connect.account else "")

    def show(self, integrations: list[Integration]) -> None:
        """Show these integrations."""
        self.integrations = integrations
        self._select()
        self.table.caption = "Integrations"
        self.table.show(integrations)
        self._fallback.value = _html_table(self._worst_first()[:_ROWS_WITHOUT_ANYWIDGET], len(integrations))
        self._table_box.children = [*((self.table, self._fallback) if integrations else ()), self.reload_button]

    def reload(self) -> None:
        """List again; what is on screen stays until the response arrives."""
        if self.connect.account:
            self._list(self.connect.account)

    def read_selected(self, ids: Collection[str] | None = None) -> None:
        """Read these integrations again, one by one: that shows a health that LaunchDarkly's list leaves out."""
        self._read(ids, self._read_again)

    def save_stores_file(self, ids: Collection[str] | None = None) -> None:
        """Read these integrations, and let the browser save a file that declares them, for `FleetPlan` and `apply`."""
        self._read(ids, self._save)

    def close(self) -> None:
        """Cancel the running calls and remove the view from the page."""
        if "worker" in self.__dict__:  # else the constructor failed, and ipywidgets cleans up
            self.worker.close()
        close_all(self, super().close)

    def show_store(self, integration: Integration) -> None:
        """Open the form for an integration, below the table."""
        self.selected = integration
        self.table.current = integration.id
        if self.form is None:
            self.form = BigSegmentStoreForm(**self._with_account())
            self.form.add_class("ldss-fleet-form")
            self._form_box.children = [self.form]
        self.form.show_store(*integration.key, integration.id)
        self.page.move_focus("ldss-fleet-form")

    def _worst_first(self) -> list[Integration]:
        return sorted(self.integrations, key=lambda i: (WORDS.index(health(i)[2]), i.project_key, i.environment_key))

    def _list(self, account: Account | None) -> None:
        if account is None:
            return

        def work(task: Task) -> list[Integration]:
            with account.client(task) as client:
                return client.list_integrations()

        self.connect.run("Reading the integrations.", work, self._listed)

    def _listed(self, integrations: list[Integration]) -> None:
        self.show(integrations)
        places = len({(i.project_key, i.environment_key) for i in integrations})
        host = self.connect.account.host if self.connect.account else ""
        found = f"{counted(len(integrations), 'integration')} in {counted(places, 'environment')} of {host}"
        self.connect.say("ok", f"{found}.")
        self.connect.fold(found)
        if not integrations:
            self.connect.say(
                "info", "No store is set up yet, or the token sees none. BigSegmentStoreForm() sets one up."
            )

    def _select(self) -> None:
        chosen = set(self.table.chosen)
        self.selection = [integration for integration in self.integrations if integration.id in chosen]

    def _read(self, ids: Collection[str] | None, on_done: Callable[[set[str], list[Integration]], None]) -> None:
        """Read the integrations with these IDs, by default the selected ones."""
        account = self.connect.account
        wanted = set(self.table.chosen if ids is None else ids)
        if account is None or not wanted:
            return

        def work(task: Task) -> list[Integration]:
            def report(done: int, total: int) -> None:
                task.check()
                task.progress(f"Read {done} of {total} integrations.")

            with account.client(task) as client:
                return read_many(client, lambda integration: integration.id in wanted, on_read=report)

        text = f"Reading {counted(len(wanted), 'integration')}."
        self.connect.run(text, work, lambda found: on_done(wanted, found))

    def _read_again(self, wanted: set[str], found: list[Integration]) -> None:
        gone = len(wanted) - len(found)
        self.show([*(i for i in self.integrations if i.id not in wanted), *found])
        text = f"Read {counted(len(found), 'integration')} again"
        self.connect.say("warning" if gone else "ok", text + (f"; {gone} no longer exist." if gone else "."))

    def _save(self, wanted: set[str], found: list[Integration]) -> None:
        known = [i for i in found if not i.problem and i.integration_key in STORE_TYPES]
        data, variables = dump_fleet(known)
        self._download(to_yaml(data), "stores.yml", "application/yaml")
        text = f"Saved {counted(len(known), 'integration')} as stores.yml."
        if len(known) < len(wanted):
            text += f" {len(wanted) - len(known)} are left out: deleted, or of a type that this version does not know."
        needs = f" Set before you use it: {', '.join(variables)}." if variables else ""
        self.connect.say("warning" if len(known) < len(wanted) else "ok", text + needs)

    def _download(self, text: str, name: str, media_type: str) -> None:
        self.table.send({"save": text, "name": name, "type": media_type})

    def _message(self, content: Any) -> None:
        """Handle a click in the table: on an integration, or on a button."""
        if not isinstance(content, dict):
            return
        if content.get("picture"):
            self._download(self.picture(), "big-segment-stores.svg", "image/svg+xml")
        for name, act in (("read", self.read_selected), ("file", self.save_stores_file)):
            if isinstance(content.get(name), list):
                act([each for each in content[name] if isinstance(each, str)])
        found = [integration for integration in self.integrations if integration.id == content.get("open")]
        if found:
            self.show_store(found[0])

    def _with_account(self) -> dict[str, Any]:
        """The form connects as this view did, wherever the token came from."""
        account = self.connect.account
        if account is None or account.own_client:
            return self._arguments
        return {"access_token": account.token, "api_host": account.api_host}

    def _defect(self, error: BaseException) -> None:
        self._fault.value = notice("error", *describe(error))


def _html_table(integrations: list[Integration], total: int = 0) -> Markup:
    rows = [(i.project_key, i.environment_key, i.integration_key, i.name, badge(*health(i))) for i in integrations]
    more = f", the {len(rows)} in worst health of {total}" if total > len(rows) else ""
    return table(f"Integrations{more}", ("Project", "Environment", "Store", "Name", "Health"), rows)
