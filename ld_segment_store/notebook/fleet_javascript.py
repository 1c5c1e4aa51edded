# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the fleet's table does in the browser: thousands of rows are kept as data, of which a page is on screen."""

from __future__ import annotations

JAVASCRIPT = """
const COLUMNS = [["Project", 0], ["Environment", 1], ["Store", 2], ["Name", 3], ["Health", 6], ["Last sync", 7]];
const PAGE = 50;

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
    made.append(...children);
    return made;
  };
  const state = { column: 6, down: false, page: 0, text: "", health: "" };
  const id = "ldss-" + Math.random().toString(36).slice(2);
  const search = make("input", { type: "search", id, placeholder: "project, environment, store or name" });
  const summary = make("div", { className: "ldss-bar" });
  const body = make("tbody"), head = make("tr"), said = make("span");
  said.setAttribute("role", "status");
  const button = (text, act) => {
    const made = make("button", { type: "button", className: "ldss-tool", textContent: text });
    made.addEventListener("click", act);
    return made;
  };
  const back = button("Back", () => { state.page -= 1; draw(); });
  const next = button("Next", () => { state.page += 1; draw(); });
  const save = button("Save a picture", () => model.send({ picture: true }));
  const order = (row) => state.column === 6 ? model.get("words").indexOf(row[6]) : row[state.column] ?? "";

  const matching = () => {
    const wanted = state.text.toLowerCase();
    const rows = model.get("rows").filter((row) => (!state.health || row[6] === state.health)
      && (!wanted || row.slice(0, 4).some((cell) => cell.toLowerCase().includes(wanted))));
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    rows.sort((a, b) => (state.down ? -1 : 1) * compare(order(a), order(b)) || compare(a[0], b[0]) || compare(a[1], b[1]));
    return rows;
  };

  const drawHead = () => head.replaceChildren(...COLUMNS.map(([title, column]) => {
    const sorted = state.column === column;
    const cell = make("th", { scope: "col" }, button(title + (sorted ? (state.down ? " ▾" : " ▴") : ""), () => {
      state.down = sorted && !state.down;
      state.column = column;
      state.page = 0;
      drawHead();
      draw();
      head.children[COLUMNS.findIndex((c) => c[1] === column)].firstChild.focus();
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
      const made = button(text, () => { state.health = word; state.page = 0; drawSummary(); draw(); });
      made.classList.add("ldss-badge", "ldss-" + level);
      made.setAttribute("aria-pressed", String(state.health === word));
      return made;
    };
    const words = model.get("words").filter((word) => counts.has(word));
    summary.replaceChildren(filter("", "All " + model.get("rows").length, "plain"),
      ...words.map((word) => filter(word, marks.get(word)[5] + " " + counts.get(word) + " " + word, marks.get(word)[4])));
  };

  const draw = () => {
    const rows = matching(), now = model.get("now");
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    state.page = Math.min(Math.max(0, state.page), pages - 1);
    const shown = rows.slice(state.page * PAGE, (state.page + 1) * PAGE);
    body.replaceChildren(...shown.map((row) => {
      const open = button(row[1], () => model.send({ open: row[8] }));
      open.setAttribute("aria-label", "Open " + row[0] + " / " + row[1] + ", " + row[2]);
      const health = make("span", { className: "ldss-badge ldss-" + row[4], textContent: row[5] + " " + row[6] });
      return make("tr", {}, ...[row[0], open, row[2], row[3], health, ago(now, row[7])].map((cell) => make("td", {}, cell)));
    }));
    back.disabled = state.page === 0;
    next.disabled = state.page === pages - 1;
    said.textContent = rows.length + " of " + model.get("rows").length + ", page " + (state.page + 1) + " of " + pages;
    el.dataset.drawn = String(model.get("rows").length);
  };

  search.addEventListener("input", () => { state.text = search.value.trim(); state.page = 0; draw(); });
  model.on("change:rows", () => { drawSummary(); draw(); });
  model.on("msg:custom", (content) => {
    if (!content.picture) return;
    const url = URL.createObjectURL(new Blob([content.picture], { type: "image/svg+xml" }));
    make("a", { href: url, download: "big-segment-stores.svg" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  });
  el.classList.add("ldss-fleet");
  const bar = make("div", { className: "ldss-bar" }, make("label", { htmlFor: id, textContent: "Search" }), search, save);
  const table = make("table", { className: "ldss-table" }, make("thead", {}, head), body);
  el.replaceChildren(summary, bar, table, make("div", { className: "ldss-bar" }, back, next, said));
  drawHead();
  drawSummary();
  draw();
}
export default { render };
"""
