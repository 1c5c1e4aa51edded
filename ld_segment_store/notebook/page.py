# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The browser's side of a form: who looks at it, where the focus goes, and what assistive technology needs.

Everything here is an addition: where anywidget can't be loaded, the form works without it.
"""

from __future__ import annotations

import time
from typing import Any

import anywidget

# A browser wakes timers of a page in the background once a minute; a page that is open has sent a beat by then.
SILENCE_SECONDS = 90.0

_JAVASCRIPT = """
const INPUTS = "input, select, textarea";
const FOCUSABLE = INPUTS + ", button, a[href], [tabindex]";
const BEAT = 10000;
// Looks for what gets the focus, 50 ms apart: a busy machine may take seconds to draw it.
const TRIES = 200;
// Milliseconds in which what replaces an element is drawn, in one change of the page.
const PAUSE = 250;
const SCOPE = ".ldss-part, .ldss-root";

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
function named(element, prefix) {
  if (!element.id) element.id = prefix + Math.random().toString(36).slice(2);
  return element.id;
}
function shown(element) {
  return element.getClientRects().length > 0;
}
function nameOf(element) {
  return element.getAttribute("aria-label") || element.textContent.trim();
}

// Attributes that ipywidgets has no traits for.
function improve(root) {
  for (const element of root.querySelectorAll(FOCUSABLE)) {
    // Jupyter's shortcuts, such as d d, would act on the cell. It has to be on each element that can have the focus.
    set(element, "data-lm-suppress-shortcuts", "true");
    if (element.matches(INPUTS) && element.type !== "password") {
      set(element, "autocomplete", "off");
      for (const name of ["data-1p-ignore", "data-lpignore", "data-bwignore"]) set(element, name, "true");
    }
  }
  for (const field of root.querySelectorAll(".ldss-field")) {
    const input = field.querySelector(INPUTS), under = field.querySelector(".ldss-under");
    if (!input) continue;
    if (under) {
      const ids = [named(under, "ldss-under-"), field.querySelector(".ldss-state")?.id];
      set(input, "aria-describedby", ids.filter(Boolean).join(" "));
      set(input, "aria-invalid", String(Boolean(under.querySelector(".ldss-error"))));
      set(under, "aria-live", "polite");
    }
    if (input.type !== "checkbox") set(input, "aria-required", String(field.classList.contains("ldss-required")));
  }
  for (const message of root.querySelectorAll(".ldss-message .widget-html-content")) {
    set(message, "role", "status");
    set(message, "aria-live", "polite");
  }
  for (const part of root.querySelectorAll(".ldss-part")) {
    const heading = part.querySelector(":scope h3");
    if (!heading) continue;
    set(part, "role", "group");
    set(part, "aria-labelledby", named(heading, "ldss-heading-"));
  }
  // A kernel that is gone answers nothing: nothing can be entered any more.
  const gone = root.classList.contains("jupyter-widgets-disconnected");
  for (const child of root.children) if (child.inert !== gone) child.inert = gone;
}

// What has the focus may go: a button when its call starts, Cancel when the call ends. The focus then stays in the part: it
// goes to the button that is there instead, to Cancel, or to what the part says, where another press of Enter does nothing.
function keepFocus(root) {
  let held = null, name = "", home = root, given = null, timer = 0;
  root.addEventListener("focusin", ({ target }) => {
    held = target.closest(".ldss-root") === root ? target : null; // a form in this one keeps its own
    name = nameOf(target);
    home = target.closest(SCOPE);
  });
  // Whoever leaves an element that stays has moved on.
  root.addEventListener("focusout", ({ target }) => setTimeout(() => {
    if (held === target && shown(target) && document.activeElement !== target) held = null;
  }));
  const pass = (last = false) => {
    const active = document.activeElement;
    if (!held || (active !== document.body && active !== held) || shown(held) || !shown(root)) return;
    const scope = shown(home) ? home : root;
    const find = (selector, fits = () => true) =>
      [...scope.querySelectorAll(selector)].find((one) => one.closest(SCOPE) === scope && shown(one) && fits(one));
    const same = held.matches("button") && find("button:not(:disabled)", (one) => nameOf(one) === name);
    const button = same || find(".ldss-cancel:not(:disabled)");
    if (!button && !last) {
      timer ||= setTimeout(() => { timer = 0; pass(true); }, PAUSE);
      return;
    }
    given = button ?? find(".ldss-message", nameOf) ?? scope;
    if (!button) {
      given.tabIndex = -1;
      set(given, "data-lm-suppress-shortcuts", "true");
    }
    given.focus({ preventScroll: true });
    if (!same) given.scrollIntoView({ block: "nearest" });
  };
  return { pass, gave: (element) => element === given };
}

