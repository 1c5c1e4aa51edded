# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The rulebook of the collection with ansible-rulebook, against an account that somebody changes. EDA_BIN is its `bin` folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ld_segment_store.emulator import Emulator
from tests.docs.markdown import NEED_RULEBOOK
from tests.docs.runner import fresh_world
from tests.eda.conftest import ld, stores_file  # noqa: F401 - fixtures
from tests.support.exporter import PASSWORD, TOKEN, bad, good, wait_until
from tools import collection

BIN = Path(os.environ["EDA_BIN"])


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of collections with ours, from a tarball, as a user would."""
    path = tmp_path_factory.mktemp("collections")
    collection.install(BIN, collection.build(BIN, tmp_path_factory.mktemp("dist")), path)
    return path


@contextmanager
def _rulebook(url: str, installed: Path, declared: Path) -> Iterator[Path]:
    """The shipped rulebook, with the package installed nowhere. The log of it."""
    folder = declared.parent
    (folder / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
    (folder / "vars.yml").write_text(f"stores_file: {declared}\ninterval: 0.5\n")
    log = folder / "rulebook.log"
    environ = {
        **collection.environ(BIN, installed),
        "PATH": os.pathsep.join([str(BIN), os.defpath]),
        "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN,
        "LAUNCHDARKLY_API_HOST": url,
        "REDIS_PASSWORD": PASSWORD,
    }
    command = [str(BIN / "ansible-rulebook"), "--rulebook", "featureops.launchdarkly.repair"]
    command += ["--inventory", "inventory.yml", "--vars", "vars.yml", "--verbose"]
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=folder, env=environ, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield log
        finally:
            process.terminate()
    text = log.read_text(encoding="utf-8")
    assert TOKEN not in text
    assert PASSWORD not in text
    assert "Traceback" not in text


def test_repair(ld: Emulator, installed: Path, stores_file: Path) -> None:  # noqa: F811 - fixtures
    """A missing store is created, a changed one repaired, and a change of health reported."""
    with _rulebook(ld.url, installed, stores_file) as log:
        wait_until(lambda: len(ld.account.integrations) == 1, 60)
        (made,) = ld.account.integrations
        assert list(made.tags) == ["a"]
        ld.account.update(made.id, tags=("oops",))
        wait_until(lambda: list(ld.account.integration(made.id).tags) == ["a"], 60)
        ld.account.update(made.id, on=True)
        ld.set_status(made.id, bad())
        wait_until(lambda: "became_unavailable: redis of shop/live. The store is not available" in log.read_text(), 60)
        ld.set_status(made.id, good())
        wait_until(lambda: "recovered: redis of shop/live." in log.read_text(), 60)


@pytest.mark.parametrize("page", NEED_RULEBOOK)
def test_page(installed: Path, tmp_path: Path, page: str) -> None:
    with fresh_world(installed, tmp_path) as world:
        world.environ["PATH"] = os.pathsep.join([str(BIN), world.environ["PATH"]])
        world.run(page)
