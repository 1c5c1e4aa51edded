# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Many stores planned and applied from a table."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ipywidgets as w
import traitlets

from ..core.api.client import Client
from ..core.errors import InvalidSettings, SegmentStoreError
from ..core.fleet.declaration import Declaration
from ..core.fleet.report import counted
from ..core.fleet.result import StoreResult
from ..core.fleet.run import reconcile_many
from ..core.fleet.stores_file import read_stores_file
from ..core.flow.apply_plan import apply_plan
from ..core.model.integration import Integration
from .account import Account, Token
from .connect_panel import ConnectPanel
from .fleet_plan_table import FleetPlanTable
from .markup import Markup, badge, element, notice, table
from .page import Page
from .part import close_all, mimebundle, publish
from .plan_view import field_label, is_secret
from .style import STYLE
from .worker import Cancelled, Task, Worker, describe

_THREADS = 4
_MARKS = {
    "create": ("info", "+", "create"),
    "update": ("warning", "~", "update"),
    "delete": ("error", "-", "delete"),
    "nothing": ("plain", "○", "unchanged"),
    "failed": ("error", "✗", "failed"),
    "not attempted": ("plain", "○", "not attempted"),
}


class FleetPlan(w.VBox):
    """Plans many stores, shows the plan as a table, and applies what is selected in it.

    `stores` is the path of a file of stores, or declarations. Secrets in a file are references. The other arguments are
    those of `BigSegmentStoreForm`. Nothing is applied that was not shown: each plan is applied to exactly the integration
    that it was made from, and fails if that has changed.
    """

    results: Any = traitlets.List(help="The plans on screen.")
    """The plans on screen, a `StoreResult` for each store in the order of the declarations."""

    applied: Any = traitlets.Dict(help="What came of each applied plan.")
    """By the number of the store: the integration afterwards (None after a deletion), or the error."""

    def __init__(
        self,
        stores: str | Sequence[Declaration],
        client: Client | None = None,
        access_token: Token | None = None,
        api_host: str | None = None,
    ) -> None:
        self._declarations = _read(stores)
        self._task: Task | None = None
        self._message = w.HTML()
        self._message.add_class("ldss-message")
        self.worker = Worker(self._defect)
        self.page = Page()
        self.connect = ConnectPanel(client, access_token, api_host, worker=self.worker, page=self.page)
        self.table = FleetPlanTable()
        self.table.on_msg(lambda _widget, content, _buffers: self.worker.put(self._receive, content))
        # Hidden by the table's own script: it is seen only where anywidget can't be loaded.
        self._fallback = w.HTML()
        self._fallback.add_class("ldss-fallback")
        self._table_box = w.VBox()
        title = w.HTML(STYLE + element("h2", "Plan for big segment stores", class_="ldss-title"))
        super().__init__([title, self.page, self.connect, self._message, self._table_box])
        for name in ("ldss", "ldss-root"):
            self.add_class(name)
        self.connect.observe(lambda change: self._connected(change.new), "account")
        self.connect.start()

    def __repr__(self) -> str:
        return f"FleetPlan({counted(len(self._declarations), 'store')})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the widget for Jupyter, with text for pages without widgets."""
        return mimebundle(self, super()._repr_mimebundle_, options)

    def _ipython_display_(self) -> None:
        publish(self)

    def text(self) -> str:
        """List the plans."""
        lines = [f"Plan for {counted(len(self._declarations), 'big segment store')}"]
        lines += [f"  {row['word']:<13} {row['place']}  {row['text']}".rstrip() for row in self.table.rows]
        return "\n".join(lines)

    def to_html(self) -> str:
        """Return the plan as HTML for a page without a kernel."""
        title = element("h2", "Plan for big segment stores", class_="ldss-title")
        return f'{STYLE}<div class="ldss ldss-root">{title}{_html_table(self.table.rows)}</div>'

    def close(self) -> None:
        """Cancel what is running and remove the widget from the page. What was applied stays applied."""
        if "worker" in self.__dict__:  # else the constructor failed, and ipywidgets cleans up
            self.worker.close()
        close_all(self, super().close)

    def plan(self, numbers: Sequence[int] | None = None) -> None:
        """Make the plan of these stores, by default of all. Nothing is changed."""
        account = self.connect.account
        if account is None or self.table.running:
            return
        wanted = list(range(len(self._declarations))) if numbers is None else list(numbers)

        def work(task: Task) -> list[StoreResult]:
            with account.client(task) as client:
                return reconcile_many(client, [self._declarations[n] for n in wanted], check=True)

        def planned(found: list[StoreResult]) -> None:
            results = list(self.results) or [StoreResult(declaration) for declaration in self._declarations]
            for number, result in zip(wanted, found):
                results[number] = result
            self.applied = {number: end for number, end in self.applied.items() if number not in wanted}
            self.results = results
            self.table.version += 1
            self._draw()
            self._say("info", "Nothing has been sent yet. Select the stores to apply.")

        self._run("Making the plan.", work, planned)

    def apply(self, numbers: Sequence[int]) -> None:
        """Apply the plans of these stores as they are on screen."""
        account = self.connect.account
        plans = {n: self.results[n].outcome.plan for n in numbers if self._can_apply(n)}
        if account is None or not plans or self.table.running:
            return

        def work(task: Task) -> None:
            def one(number: int) -> None:
                end: Integration | SegmentStoreError | None
                try:
                    task.check()
                    with account.client(task) as client:
                        end = apply_plan(client, plans[number])
                except Cancelled:
                    return
                except SegmentStoreError as error:
                    end = error
                task.progress((number, end))

            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(one, plans))

        def ended(_nothing: None) -> None:
            self.table.running = False
            self._draw()
            failed = sum(isinstance(self.applied.get(number), SegmentStoreError) for number in plans)
            done = sum(number in self.applied for number in plans) - failed
            left = len(plans) - done - failed
            text = f"Applied {counted(done, 'change')}"
            text += f", {failed} failed" if failed else ""
            text += f", {left} not attempted" if left else ""
            self._say("warning" if failed or left else "ok", text + ".")

        self.table.done, self.table.total, self.table.running = 0, len(plans), True
        self._run("Applying.", work, ended, self._progress)

    def cancel(self) -> None:
        """Start no more changes. Those in flight are waited for."""
        if self._task is not None:
            self._task.cancel()
            self._say("busy", "Cancelling; waiting for requests in flight.")

    def _can_apply(self, number: Any) -> bool:
        if not isinstance(number, int) or not 0 <= number < len(self.results) or number in self.applied:
            return False
        outcome = self.results[number].outcome
        return bool(outcome and outcome.plan.action.value != "nothing")

    def _connected(self, account: Account | None) -> None:
        if account is not None:
            self.connect.fold(self.connect.summary)
            self.table.host = account.host
            self.plan()

    def _run(self, text: str, work: Any, on_done: Any, on_progress: Any = None) -> None:
        self._say("busy", text)

        def news(found: Any) -> None:
            if isinstance(found, str):  # a wait for LaunchDarkly's rate limit
                self._say("busy", found)
            elif on_progress:
                on_progress(found)

        def failed(error: BaseException) -> None:
            self._task, self.table.running = None, False
            self._say("error", *describe(error))

        def done(result: Any) -> None:
            self._task = None
            on_done(result)

        self._task = Task(lambda found: self.worker.put(news, found))
        self.worker.start(self._task, work, done, failed)

    def _progress(self, news: tuple[int, Integration | SegmentStoreError | None]) -> None:
        number, end = news
        self.applied = {**self.applied, number: end}
        self.table.done += 1

    def _receive(self, content: Any) -> None:
        """Handle a click in the table. A selection in an older plan is refused."""
        if not isinstance(content, dict):
            return
        if content.get("cancel"):
            self.cancel()
        elif content.get("plan"):
            self.plan()
        elif content.get("retry"):
            failed = [n for n, end in self.applied.items() if isinstance(end, SegmentStoreError)]
            self.plan(sorted({*failed, *(n for n, result in enumerate(self.results) if result.error)}))
        elif isinstance(content.get("apply"), list):
            if content.get("version") == self.table.version:
                self.apply(content["apply"])
            else:
                self._say("warning", "The plan has changed. Nothing was sent. Review the plan.")

    def _draw(self) -> None:
        self.table.rows = [self._row(number, result) for number, result in enumerate(self.results)]
        self._fallback.value = _html_table(self.table.rows)
        if not self._table_box.children:
            self._table_box.children = [self.table, self._fallback]

    def _row(self, number: int, result: StoreResult) -> dict[str, Any]:
        action, state, text = result.action, "planned", ""
        if result.error:
            state, text = "failed", result.error.message
        if number in self.applied:
            end = self.applied[number]
            state, text = ("failed", end.message) if isinstance(end, SegmentStoreError) else ("applied", "✓ applied")
        level, symbol, word = _MARKS["failed" if state == "failed" else action]
        plan = result.outcome.plan if result.outcome else None
        details = [_detail(plan.key[2], drift) for drift in plan.drift if drift.field != "integration"] if plan else []
        if plan and action == "create":
            details = [f"{name}: {value}" for name, value in plan.after.get("config", {}).items()]
        place = str(result.declaration.key)
        return {
            "number": number,
            "place": place,
            "action": action,
            "state": state,
            "text": text,
            "level": level,
            "symbol": symbol,
            "word": word,
            "details": [*details, *self._warnings(result)],
        }

    @staticmethod
    def _warnings(result: StoreResult) -> list[str]:
        return list(result.outcome.warnings) if result.outcome else []

    def _say(self, level: str, text: str, details: Sequence[str] = ()) -> None:
        self._message.value = notice(level, text, details)

    def _defect(self, error: BaseException) -> None:
        self._say("error", *describe(error))


def _read(stores: Any) -> list[Declaration]:
    if isinstance(stores, (str, os.PathLike)):
        return read_stores_file(os.fspath(stores), os.environ)
    declarations = list(stores) if isinstance(stores, Sequence) else []
    if not declarations or not all(isinstance(one, Declaration) for one in declarations):
        raise InvalidSettings.for_field(
            "stores",
            "is neither a file nor declarations",
            "give the path of a file of stores, or a list of declarations",
        )
    return declarations


def _detail(integration_key: str, drift: Any) -> str:
    label = field_label(integration_key, drift.field)
    if is_secret(integration_key, drift.field):
        return f"{label}: {drift.after}"
    before, after = (json.dumps(value, ensure_ascii=False) for value in (drift.before, drift.after))
    return f"{label}: {before} → {after}"


def _html_table(rows: Sequence[dict[str, Any]]) -> Markup:
    cells = [
        (row["place"], badge(row["level"], row["symbol"], row["word"]), row["text"], "; ".join(row["details"]))
        for row in rows
    ]
    return table("Plan", ("Store", "Plan", "Result", "Details"), cells)
