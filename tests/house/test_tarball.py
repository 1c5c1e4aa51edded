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
    r"LICENSE",
    r"LICENSES/(MIT|GPL-3\.0-or-later)\.txt",
    r"meta/runtime\.yml",
    r"tests/config\.yml",
    r"plugins/(modules|doc_fragments|lookup)/\w+\.py",
    r"roles/\w+/README\.md",
    r"roles/\w+/(defaults|meta|tasks|vars)/\w+\.yml",
    r"plugins/module_utils/\w+\.py",
    r"plugins/module_utils/(core|preflight)/\w+\.py",
    r"ld_segment_store/(core|preflight)/\w+\.py",
)
REQUIRED = ("README.md", "LICENSE", "LICENSES/GPL-3.0-or-later.txt", "meta/runtime.yml", "tests/config.yml")


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collection.build(ANSIBLE, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collection.install(ANSIBLE, tarball, tmp_path_factory.mktemp("collections"))


def test_tarball_holds_the_collection_only(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        names = {member.name for member in archive if not member.isdir()}
    strangers = sorted(name for name in names if not any(re.fullmatch(pattern, name) for pattern in ALLOWED))
    assert not strangers, "Add them to build_ignore in galaxy.yml, or to ALLOWED if users need them."
    expected = {
        *REQUIRED,
        *_files("plugins/modules"),
        *_files("plugins/doc_fragments"),
        *_files("plugins/module_utils"),
    }
    for shared in links.SHARED:
        expected |= _files("plugins/module_utils/" + shared) | _files("ld_segment_store/" + shared)
    assert expected <= names


def _files(folder: str) -> set[str]:
    return {str(file.relative_to(ROOT)) for file in (ROOT / folder).glob("*.py")}


@pytest.mark.parametrize("shared", links.SHARED)
def test_installed_shared_code_is_the_source(installed: Path, shared: str) -> None:
    folder = installed / "plugins/module_utils" / shared
    sources = sorted((ROOT / "ld_segment_store" / shared).glob("*.py"))
    assert sorted(file.name for file in folder.iterdir()) == [source.name for source in sources]
    for source in sources:
        assert (folder / source.name).read_bytes() == source.read_bytes()


def test_installed_collection_is_complete(installed: Path) -> None:
    """ansible-galaxy finds every file with the checksum that the tarball's list gives."""
    path = installed.parents[2]
    command = [str(ANSIBLE / "ansible-galaxy"), "collection", "verify", "--offline", "-p", str(path), collection.NAME]
    answer = subprocess.run(command, env=collection.environ(ANSIBLE, path), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Successfully verified" in answer.stdout


def test_wheel_holds_the_package_only(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = tmp_path.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = {str(file.relative_to(ROOT)) for file in (ROOT / "ld_segment_store").rglob("*") if _is_source(file)}
    assert names == package
    assert {"ld_segment_store/py.typed", "ld_segment_store/emulator/openapi.yaml"} <= names


def _is_source(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts
