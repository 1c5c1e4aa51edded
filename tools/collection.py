# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The collection as others see it: built, installed, or under its name in Python. `ansible` is ansible-core's `bin` folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tools.environments import CACHE, ROOT, interpreter, pythons

NAME = "featureops.launchdarkly"
PACKAGE = "ansible_collections." + NAME
# Where it lies below a collections path.
FOLDER = PACKAGE.replace(".", "/")
# Ansible's commands keep their state below HOME: the user's own ~/.ansible stays as it is.
HOME = CACHE / "home"


def build(ansible: Path, folder: Path, root: Path = ROOT) -> Path:
    """Build the tarball of a working tree into a folder and return it."""
    command = [str(ansible / "ansible-galaxy"), "collection", "build", "--force", "--output-path", str(folder)]
    subprocess.run(command, cwd=root, env=environ(ansible), check=True)
    (tarball,) = folder.glob("*.tar.gz")
    return tarball


def install(ansible: Path, tarball: Path, path: Path) -> Path:
    """Install a tarball below a collections path, as a user would, and return the collection's folder."""
    command = [str(ansible / "ansible-galaxy"), "collection", "install", "--offline", str(tarball), "-p", str(path)]
    subprocess.run(command, env=environ(ansible, path), check=True)
    return path / FOLDER


def importable() -> Path:
    """A folder for Python's path from which this working tree imports under the collection's name."""
    link = CACHE / "importable" / FOLDER
    if not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(ROOT)
    return CACHE / "importable"


def environ(ansible: Path, collections: Path | None = None) -> dict[str, str]:
    """Environment variables for Ansible's commands.

    PATH has real `bin` folders only: ansible-test fails on pyenv's shims. A collections path is given by variable, since
    ansible-galaxy warns about one that isn't configured.
    """
    HOME.mkdir(parents=True, exist_ok=True)
    folders = [ansible, *(python.parent for python in map(interpreter, pythons()) if python)]
    path = os.pathsep.join([*map(str, folders), os.defpath])
    variables = {"HOME": str(HOME), "PATH": path}
    if collections:
        variables["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    return os.environ | variables
