# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A table, and a grid, of integrations. The browser sorts, filters and pages: thousands of rows are data, a page is on screen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from ..core.model.integration import Integration
from .health import WORDS, health

_JAVASCRIPT = """
const COLUMNS = [["Project", 0], ["Environment", 1], ["Store", 2], ["Name", 3], ["Health", 6], ["Last sync", 7]];
const GROUPS = [["project", 0], ["environment", 1], ["store type", 2]];

function ago(now, time) {
  if (!time) return "never";
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]])
    if (seconds >= 2 * size) return Math.floor(seconds / size) + " " + unit + " ago";
  return seconds + " s ago";
}

function render({ model, el }) {
  const make = (tag, more = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), more);
    if (made.matches("button, input, select")) made.setAttribute("data-lm-suppress-shortcuts", "true");
    made.append(...children);
    return made;
  };
  const state = { column: 6, down: false, page: 0, text: "", health: "", grid: model.get("tools"), cell: 0, group: 0,
    selecting: false, from: "" };
  let chosen = new Set(model.get("chosen"));
  const id = "ldss-" + Math.random().toString(36).slice(2);
  const search = make("input", { type: "search", id, placeholder: "project, environment, store or name" });
  const summary = make("div", { className: "ldss-bar" });
  const caption = make("caption"), body = make("tbody"), head = make("tr"), count = make("span");
  count.setAttribute("role", "status");
  const button = (text, act) => {
    const made = make("button", { type: "button", className: "ldss-tool", textContent: text });
    made.addEventListener("click", act);
    return made;
  };
  const back = button("Back", () => { state.page -= 1; draw(); });
  const next = button("Next", () => { state.page += 1; draw(); });
  const save = button("Save a picture", () => model.send({ picture: true }));
  const several = button("Select several", () => {
    state.selecting = !state.selecting;
    choose(new Set());
    draw();
  });
  const groups = make("select", { id: id + "-group" },
    ...GROUPS.map(([textContent, value]) => make("option", { textContent, value })));
  groups.addEventListener("change", () => { state.group = Number(groups.value); draw(); });
  const grouping = make("span", {}, make("label", { textContent: "Group by", htmlFor: groups.id }), " ", groups);
  const asGrid = button("Grid", () => { state.grid = true; draw(); });
  const asTable = button("Table", () => { state.grid = false; draw(); });
  const order = (row) => state.column === 6 ? model.get("words").indexOf(row[6]) : row[state.column] ?? "";
  const label = (row) => row[0] + " / " + row[1] + ", " + row[2];
  const open = (row) => model.send({ open: row[8] });
  const shown = () => [...el.querySelectorAll("[data-store]")];

  // The selection: of stores, by ID. It holds what a filter hides, and says so.
  const selection = make("div", { className: "ldss-bar" });
  const choose = (next) => {
    chosen = next;
    model.set("chosen", [...chosen]);
    model.save_changes();
    for (const one of shown())
      if (one.type === "checkbox") one.checked = chosen.has(one.dataset.store);
      else if (state.selecting) one.setAttribute("aria-pressed", String(chosen.has(one.dataset.store)));
    drawSelection(matching());
  };
  const toggle = (id, range) => {
    const ids = shown().map((one) => one.dataset.store), on = !chosen.has(id);
    const [from, to] = [range ? ids.indexOf(state.from) : -1, ids.indexOf(id)].sort((a, b) => a - b);
    for (const one of from < 0 ? [id] : ids.slice(from, to + 1)) if (on) chosen.add(one); else chosen.delete(one);
    state.from = id;
    choose(chosen);
  };
  const drawSelection = (rows) => {
    selection.hidden = !state.selecting;
    several.setAttribute("aria-pressed", String(state.selecting));
    if (!state.selecting) return;
    const picked = model.get("rows").filter((row) => chosen.has(row[8]));
    const visible = new Set(rows.map((row) => row[8])), hidden = picked.filter((row) => !visible.has(row[8])).length;
    const all = button("Select all " + rows.length, () => choose(new Set([...chosen, ...visible])));
    const none = button("Select none", () => choose(new Set()));
    const send = (action) => () => model.send({ [action]: picked.map((row) => row[8]) });
    const read = button("Read the selected again", send("read"));
    const file = button("Save a stores file", send("file"));
    const names = picked.slice(0, 3).map(label).join("; ") + (picked.length > 3 ? " and " + (picked.length - 3) + " more" : "");
    const text = picked.length + " selected" + (names ? ": " + names : "") + (hidden ? " (" + hidden + " not shown)" : "") + ".";
    read.disabled = file.disabled = none.disabled = !picked.length;
    file.classList.add("ldss-strong");
    selected.textContent = text;
    const at = [...selection.children].indexOf(document.activeElement);
    selection.replaceChildren(all, none, read, file, selected);
    selection.children[at]?.focus();
  };
  const selected = make("span");
  selected.setAttribute("role", "status");

  const matching = () => {
    const wanted = state.text.toLowerCase();
    const rows = model.get("rows").filter((row) => (!state.health || row[6] === state.health)
      && (!wanted || row.slice(0, 4).some((cell) => cell.toLowerCase().includes(wanted))));
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    rows.sort((a, b) => (state.down ? -1 : 1) * compare(order(a), order(b)) || compare(a[0], b[0]) || compare(a[1], b[1]));
    return rows;
  };

  const drawHead = () => head.replaceChildren(...(state.selecting ? [make("td")] : []), ...COLUMNS.map(([title, column]) => {
    const sorted = state.column === column;
    const cell = make("th", { scope: "col" }, button(title + (sorted ? (state.down ? " ▾" : " ▴") : ""), () => {
      state.down = sorted && !state.down;
      state.column = column;
      state.page = 0;
      draw();
      head.querySelectorAll("button")[COLUMNS.findIndex((c) => c[1] === column)].focus();
    }));
    cell.setAttribute("aria-sort", sorted ? (state.down ? "descending" : "ascending") : "none");
    return cell;
  }));

  const drawSummary = () => {
    const counts = new Map();
    const marks = new Map();
    for (const row of model.get("rows")) {
      counts.set(row[6], (counts.get(row[6]) || 0) + 1);
      marks.set(row[6], row);
    }
    const filter = (word, text, level) => {
      const made = button(text, () => {
        const at = [...summary.children].indexOf(made);
        state.health = word; state.page = 0; drawSummary(); draw();
        summary.children[at]?.focus();
      });
      made.classList.add("ldss-badge", "ldss-" + level);
      made.setAttribute("aria-pressed", String(state.health === word));
      return made;
    };
    if (!counts.has(state.health)) state.health = "";  // of what was read again nothing is left
    const words = model.get("words").filter((word) => counts.has(word));
    summary.replaceChildren(filter("", "All " + model.get("rows").length, "plain"),
      ...words.map((word) => filter(word, marks.get(word)[5] + " " + counts.get(word) + " " + word, marks.get(word)[4])));
  };

  const grid = make("div", { className: "ldss-grid" });
  grid.setAttribute("role", "group");
  // One stop for the Tab key; the arrows move from store to store.
  const move = (to) => {
    const cells = [...grid.querySelectorAll("button")];
    state.cell = Math.min(Math.max(0, to), cells.length - 1);
    cells.forEach((cell, number) => { cell.tabIndex = number === state.cell ? 0 : -1; });
    cells[state.cell]?.focus();
  };
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const cells = [...grid.querySelectorAll("button")], at = cells.indexOf(document.activeElement);
    let to = step ? at + step : { Home: 0, End: cells.length - 1 }[event.key];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const line = document.activeElement.closest(".ldss-grid > div");
      const other = event.key === "ArrowDown" ? line?.nextElementSibling : line?.previousElementSibling;
      const column = [...line.querySelectorAll("button")].indexOf(document.activeElement);
      const goal = other && [...other.querySelectorAll("button")];
      to = goal ? cells.indexOf(goal[Math.min(column, goal.length - 1)]) : at;
    }
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(to);
  });

  const drawGrid = (rows, now) => {
    const lines = new Map();
    for (const row of rows) {
      const key = row[state.group];
      if (!lines.has(key)) lines.set(key, []);
      lines.get(key).push(row);
    }
    const current = model.get("current");
    let number = 0;
    grid.setAttribute("aria-label", model.get("caption"));
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    grid.replaceChildren(...[...lines].map(([title, members]) => {
      members.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
      const cells = members.map((row) => {
        const text = label(row) + ": " + row[6] + ", last sync " + ago(now, row[7]);
        const cell = make("button", { type: "button", className: "ldss-cell ldss-" + row[4], textContent: row[5], title: text });
        cell.dataset.store = row[8];
        cell.setAttribute("aria-label", (state.selecting ? "Select " : "Open ") + text);
        if (state.selecting) cell.setAttribute("aria-pressed", String(chosen.has(row[8])));
        if (row[8] === current) cell.setAttribute("aria-current", "true");
        cell.tabIndex = (number += 1) === 1 ? 0 : -1;
        cell.addEventListener("click", (event) => { if (state.selecting) toggle(row[8], event.shiftKey); else open(row); });
        return cell;
      });
      return make("div", {}, make("span", { textContent: title }), make("div", {}, ...cells));
    }));
  };

  const drawTable = (shown, now) => {
    const current = model.get("current");
    caption.textContent = model.get("caption");
    body.replaceChildren(...shown.map((row) => {
      const opener = button(row[1], () => open(row));
      opener.setAttribute("aria-label", "Open " + label(row));
      const health = make("span", { className: "ldss-badge ldss-" + row[4], textContent: row[5] + " " + row[6] });
      const box = make("input", { type: "checkbox", checked: chosen.has(row[8]) });
      box.dataset.store = row[8];
      box.setAttribute("aria-label", "Select " + label(row));
      box.addEventListener("click", (event) => toggle(row[8], event.shiftKey));
      const cells = [...(state.selecting ? [box] : []), row[0], opener, row[2], row[3], health, ago(now, row[7])];
      const made = make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
      if (row[8] === current) made.setAttribute("aria-current", "true");
      return made;
    }));
  };

  const draw = () => {
    const rows = matching(), now = model.get("now"), size = model.get("page_size");
    const all = model.get("rows").length;
    const pages = Math.max(1, Math.ceil(rows.length / size));
    state.page = Math.min(Math.max(0, state.page), pages - 1);
    drawHead();
    drawSelection(rows);
    asGrid.setAttribute("aria-pressed", String(state.grid));
    asTable.setAttribute("aria-pressed", String(!state.grid));
    grid.hidden = grouping.hidden = !state.grid;
    wide.hidden = state.grid || !all;
    if (state.grid) drawGrid(rows, now);
    else drawTable(rows.slice(state.page * size, (state.page + 1) * size), now);
    const paged = !state.grid && pages > 1;
    back.hidden = next.hidden = !paged;
    back.disabled = state.page === 0;
    next.disabled = state.page === pages - 1;
    const where = state.grid ? "" : ", page " + (state.page + 1) + " of " + pages;
    count.textContent = model.get("tools") || paged ? rows.length + " of " + all + where : "";
    el.dataset.drawn = String(all);
  };

  search.addEventListener("input", () => { state.text = search.value.trim(); state.page = 0; draw(); });
  const redraw = () => { drawSummary(); draw(); };
  model.on("change:rows change:current change:caption", redraw);
  const download = (content) => {
    if (!content.save) return;
    const url = URL.createObjectURL(new Blob([content.save], { type: content.type }));
    make("a", { href: url, download: content.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };
  model.on("msg:custom", download);
  el.classList.add("ldss-fleet");
  const table = make("table", { className: "ldss-table" }, caption, make("thead", {}, head), body);
  const wide = make("div", { className: "ldss-scroll" }, table);
  const find = make("label", { htmlFor: id, textContent: "Search" });
  const bar = make("div", { className: "ldss-bar" }, find, search, asGrid, asTable, grouping, several, save);
  const tools = model.get("tools") ? [summary, bar, selection] : [];
  el.replaceChildren(...tools, grid, wide, make("div", { className: "ldss-bar" }, back, next, count));
  redraw();
  return () => { model.off("change:rows change:current change:caption", redraw); model.off("msg:custom", download); };
}
export default { render };
"""


