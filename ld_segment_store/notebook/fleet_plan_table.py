# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The plans of many stores in the browser: a row each, details on demand, a selection, and the button that applies it."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

_JAVASCRIPT = """
const PAGE = 50;
// Milliseconds in which a button that confirms takes no click: it may have appeared under the pointer of a double click.
const HOLD = 600;

function render({ model, el }) {
  const make = (tag, more = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), more);
    if (made.matches("button, input")) made.setAttribute("data-lm-suppress-shortcuts", "true");
    made.append(...children);
    return made;
  };
  const button = (text, act, kind = "ldss-tool") => {
    const made = make("button", { type: "button", className: kind, textContent: text });
    made.addEventListener("click", act);
    return made;
  };
  const state = { page: 0, asked: false, action: "" };
  let chosen = new Set();
  const rows = () => model.get("rows");
  const usable = (row) => row.state === "planned" && row.action !== "nothing";
  const summary = make("div", { className: "ldss-bar" }), bar = make("div", { className: "ldss-bar" });
  const body = make("tbody"), pages = make("div", { className: "ldss-bar" });
  const status = make("div");
  status.setAttribute("role", "status");
  const all = make("input", { type: "checkbox" });
  all.setAttribute("aria-label", "Select every store with changes");
  all.addEventListener("change", () => {
    chosen = new Set(all.checked ? rows().filter(usable).map((row) => row.number) : []);
    state.asked = false;
    draw();
  });

  const drawSummary = () => {
    const counts = new Map();
    for (const row of rows()) counts.set(row.word, (counts.get(row.word) || 0) + 1);
    const filter = (word, text) => {
      const made = button(text, () => { state.action = word; state.page = 0; draw(); });
      made.setAttribute("aria-pressed", String(state.action === word));
      return made;
    };
    summary.replaceChildren(filter("", "All " + rows().length), ...[...counts].map(([word, n]) => filter(word, n + " " + word)));
  };

  const drawBar = () => {
    const done = model.get("done"), total = model.get("total");
    if (model.get("running")) {
      const meter = make("progress", { max: Math.max(1, total), value: done });
      meter.setAttribute("aria-label", "Progress");
      const stop = button("Cancel", () => model.send({ cancel: true }), "ldss-tool ldss-cancel");
      bar.replaceChildren(meter, make("span", { textContent: done + " of " + total }), stop);
      return;
    }
    const picked = rows().filter((row) => chosen.has(row.number) && usable(row));
    const gone = picked.filter((row) => row.action === "delete").length;
    const count = picked.length + (picked.length === 1 ? " change" : " changes");
    const children = [];
    const host = model.get("host");
    const focus = () => bar.querySelector("button")?.focus();
    // A second press of Enter must not confirm.
    const ask = () => { state.asked = true; draw(); bar.querySelector(".ldss-decline")?.focus(); };
    if (state.asked && picked.length) {
      const text = "Yes, apply " + count + " to " + host;
      const yes = button(text, () => {
        state.asked = false;
        model.send({ apply: picked.map((row) => row.number), version: model.get("version") });
      }, "ldss-tool ldss-strong");
      yes.disabled = true;
      setTimeout(() => { yes.disabled = false; }, HOLD);
      const no = button("No", () => { state.asked = false; draw(); focus(); });
      no.classList.add("ldss-decline");
      children.push(yes, no);
      if (gone) children.push(make("span", { textContent: gone + " of them delete an integration." }));
    } else if (picked.length) {
      const text = "Apply " + count + " …";
      children.push(button(text, ask, "ldss-tool ldss-strong"));
    }
    if (rows().some((row) => row.state === "failed"))
      children.push(button("Plan the failed stores again", () => model.send({ retry: true })));
    children.push(button("Plan again", () => model.send({ plan: true })));
    bar.replaceChildren(...children);
  };

  const draw = () => {
    const shown = rows().filter((row) => !state.action || row.word === state.action);
    const last = Math.max(1, Math.ceil(shown.length / PAGE));
    state.page = Math.min(Math.max(0, state.page), last - 1);
    const at = document.activeElement?.getAttribute?.("aria-label");
    body.replaceChildren(...shown.slice(state.page * PAGE, (state.page + 1) * PAGE).map((row) => {
      const box = make("input", { type: "checkbox", checked: chosen.has(row.number) });
      box.disabled = !usable(row) || model.get("running");
      box.setAttribute("aria-label", "Select " + row.place);
      box.addEventListener("change", () => {
        if (box.checked) chosen.add(row.number); else chosen.delete(row.number);
        state.asked = false;
        drawBar();
      });
      const mark = make("span", { className: "ldss-badge ldss-" + row.level, textContent: row.symbol + " " + row.word });
      const more = row.details.length
        ? make("details", {}, make("summary", { textContent: "Details (" + row.details.length + ")" }),
            make("ul", {}, ...row.details.map((one) => make("li", { textContent: one }))))
        : "";
      const cells = [box, row.place, mark, row.text, more].map((cell) => make("td", {}, cell));
      return make("tr", {}, ...cells);
    }));
    all.checked = chosen.size > 0 && rows().filter(usable).every((row) => chosen.has(row.number));
    const back = button("Back", () => { state.page -= 1; draw(); }), next = button("Next", () => { state.page += 1; draw(); });
    back.disabled = state.page === 0;
    next.disabled = state.page === last - 1;
    pages.replaceChildren(...(last > 1 ? [back, next] : []));
    status.textContent = shown.length + " of " + rows().length + " stores, page " + (state.page + 1) + " of " + last;
    drawSummary();
    drawBar();
    if (at) [...body.querySelectorAll("input")].find((one) => one.getAttribute("aria-label") === at)?.focus();
    el.dataset.drawn = String(rows().length);
  };

  const renewed = () => {
    // A new plan is another plan: what was selected in the old one is not selected in it.
    chosen = new Set([...chosen].filter((number) => rows().some((row) => row.number === number && usable(row))));
    draw();
  };
  const another = () => { chosen = new Set(); state.asked = false; };
  model.on("change:version", another);
  model.on("change:rows change:running", renewed);
  model.on("change:done", drawBar);
  const titles = [all, "Store", "Plan", "Result", "Details"];
  const head = make("tr", {}, ...titles.map((title) => make("th", { scope: "col" }, title)));
  const caption = make("caption", { textContent: "Plan" });
  const table = make("table", { className: "ldss-table" }, caption, make("thead", {}, head), body);
  const wide = make("div", { className: "ldss-scroll", tabIndex: 0 }, table);
  wide.setAttribute("role", "region");
  wide.setAttribute("aria-label", "Plan");
  el.classList.add("ldss-fleet");
  el.replaceChildren(summary, bar, wide, pages, status);
  draw();
  return () => {
    model.off("change:version", another);
    model.off("change:rows change:running", renewed);
    model.off("change:done", drawBar);
  };
}
export default { render };
"""


class FleetPlanTable(anywidget.AnyWidget):
    """The table. One message carries the selected rows and the version of the plan that they were selected in."""

    _esm = _JAVASCRIPT

    rows: Any = traitlets.List(help="A mapping for each store.").tag(sync=True)
    """`number`, `place`, `action`, `word`, `symbol`, `level`, `state`, `text` and `details` of each store."""

    version = traitlets.Int(0, help="The number of the plan.").tag(sync=True)
    """The number of the plan: a selection in an older one is refused."""

    host = traitlets.Unicode(help="LaunchDarkly's host.").tag(sync=True)
    """LaunchDarkly's host."""

    running = traitlets.Bool(False, help="Whether changes are being applied.").tag(sync=True)
    """Whether changes are being applied."""

    done = traitlets.Int(0, help="How many changes have ended.").tag(sync=True)
    """How many changes have ended."""

    total = traitlets.Int(0, help="How many changes were started.").tag(sync=True)
    """How many changes were started."""
