# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Every module, plugin and role leads to related ones, and each link leads somewhere."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.collection import PACKAGE
from tools.links import ROOT

PREFIX = PACKAGE.removeprefix("ansible_collections.") + "."
SITE = "https://featureops.github.io/ansible-launchdarkly/"
PLUGINS = (*(f"plugins/{kind}" for kind in ("modules", "inventory", "lookup")), "extensions/eda/plugins/event_source")
FILES = [file for folder in PLUGINS for file in sorted((ROOT / folder).glob("*.py"))]
ROLES = sorted((ROOT / "roles").glob("*/meta/argument_specs.yml"))
FOLDERS = {"module": "plugins/modules/{}.py", "inventory": "plugins/inventory/{}.py", "lookup": "plugins/lookup/{}.py"}


def _seealso(file: Path) -> list[Mapping[str, Any]]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yml":
        return list(yaml.safe_load(text)["argument_specs"]["main"].get("seealso", ()))
    constants = {
        node.targets[0].id: node.value.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    return list(yaml.safe_load(str(constants["DOCUMENTATION"])).get("seealso", ()))


def _target(entry: Mapping[str, Any]) -> Path | None:
    """The file that an entry is about; None for another site."""
    if "link" in entry:
        page = entry["link"].removeprefix(SITE)
        return None if page == entry["link"] else (ROOT / "docs" / page).with_suffix(".md")
    kind = "module" if "module" in entry else entry["plugin_type"]
    name = (entry.get("module") or entry["plugin"]).removeprefix(PREFIX)
    return ROOT / FOLDERS.get(kind, "roles/{}/meta/argument_specs.yml").format(name)


@pytest.mark.parametrize("file", [*FILES, *ROLES], ids=lambda file: str(file.relative_to(ROOT)))
def test_related_content_is_linked(file: Path) -> None:
    entries = _seealso(file)
    assert entries
    targets = [_target(entry) for entry in entries]
    assert file not in targets
    assert [target for target in targets if target and not target.is_file()] == []
    for entry, target in zip(entries, targets, strict=True):
        if target and "link" in entry:
            assert f"# {entry['name']}" in target.read_text(encoding="utf-8").splitlines()
