# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Project, environment and store type, and the integrations that exist."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import ipywidgets as w
import traitlets

from ..core.errors import AmbiguousIntegration, Forbidden, InvalidSettings, NotFound
from ..core.fleet.report import counted
from ..core.flow.lookup import Target, observe, require_environment
from ..core.model.account import Environment, Project
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration
from ..core.model.store_key import StoreKey
from .account import Account
from .fleet_table import FleetTable
from .page import Page
from .part import LABEL, Part, full_width
from .worker import Task, Worker

# Keys hold no whitespace, so a key is distinct from the name behind it.
_BETWEEN = "  ·  "
_EMPTY = "Create one in LaunchDarkly, or connect with a token whose role can read it."
# Seconds without a keystroke before the environments of a key that is not in the list are read.
_TYPING_PAUSE = 0.5
# Seconds in which the last letters of a key arrive on a busy machine, after a click that overtook them.
_OVERTAKEN = 1.0


@dataclass(frozen=True, eq=False)
class Choice:
    """The open environment and store. `client_side_id` is None if unreadable; `integration` is None for a new one."""

    project_key: str
    environment_key: str
    integration_key: str
    client_side_id: str | None = None
    integration: Integration | None = None

    @property
    def key(self) -> StoreKey:
        """Project, environment and store type."""
        return StoreKey(self.project_key, self.environment_key, self.integration_key)

    @property
    def place(self) -> str:
        """The environment in words."""
        return f"{self.project_key}/{self.environment_key}"


