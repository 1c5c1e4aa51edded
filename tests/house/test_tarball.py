# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What users get: the collection's tarball and the wheel hold what they should and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools import collection, links

pytestmark = pytest.mark.slow

ROOT = links.ROOT
ANSIBLE = Path(os.environ.get("ANSIBLE_BIN", Path(sys.executable).parent))

# The whole content of the tarball, file by file or as a pattern.
ALLOWED = (
    r"MANIFEST\.json",
    r"FILES\.json",
    r"README\.md",
    r"CHANGELOG\.md",
    r"changelogs/changelog\.yaml",
    r"\.ansible-lint",
    r"LICENSE",
    r"LICENSES/(MIT|GPL-3\.0-or-later)\.txt",
    r"meta/(runtime|execution-environment)\.yml",
    r"meta/ee-requirements\.txt",
    r"tests/config\.yml",
    r"plugins/(action|modules|doc_fragments|inventory|lookup)/\w+\.py",
    r"extensions/eda/plugins/event_source/\w+\.py",
    r"extensions/eda/rulebooks/\w+\.yml",
    r"extensions/molecule/default/\w+\.yml",
    r"playbooks/\w+\.yml",
    r"roles/\w+/README\.md",
    r"roles/\w+/(defaults|meta|tasks|vars)/\w+\.yml",
    r"plugins/module_utils/\w+\.py",
    r"plugins/module_utils/_shared/((core|preflight|inspect)/(\w+/)?)?\w+\.py",
)
REQUIRED = (
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "LICENSES/GPL-3.0-or-later.txt",
    "meta/runtime.yml",
    "tests/config.yml",
)


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collection.build(ANSIBLE, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collection.install(ANSIBLE, tarball, tmp_path_factory.mktemp("collections"))


def test_tarball_holds_the_collection_only(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        members = [member for member in archive if not member.isdir()]
    assert all(member.isfile() for member in members), "It holds links, which some shared folders can't."
    names = {member.name for member in members}
    strangers = sorted(name for name in names if not any(re.fullmatch(pattern, name) for pattern in ALLOWED))
    assert not strangers, "Add them to build_ignore in galaxy.yml, or to ALLOWED if users need them."
    expected = {
        *REQUIRED,
        *_files("plugins/modules"),
        *_files("plugins/doc_fragments"),
        *_files("plugins/inventory"),
        *_files("plugins/module_utils"),
        *_files("extensions/eda/plugins/event_source"),
        "extensions/eda/rulebooks/repair.yml",
    }
    for shared in links.SHARED:
        expected |= {f"plugins/module_utils/_shared/{shared}/{name}" for name in links.expected(shared)}
    assert expected <= names


def _files(folder: str) -> set[str]:
    return {str(file.relative_to(ROOT)) for file in (ROOT / folder).glob("*.py")}


@pytest.mark.parametrize("shared", links.SHARED)
def test_installed_shared_code_is_the_source(installed: Path, shared: str) -> None:
    folder, source = links.mirror(shared, installed), ROOT / "ld_segment_store" / shared
    assert sorted(str(file.relative_to(folder)) for file in folder.rglob("*.py")) == sorted(links.expected(shared))
    for name in links.expected(shared):
        assert (folder / name).read_bytes() == (source / name).read_bytes()


def test_installed_collection_is_complete(installed: Path) -> None:
    """ansible-galaxy finds every file with the checksum that the tarball's list gives."""
    path = installed.parents[2]
    command = [str(ANSIBLE / "ansible-galaxy"), "collection", "verify", "--offline", "-p", str(path), collection.NAME]
    answer = subprocess.run(command, env=collection.environ(ANSIBLE, path), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Successfully verified" in answer.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and source distribution."""
    folder = tmp_path_factory.mktemp("packages")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def _package() -> set[str]:
    return {str(file.relative_to(ROOT)) for file in (ROOT / "ld_segment_store").rglob("*") if _is_source(file)}


def test_wheel_holds_the_package_only(packages: Path) -> None:
    (wheel,) = packages.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    about = {name.split(".dist-info/")[1] for name in names if ".dist-info/" in name}
    assert about == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSES/MIT.txt"}
    assert {name for name in names if ".dist-info/" not in name} == _package()
    assert {"ld_segment_store/py.typed", "ld_segment_store/emulator/server/openapi.yaml"} <= names


def test_source_distribution_holds_what_the_wheel_is_built_from(packages: Path) -> None:
    (sdist,) = packages.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {member.name.split("/", 1)[1] for member in archive if not member.isdir()}
    # Hatchling adds the last two itself.
    assert names == _package() | {"README.md", "LICENSES/MIT.txt", "pyproject.toml", "PKG-INFO", ".gitignore"}


def _is_source(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts
