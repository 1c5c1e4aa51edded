# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The collection as users see it: built, installed, or importable by its name. `ansible` is the `bin` folder of ansible-core."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.environments import CACHE, ROOT, interpreter, pythons

NAME = "featureops.launchdarkly"
PACKAGE = "ansible_collections." + NAME
# The collection's folder below a collections path.
FOLDER = PACKAGE.replace(".", "/")
# Ansible's commands keep their state below HOME. The user's own ~/.ansible must not change.
HOME = CACHE / "home"
_CACHES = (".git", ".venv", ".cache", ".nox", "dist", "__pycache__")


def build(ansible: Path, folder: Path, root: Path = ROOT) -> Path:
    """Build the tarball of a working tree into a folder and return it.

    It holds real files instead of the links of `tools/links.py`: some shared folders can't hold links (galaxy issue 3188).
    """
    command = [
        str(ansible / "ansible-galaxy"),
        "collection",
        "build",
        "--force",
        "--output-path",
        str(folder.resolve()),
    ]
    with tempfile.TemporaryDirectory() as staged:
        shutil.copytree(root, staged, ignore=_not_staged, dirs_exist_ok=True)
        subprocess.run(command, cwd=staged, env=environ(ansible), check=True)
    (tarball,) = folder.glob("*.tar.gz")
    return tarball


def _not_staged(_folder: str, names: list[str]) -> list[str]:
    """What of a folder is left out before the build: environments, caches, and the package, whose files the links lead to."""
    package = ["ld_segment_store"] if "galaxy.yml" in names else []
    return [*package, *(name for name in names if name in _CACHES)]


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
    # The user's cache of downloads, which another HOME hides.
    downloads = os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache/pip"))
    variables = {"HOME": str(HOME), "PATH": path, "PIP_CACHE_DIR": downloads}
    if collections:
        variables["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    return os.environ | variables
