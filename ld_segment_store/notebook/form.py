# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The form: its steps, one after the other, and what each tells the next."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import ipywidgets as w

from ..core.api.client import Client
from ..core.flow.plan import Plan
from ..core.model.integration import Integration
from .check import CheckStep
from .choose import Choice, ChooseStep
from .connect import Account, ConnectStep, Token
from .fill_in import Filled, FillInStep, warm_up
from .markup import element, notice
from .preview import PreviewStep
from .step import Step
from .style import STYLE
from .take_away import DocumentsPanel, TakeAwayStep
from .watch import WatchStep
from .worker import Worker, describe


class BigSegmentStoreForm:
    """Set up the big segment store of one environment: connect, choose, fill in, check, preview, apply, watch, take away.

    Put it at the end of a cell. Without arguments it asks for everything. `client` is a client of your own. `access_token` is
    a token, or a callable that gives one; don't write a token into a cell. `api_host` is LaunchDarkly's host.
    `watch_interval` is in seconds. `aws_endpoint_url` stands for AWS in tests of a DynamoDB store.

    With a client or a token it connects at once. Steps appear when they can be used.
    """

    def __init__(
        self,
        client: Client | None = None,
        access_token: Token | None = None,
        api_host: str | None = None,
        *,
        watch_interval: float = 5.0,
        aws_endpoint_url: str | None = None,
    ) -> None:
        self._watch_interval = watch_interval
        self._aws_endpoint_url = aws_endpoint_url
        self._wanted: tuple[str, str, str, str | None] | None = None
        self._fault = w.HTML()
        self._steps = w.VBox()
        self.worker = Worker(self._failed)
        self.connect = ConnectStep(
            self.worker, 1, self._connected, client=client, access_token=access_token, api_host=api_host
        )
        self._is_open = False
        title = w.HTML(STYLE + element("h2", "Big segment store", class_="ldss-title"))
        self.widget = w.VBox([title, self._fault, self._steps])
        self.widget.add_class("ldss")
        self.widget.add_class("ldss-root")
        self._steps.children = [self.connect.widget]
        if client or access_token:
            self.worker.put(self.connect.connect)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """What Jupyter shows: the widgets, and words where there are none."""
        bundle: Any = self.widget._repr_mimebundle_(**options)  # IPython's protocol
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        data["text/plain"] = self.text()
        return bundle

    def __repr__(self) -> str:
        return "BigSegmentStoreForm({})".format(
            self.connect.account.api_host if self.connect.account else "not connected"
        )

    def open(
        self, project_key: str, environment_key: str, integration_key: str = "redis", integration_id: str | None = None
    ) -> None:
        """Open an environment, now or as soon as the form is connected."""
        self._wanted = (project_key, environment_key, integration_key, integration_id)
        self.worker.put(self._open_wanted)

    def close(self) -> None:
        """Cancel what is running and take the form off the screen. What was applied stays applied."""
        self.worker.close()
        self.widget.close()

    def text(self) -> str:
        """How the form stands, in words, for places that can't show widgets."""
        lines = [
            "Big segment store: a form that needs Jupyter's widgets (JupyterLab, Notebook, Voila, VS Code) to be used."
        ]
        lines.extend(f"  {step.title}: {step.message[1] or 'not yet'}" for step in self.steps())
        if self._is_open and self.fill_in.filled and not self.fill_in.filled.errors:
            lines += ["", self.take_away.text("ansible")]
        else:
            lines.append("  Without widgets: ld_segment_store.ensure_present(client, settings) does the same.")
        return "\n".join(lines)

    # Steps are made when they are needed first: none but the first is on the way to the first picture.
    @cached_property
    def choose(self) -> ChooseStep:
        """Step 2."""
        return ChooseStep(self.worker, 2, self._chosen)

    @cached_property
    def fill_in(self) -> FillInStep:
        """Step 3."""
        return FillInStep(self.worker, 3, self._filled)

    @cached_property
    def documents(self) -> DocumentsPanel:
        """Step 4."""
        return DocumentsPanel(self.worker, 4)

    @cached_property
    def check(self) -> CheckStep:
        """Step 5."""
        return CheckStep(self.worker, 5, self._aws_endpoint_url)

    @cached_property
    def preview(self) -> PreviewStep:
        """Step 6."""
        return PreviewStep(self.worker, 6, self.fill_in, self._applied)

    @cached_property
    def watch(self) -> WatchStep:
        """Step 7."""
        return WatchStep(self.worker, 7, self._watch_interval)

    @cached_property
    def take_away(self) -> TakeAwayStep:
        """Step 8."""
        return TakeAwayStep(self.worker, 8)

    def steps(self) -> list[Step]:
        """The steps that can be used by now."""
        found: list[Step] = [self.connect]
        if self.connect.account:
            found.append(self.choose)
        if self._is_open:
            found += [self.fill_in, self.documents, self.check, self.preview, self.watch, self.take_away]
        return found

    def _connected(self, account: Account) -> None:
        warm_up()
        for step in self.steps():
            step.drop()
        self._arrange()
        self.choose.load(account)
        self._use(account)
        self._open_wanted()

    def _use(self, account: Account) -> None:
        if self._is_open:
            self.preview.account = self.watch.account = account
            self.take_away.api_host = account.api_host

    def _open_wanted(self) -> None:
        if self._wanted and self.connect.account:
            wanted, self._wanted = self._wanted, None
            self.choose.open_at(*wanted)

    def _chosen(self, choice: Choice, account: Account) -> None:
        self._is_open = True
        self._use(account)
        self.fill_in.load(choice)
        self.watch.show(choice.integration)
        self._arrange()

    def _arrange(self) -> None:
        self._steps.children = [step.widget for step in self.steps()]

    def _filled(self, filled: Filled) -> None:
        for step in (self.preview, self.check, self.documents, self.take_away):
            step.show(filled)

    def _applied(self, plan: Plan, integration: Integration | None) -> None:
        before = self.fill_in.choice
        self.choose.noted(integration, plan.target.id if plan.target else None)
        self.fill_in.load(Choice(*before.place, before.client_side_id, integration))
        self.watch.show(integration)
        if integration and integration.enabled:
            self.watch.watch()

    def _failed(self, error: BaseException) -> None:
        """A fault of ours: it is shown, and the form goes on."""
        self._fault.value = notice("error", *describe(error))
