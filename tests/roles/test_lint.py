# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The roles as ansible-lint and ansible-doc see them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.collection.playbooks import COLLECTION, ROOT, Playbooks

ROLES = sorted(folder.name for folder in (ROOT / "roles").iterdir())


def test_ansible_lint_at_its_strictest(playbooks: Playbooks, installed: Path) -> None:
    folder = installed / "ansible_collections" / COLLECTION.replace(".", "/") / "roles"
    said = playbooks.command(
        "ansible-lint", "--offline", "--strict", "--profile", "production", *(str(folder / role) for role in ROLES)
    )
    assert "Passed: 0 failure(s), 0 warning(s)" in said


@pytest.mark.parametrize("role", ROLES)
def test_variables_are_documented_with_their_defaults(playbooks: Playbooks, role: str) -> None:
    folder = ROOT / "roles" / role
    specs = yaml.safe_load((folder / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((folder / "defaults/main.yml").read_text())
    told = {name: spec["default"] for name, spec in specs.items() if "default" in spec}
    computed = {name for name, value in defaults.items() if "{{" in str(value)}
    assert {name: value for name, value in defaults.items() if name not in computed} == told
    assert computed <= specs.keys()
    said = playbooks.command("ansible-doc", "-t", "role", "{0}.{1}".format(COLLECTION, role))
    assert [name for name in specs if name not in said] == []
