# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Sphinx's configuration. `make docs` builds a copy of this folder, with generated pages put beside these."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ld_segment_store import __version__

sys.path.insert(0, str(Path(__file__).parent))
from command_line import reference

project = "Big segment stores for LaunchDarkly"
author = "FeatureOps contributors"
copyright = "2026, FeatureOps contributors"  # noqa: A001 - Sphinx's name for it
release = version = __version__
language = "en"
smartquotes = False  # "--check" must not become a dash, and a quoted text stays as the code has it

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_antsibull_ext"]
exclude_patterns = ["images/README*"]

# What a link of a page may rely on: an anchor for each heading, as on GitHub.
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline", "attrs_block", "deflist"]

nitpicky = True
nitpick_ignore_regex = [
    # There is no network at build time, so no inventory of Python's own documentation either.
    ("py:.*", r"(_thread|collections|typing|pathlib|enum|os|types|datetime|threading|abc)\..*"),
    ("py:.*", r"(Path|Callable|(t\.)?Any|Traceback)"),
    # The parts of the notebook form: their classes come from ipywidgets and traitlets, and are no part of the API.
    ("py:.*", r"(ipywidgets|traitlets|anywidget)\..*"),
    ("py:.*", r"ld_segment_store\.notebook\.\w+\.\w+"),
    # Names that the API mentions, but that are no part of it.
    ("py:.*", r"(ld_segment_store\..*)?(Clock|Deadline|Gate|Request|Transport|Response)"),
    # Sphinx takes the comma or bar of some annotations for the end of a name.
    ("py:class", r"(tuple\[|str \| ).*"),
]

# Docstrings say `name` where they mean code.
default_role = "code"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}

html_theme = "furo"
html_title = "Big segment stores for LaunchDarkly"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_favicon = "static/favicon.svg"
html_theme_options = {
    # The theme's own blue is too pale on its grey for WCAG AA.
    "light_css_variables": {
        "color-brand-primary": "#2b5f8a",
        "color-brand-content": "#1f5c99",
        "color-required": "#b3261e",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8ab8e6",
        "color-brand-content": "#8ab8e6",
        "color-required": "#ff8a80",
    },
}

# Labels of Ansible's own documentation that antsibull-docs refers to.
_ANSIBLE = "https://docs.ansible.com/ansible/latest/"
_ANSIBLE_LABELS = {
    "common_return_values": "reference_appendices/common_return_values.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "ansible_configuration_env_vars": "reference_appendices/config.html",
    "general_precedence_rules": "reference_appendices/general_precedence.html",
    "action_plugins": "plugins/action.html",
    "inventory_plugins": "plugins/inventory.html",
    "lookup_plugins": "plugins/lookup.html",
}


def link_to_ansible(
    _app: Sphinx, _env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.reference | None:
    """The link for a label of Ansible's documentation, or None."""
    target = node.get("reftarget", "")
    page = _ANSIBLE_LABELS.get(target)
    if node.get("reftype") == "envvar" and target.startswith("ANSIBLE_"):
        page = "reference_appendices/config.html#envvar-" + target
    if page is None:
        return None
    return nodes.reference("", content.astext(), refuri=_ANSIBLE + page, internal=False)


def fill_in(_app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the generated reference of the command line into its page, and fit pages made for elsewhere into this site."""
    if docname == "reference/command-line":
        source[0] += reference()
    # On GitHub a picture's address says for which theme it is; here its class does.
    source[0] = re.sub(r"\.(png|svg)#gh-(light|dark)-mode-only\)", r".\1){.only-\2}", source[0])
    if docname.startswith("reference/collection/"):
        # The theme has the contents beside the page, and the title stands in the menu.
        text = source[0].replace(".. contents::\n   :local:\n   :depth: 1\n", "")
        source[0] = re.sub(r"^featureops\.launchdarkly\.(\S+ \w+) -- .*\n(\++)$", r"\1\n\2", text, flags=re.MULTILINE)


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", fill_in)
    app.connect("missing-reference", link_to_ansible)
