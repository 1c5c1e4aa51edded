# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A field of the form, made from a form variable: input, label, help, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from ..core.documents import new_external_id
from ..core.findings import Finding
from ..core.model.form_variables import FormVariable
from .markup import Markup, badge, element, join
from .secret_field import SecretField
from .step import LABEL

OnChange = Callable[[], None]


class Field:
    """An input with a line under it: its help, or what is wrong with what is in it."""

    def __init__(self, label: str, help_text: str, control: w.DOMWidget) -> None:
        self.label = label
        self.control = control
        self._help = help_text
        self._line = w.HTML()
        self._line.add_class("ldss-under")
        self.touched = False
        self.findings: tuple[Finding, ...] = ()
        self.widget = w.VBox(self._children())
        self.show(())

    def _children(self) -> list[w.Widget]:
        return [self.control, self._line]

    @property
    def value(self) -> Any:
        """What is in it."""
        value = self.control.value
        return value.strip() if isinstance(value, str) else value

    def fill(self, value: Any) -> None:
        """Put a value into it; nobody has touched it then."""
        self.touched = False
        self.control.value = value

    def show(self, findings: Sequence[Finding]) -> None:
        """Show what is wrong, or the help."""
        self.findings = tuple(findings)
        self._line.value = _explained(findings) if findings else element("span", self._help, class_="ldss-hint")


class GeneratedField(Field):
    """A UUID that is made at a click, and kept: a role's trust policy relies on it."""

    def __init__(
        self, label: str, help_text: str, control: w.Text, click: Callable[[w.Button, OnChange], None]
    ) -> None:
        self.button = w.Button(description="Generate", tooltip="Generate: " + label)
        click(self.button, self.generate)
        super().__init__(label, help_text, control)

    def _children(self) -> list[w.Widget]:
        return [w.HBox([self.control, self.button]), self._line]

    def generate(self) -> None:
        """Make one, unless there is one already."""
        if not self.value:
            self.touched = True
            self.control.value = new_external_id()

    def show(self, findings: Sequence[Finding]) -> None:
        """The same; the button rests while there is one."""
        self.button.disabled = bool(self.value)
        super().show(findings)


class PasswordField(Field):
    """A secret. Its value is a `Secret`, or None to leave alone what LaunchDarkly holds."""

    control: SecretField

    @property
    def value(self) -> Any:
        """The secret."""
        return self.control.secret


class TagsField(Field):
    """Tags, typed with commas between them and shown as chips."""

    @property
    def value(self) -> tuple[str, ...]:
        """The tags, each once."""
        return tuple(dict.fromkeys(tag.strip() for tag in self.control.value.split(",") if tag.strip()))

    def fill(self, value: Any) -> None:
        """Put tags into it."""
        super().fill(", ".join(value))

    def show(self, findings: Sequence[Finding]) -> None:
        """The same, or the chips."""
        super().show(findings)
        if self.value and not findings:
            self._line.value = join(element("span", tag, class_="ldss-chip") for tag in self.value)


def make_field(
    variable: FormVariable, stored_secret: bool, on_change: OnChange, click: Callable[[w.Button, OnChange], None]
) -> Field:
    """The field of a form variable. `stored_secret`: LaunchDarkly holds this secret already."""
    label = variable.label + ("" if variable.optional or variable.kind == "boolean" else " *")
    layout = w.Layout(width="36rem", max_width="100%")
    common: dict[str, Any] = {"description": label, "style": LABEL, "layout": layout}
    if variable.secret:
        secret = SecretField(label, stored=stored_secret, on_change=on_change)
        return PasswordField(variable.label, variable.help, secret)
    if variable.kind == "boolean":
        return Field(variable.label, variable.help, check_box(label, bool(variable.default)))
    if variable.allowed_values:
        options = list(variable.allowed_values)
        choice = w.Combobox(options=options, placeholder=variable.placeholder, continuous_update=True, **common)
        return Field(variable.label, variable.help, choice)
    text = w.Text(placeholder=variable.placeholder, **common)
    if variable.kind == "generated":
        return GeneratedField(variable.label, variable.help, text, click)
    return Field(variable.label, variable.help, text)


def check_box(label: str, value: bool) -> w.Checkbox:
    """A check box in line with the other inputs."""
    return w.Checkbox(value=value, description=label, style=LABEL, layout=w.Layout(width="36rem", max_width="100%"))


def _explained(findings: Sequence[Finding]) -> Markup:
    return join(
        element(
            "div",
            badge("error", "✗", "Error") if finding.level == "error" else badge("warning", "!", "Warning"),
            " "
            + finding.problem[:1].upper()
            + finding.problem[1:]
            + ": "
            + finding.remedy
            + ("" if finding.remedy.endswith("?") else "."),
            role="alert" if finding.level == "error" else "status",
        )
        for finding in findings
    )
