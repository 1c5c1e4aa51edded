# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A field for a secret that is never part of a notebook.

`ipywidgets.Password` keeps its value in the widget's state, and with it in saved notebooks and exported pages. Here the
browser sends the value by one message and forgets it; the kernel keeps it in a plain attribute. Only whether there is one is
synchronized.
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
  const state = make("span", { id: id + "-state", role: "status" });
  const clear = make("button", { type: "button", className: "ldss-tool" });
  input.setAttribute("aria-describedby", state.id);
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

    `stored` says that LaunchDarkly holds one already: it is kept unless another is entered, or an empty one is chosen.
    `on_change` is called, without arguments, when it changes.
    """

    _esm = _JAVASCRIPT

    label = traitlets.Unicode().tag(sync=True)
    placeholder = traitlets.Unicode().tag(sync=True)
    is_set = traitlets.Bool(False).tag(sync=True)
    state = traitlets.Unicode().tag(sync=True)
    forget = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, *, stored: bool = False, on_change: Callable[[], None] | None = None) -> None:
        self.secret: Secret | None = None
        self._stored = stored
        self._on_change = on_change
        super().__init__(label=label, **self._words())
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"SecretField({self.label!r}, {'set' if self.is_set else 'not set'})"

    def set(self, secret: Secret | None) -> None:
        """Set it from Python, or forget what was entered."""
        self.secret = secret
        with self.hold_sync():
            for name, value in self._words().items():
                setattr(self, name, value)
        if self._on_change:
            self._on_change()

    def _words(self) -> dict[str, Any]:
        """What is shown, of which nothing depends on the secret's text but whether it is empty."""
        if self.secret is None:
            state = "set at LaunchDarkly, and kept" if self._stored else "not set"
            return {
                "is_set": False,
                "state": state,
                "placeholder": "type to replace it" if self._stored else "",
                "forget": "Remove" if self._stored else "",
            }
        state = "set, in this kernel alone" if self.secret else "will be removed"
        return {"is_set": bool(self.secret), "state": state, "placeholder": "", "forget": "Undo"}

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A message of the browser. Anything that is not understood is dropped, never repeated."""
        if not isinstance(content, dict):
            return
        text = content.get("secret")
        if isinstance(text, str) and text:
            self.set(Secret(text))
        elif content.get("forget") is True:
            # "Remove" asks for an empty one, "Undo" takes back what was entered.
            self.set(Secret("") if self.secret is None and self._stored else None)
