# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The look: Jupyter's own colours (`--jp-*`), with fallbacks, so that light and dark both fit. Contrasts are at least 4.5."""

from __future__ import annotations

STYLE = """
<style>
.ldss { color: var(--jp-ui-font-color1, #222); font-size: var(--jp-ui-font-size1, 13px); overflow: visible;
  --ldss-ok: #116329; --ldss-warning: #7d4e00; --ldss-error: #b3151d; --ldss-info: #0550ae; --ldss-plain: #57606a;
  --ldss-hint: #57606a; --ldss-line: var(--jp-border-color2, #ddd); --ldss-accent: #0b5cad; }
[data-jp-theme-light="false"] .ldss, .theme-dark .ldss { color-scheme: dark;
  --ldss-ok: #56d364; --ldss-warning: #e3b341; --ldss-error: #ff9b94; --ldss-info: #79c0ff; --ldss-plain: #b1bac4;
  --ldss-hint: #b1bac4; --ldss-accent: #79c0ff; }
.ldss-root.ldss { container-type: inline-size; max-width: 96rem; width: 100%; }
.ldss .ldss-page { height: 1px; margin: 0; overflow: hidden; }
.ldss .widget-vbox, .ldss .widget-hbox, .ldss .widget-box, .ldss .widget-html, .ldss .widget-html-content {
  overflow: visible; min-width: 0; }
.ldss .widget-html-content { line-height: 1.45; height: auto; white-space: normal; overflow-wrap: anywhere; }
.ldss .widget-html { height: auto; min-height: 0; margin: 0 2px; }
.ldss .widget-label { color: var(--jp-ui-font-color1, #222); }
/* Long values wrap anywhere; the names beside and above them stay whole. */
.ldss .widget-html .ldss-table td:first-child { min-width: 6em; }
.ldss .widget-html .ldss-table th { overflow-wrap: normal; }
.ldss .widget-checkbox { height: auto; }
.ldss .widget-checkbox > .widget-label-basic { height: auto; white-space: normal; }
.ldss .widget-html > .widget-label, .ldss-page { min-height: 0; }
.ldss h2.ldss-title { font-size: 1.35em; font-weight: 600; margin: 0 0 2px; }
.ldss h3.ldss-heading { font-size: 1.1em; font-weight: 600; margin: 0; }
.ldss .ldss-part { border-top: 1px solid var(--ldss-line); padding: 10px 0 8px; margin: 0; }
.ldss .ldss-head { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: center; margin: 0 0 4px; }
.ldss .ldss-head > .widget-html { flex: 0 1 auto; }
.ldss .ldss-row { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; overflow: visible; }
.ldss .ldss-row > * { max-width: 100%; box-sizing: border-box; }
.ldss .ldss-columns, .ldss .ldss-panels { display: grid; grid-template-columns: minmax(0, 1fr); column-gap: 28px;
  align-items: start; }
@container (min-width: 860px) {
  .ldss .ldss-columns, .ldss .ldss-panels { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
@container (min-width: 1320px) { .ldss .ldss-panels { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
.ldss button.jupyter-button { width: auto; max-width: 100%; height: auto; min-height: 28px; line-height: 1.3;
  padding: 4px 12px; white-space: normal; overflow: visible; overflow-wrap: anywhere; text-overflow: clip;
  flex: 0 1 auto; min-width: 0; box-sizing: border-box; margin: 2px; align-self: flex-start; }
.ldss button.jupyter-button.mod-primary { background: #0b5cad; color: #fff; }
.ldss button.jupyter-button.mod-success { background: #116329; color: #fff; }
.ldss button.jupyter-button.mod-danger { background: #a40e26; color: #fff; }
.ldss button.jupyter-button:not(.mod-primary):not(.mod-success):not(.mod-danger) {
  background: var(--jp-layout-color2, #eee); color: var(--jp-ui-font-color1, #222);
  box-shadow: inset 0 0 0 1px var(--jp-border-color1, #bbb); }
.ldss .widget-text input, .ldss .widget-dropdown select { min-width: 0; }
/* The arrow of ipywidgets is a dark picture in every theme; the browser's own follows `color-scheme`. */
.ldss .widget-dropdown > select { appearance: auto; background-image: none; }
.ldss .widget-text input::placeholder, .ldss-secret input::placeholder { color: var(--ldss-hint); opacity: 1; }
@container (max-width: 600px) {
  .ldss .widget-text, .ldss .widget-dropdown, .ldss .widget-combobox { flex-direction: column; height: auto;
    align-items: stretch; }
  .ldss .widget-text > .widget-label, .ldss .widget-dropdown > .widget-label { width: auto !important;
    text-align: left; }
  .ldss .widget-text input, .ldss .widget-dropdown select { flex: 0 0 28px; width: 100%; box-sizing: border-box; }
  .ldss .ldss-under, .ldss .ldss-secret > span { margin-left: 0 !important; }
  .ldss .widget-vbox > .ldss-primary { margin-left: 2px !important; }
  .ldss .ldss-secret label { flex: 1 0 100% !important; text-align: left !important; }
  .ldss .widget-checkbox > .widget-label { width: 0 !important; } }
.ldss :is(.ldss-ConnectPanel, .ldss-EnvironmentChooser) > .widget-vbox > .ldss-primary { margin-left: calc(11rem + 10px); }
.ldss .ldss-hint { color: var(--ldss-hint); }
.ldss .ldss-under { margin: -2px 0 4px calc(11rem + 10px); }
.ldss .ldss-badge { font-weight: 600; white-space: nowrap; }
.ldss .ldss-ok.ldss-badge { color: var(--ldss-ok); }
.ldss .ldss-warning.ldss-badge { color: var(--ldss-warning); }
.ldss .ldss-error.ldss-badge { color: var(--ldss-error); }
.ldss .ldss-info.ldss-badge, .ldss .ldss-busy.ldss-badge { color: var(--ldss-info); }
.ldss .ldss-plain.ldss-badge { color: var(--ldss-plain); font-weight: normal; }
.ldss .ldss-notice { border-left: 3px solid var(--ldss-info); padding: 3px 9px; margin: 3px 0;
  background: var(--jp-layout-color2, #f5f5f5); }
.ldss .ldss-notice.ldss-error { border-color: var(--ldss-error); }
.ldss .ldss-notice.ldss-warning { border-color: var(--ldss-warning); }
.ldss .ldss-notice.ldss-ok { border-color: var(--ldss-ok); }
.ldss .ldss-notice ul { margin: 3px 0 0; padding-left: 1.4em; }
.ldss .ldss-scroll { overflow-x: auto; max-width: 100%; }
.ldss table.ldss-table { border-collapse: collapse; margin: 4px 0; }
.ldss .ldss-table caption { text-align: left; color: var(--ldss-hint); padding: 2px 0; }
.ldss .ldss-table th, .ldss .ldss-table td { text-align: left; padding: 3px 14px 3px 0; vertical-align: top;
  border-bottom: 1px solid var(--ldss-line); background: none; }
.ldss .ldss-table th { color: var(--ldss-hint); font-weight: 600; }
.ldss .ldss-before { color: var(--ldss-error); text-decoration: line-through; }
.ldss .ldss-after { color: var(--ldss-ok); font-weight: 600; }
.ldss .ldss-chip { display: inline-block; border: 1px solid var(--jp-border-color1, #bbb); border-radius: 1em;
  padding: 0 .7em; margin: 0 .3em .2em 0; background: var(--jp-layout-color2, #f5f5f5); }
.ldss pre.ldss-code { background: var(--jp-cell-editor-background, #f5f5f5); color: var(--jp-content-font-color1, #222);
  border: 1px solid var(--ldss-line); padding: 8px 10px; margin: 4px 0; max-height: 22rem; overflow: auto;
  max-width: 100%; box-sizing: border-box; overflow-wrap: normal;
  font: var(--jp-code-font-size, 12px)/1.4 var(--jp-code-font-family, monospace); white-space: pre; }
.ldss .ldss-secret { display: flex; align-items: center; gap: 4px; flex-wrap: wrap; margin: 2px; max-width: 34rem; }
.ldss .ldss-secret label { flex: 0 0 11rem; text-align: right; margin-right: 4px; }
.ldss .ldss-secret > span { flex: 1 0 100%; margin-left: calc(11rem + 8px); color: var(--ldss-hint); }
.ldss .ldss-secret input { flex: 1 1 8rem; min-width: 0; height: 28px; box-sizing: border-box; padding: 4px 8px;
  color: var(--jp-ui-font-color1, #222); background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bbb); }
.ldss .ldss-tool { font: inherit; color: inherit; background: var(--jp-layout-color2, #eee); padding: 3px 10px;
  cursor: pointer; border: 1px solid var(--jp-border-color1, #bbb); border-radius: 2px; }
.ldss .ldss-bar { display: flex; gap: 6px; align-items: center; margin: 4px 2px; flex-wrap: wrap; }
.ldss .ldss-bar select { height: 28px; color: inherit; background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bbb); }
.ldss .ldss-bar[hidden], .ldss .ldss-bar [hidden] { display: none; }
.ldss .ldss-bar input { height: 28px; width: 20rem; max-width: 100%; box-sizing: border-box; padding: 4px 8px;
  color: var(--jp-ui-font-color1, #222);
  background: var(--jp-layout-color1, #fff); border: 1px solid var(--jp-border-color1, #bbb); }
.ldss .ldss-tool[aria-pressed="true"] { box-shadow: inset 0 -3px 0 var(--ldss-accent); }
.ldss th .ldss-tool { border: 0; background: none; padding: 3px 0; font-weight: 600; text-align: left; }
.ldss .ldss-fleet td { vertical-align: middle; }
.ldss tr[aria-current="true"] td { background: var(--jp-layout-color2, #eee); }
.ldss .ldss-fleet ~ .ldss-fallback { display: none; }
.ldss .ldss-grid { max-height: 30rem; overflow: auto; margin: 4px 0; padding: 0 4px; user-select: none; }
.ldss .ldss-grid > div { display: flex; align-items: flex-start; gap: 10px; padding: 2px 0;
  border-bottom: 1px solid var(--ldss-line); }
.ldss .ldss-grid > div > span { flex: 0 0 9rem; overflow-wrap: anywhere; padding: 4px 0; }
.ldss .ldss-grid > div > div { display: flex; flex-wrap: wrap; gap: 4px; padding: 2px 0; }
.ldss .ldss-cell { width: 22px; height: 22px; padding: 0; font: 600 12px/20px sans-serif; cursor: pointer;
  border: 1px solid currentColor; border-radius: 3px; background: none; }
.ldss .ldss-cell.ldss-ok { color: var(--ldss-ok); }
.ldss .ldss-cell.ldss-warning { color: #fff; background: #7d4e00; border-color: #7d4e00; }
.ldss .ldss-cell.ldss-error { color: #fff; background: #b3151d; border-color: #b3151d; }
.ldss .ldss-cell.ldss-info { color: var(--ldss-info); }
.ldss .ldss-cell.ldss-plain { color: var(--ldss-plain); border-style: dashed; }
.ldss .ldss-cell[aria-pressed="true"] { box-shadow: 0 0 0 2px var(--jp-layout-color1, #fff), 0 0 0 4px var(--ldss-accent); }
.ldss .ldss-cell[aria-current="true"] { outline: 2px solid var(--ldss-accent); outline-offset: 1px; }
.ldss button:focus-visible, .ldss select:focus-visible, .ldss input:focus-visible, .ldss [tabindex]:focus-visible {
  outline: 2px solid var(--ldss-accent); outline-offset: 1px; }
.ldss .ldss-part:focus, .ldss-root:focus { outline: none; }
.ldss button:disabled, .ldss input:disabled, .ldss select:disabled { opacity: .55; }
.ldss .jupyter-widgets-disconnected::before, .ldss.jupyter-widgets-disconnected::before { content: none; }
.ldss-root.jupyter-widgets-disconnected > * { opacity: .45; pointer-events: none; }
.ldss-root.ldss.jupyter-widgets-disconnected::before { display: block; font-family: inherit; padding: 6px 9px;
  white-space: normal; color: var(--jp-ui-font-color1, #222); border-left: 3px solid #b3151d;
  background: var(--jp-layout-color2, #f5f5f5);
  content: "✗ The kernel has stopped. Applied changes stay; what was typed is lost. Reload the page."; }
.jp-NotebookPanel .ldss-root.ldss.jupyter-widgets-disconnected::before {
  content: "✗ The kernel of this form has ended. Applied changes stay; what was typed is lost. Run the cell again."; }
.ldss .jupyter-widgets-error-widget { display: none; }
.ldss :is(.ldss-field, .ldss-ConnectPanel) .jupyter-widgets-error-widget { display: block; height: auto; min-height: 0;
  border: 0; padding: 4px; background: none; color: inherit; }
.ldss .jupyter-widgets-error-widget > * { display: none; }
.ldss .jupyter-widgets-error-widget::before { content: "✗ The field for a secret can't be shown: anywidget is not installed"
  " where the Jupyter server runs."; }
.ldss svg { max-width: 100%; height: auto; }
.ldss svg text { fill: var(--jp-ui-font-color1, #222); }
.ldss svg .ldss-axis { stroke: var(--jp-border-color1, #bbb); }
.ldss svg .ldss-line { stroke: var(--ldss-accent); fill: none; stroke-width: 2; }
.ldss svg .ldss-area { fill: var(--ldss-accent); opacity: .15; }
.ldss svg .ldss-dot { fill: var(--ldss-accent); }
.ldss svg .ldss-fresh { fill: var(--ldss-ok); opacity: .10; }
.ldss svg .ldss-stale { stroke: var(--ldss-warning); stroke-dasharray: 4 3; }
.ldss svg .ldss-mark { fill: var(--ldss-error); font-weight: 600; }
.ldss .ldss-tool.ldss-strong { background: #0b5cad; border-color: #0b5cad; color: #fff; }
.ldss progress { width: 16rem; max-width: 100%; accent-color: var(--ldss-accent); }
</style>
"""
