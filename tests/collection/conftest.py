# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The collection, built and installed once, and an emulated account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import ROOT, SHOP, TOKEN, Playbooks


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these start Ansible."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of collections with ours, from a tarball, as a user would."""
    collections = tmp_path_factory.mktemp("collections")
    galaxy = Playbooks(collections, tmp_path_factory.mktemp("galaxy"))
    galaxy.command("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(galaxy.folder))
    (tarball,) = galaxy.folder.glob("*.tar.gz")
    galaxy.command("ansible-galaxy", "collection", "install", "--offline", str(tarball), "-p", str(collections))
    return collections


@pytest.fixture
def playbooks(installed: Path, tmp_path: Path) -> Playbooks:
    return Playbooks(installed, tmp_path)


@pytest.fixture
def ld() -> Iterator[Emulator]:
    """An account with project `shop`, environments `live` and `test`, and no integrations."""
    with Emulator(seed=SHOP, access_tokens=[TOKEN]) as emulator:
        yield emulator
