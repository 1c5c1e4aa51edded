# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A field for a secret that is never part of a notebook.

`ipywidgets.Password` keeps its value in the widget's state, and with it in saved notebooks and exported pages. Here the
browser sends the value by one message and forgets it; the kernel keeps it in a plain attribute. Only whether there is a value
is synchronized.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from ..core.secret import Secret

_JAVASCRIPT = """
function render({ model, el }) {
  const make = (tag, more) => Object.assign(document.createElement(tag), more);
  const id = "ldss-" + Math.random().toString(36).slice(2);
  const label = make("label", { htmlFor: id, textContent: model.get("label"), className: "widget-label" });
  const input = make("input", { id, type: "password", autocomplete: "new-password", spellcheck: false });
  const state = make("span", { id: id + "-state", role: "status", className: "ldss-state" });
  const clear = make("button", { type: "button", className: "ldss-tool" });
  input.setAttribute("aria-describedby", state.id);
  for (const one of [input, clear]) one.setAttribute("data-lm-suppress-shortcuts", "true");
  const send = () => {
    if (input.value) model.send({ secret: input.value });
    input.value = "";
  };
  input.addEventListener("change", send);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") send(); });
  clear.addEventListener("click", () => { input.value = ""; model.send({ forget: true }); });
  const draw = () => {
    state.textContent = model.get("state");
    input.placeholder = model.get("is_set") ? "set; type to replace it" : model.get("placeholder");
    clear.textContent = model.get("forget");
    clear.hidden = !model.get("forget");
    input.disabled = clear.disabled = model.get("disabled");
    clear.setAttribute("aria-label", model.get("forget") + ": " + model.get("label"));
  };
  model.on("change", draw);
  draw();
  el.classList.add("ldss-secret");
  el.replaceChildren(label, input, clear, state);
}
export default { render };
"""


class SecretField(anywidget.AnyWidget):
    """A labelled field whose value is `secret`: a `Secret`, or None while nothing was entered.

    `stored`: LaunchDarkly holds a secret already; it is kept unless another one is entered, or Remove is pressed. `strip`
    removes whitespace around a pasted value, as an access token needs and a password must not. `on_change` is called,
    without arguments, after each change.
    """

    _esm = _JAVASCRIPT

    label = traitlets.Unicode(help="The label.").tag(sync=True)
    """The label."""

    placeholder = traitlets.Unicode(help="What the empty field shows.").tag(sync=True)
    """What the empty field shows."""

    is_set = traitlets.Bool(False, help="Whether a secret was entered.").tag(sync=True)
    """Whether a secret was entered."""

    state = traitlets.Unicode(help="The state in words.").tag(sync=True)
    """The state in words, such as `not set`."""

    forget = traitlets.Unicode(help="The text of the second button, empty for none.").tag(sync=True)
    """The text of the second button, Remove or Undo; empty for none."""

    disabled = traitlets.Bool(False, help="Whether the field takes no input.").tag(sync=True)
    """Whether the field takes no input."""

    def __init__(
        self,
        label: str = "Secret",
        *,
        stored: bool = False,
        strip: bool = False,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self.secret: Secret | None = None
        self._stored = stored
        self._strip = strip
        self._on_change = on_change
        super().__init__(label=label, **self._words())
        self.on_msg(self._receive)

    @property
    def stored(self) -> bool:
        """Whether LaunchDarkly holds a secret already."""
        return self._stored

    @stored.setter
    def stored(self, stored: bool) -> None:
        self._stored = stored
        self._show()

    def __repr__(self) -> str:
        return f"SecretField({self.label!r}, {'set' if self.is_set else 'not set'})"

    def set(self, secret: Secret | None) -> None:
        """Set the secret from Python, or forget what was entered."""
        self.secret = secret
        self._show()
        if self._on_change:
            self._on_change()

    def _show(self) -> None:
        with self.hold_sync():
            for name, value in self._words().items():
                setattr(self, name, value)

    def _words(self) -> dict[str, Any]:
        """What is shown. Of the secret's text it depends on emptiness alone."""
        if self.secret is None:
            state = "stored at LaunchDarkly, kept" if self._stored else "not set"
            return {
                "is_set": False,
                "state": state,
                "placeholder": "type to replace it" if self._stored else "",
                "forget": "Remove" if self._stored else "",
            }
        state = "set, in this kernel only" if self.secret else "will be removed"
        return {"is_set": bool(self.secret), "state": state, "placeholder": "", "forget": "Undo"}

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Handle a message of the browser. A message of another shape is ignored, and never repeated."""
        if not isinstance(content, dict):
            return
        text = content.get("secret")
        if isinstance(text, str) and self._strip:
            text = text.strip()
        if isinstance(text, str) and text:
            self.set(Secret(text))
        elif content.get("forget") is True:
            # Remove sets an empty secret, Undo forgets what was entered.
            self.set(Secret("") if self.secret is None and self._stored else None)
