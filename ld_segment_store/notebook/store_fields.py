# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The settings of one store, with findings as they are typed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as data_field
from typing import Any

import ipywidgets as w
import traitlets

from ..core.findings import Finding
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import SECRET_SET, Integration, redact_config
from ..core.model.settings import Settings, check_settings
from ..core.secret import Secret
from .environment_chooser import Choice
from .field import Field, GeneratedField, PasswordField, TagsField, check_box, make_field
from .page import Page
from .part import LABEL, Part, full_width
from .worker import Worker


@dataclass(frozen=True)
class Filled:
    """What the fields hold: `config` by option, the findings, and the secrets that LaunchDarkly holds and keeps.

    `settings` is None while there are errors.
    """

    choice: Choice
    config: Mapping[str, Any] = data_field(repr=False)
    settings: Settings | None
    findings: tuple[Finding, ...]
    kept_secrets: tuple[str, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the settings from being sent."""
        return tuple(finding for finding in self.findings if finding.level == "error")


class StoreFields(Part):
    """The fields of one store type. Observe `settings` and `is_valid`, or call `read()`."""

    title = "Settings"

    settings: Any = traitlets.Dict(help="The settings as plain data, with words for secrets.")
    """The settings as plain data in snake_case. A secret is the word `set` or `not set`, never the secret."""

    is_valid = traitlets.Bool(False, help="Whether the settings can be sent.")
    """Whether the settings can be sent."""

    filled = traitlets.Instance(Filled, allow_none=True, help="What the fields hold, with `Secret` objects.")
    """What the fields hold, with `Secret` objects; a new object after each change."""

    def __init__(
        self,
        project_key: str,
        environment_key: str,
        integration_key: str = "redis",
        integration: Integration | None = None,
        *,
        worker: Worker | None = None,
        page: Page | None = None,
    ) -> None:
        super().__init__(worker, page)
        self.choice = Choice(project_key, environment_key, integration_key, None, integration)
        self.fields: dict[str, Field] = {}
        self._generated: dict[str, str] = {}
        self._extra: Sequence[Finding] = ()
        self._show_all = False
        self.load(self.choice)

    def load(self, choice: Choice, keep: Callable[[str, Field], bool] | None = None) -> None:
        """Fill the fields with what LaunchDarkly has. `keep` decides, by option, which fields keep what was typed."""
        same_store = bool(self.fields) and self.choice.key == choice.key
        if not same_store:
            self._make_fields(choice)
            self._show_all = False
        kept = {o: f.value for o, f in self.fields.items() if same_store and keep and keep(o, f)}
        self.choice = choice
        self.set_heading(f"Settings of {choice.place}")
        there = choice.integration
        stored = self._stored()
        for variable in STORE_TYPES[choice.integration_key].variables:
            field = self.fields[variable.option]
            value = stored.get(variable.option)
            if isinstance(field, PasswordField):
                field.control.stored = value == SECRET_SET
                # A secret that was entered stays: the next change needs it again.
                field.fill(field.value if same_store else None)
            elif variable.kind == "generated" and not value:
                field.fill(self._generated.get(choice.place + variable.option, ""))
            else:
                field.fill(value or (bool(variable.default) if variable.kind == "boolean" else ""))
        self.fields["name"].fill(there.name if there else "")
        self.fields["tags"].fill(tuple(sorted(there.tags)) if there else ())
        self.fields["enabled"].fill(there.enabled if there else True)
        for option, value in kept.items():
            self.fields[option].put(value)
            self.fields[option].touched = True
        # The fields are on screen before the first check: the validator may have to be imported, which takes seconds.
        self.filled = None
        if "jsonschema" not in sys.modules:
            self.say("busy", "Loading the validator.")
        self.worker.put(self.read)

    def snapshot(self) -> dict[str, Any]:
        """The values of all fields, by option."""
        return {option: field.value for option, field in self.fields.items()}

    def _make_fields(self, choice: Choice) -> None:
        store = STORE_TYPES[choice.integration_key]
        fields: dict[str, Field] = {
            variable.option: make_field(variable, self._changed(variable.option), self._click)
            for variable in store.variables
        }
        common: dict[str, Any] = {"style": LABEL, "layout": full_width()}
        fields["name"] = Field("Name", "The integration's name in LaunchDarkly.", w.Text(description="Name", **common))
        tags = w.Text(description="Tags", placeholder="managed, team-a", **common)
        fields["tags"] = TagsField("Tags", "Separated by commas.", tags)
        fields["enabled"] = Field("Enabled", "Whether LaunchDarkly writes to the store.", check_box("Enabled", True))
        for option, field in fields.items():
            if not isinstance(field, PasswordField):
                field.control.observe(self._handler(option), "value")
        self.fields = fields
        self.body.children = list(fields.values())

    def _changed(self, option: str) -> Callable[[], None]:
        """The handler of a field's changes: it enqueues, nothing else."""
        return lambda: self.worker.put(self._read_touched, option)

    def _handler(self, option: str) -> Callable[[Any], None]:
        changed = self._changed(option)
        return lambda _: changed()

    def _click(self, button: w.Button, job: Callable[[], None]) -> None:
        button.on_click(lambda _: self.worker.click(job))

    def _read_touched(self, option: str) -> None:
        field = self.fields.get(option)
        if field is None:
            return
        field.touched = field.touched or field.is_edited
        if isinstance(field, GeneratedField) and field.value:
            self._generated[self.choice.place + option] = field.value
        self.read()

    def _stored(self) -> dict[str, Any]:
        there = self.choice.integration
        return redact_config(self.choice.integration_key, there.config or {}) if there else {}

    def _config(self) -> dict[str, Any]:
        """The store's options as they are in the fields now, with `Secret` objects."""
        stored = self._stored()
        values = {v.option: self.fields[v.option].value for v in STORE_TYPES[self.choice.integration_key].variables}
        # An empty field clears a stored value, and leaves out one that is not stored.
        return {option: value for option, value in values.items() if value or value is False or stored.get(option)}

    def read(self) -> Filled:
        """Read the fields and show the findings."""
        there, stored = self.choice.integration, self._stored()
        project, environment, store = self.choice.key
        config = {option: value for option, value in self._config().items() if value is not None}
        name, tags = self.fields["name"].value, self.fields["tags"].value
        values: dict[str, Any] = {
            "name": name if name or (there and there.name) else None,
            "tags": tags if tags or (there and there.tags) else None,
            "enabled": self.fields["enabled"].value,
            # Only the button Remove sets an empty secret.
            "clear_secrets": True,
        }
        findings = check_settings(project, environment, store, config, creating=there is None, **values)
        valid = not any(finding.level == "error" for finding in findings)
        kept = tuple(
            option
            for option, field in self.fields.items()
            if isinstance(field, PasswordField) and field.value is None and stored.get(option) == SECRET_SET
        )
        settings = _settings(project, environment, store, config, values) if valid else None
        filled = Filled(self.choice, config, settings, tuple(findings), kept)
        self._extra = ()
        self._show(filled)
        self.settings = {
            **self.choice.key._asdict(),
            self.choice.integration_key: {
                option: ("set" if value else "not set") if isinstance(value, Secret) else value
                for option, value in config.items()
            },
            **{name: values[name] for name in ("name", "tags", "enabled")},
        }
        self.is_valid = valid
        self.filled = filled
        return filled

    def add_findings(self, findings: Sequence[Finding]) -> None:
        """Show what only the plan found, such as a password that is needed, until the next change."""
        self._extra = findings
        if self.filled:
            self._show(self.filled)

    def show_all(self) -> None:
        """Show the findings of fields that nobody has touched yet, too."""
        self._show_all = True
        if self.filled:
            self._show(self.filled)

    def _show(self, filled: Filled) -> None:
        elsewhere = []
        by_field: dict[str, list[Finding]] = {option: [] for option in self.fields}
        for finding in (*filled.findings, *self._extra):
            option = finding.field.split(".")[-1].split("[")[0]
            if option not in self.fields:
                elsewhere.append(finding.text)
            elif self._show_all or self.fields[option].touched or self.fields[option].value or finding in self._extra:
                by_field[option].append(finding)
        for option, field in self.fields.items():
            if tuple(by_field[option]) != field.findings or not by_field[option]:
                field.show(by_field[option])
        errors = [finding for finding in (*filled.findings, *self._extra) if finding.level == "error"]
        labels = [field.label for option, field in self.fields.items() if any(_is_about(e, option) for e in errors)]
        if elsewhere:
            self.say("error", " ".join(elsewhere))
        elif labels:
            self.say("info", f"To complete: {', '.join(labels)}.")
        else:
            self.say("info", "")


def _settings(project: str, environment: str, store: Any, config: Any, values: dict[str, Any]) -> Settings:
    return Settings(project, environment, store, config, **values)


def _is_about(finding: Finding, option: str) -> bool:
    return finding.field.split(".")[-1].split("[")[0] == option


def warm_up() -> None:
    """Import jsonschema before it is needed: with Jupyter installed the import takes seconds."""
    example = ("any", "any", "redis", {"host": "redis.example.com"})
    threading.Thread(target=check_settings, args=example, name="ldss-warm-up", daemon=True).start()
