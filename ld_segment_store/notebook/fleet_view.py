# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""All big segment stores of the account at a glance, from one request."""

from __future__ import annotations

import time
from typing import Any

import anywidget
import ipywidgets as w
import traitlets

from ..core.api.client import Client
from ..core.fleet.report import counted
from ..core.model.integration import Integration
from .connect import Account, ConnectStep, Token
from .fleet_javascript import JAVASCRIPT
from .fleet_picture import picture
from .form import BigSegmentStoreForm
from .health import WORDS, health
from .markup import element, notice
from .style import STYLE
from .worker import Task, Worker, describe


class FleetTable(anywidget.AnyWidget):
    """The table in the browser: it sorts and filters there, and tells what was clicked."""

    _esm = JAVASCRIPT

    # Lists, not objects: project, environment, store, name, level, symbol, word, last sync (epoch ms or None), ID.
    rows: Any = traitlets.List().tag(sync=True)
    words = traitlets.List(list(WORDS)).tag(sync=True)
    now = traitlets.Float().tag(sync=True)


class FleetView:
    """Every integration of the account: store type and health, sortable and filterable; a click opens the form there.

    The arguments are those of `BigSegmentStoreForm`. Environments without a store are not in LaunchDarkly's list and so not here.
    """

    def __init__(
        self, client: Client | None = None, access_token: Token | None = None, api_host: str | None = None
    ) -> None:
        self._arguments: dict[str, Any] = {"client": client, "access_token": access_token, "api_host": api_host}
        self.integrations: list[Integration] = []
        self.form: BigSegmentStoreForm | None = None
        self._fault = w.HTML()
        self.worker = Worker(self._failed)
        self.connect = ConnectStep(self.worker, 1, self._connected, **self._arguments)
        self.table = FleetTable()
        self.table.on_msg(lambda _widget, content, _buffers: self.worker.put(self._message, content))
        self.reload_button = self.connect.button("Read again", self.reload)
        self._table_box = w.VBox()
        self._form_box = w.VBox()
        title = w.HTML(STYLE + element("h2", "Big segment stores", class_="ldss-title"))
        self.widget = w.VBox([title, self._fault, self.connect.widget, self._table_box, self._form_box])
        self.widget.add_class("ldss")
        self.widget.add_class("ldss-root")
        if client or access_token:
            self.worker.put(self.connect.connect)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle: Any = self.widget._repr_mimebundle_(**options)  # IPython's protocol
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        data["text/plain"] = self.text()
        return bundle

    def text(self) -> str:
        """The same as text, one integration a line, the worst first."""
        lines = ["Big segment stores: {}".format(self.connect.message[1] or "not connected yet")]
        for i in sorted(self.integrations, key=lambda i: (WORDS.index(health(i)[2]), i.project_key, i.environment_key)):
            _, symbol, word = health(i)
            lines.append(f"  {symbol} {word:<13} {i.project_key}/{i.environment_key}  {i.integration_key}  {i.name}")
        return "\n".join(lines)

    def picture(self) -> str:
        """The fleet as an SVG picture, a row for each project."""
        return picture(self.integrations)

    def show(self, integrations: list[Integration]) -> None:
        """Show these."""
        self.integrations = integrations
        with self.table.hold_sync():
            self.table.now = time.time() * 1000
            self.table.rows = [_row(integration) for integration in integrations]
        self._table_box.children = [self.table, self.reload_button]

    def reload(self) -> None:
        """Read again; what is on screen stays until the answer is there."""
        if self.connect.account:
            self._connected(self.connect.account)

    def close(self) -> None:
        """Cancel what is running and take it off the screen."""
        self.worker.close()
        if self.form:
            self.form.close()
        self.widget.close()

    def _connected(self, account: Account) -> None:
        def work(task: Task) -> list[Integration]:
            with account.client(task) as client:
                return client.list_integrations()

        self.connect.run("Reading what is set up.", work, self._listed)

    def _listed(self, integrations: list[Integration]) -> None:
        self.show(integrations)
        places = len({(i.project_key, i.environment_key) for i in integrations})
        host = self.connect.account.api_host if self.connect.account else ""
        found = f"{counted(len(integrations), 'integration')} in {counted(places, 'environment')}"
        self.connect.say("ok", f"{found} of {host.split('//')[-1]}.")

    def _message(self, content: Any) -> None:
        """A click in the table: on a row, or on the button that saves the picture."""
        if not isinstance(content, dict):
            return
        if content.get("picture"):
            self.table.send({"picture": self.picture()})
            return
        found = [integration for integration in self.integrations if integration.id == content.get("open")]
        if found:
            self.open(found[0])

    def open(self, integration: Integration) -> None:
        """Open the form for an integration, below the table."""
        if self.form is None:
            self.form = BigSegmentStoreForm(**self._with_account())
            self._form_box.children = [self.form.widget]
        self.form.open(*integration.key, integration.id)

    def _with_account(self) -> dict[str, Any]:
        """The form connects as this view did, wherever the token came from."""
        account = self.connect.account
        if account is None or account.own_client:
            return self._arguments
        return {"access_token": account.token, "api_host": account.api_host}

    def _failed(self, error: BaseException) -> None:
        self._fault.value = notice("error", *describe(error))


def _row(integration: Integration) -> list[Any]:
    places = [integration.project_key, integration.environment_key, integration.integration_key, integration.name]
    return [*places, *health(integration), integration.status.last_sync, integration.id]
