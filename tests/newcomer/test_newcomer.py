# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Somebody who has Python, pip, git and make, and nothing else of ours, follows the README, and installs from the clone.

The commands are taken from the pages. What differs from real life: git finds the repository here, as this working tree has it;
and pip takes packages from where this machine takes them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.markdown import Block, blocks, commands, pages
from tests.docs.shell import Shell
from tests.support.working_tree import copy_working_tree

REASON = "tests/newcomer runs it on a clone"
ADDRESS = "https://github.com/featureops/ansible-launchdarkly"
# What a machine has beside Python: git and make, a shell, and the commands that every Unix has.
PROGRAMS = (
    *("git", "make", "bash", "sh", "awk", "grep", "sed"),
    *("cat", "chmod", "cp", "dirname", "echo", "env", "id", "ln", "ls", "mkdir"),
    *("mv", "rm", "sleep", "test", "touch", "true", "uname"),
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds what this working tree holds, committed or not, and nothing that git ignores."""
    folder = copy_working_tree(tmp_path_factory.mktemp("origin"))
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    _git(folder, "add", "--all")
    _git(
        folder, "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "commit", "--quiet", "-m", "All of it"
    )
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """An empty home, but for where git finds the repository."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".gitconfig").write_text(f'[url "{repository}"]\n    insteadOf = {ADDRESS}\n', encoding="utf-8")
    programs = folder / "programs"
    programs.mkdir()
    for name in PROGRAMS:
        found = shutil.which(name, path=os.defpath)
        assert found, name
        (programs / name).symlink_to(found)
    # The interpreter itself, not this environment's: what is installed here must not be seen.
    python = Path(sys.base_prefix) / "bin" / "python{}.{}".format(*sys.version_info)
    for name in ("python3", "python"):
        (programs / name).symlink_to(python)
    return folder


@pytest.fixture
def shell(home: Path) -> Iterator[Shell]:
    # The source of packages and the certificates are a matter of the machine.
    environ = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    environ |= {"HOME": str(home), "PATH": str(home / "programs"), "LANG": "C.UTF-8"}
    with Shell(home, environ) as opened:
        yield opened


def on_a_clone(page: str) -> Block:
    (found,) = [block for block in blocks(page) if block.reason == REASON]
    return found


def follow(shell: Shell, block: Block) -> str:
    """Run the commands of a block; what the last one printed."""
    printed = ""
    for command in commands(block):
        printed, code = shell.run(command.text, seconds=280)
        assert code == 0, f"{block}: {command.text}\n{printed}"
    return printed


def test_nothing_else_is_there(shell: Shell) -> None:
    for command in ("ansible --version", "ld-segment-store --version", "redis-server --version", "apt-get --version"):
        assert shell.run(command)[1] == 127, command


@pytest.mark.timeout(300)
def test_the_readme_to_the_end(shell: Shell) -> None:
    printed = follow(shell, on_a_clone("README.md"))
    assert "The demo is done" in printed
    assert "the store is available, up to date" in printed
    # The README's table has the same command; the other one runs these tests.
    table = re.findall(r"^\| `make ([\w-]+)` \|", pages()["README.md"], re.MULTILINE)
    assert table == ["demo", "test"]
    menu, code = shell.run("make")
    assert code == 0
    assert all(f"make {target} " in menu for target in table)
    # The demo leaves nothing behind that git would see.
    status, _code = shell.run("git status --porcelain")
    assert not status


@pytest.mark.timeout(300)
def test_installing_from_the_clone(shell: Shell) -> None:
    for command in (
        f"git clone --quiet {ADDRESS} again",
        "python3 -m venv venv",
        ". venv/bin/activate",
        "cd again",
    ):
        printed, code = shell.run(command)
        assert code == 0, printed
    follow(shell, on_a_clone("docs/start.md"))
    printed, code = shell.run("ansible-doc featureops.launchdarkly.ld_big_segment_store")
    assert code == 0, printed
    assert "update_secrets" in printed
    # Without the repository at hand, so that it is the installed package.
    where = "python -c 'import ld_segment_store; print(ld_segment_store.__file__)'"
    printed, code = shell.run("cd / && ld-segment-store --version && " + where)
    assert code == 0, printed
    assert "venv" in printed


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout
