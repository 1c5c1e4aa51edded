# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Text shown as code, with buttons that copy and save it in the browser."""

from __future__ import annotations

import anywidget
import ipywidgets as w
import traitlets

from .markup import element

_JAVASCRIPT = """
function render({ model, el }) {
  const make = (textContent) =>
    Object.assign(document.createElement("button"), { type: "button", textContent, className: "ldss-tool" });
  const copy = make("Copy"), save = make("Save"), said = document.createElement("span");
  said.setAttribute("role", "status");
  const byHand = () => {
    const area = Object.assign(document.createElement("textarea"), { value: model.get("text") });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  copy.addEventListener("click", async () => {
    let done = true;
    try { await navigator.clipboard.writeText(model.get("text")); } catch { done = byHand(); }
    said.textContent = done ? "Copied." : "The browser does not allow copying: select the text and copy it.";
  });
  save.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([model.get("text")], { type: "text/plain" }));
    Object.assign(document.createElement("a"), { href: url, download: model.get("filename") }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    said.textContent = "Saved as " + model.get("filename") + ".";
  });
  model.on("change:text", () => { said.textContent = ""; });
  el.classList.add("ldss-bar");
  el.replaceChildren(copy, save, said);
}
export default { render };
"""


class CopyButtons(anywidget.AnyWidget):
    """Buttons that copy `text`, and save it as `filename`."""

    _esm = _JAVASCRIPT

    text = traitlets.Unicode(help="The text.").tag(sync=True)
    """The text."""

    filename = traitlets.Unicode("text.txt", help="The name of the saved file.").tag(sync=True)
    """The name of the saved file."""


class TextView(w.VBox):
    """Code with its buttons. The text is readable even where the buttons can't be shown."""

    def __init__(self) -> None:
        self._code = w.HTML()
        self._buttons = CopyButtons()
        super().__init__([self._code, self._buttons])

    @property
    def text(self) -> str:
        """The text."""
        return str(self._buttons.text)

    def show(self, text: str, filename: str) -> None:
        """Show another text."""
        self._code.value = element("pre", text, class_="ldss-code", tabindex="0", role="region", aria_label=filename)
        self._buttons.text = text
        self._buttons.filename = filename
