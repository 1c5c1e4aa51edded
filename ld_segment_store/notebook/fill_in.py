# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Step 3: the settings, with what is wrong with them as they are typed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import ipywidgets as w

from ..core.findings import Finding
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import SECRET_SET, redact_config
from ..core.model.settings import Settings, check_settings
from ..core.secret import Secret
from .choose import Choice
from .field import Field, PasswordField, TagsField, check_box, make_field
from .step import LABEL, Step
from .worker import Worker


@dataclass(frozen=True)
class Draft:
    """Settings as they stand in the fields, valid or not."""

    project_key: str
    environment_key: str
    integration_key: str
    config: Mapping[str, Any] = dataclass_field(default_factory=dict, repr=False)
    name: str | None = None
    tags: tuple[str, ...] | None = None
    enabled: bool | None = None

    def findings(self, *, creating: bool) -> list[Finding]:
        """What is wrong with them."""
        return check_settings(**vars(self), clear_secrets=True, creating=creating)

    def valid(self) -> Settings:
        """The settings. Raises InvalidSettings."""
        arguments: Any = vars(self)
        return Settings(**arguments, clear_secrets=True)


@dataclass(frozen=True)
class Filled:
    """What the form holds: the settings, what is wrong with them, and secrets that LaunchDarkly holds and keeps."""

    choice: Choice
    settings: Draft
    findings: tuple[Finding, ...]
    kept_secrets: tuple[str, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the settings from being sent."""
        return tuple(finding for finding in self.findings if finding.level == "error")


class FillInStep(Step):
    """The fields of one store type. `on_change` is called with the Filled after each change."""

    title = "Fill in"

    def __init__(self, worker: Worker, number: int, on_change: Callable[[Filled], None]) -> None:
        super().__init__(worker, number)
        self._on_change = on_change
        self.choice: Choice  # by `load`
        self.fields: dict[str, Field] = {}
        self._generated: dict[str, str] = {}
        self.filled: Filled | None = None

    def load(self, choice: Choice) -> None:
        """Make the fields and fill them with what is set up."""
        self._keep_generated()
        secrets = self._secrets() if self.fields and self.choice.place == choice.place else {}
        self.choice = choice
        store = STORE_TYPES[choice.integration_key]
        there = choice.integration
        config = redact_config(choice.integration_key, there.config or {}) if there else {}
        fields: dict[str, Field] = {}
        for variable in store.variables:
            stored = config.get(variable.option)
            field = make_field(variable, stored == SECRET_SET, self._changed(variable.option), self._click)
            fields[variable.option] = field
            kept = self._generated.get(variable.option) if variable.kind == "generated" else None
            if not isinstance(field, PasswordField) and (stored or kept):
                field.fill(stored or kept)
        fields.update(self._common_fields())
        if there:
            fields["name"].fill(there.name)
            fields["tags"].fill(sorted(there.tags))
            fields["enabled"].fill(there.enabled)
        self.fields = fields
        for option, field in fields.items():
            if isinstance(field, PasswordField):
                field.control.set(secrets.get(option))
            else:
                field.control.observe(self._handler(option), "value")
        self.body.children = [field.widget for field in fields.values()]
        self.read()

    def _common_fields(self) -> dict[str, Field]:
        common: dict[str, Any] = {"style": LABEL, "layout": w.Layout(width="36rem", max_width="100%")}
        return {
            "name": Field("Name", "What it is called in LaunchDarkly.", w.Text(description="Name", **common)),
            "tags": TagsField(
                "Tags", "Separated by commas.", w.Text(description="Tags", placeholder="managed, team-a", **common)
            ),
            "enabled": Field(
                "Switched on", "Whether LaunchDarkly writes to the store.", check_box("Switched on", True)
            ),
        }

    def _changed(self, option: str) -> Callable[[], None]:
        """The handler of a field's changes: it enqueues, nothing else."""
        return lambda: self.worker.put(self._read_touched, option)

    def _handler(self, option: str) -> Callable[[Any], None]:
        changed = self._changed(option)
        return lambda _: changed()

    def _click(self, button: w.Button, job: Callable[[], None]) -> None:
        button.on_click(lambda _: self.worker.click(job))

    def _read_touched(self, option: str) -> None:
        self.fields[option].touched = True
        self.read()

    def settings(self) -> Draft:
        """The settings as they are in the fields now."""
        there = self.choice.integration
        stored = redact_config(self.choice.integration_key, there.config or {}) if there else {}
        config: dict[str, Any] = {}
        for variable in STORE_TYPES[self.choice.integration_key].variables:
            value = self.fields[variable.option].value
            # An empty field clears what is stored, and says nothing where nothing is.
            if value is not None and not (value == "" and not stored.get(variable.option)):
                config[variable.option] = value
        name, tags = self.fields["name"].value, self.fields["tags"].value
        return Draft(
            self.choice.project_key,
            self.choice.environment_key,
            self.choice.integration_key,
            config,
            name=name if name or (there and there.name) else None,
            tags=tuple(tags) if tags or (there and there.tags) else None,
            enabled=self.fields["enabled"].value,
        )

    def read(self) -> Filled:
        """Read the fields, show what is wrong, and tell."""
        settings = self.settings()
        there = self.choice.integration
        stored = redact_config(self.choice.integration_key, there.config or {}) if there else {}
        kept = tuple(
            option
            for option, field in self.fields.items()
            if isinstance(field, PasswordField) and field.value is None and stored.get(option) == SECRET_SET
        )
        self.filled = Filled(self.choice, settings, tuple(settings.findings(creating=there is None)), kept)
        self._show(self.filled)
        self._on_change(self.filled)
        return self.filled

    def show_all(self) -> None:
        """Show what is wrong with fields that nobody has touched yet, too."""
        for field in self.fields.values():
            field.touched = True
        if self.filled:
            self._show(self.filled)

    def _show(self, filled: Filled) -> None:
        elsewhere = []
        by_field: dict[str, list[Finding]] = {option: [] for option in self.fields}
        for finding in filled.findings:
            option = finding.field.split(".")[-1].split("[")[0]
            if option not in self.fields:
                elsewhere.append(finding.text)
            elif self.fields[option].touched or self.fields[option].value:
                by_field[option].append(finding)
        for option, field in self.fields.items():
            field.show(by_field[option])
        missing = [
            self.fields[f.field.split(".")[-1]].label for f in filled.errors if f.problem in ("is missing", "is empty")
        ]
        if elsewhere:
            self.say("error", " ".join(elsewhere))
        elif len(missing) < len(filled.errors):
            self.say("error", "Some fields need another value; each says which.")
        elif missing:
            self.say("info", f"Still needed: {', '.join(missing)}.")
        else:
            self.say("ok", "Nothing is wrong with these settings, as far as can be seen from here.")

    def _secrets(self) -> dict[str, Secret]:
        """The secrets that were entered: after an apply they are needed again for the next change."""
        return {
            option: field.value
            for option, field in self.fields.items()
            if isinstance(field, PasswordField) and field.value
        }

    def _keep_generated(self) -> None:
        """An external ID outlives a look at another store type: it may be in a trust policy already."""
        for option, field in self.fields.items():
            if hasattr(field, "generate") and field.value:
                self._generated[option] = field.value


def warm_up() -> None:
    """Import jsonschema before it is needed: with Jupyter installed it takes seconds. Not on the way to the first picture."""
    threading.Thread(
        target=lambda: check_settings("any", "any", "redis", creating=True), name="ldss-warm-up", daemon=True
    ).start()
