# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is published, built once, and this working tree as a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from ld_segment_store.core.version import __version__
from tools import release
from tools.environments import ROOT, tool_environment

NEXT = "{0}.0.0".format(int(__version__.split(".")[0]) + 1)


class Artifacts(NamedTuple):
    """What is published."""

    wheel: Path
    sdist: Path
    tarball: Path


@pytest.fixture(scope="session")
def tools() -> Path:
    """The `bin` folder with the tools of a release."""
    return tool_environment("release")


@pytest.fixture(scope="session")
def artifacts(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    return Artifacts(*release.build(ROOT, tmp_path_factory.mktemp("dist"), tools))


def git(repository: Path, *arguments: str) -> str:
    """Run git as somebody."""
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    command = ["git", *identity, "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files here that git knows or would add, in a repository with one commit."""
    repository = tmp_path_factory.mktemp("origin") / "repository"
    for name in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and os.path.lexists(ROOT / name):
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, repository / name, follow_symlinks=False)
    git(repository, "init", "--quiet")
    commit(repository)
    return repository


def commit(repository: Path) -> None:
    """Commit everything."""
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "Change")


@pytest.fixture(scope="session")
def prepared(origin: Path, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which the next version is ready to be released."""
    repository = shutil.copytree(origin, tmp_path_factory.mktemp("prepared") / "repository", symlinks=True)
    (repository / "changelogs/fragments/1.yml").write_text("bugfixes: [core - a bug of the tests.]\n")
    release.prepare(repository, NEXT, tools)
    commit(repository)
    return repository


@pytest.fixture
def repository(prepared: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(prepared, tmp_path / "repository", symlinks=True)
