# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The collection as ansible-lint sees it, with the other collections that its roles use; roles as ansible-doc sees them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.collection.playbooks import COLLECTION, ROOT, Playbooks
from tests.docs.markdown import blocks, pages

ROLES = sorted(folder.name for folder in (ROOT / "roles").iterdir())
# Not the collection's own .ansible-lint, which stands in for other collections' modules: here they are installed.
SETTINGS = "profile: production\noffline: true\nstrict: true\n"


def _documented_playbooks() -> Iterator[str]:
    """The playbooks in README and documentation."""
    for block in (block for page in pages() for block in blocks(page)):
        if block.language == "yaml" and re.search(r"^ +hosts: \S", block.text, re.MULTILINE):
            yield block.text


@pytest.fixture
def project(installed: Path, tmp_path: Path) -> Playbooks:
    """The collection as it is installed, with the demo's playbook and those of the documentation."""
    folder = tmp_path / "project"
    shutil.copytree(installed / "ansible_collections" / COLLECTION.replace(".", "/"), folder)
    (folder / ".ansible-lint").write_text(SETTINGS)
    shutil.copy(ROOT / "demo/playbook.yml", folder / "playbooks/demo.yml")
    for number, playbook in enumerate(_documented_playbooks()):
        (folder / f"playbooks/documented_{number}.yml").write_text(playbook)
    return Playbooks(installed, folder)


def test_ansible_lint_at_its_strictest(project: Playbooks) -> None:
    said = project.command("ansible-lint", "-v")
    assert "Passed: 0 failure(s), 0 warning(s)" in said
    for name in [*(project.folder / "playbooks").iterdir(), *(project.folder / "roles" / role for role in ROLES)]:
        assert str(name.relative_to(project.folder)) in said


def test_ansible_lint_finds_what_is_wrong(project: Playbooks) -> None:
    (project.folder / "playbooks/demo.yml").write_text("- name: Wrong\n  hosts: all\n  tasks: [{shell: date}]\n")
    with pytest.raises(AssertionError, match=r"fqcn\[action-core\]"):
        project.command("ansible-lint", "playbooks/demo.yml")


@pytest.mark.parametrize("role", ROLES)
def test_variables_are_documented_with_their_defaults(playbooks: Playbooks, role: str) -> None:
    folder = ROOT / "roles" / role
    specs = yaml.safe_load((folder / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((folder / "defaults/main.yml").read_text())
    told = {name: spec["default"] for name, spec in specs.items() if "default" in spec}
    computed = {name for name, value in defaults.items() if "{{" in str(value)}
    assert {name: value for name, value in defaults.items() if name not in computed} == told
    assert computed <= specs.keys()
    said = playbooks.command("ansible-doc", "-t", "role", f"{COLLECTION}.{role}")
    assert [name for name in specs if name not in said] == []
