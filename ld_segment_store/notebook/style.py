# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The look: Jupyter's own colours (`--jp-*`), with fallbacks where a host lacks them, so that light and dark both fit."""

from __future__ import annotations

STYLE = """
<style>
.ldss { color: var(--jp-ui-font-color1, #222); font-size: var(--jp-ui-font-size1, 13px); max-width: 62rem;
  --ldss-ok: #1a7f37; --ldss-warning: #9a6700; --ldss-error: #cf222e; --ldss-info: #0969da; overflow: visible; }
[data-jp-theme-light="false"] .ldss, .theme-dark .ldss {
  --ldss-ok: #56d364; --ldss-warning: #e3b341; --ldss-error: #ff8e86; --ldss-info: #79c0ff; }
.ldss .widget-vbox, .ldss .widget-hbox, .ldss .widget-html, .ldss .widget-html-content { overflow: visible; }
.ldss .widget-html-content { line-height: 1.45; height: auto; }
.ldss .widget-html { height: auto; min-height: 0; margin: 0 2px; }
.ldss .widget-label { color: var(--jp-ui-font-color1, #222); }
.ldss h2.ldss-title { font-size: 1.35em; font-weight: 600; margin: 0 0 2px; }
.ldss h3.ldss-heading { font-size: 1.1em; font-weight: 600; margin: 0 0 4px; display: flex; gap: .55em;
  align-items: center; }
.ldss .ldss-number { display: inline-flex; width: 1.6em; height: 1.6em; border-radius: 50%; align-items: center;
  justify-content: center; font-size: .85em; color: var(--jp-ui-inverse-font-color1, #fff);
  background: var(--jp-brand-color1, #1976d2); }
.ldss .ldss-step { border-top: 1px solid var(--jp-border-color2, #ddd); padding: 10px 0 8px; margin: 0; }
.ldss .ldss-hint { color: var(--jp-ui-font-color2, #666); }
.ldss .ldss-under { margin: -2px 0 4px 12.6rem; }
.ldss .ldss-badge { font-weight: 600; white-space: nowrap; }
.ldss .ldss-ok.ldss-badge { color: var(--ldss-ok); }
.ldss .ldss-warning.ldss-badge { color: var(--ldss-warning); }
.ldss .ldss-error.ldss-badge { color: var(--ldss-error); }
.ldss .ldss-info.ldss-badge, .ldss .ldss-busy.ldss-badge { color: var(--ldss-info); }
.ldss .ldss-plain.ldss-badge { color: var(--jp-ui-font-color2, #666); font-weight: normal; }
.ldss .ldss-notice { border-left: 3px solid var(--ldss-info); padding: 3px 9px; margin: 3px 0;
  background: var(--jp-layout-color2, #f5f5f5); }
.ldss .ldss-notice.ldss-error { border-color: var(--ldss-error); }
.ldss .ldss-notice.ldss-warning { border-color: var(--ldss-warning); }
.ldss .ldss-notice.ldss-ok { border-color: var(--ldss-ok); }
.ldss .ldss-notice ul { margin: 3px 0 0; padding-left: 1.4em; }
.ldss table.ldss-table { border-collapse: collapse; margin: 4px 0; }
.ldss .ldss-table caption { text-align: left; color: var(--jp-ui-font-color2, #666); padding: 2px 0; }
.ldss .ldss-table th, .ldss .ldss-table td { text-align: left; padding: 3px 14px 3px 0; vertical-align: top;
  border-bottom: 1px solid var(--jp-border-color2, #ddd); }
.ldss .ldss-table th { color: var(--jp-ui-font-color2, #666); font-weight: 600; }
.ldss .ldss-before { color: var(--ldss-error); text-decoration: line-through; }
.ldss .ldss-after { color: var(--ldss-ok); font-weight: 600; }
.ldss .ldss-chip { display: inline-block; border: 1px solid var(--jp-border-color1, #bbb); border-radius: 1em;
  padding: 0 .7em; margin: 0 .3em .2em 0; background: var(--jp-layout-color2, #f5f5f5); }
.ldss pre.ldss-code { background: var(--jp-cell-editor-background, #f5f5f5); color: var(--jp-content-font-color1, #222);
  border: 1px solid var(--jp-border-color2, #ddd); padding: 8px 10px; margin: 4px 0; max-height: 22rem; overflow: auto;
  font: var(--jp-code-font-size, 12px)/1.4 var(--jp-code-font-family, monospace); white-space: pre; }
.ldss .ldss-secret { display: flex; align-items: center; gap: 6px; flex-wrap: wrap; margin: 2px; }
.ldss .ldss-secret label { flex: 0 0 12rem; text-align: right; margin-right: 2px; }
.ldss .ldss-secret > span { flex: 1 0 100%; margin-left: 12.6rem; }
.ldss .ldss-secret input { flex: 0 1 17rem; height: 28px; box-sizing: border-box; padding: 4px 8px;
  color: var(--jp-ui-font-color1, #222); background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bbb); }
.ldss .ldss-secret input:focus { border-color: var(--jp-brand-color1, #1976d2);
  outline: 1px solid var(--jp-brand-color1, #1976d2); }
.ldss .ldss-tool { font: inherit; color: inherit; background: var(--jp-layout-color2, #eee); padding: 3px 10px;
  cursor: pointer;
  border: 1px solid var(--jp-border-color1, #bbb); border-radius: 2px; }
.ldss .ldss-bar { display: flex; gap: 6px; align-items: center; margin: 4px 2px; flex-wrap: wrap; }
.ldss .ldss-bar input { height: 28px; width: 22rem; box-sizing: border-box; padding: 4px 8px;
  color: var(--jp-ui-font-color1, #222);
  background: var(--jp-layout-color1, #fff); border: 1px solid var(--jp-border-color1, #bbb); }
.ldss .ldss-tool[aria-pressed="true"] { box-shadow: inset 0 -3px 0 var(--jp-brand-color1, #1976d2); }
.ldss th .ldss-tool { border: 0; background: none; padding: 3px 0; font-weight: 600; }
.ldss button:focus-visible, .ldss select:focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2);
  outline-offset: 1px; }
.ldss button:disabled { opacity: .55; }
.ldss-root.jupyter-widgets-disconnected > * { opacity: .45; pointer-events: none; }
.ldss-root.jupyter-widgets-disconnected::before { display: block; font-family: inherit; padding: 6px 9px;
  white-space: normal;
  color: var(--jp-ui-font-color1, #222); border-left: 3px solid #cf222e; background: var(--jp-layout-color2, #f5f5f5);
  content: "✗ The kernel was restarted: what this form knew is gone, what was applied stays. Run its cell again."; }
.ldss svg text { fill: var(--jp-ui-font-color1, #222); }
.ldss svg .ldss-axis { stroke: var(--jp-border-color1, #bbb); }
.ldss svg .ldss-line { stroke: var(--jp-brand-color1, #1976d2); fill: none; stroke-width: 2; }
.ldss svg .ldss-stale { stroke: var(--ldss-warning); stroke-dasharray: 4 3; }
</style>
"""
