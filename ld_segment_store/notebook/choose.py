# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Step 2: project, environment and store type; what is set up there already."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import ipywidgets as w

from ..core.errors import AmbiguousIntegration, Forbidden, InvalidSettings, NotFound
from ..core.flow.lookup import Target, observe
from ..core.flow.wait import status_text
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Environment, Integration, Project
from .connect import Account
from .health import health
from .markup import badge, element, table
from .step import LABEL, Step
from .worker import Task, Worker

# Keys hold no white space, so a key can be told from the name behind it.
_BETWEEN = "  ·  "


@dataclass(frozen=True)
class Choice:
    """What was opened. `client_side_id` is None where it could not be read; `integration` is None for a new one."""

    project_key: str
    environment_key: str
    integration_key: str
    client_side_id: str | None
    integration: Integration | None

    @property
    def place(self) -> tuple[str, str, str]:
        """Project, environment and store type."""
        return self.project_key, self.environment_key, self.integration_key


class ChooseStep(Step):
    """Searchable fields that also take keys as free text. `on_chosen` is called with Choice and Account."""

    title = "Choose the environment"

    def __init__(self, worker: Worker, number: int, on_chosen: Callable[[Choice, Account], None]) -> None:
        super().__init__(worker, number)
        self._on_chosen = on_chosen
        self.account: Account | None = None
        self.integrations: list[Integration] = []
        self._listed_for: str | None = None
        wide = w.Layout(width="36rem", max_width="100%")
        hint = "type to search, or give the key"
        self.project = w.Combobox(description="Project", placeholder=hint, style=LABEL, layout=wide)
        self.environment = w.Combobox(description="Environment", placeholder=hint, style=LABEL, layout=wide)
        self.store = w.Dropdown(
            options=[(store.label, key) for key, store in STORE_TYPES.items()],
            description="Store type",
            style=LABEL,
            layout=wide,
        )
        self.which = w.Dropdown(description="Which one", style=LABEL, layout=wide)
        self.overview = w.HTML()
        self.overview.add_class("ldss-under")
        self.open_button = self.button("Open", self.open, button_style="primary")
        self.body.children = [self.project, self.environment, self.overview, self.store, self.open_button]
        self.project.observe(lambda _: worker.put(self._project_changed), "value")
        self.environment.observe(lambda _: worker.put(self._show_overview), "value")

    @property
    def project_key(self) -> str:
        """The key in the field."""
        return _key(self.project.value)

    @property
    def environment_key(self) -> str:
        """The key in the field."""
        return _key(self.environment.value)

    def load(self, account: Account) -> None:
        """List projects and what is set up."""
        self.account = account
        self._listed_for = None

        def work(task: Task) -> tuple[list[Project] | None, list[Integration]]:
            with account.client(task) as client:
                try:
                    projects: list[Project] | None = client.list_projects()
                except Forbidden:
                    projects = None
                return projects, client.list_integrations()

        self.run("Reading the projects.", work, self._loaded)

    def _loaded(self, found: tuple[list[Project] | None, list[Integration]]) -> None:
        projects, self.integrations = found
        if projects is None:
            self.say("warning", "The token may not list projects: type the keys of the project and the environment.")
        else:
            self.project.options = [_option(project) for project in projects]
            count = f"{len(projects)} project{'' if len(projects) == 1 else 's'}"
            places = len({(i.project_key, i.environment_key) for i in self.integrations})
            self.say("info", f"{count}; {places} environment{'' if places == 1 else 's'} with a big segment store.")
        self._show_overview()
        self._project_changed()

    def _project_changed(self) -> None:
        """List the environments of the project, once it is one that is known."""
        key, account = self.project_key, self.account
        if account is None or key == self._listed_for or self.project.value not in self.project.options:
            return
        self._listed_for = key

        def work(task: Task) -> list[Environment]:
            with account.client(task) as client:
                return client.list_environments(key)

        self.run("Reading the environments.", work, self._environments_loaded, on_failed=self._no_environments)

    def _environments_loaded(self, environments: list[Environment]) -> None:
        self.environment.options = [_option(environment) for environment in environments]
        self.say("info", f"{len(environments)} environments in {self._listed_for}.")
        self._show_overview()

    def _no_environments(self, error: BaseException) -> None:
        self.environment.options = []
        if isinstance(error, Forbidden):
            self.say("warning", "The token may not list the environments of this project: type the environment's key.")
        else:
            self._listed_for = None
            self.fail(error)

    def _show_overview(self) -> None:
        """What is set up in the environment, or in the project."""
        here = [i for i in self.integrations if i.project_key == self.project_key]
        here = [i for i in here if i.environment_key == self.environment_key] or here
        self._ask_which([])
        if not self.project_key:
            self.overview.value = ""
        elif not here:
            self.overview.value = element("span", "Nothing is set up here yet.", class_="ldss-hint")
        else:
            now = time.time()
            rows = [
                (
                    i.environment_key,
                    i.integration_key,
                    i.name,
                    badge(*health(i)),
                    status_text(i.status, now) if i.enabled else "LaunchDarkly does not write to it.",
                )
                for i in here[:12]
            ]
            caption = "Set up already" + (f", 12 of {len(here)}" if len(here) > 12 else "")
            self.overview.value = table(caption, ("Environment", "Store", "Name", "Health", "Status"), rows)

    def _ask_which(self, candidates: list[Integration]) -> None:
        """Ask which integration is meant where several match."""
        self.which.options = [
            (f"{i.name or 'without a name'} ({i.id}, {'on' if i.enabled else 'off'})", i.id) for i in candidates
        ]
        extra = [self.which] if candidates else []
        self.body.children = [self.project, self.environment, self.overview, self.store, *extra, self.open_button]

    def open(self) -> None:
        """Read what is set up for the choice."""
        account = self.account
        if account is None:
            self.say("error", "Connect first.")
            return
        target = Target(self.project_key, self.environment_key, self.store.value, self.which.value or None)
        findings = target.findings()
        if findings:
            self.fail(InvalidSettings(findings))
            return

        self._listed_for = target.project_key  # opening lists its environments as well
        self.run(
            "Reading what is set up.",
            lambda task: _read(task, account, target),
            lambda found: self._opened(found[0], found[1], account),
            on_failed=lambda error: self._not_opened(error, target),
        )

    def open_at(
        self, project_key: str, environment_key: str, integration_key: str, integration_id: str | None = None
    ) -> None:
        """Open an environment from Python, or from a fleet view."""
        self.project.value, self.environment.value = project_key, environment_key
        self.store.value = integration_key
        if integration_id:
            self.which.options = [(integration_id, integration_id)]
            self.which.value = integration_id
        self.open()

    def noted(self, integration: Integration | None, removed_id: str | None = None) -> None:
        """Take over what was applied, so that the overview is true."""
        changed = {removed_id, integration.id if integration else None}
        self.integrations = [i for i in self.integrations if i.id not in changed] + (
            [integration] if integration else []
        )
        self._show_overview()

    def _opened(self, choice: Choice, environments: list[Environment] | None, account: Account) -> None:
        self.environment.options = [_option(environment) for environment in environments or ()]
        store = STORE_TYPES[choice.integration_key].label
        place = f"{choice.project_key}/{choice.environment_key}"
        what = (
            f"Opened the {store} integration of {place}"
            if choice.integration
            else f"{place} has no {store} integration yet"
        )
        self.say("ok", f"{what}.")
        self._on_chosen(choice, account)

    def _not_opened(self, error: BaseException, target: Target) -> None:
        if isinstance(error, AmbiguousIntegration):
            self._ask_which([integration for integration in self.integrations if integration.key == target.key])
            self.say("warning", "There are several: choose which one, then open it.")
        else:
            self.fail(error)


def _read(task: Task, account: Account, target: Target) -> tuple[Choice, list[Environment] | None]:
    """What is set up, and the project's environments where the token may list them."""
    environments: list[Environment] | None = None
    client_side_id = None
    with account.client(task) as client:
        integration = observe(client, target)
        # Only the check of the store and the snippets need the client-side ID; they say so where it is missing.
        with suppress(Forbidden):
            environments = client.list_environments(target.project_key)
    if environments is not None:
        ids = [environment.client_side_id for environment in environments if environment.key == target.environment_key]
        if not ids:
            raise NotFound(f"Project {target.project_key!r} has no environment {target.environment_key!r}.")
        client_side_id = ids[0]
    keys = (target.project_key, target.environment_key, target.integration_key)
    return Choice(*keys, client_side_id, integration), environments


def _option(item: Project | Environment) -> str:
    return item.key + (_BETWEEN + item.name if item.name != item.key else "")


def _key(text: str) -> str:
    return text.split(_BETWEEN, 1)[0].strip()
