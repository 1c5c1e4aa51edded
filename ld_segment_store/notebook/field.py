# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A field of the form, made from a form variable: input, label, help, and findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from ..core.documents import new_external_id
from ..core.findings import Finding
from ..core.model.form_variables import FormVariable
from .markup import Markup, badge, element, join
from .part import LABEL, full_width
from .secret_field import SecretField

OnChange = Callable[[], None]


class Field(w.VBox):
    """An input with a line under it: help or findings."""

    def __init__(self, label: str, help_text: str, control: w.DOMWidget, *, required: bool = False) -> None:
        self.label = label
        self.control: Any = control
        self._help = help_text
        self._line = w.HTML()
        self._line.add_class("ldss-under")
        self._filled: Any = None
        self.touched = False
        self.findings: tuple[Finding, ...] = ()
        super().__init__([*self._controls(), self._line])
        self.add_class("ldss-field")
        if required:
            self.add_class("ldss-required")
        self.show(())

    def _controls(self) -> list[w.Widget]:
        return [self.control]

    @property
    def value(self) -> Any:
        """The value."""
        value = self.control.value
        return value.strip() if isinstance(value, str) else value

    def fill(self, value: Any) -> None:
        """Set the value as LaunchDarkly has it."""
        self.touched = False
        self.put(value)
        self._filled = self.value

    def put(self, value: Any) -> None:
        """Set the value as a user would."""
        if self.value != value:
            self.control.value = value

    @property
    def is_edited(self) -> bool:
        """Whether the value differs from the one that `fill` set."""
        return bool(self.value != self._filled)

    def show(self, findings: Sequence[Finding]) -> None:
        """Show findings, or the help."""
        self.findings = tuple(findings)
        self._line.value = _explained(findings) if findings else element("span", self._help, class_="ldss-hint")


class GeneratedField(Field):
    """A UUID that a button generates once: a role's trust policy relies on it."""

    def __init__(
        self, label: str, help_text: str, control: w.Text, click: Callable[[w.Button, OnChange], None]
    ) -> None:
        self.button = w.Button(description="Generate", tooltip="Generate: " + label, layout=w.Layout(width="auto"))
        click(self.button, self.generate)
        super().__init__(label, help_text, control, required=True)

    def _controls(self) -> list[w.Widget]:
        return [self.control, self.button]

    def generate(self) -> None:
        """Generate a UUID if the field is empty."""
        if not self.value:
            self.touched = True
            self.control.value = new_external_id()

    def show(self, findings: Sequence[Finding]) -> None:
        """Show findings or help; hide the button while there is a value."""
        self.button.layout.display = "none" if self.value else ""
        super().show(findings)


class PasswordField(Field):
    """A secret. The value is a `Secret`, or None to keep what LaunchDarkly holds."""

    @property
    def value(self) -> Any:
        """The secret."""
        return self.control.secret

    def put(self, value: Any) -> None:
        """Set the secret."""
        self.control.set(value)


class TagsField(Field):
    """Tags, typed with commas between them and shown as chips."""

    @property
    def value(self) -> tuple[str, ...]:
        """The tags, each once."""
        return tuple(dict.fromkeys(tag.strip() for tag in self.control.value.split(",") if tag.strip()))

    def put(self, value: Any) -> None:
        """Set the tags; tags in another order stay as they were typed."""
        if set(self.value) != set(value):
            self.control.value = ", ".join(value)

    def show(self, findings: Sequence[Finding]) -> None:
        """Show findings, or the chips."""
        super().show(findings)
        if self.value and not findings:
            self._line.value = join(element("span", tag, class_="ldss-chip") for tag in self.value)


def make_field(variable: FormVariable, on_change: OnChange, click: Callable[[w.Button, OnChange], None]) -> Field:
    """Make the field of a form variable."""
    required = not variable.optional and variable.kind != "boolean"
    label = variable.label + (" *" if required else "")
    common: dict[str, Any] = {"description": label, "style": LABEL, "layout": full_width()}
    if variable.secret:
        secret = SecretField(label, on_change=on_change)
        return PasswordField(variable.label, variable.help, secret, required=required)
    if variable.kind == "boolean":
        return Field(variable.label, variable.help, check_box(label, bool(variable.default)))
    if variable.allowed_values:
        choice = w.Combobox(options=list(variable.allowed_values), placeholder=variable.placeholder, **common)
        return Field(variable.label, variable.help, choice, required=required)
    text = w.Text(placeholder=variable.placeholder, **common)
    if variable.kind == "generated":
        return GeneratedField(variable.label, variable.help, text, click)
    return Field(variable.label, variable.help, text, required=required)


def check_box(label: str, value: bool) -> w.Checkbox:
    """Make a check box in line with the other inputs."""
    return w.Checkbox(value=value, description=label, style=LABEL, layout=full_width())


def _explained(findings: Sequence[Finding]) -> Markup:
    return join(
        element(
            "div",
            badge("error", "✗", "Error") if finding.level == "error" else badge("warning", "!", "Warning"),
            f" {finding.problem[:1].upper()}{finding.problem[1:]}. {_sentence(finding.remedy)}",
        )
        for finding in findings
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(("?", ".")) else ".")
