# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is published, built once, and this working tree as a repository of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from ld_segment_store.core.version import __version__
from tests.support.working_tree import copy_working_tree
from tools import release
from tools.environments import environment

NEXT = "{}.0.0".format(int(__version__.split(".")[0]) + 1)


class Artifacts(NamedTuple):
    """What is published."""

    wheel: Path
    sdist: Path
    tarball: Path


@pytest.fixture(scope="session")
def tools() -> Path:
    """The `bin` folder with the tools of a release."""
    return environment("release")


@pytest.fixture(scope="session")
def artifacts(origin: Path, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    return Artifacts(*release.build(origin, tmp_path_factory.mktemp("dist"), tools))


def git(repository: Path, *arguments: str) -> str:
    """Run git as somebody."""
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    command = ["git", *identity, "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files here that git knows or would add, in a repository with one commit."""
    repository = copy_working_tree(tmp_path_factory.mktemp("origin") / "repository")
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