class EnvironmentChooser(Part):
    """Searchable fields for project and environment that also take keys as text, and a table of what exists.

    Set `account`, for example from a `ConnectPanel`; read `choice`.
    """

    title = "Choose the environment"

    account = traitlets.Instance(Account, allow_none=True, help="The connection.")
    """The connection. Setting it lists projects and integrations."""

    choice = traitlets.Instance(Choice, allow_none=True, help="What was opened, None until then.")
    """What was opened, None until then. A new object each time, with the integration as it was read."""

    selection = traitlets.Tuple(("", "", "redis"), help="Project key, environment key and store type in the fields.")
    """Project key, environment key and store type as they stand in the fields, open or not."""

    def __init__(
        self, account: Account | None = None, *, worker: Worker | None = None, page: Page | None = None
    ) -> None:
        super().__init__(worker, page)
        self.integrations: list[Integration] = []
        self._project_keys: set[str] | None = None
        self._listed_for: str | None = None
        self._loading = False
        self._loaded_from: Account | None = None
        self._opening: Task | None = None
        self._not_found_at = -_OVERTAKEN
        self._wanted: Target | None = None
        common: dict[str, Any] = {"style": LABEL, "placeholder": "type to search, or type the key"}
        self.project = w.Combobox(description="Project", layout=full_width(), **common)
        self.environment = w.Combobox(description="Environment", layout=full_width(), **common)
        self.store = w.Dropdown(
            options=[(store.label, key) for key, store in STORE_TYPES.items()],
            description="Store type",
            style=LABEL,
            layout=full_width(),
        )
        self.which = w.Dropdown(description="Which one", style=LABEL, layout=full_width())
        self.overview = FleetTable(page_size=8)
        self.overview.on_msg(lambda _widget, content, _buffers: self.worker.put(self._clicked, content))
        self.open_button = self.button("Open", self.open_selection, primary=True)
        self._arrange()
        for widget in (self.project, self.environment, self.store):
            widget.observe(lambda _: self.worker.put(self._selected), "value")
        self.observe(lambda _: self.worker.put(self._load), "account")
        self.account = account

    def show(
        self, project_key: str, environment_key: str, integration_key: str = "redis", integration_id: str | None = None
    ) -> None:
        """Open a store from Python. Raises InvalidSettings for keys that can't be keys."""
        target = Target(project_key, environment_key, integration_key, integration_id)
        findings = target.findings()
        if findings:
            raise InvalidSettings(findings)
        self.worker.put(self._show, target)

    def open_selection(self) -> None:
        """Open what stands in the fields."""
        which = self.which.value if self.which in self.body.children else None
        self._open(Target(*self.read_selection(), which))

    def close_choice(self) -> None:
        """Forget what is open, for example since the account changed."""
        self.choice = None
        self.unfold()

    def unfold(self) -> None:
        """Show the fields again, and list the environments if they were not needed until now."""
        super().unfold()
        self.worker.put(self._selected)

    def keep(self) -> None:
        """Set the fields back to what is open, and fold."""
        choice = self.choice
        if choice is not None:
            self._fill(Target(*choice.key))
            self._fold_to(choice)

    def note(self, integration: Integration | None, removed_id: str | None = None) -> None:
        """Update the table with what was read or applied."""
        changed = {removed_id, integration.id if integration else None}
        self.integrations = [i for i in self.integrations if i.id not in changed]
        self.integrations += [integration] if integration else []
        self._draw()

    def read_selection(self) -> tuple[str, str, str]:
        """Read the fields."""
        self.selection = (_key(self.project.value), _key(self.environment.value), self.store.value)
        return self.selection

    def _load(self) -> None:
        """List projects and integrations."""
        account = self._loaded_from = self.account
        if account is None:
            return
        self._listed_for, self._loading = None, True

        def work(task: Task) -> tuple[list[Project] | None, list[Integration]]:
            with account.client(task) as client:
                try:
                    projects: list[Project] | None = client.list_projects()
                except Forbidden:
                    projects = None
                return projects, client.list_integrations()

        self.run("Reading projects and integrations.", work, self._loaded, on_failed=self._not_loaded)

    def _loaded(self, found: tuple[list[Project] | None, list[Integration]]) -> None:
        projects, self.integrations = found
        self._loading = False
        if projects is None:
            self._project_keys = None
            self.say("warning", "The token may not list projects. Type the keys of the project and the environment.")
        else:
            self._project_keys = {project.key for project in projects}
            self.project.options = [_option(project) for project in projects]
            places = len({(i.project_key, i.environment_key) for i in self.integrations})
            if projects:
                text = f"{counted(len(projects), 'project')}; {counted(places, 'environment')} with a store."
                self.say("info", text)
            else:
                self.say("warning", f"The token sees no projects. {_EMPTY}")
        self._draw()
        self._after_loading()

    def _not_loaded(self, error: BaseException) -> None:
        self._loading = False
        self.fail(error)
        self._after_loading()

    def cancel(self) -> None:
        """Cancel the running call, and what waits for it."""
        self._loading, self._wanted = False, None
        super().cancel()

    def _after_loading(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted:
            self._open(wanted)
        else:
            self._selected()

    def _selected(self) -> None:
        """List the environments of the project in the field."""
        before = self.selection
        key = self.read_selection()[0]
        self._arrange()
        if key != before[0]:
            self._draw()
        if self.selection != before and time.monotonic() - self._not_found_at < _OVERTAKEN:
            self.open_selection()
            return
        account = self.account
        if account is None or self.is_folded or self._loading or self._wanted or not key or key == self._listed_for:
            return
        if self.task is not None and self.task is self._opening:
            return
        known = self._project_keys
        if known is not None and key not in known:
            self._listed_for = None
            self.environment.options = []
            return  # still being typed
        self._listed_for = key

        def work(task: Task) -> list[Environment]:
            if known is None:
                task.sleep(_TYPING_PAUSE)
            with account.client(task) as client:
                return client.list_environments(key)

        self.run("Reading the environments.", work, self._environments_loaded, on_failed=self._no_environments)

    def _environments_loaded(self, environments: list[Environment]) -> None:
        self.environment.options = [_option(environment) for environment in environments]
        if environments:
            self.say("info", f"{counted(len(environments), 'environment')} in {self._listed_for}.")
        else:
            self.say("warning", f"The token sees no environments in {self._listed_for}. {_EMPTY}")

    def _no_environments(self, error: BaseException) -> None:
        self.environment.options = []
        if isinstance(error, Forbidden):
            self.say("warning", "The token may not list the environments of this project. Type the environment's key.")
        else:
            self._listed_for = None
            self.fail(error)

    def _draw(self) -> None:
        """Show the integrations of the project, or of the account where no project is chosen."""
        project = self.selection[0]
        keys = {i.project_key for i in self.integrations}
        rows = [i for i in self.integrations if project not in keys or i.project_key == project]
        self.overview.caption = f"Integrations in {project}" if project in keys else "Integrations in this account"
        self.overview.show(rows)

    def _clicked(self, content: Any) -> None:
        found = [i for i in self.integrations if isinstance(content, dict) and i.id == content.get("open")]
        if found:
            self._show(Target(*found[0].key, found[0].id))

    def _arrange(self, candidates: list[Integration] | None = None) -> None:
        """Show the fields; with candidates also the one that asks which integration is meant."""
        self.which.options = [
            (f"{i.name or 'unnamed'} ({i.id}, {'on' if i.enabled else 'off'})", i.id) for i in candidates or ()
        ]
        extra = [self.which] if candidates else []
        children = [self.project, self.environment, self.store, *extra, self.open_button, self.overview]
        if self.body.children != tuple(children):
            self.body.children = children

    def _fill(self, target: Target) -> None:
        """Put keys into the fields, with the names that the lists have for them."""
        for field, key in ((self.project, target.project_key), (self.environment, target.environment_key)):
            if _key(field.value) != key:
                field.value = next((option for option in field.options if _key(option) == key), key)
        self.store.value = target.integration_key
        self.read_selection()

    def _show(self, target: Target) -> None:
        self._fill(target)
        self._open(target)

    def _open(self, target: Target) -> None:
        """Read the integration."""
        account = self.account
        # The lists of a new account may be about to load, and replace what runs.
        if account is None or self._loading or account is not self._loaded_from:
            self._wanted = target
            if account is None:
                self.say("info", "Connect first; then this opens.")
            return
        findings = target.findings()
        if findings:
            self.fail(InvalidSettings(findings))
            return
        self.run(
            f"Reading {target.project_key}/{target.environment_key}.",
            lambda task: _read(task, account, target),
            lambda found: self._opened(*found),
            on_failed=lambda error: self._not_opened(error, target),
        )
        self._opening = self.task

    def _opened(self, choice: Choice, listed: list[Integration] | None) -> None:
        if listed is not None:
            self.integrations = listed
        if choice.project_key != self._listed_for:
            self._listed_for, self.environment.options = None, []
        self._fill(Target(*choice.key))
        self._arrange()
        store = STORE_TYPES[choice.integration_key].label
        if choice.integration:
            self.say("ok", f"Opened the {store} integration of {choice.place}.")
        else:
            self.say("ok", f"{choice.place} has no {store} integration yet.")
        self._fold_to(choice)
        # The settings appear; what follows is not on screen before Change.
        self.choice = choice
        self.note(choice.integration)

    def _fold_to(self, choice: Choice) -> None:
        self.fold(f"{choice.project_key} / {choice.environment_key} · {STORE_TYPES[choice.integration_key].label}")

    def _not_opened(self, error: BaseException, target: Target) -> None:
        if isinstance(error, NotFound):
            self._not_found_at = time.monotonic()
            if self.read_selection() != tuple(target.key):
                self.open_selection()
                return
        super().unfold()
        if isinstance(error, AmbiguousIntegration):
            self._arrange([i for i in self.integrations if i.key == target.key])
            self.say("warning", "There are several integrations of this type. Choose one, then open it.")
        else:
            self.fail(error)


def _read(task: Task, account: Account, target: Target) -> tuple[Choice, list[Integration] | None]:
    """The environment with its integration, and all integrations where they had to be listed."""
    listed: list[Integration] | None = None
    client_side_id = None
    with account.client(task) as client:
        if target.integration_id is None:
            listed = client.list_integrations()
        integration = observe(client, target, listed=listed)
        # Only preflight and snippets need the client-side ID; they report that it is missing.
        with suppress(Forbidden):
            client_side_id = require_environment(client, target).client_side_id
    return Choice(*target.key, client_side_id, integration), listed


def _option(item: Project | Environment) -> str:
    return item.key + (_BETWEEN + item.name if item.name != item.key else "")


def _key(text: str) -> str:
    return text.split(_BETWEEN, 1)[0].strip()
