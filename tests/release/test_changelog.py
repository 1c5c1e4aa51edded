# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The changelog follows from its fragments, and lists every addition."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tools import release
from tools.environments import ROOT


def test_fragments_are_well_formed(tools: Path) -> None:
    release.changelog(ROOT, tools, "lint")
    release.changelog(ROOT, tools, "lint-changelog-yaml", "changelogs/changelog.yaml")


@pytest.mark.parametrize(
    "fragment", ["bugfix: [core - no such section.]", "bugfixes: no list", "bugfixes: ['`broken']"]
)
def test_a_fragment_that_is_not_is_found(tools: Path, repository: Path, fragment: str) -> None:
    (repository / "changelogs/fragments/2.yml").write_text(fragment + "\n")
    with pytest.raises(subprocess.CalledProcessError):
        release.changelog(repository, tools, "lint")


def test_the_page_is_what_is_generated(tools: Path, origin: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(origin, tmp_path / "copy", symlinks=True)
    (copy / "CHANGELOG.md").unlink()
    release.changelog(copy, tools, "generate")
    assert (copy / "CHANGELOG.md").read_text() == (ROOT / "CHANGELOG.md").read_text()


def test_every_addition_is_told() -> None:
    assert release.unlisted(ROOT) == []


def test_preparing_tells_of_additions(repository: Path, tools: Path) -> None:
    lookup = (repository / "plugins/lookup/store_document.py").read_text()
    version = release.released(repository)[-1]
    added = lookup.replace("name: store_document", "name: other").replace(
        "version_added: 0.1.0", "version_added: " + version
    )
    (repository / "plugins/lookup/other.py").write_text(added)
    assert [problem.split()[0] for problem in release.unlisted(repository)] == ["other"]
    release.prepare(repository, version, tools)
    assert release.unlisted(repository) == []
    assert "other" in (repository / "CHANGELOG.md").read_text()