class FleetTable(anywidget.AnyWidget):
    """The table in the browser. A click on a row sends its ID, a button for a selection the IDs of what is selected."""

    _esm = _JAVASCRIPT

    rows: Any = traitlets.List(help="One list for each integration.").tag(sync=True)
    """Lists, not objects: project, environment, store, name, level, symbol, word, last sync (epoch ms or None), ID."""

    words = traitlets.List(list(WORDS), help="The words of health, the worst first.").tag(sync=True)
    """The words of health, the worst first."""

    now = traitlets.Float(help="When the rows were read (epoch ms).").tag(sync=True)
    """When the rows were read (epoch ms)."""

    caption = traitlets.Unicode(help="What the rows are.").tag(sync=True)
    """What the rows are."""

    current = traitlets.Unicode(help="The ID of the open integration.").tag(sync=True)
    """The ID of the integration that is open."""

    chosen: Any = traitlets.List(help="The IDs of the selected integrations.").tag(sync=True)
    """The IDs of the selected integrations."""

    page_size = traitlets.Int(50, help="Rows on a page.").tag(sync=True)
    """Rows on a page."""

    tools = traitlets.Bool(False, help="Whether to show filters, search, grid and picture.").tag(sync=True)
    """Whether to show the filters, the search, the grid and the button that saves a picture."""

    def show(self, integrations: Sequence[Integration]) -> None:
        """Show these integrations."""
        with self.hold_sync():
            self.now = time.time() * 1000
            self.rows = [_row(integration) for integration in integrations]


def _row(integration: Integration) -> list[Any]:
    places = [integration.project_key, integration.environment_key, integration.integration_key, integration.name]
    return [*places, *health(integration), integration.status.last_sync, integration.id]