function start(model, el, root) {
  const view = Math.random().toString(36).slice(2);
  // The form that this one is in: its page hands the focus over, to this root.
  const outer = root.parentElement.closest(".ldss-root");
  let used = root.contains(document.activeElement), planned = false, asked = 0;
  const { pass, gave } = keepFocus(root);
  const observer = new MutationObserver(() => {
    if (planned) return;
    planned = true;
    queueMicrotask(() => { planned = false; improve(root); pass(); });
  });
  // A click beside the fields puts the focus here: on the cell, Jupyter's shortcuts would act on it.
  root.tabIndex = -1;
  set(root, "data-lm-suppress-shortcuts", "true");
  observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "style"] });
  improve(root);

  const seen = () => !document.hidden && el.isConnected && shown(root);
  const beat = () => model.send(seen() ? { seen: view } : { left: view });
  const timer = setInterval(beat, BEAT);
  const leave = () => model.send({ left: view });
  document.addEventListener("visibilitychange", beat);
  window.addEventListener("pagehide", leave);
  beat();

  root.addEventListener("focusin", () => { used = true; });
  const enter = (event) => {
    // A key that is held down presses one button once: the focus may have moved on to the next.
    if (event.repeat && ["Enter", " "].includes(event.key) && event.target.matches?.("button")) event.preventDefault();
    if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("input")) return;
    if (event.target.closest(".ldss-root") !== root) return; // a form in this one presses its own button
    const part = event.target.closest(".ldss-submit, .ldss-part");
    const button = [...(part?.querySelectorAll(".ldss-primary") ?? [])].find(shown);
    // After the field has sent what was typed.
    if (button && event.target.type !== "search") setTimeout(() => { if (!button.disabled) button.click(); }, 60);
  };
  root.addEventListener("keydown", enter, true);

  const focus = (name) => {
    const before = document.activeElement, mine = (asked += 1);
    let tries = 0;
    const look = () => {
      if (mine !== asked) return; // another place was asked for since
      const active = document.activeElement, inside = root.contains(active);
      const around = Boolean(outer?.contains(active)) && !inside; // not handed over yet, or the user stays there
      const stays = [before, document.body, root].includes(active) || gave(active);
      if (!stays && !around) return; // the user has moved on
      const elsewhere = active && !inside && !around && active.matches(INPUTS + ", [contenteditable]");
      const target = [...root.querySelectorAll("." + name)].find(shown);
      if (elsewhere || !(used || outer)) return;
      if (!target || around || !used) { if ((tries += 1) < TRIES) setTimeout(look, 50); return; }
      const inputs = [...target.querySelectorAll("input:not(:disabled), select:not(:disabled)")];
      const first = target.matches("button, .ldss-root") ? target : inputs.find(shown);
      const goal = first ?? target.querySelector("button:not(:disabled)") ?? target;
      if (goal === target && !target.matches("button")) {
        target.tabIndex = -1;
        set(target, "data-lm-suppress-shortcuts", "true");
      }
      target.scrollIntoView({ block: "nearest" });
      goal.focus({ preventScroll: true });
      goal.scrollIntoView({ block: "nearest" });
    };
    setTimeout(look, 50);
  };
  const message = (content) => { if (content.focus) focus(content.focus); };
  model.on("msg:custom", message);
  return () => {
    clearInterval(timer);
    observer.disconnect();
    document.removeEventListener("visibilitychange", beat);
    window.removeEventListener("pagehide", leave);
    root.removeEventListener("keydown", enter, true);
    model.off("msg:custom", message);
    leave();
  };
}

function render({ model, el }) {
  let stop = () => {}, ended = false;
  const find = () => {
    if (ended) return;
    const root = el.closest(".ldss-root");
    if (root && el.isConnected) stop = start(model, el, root);
    else requestAnimationFrame(find);
  };
  find();
  return () => { ended = true; stop(); };
}
export default { render };
"""


class Page(anywidget.AnyWidget):
    """Tells the kernel whether anybody can see the form, and moves the focus in the browser."""

    _esm = _JAVASCRIPT

    def __init__(self) -> None:
        self._views: dict[str, float] | None = None
        self._wish = ""
        super().__init__()
        self.add_class("ldss-page")
        self.on_msg(self._receive)

    @property
    def is_seen(self) -> bool:
        """Whether a browser shows the form. True while unknown: anywidget may be missing in the browser."""
        views = self._views
        if views is None:
            return True
        now = time.monotonic()
        return any(now - beat < SILENCE_SECONDS for beat in list(views.values()))

    @property
    def is_known(self) -> bool:
        """Whether a browser has ever shown the form."""
        return self._views is not None

    def move_focus(self, class_name: str) -> None:
        """Move the focus to the first input or button in an element of this class, once the element is visible.

        A form in another gets it as a whole; its own page moves it on from there. The focus is not taken from another cell,
        nor from a user who has not been in the form. Of several wishes in a row, the last one counts.
        """
        self._wish = class_name
        if self.is_known:
            self._send_wish()

    def _send_wish(self) -> None:
        """Send it once the browser has drawn the page: a message before that is lost."""
        wish, self._wish = self._wish, ""
        if wish:
            self.send({"focus": wish})

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Handle a message of the browser; a message of another shape is ignored."""
        if not isinstance(content, dict):
            return
        seen, left = content.get("seen"), content.get("left")
        views = dict(self._views or {})
        if isinstance(seen, str):
            views[seen] = time.monotonic()
        elif isinstance(left, str):
            views.pop(left, None)
        else:
            return
        self._views = views
        self._send_wish()
