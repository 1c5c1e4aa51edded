# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A version is prepared and released in a repository of its own; what does not agree keeps it from being released."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.release.conftest import NEXT, commit, git
from tools import release
from tools.environments import dependencies, extras


def _append(name: str, text: str) -> Callable[[Path], None]:
    def change(repository: Path) -> None:
        with (repository / name).open("a") as file:
            file.write(text)

    return change


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(repository: Path) -> None:
        file = repository / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return change


def _tag(repository: Path) -> None:
    git(repository, "tag", "v" + NEXT)


def test_what_is_prepared_can_be_released(repository: Path) -> None:
    assert release.check(repository, NEXT) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_replace("galaxy.yml", NEXT, "0.0.1"), "galaxy.yml does not say " + NEXT),
        (_replace("ld_segment_store/core/version.py", NEXT, "0.0.1"), "version.py does not say " + NEXT),
        (_replace("changelogs/changelog.yaml", f"  {NEXT}:\n", "  0.0.1:\n"), "the changelog has no " + NEXT),
        (
            _replace("changelogs/changelog.yaml", f"  {NEXT}:\n", "  99.0.0:\n"),
            "the changelog has 99.0.0 already",
        ),
        (
            _append("changelogs/fragments/2.yml", "bugfixes: [core - another.]\n"),
            "fragments are not in the changelog yet",
        ),
        (_append("README.md", "\npip install ld-segment-store==0.0.1\n"), "README.md speaks of 0.0.1"),
        (_append("docs/start.md", "\nfeatureops-launchdarkly-0.0.1.tar.gz\n"), "docs/start.md speaks of 0.0.1"),
        (
            _replace("changelogs/changelog.yaml", "name: store_document", "name: gone"),
            "store_document is not in the changelog",
        ),
        (
            _replace("plugins/lookup/store_document.py", "version_added", "added"),
            "store_document does not say in which",
        ),
        (_tag, NEXT + " is tagged already"),
    ],
)
def test_what_does_not_agree(repository: Path, change: Callable[[Path], None], problem: str) -> None:
    change(repository)
    commit(repository)
    problems = release.check(repository, NEXT)
    assert any(problem in said for said in problems), problems


def test_changes_that_are_not_committed(repository: Path, tools: Path) -> None:
    (repository / "new.txt").touch()
    with pytest.raises(release.NotReady, match=r"not committed:\n\?\? new.txt"):
        release.make(repository, NEXT, tools)
    assert git(repository, "tag", "--list") == ""
    assert not (repository / "dist").exists()


@pytest.mark.parametrize("version", ["", "1", "v1.2.3", "1.2.3rc1", "0.0.1"])
def test_versions_that_are_none_or_too_old(repository: Path, tools: Path, version: str) -> None:
    with pytest.raises(release.NotReady):
        release.prepare(repository, version, tools)
    assert git(repository, "status", "--porcelain") == ""


def test_release(repository: Path, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.com")
    release.make(repository, NEXT, tools)
    dist = repository / "dist"
    names = {
        f"ld_segment_store-{NEXT}-py3-none-any.whl",
        f"ld_segment_store-{NEXT}.tar.gz",
        f"ld_segment_store-{NEXT}.cdx.json",
        f"featureops-launchdarkly-{NEXT}.tar.gz",
    }
    assert {file.name for file in dist.iterdir()} == names | {"SHA256SUMS"}
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=dist, check=True)
    assert len((dist / "SHA256SUMS").read_text().splitlines()) == len(names)
    assert git(repository, "cat-file", "-t", "v" + NEXT) == "tag\n"
    assert git(repository, "rev-parse", f"v{NEXT}^{{commit}}") == git(repository, "rev-parse", "HEAD")
    _look_at_sbom(dist / f"ld_segment_store-{NEXT}.cdx.json")


def _look_at_sbom(file: Path) -> None:
    content = json.loads(file.read_text())
    assert content["bomFormat"] == "CycloneDX"
    package = content["metadata"]["component"]
    assert (package["name"], package["version"]) == ("ld-segment-store", NEXT)
    names = {component["name"].lower() for component in content["components"]}
    assert {requirement.split(">=")[0].lower() for requirement in [*dependencies(), *extras()]} <= names
    assert not {"pip", "ld-segment-store"} & names
    assert all(component["version"] and component["purl"] for component in content["components"])
    assert "file://" not in file.read_text()
    # The dependencies of every component are listed, by references that exist.
    references = {component["bom-ref"] for component in [package, *content["components"]]}
    assert {entry["ref"] for entry in content["dependencies"]} == references


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        ([], "prepare VERSION", 2),
        (["publish", NEXT], "prepare VERSION", 2),
        (["make"], "make release VERSION=1.2.3", 2),
        (["prepare", "v1"], "make release VERSION=1.2.3", 2),
        (["build", "0.0.1"], "galaxy.yml does not say 0.0.1", 1),
    ],
)
def test_commands_that_do_nothing(
    arguments: list[str], said: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert release.main(arguments) == code
    assert said in capsys.readouterr().out
