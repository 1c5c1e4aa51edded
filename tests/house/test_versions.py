# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is said in more than one place agrees: versions, the support matrix, the action group."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import yaml

from ld_segment_store.core.version import __version__
from tools.environments import ROOT, controllers, lowest, project, pythons


def _yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_one_version() -> None:
    assert _yaml("galaxy.yml")["version"] == __version__
    assert metadata.version("ld-segment-store") == __version__, "Run `make .venv` after a change of the version."


def test_metadata_keeps_to_the_matrix() -> None:
    oldest = pythons()[0]
    assert project()["project"]["requires-python"] == ">=" + oldest
    assert project()["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert _yaml("tests/config.yml")["modules"]["python_requires"] == ">=" + oldest
    assert _yaml("meta/runtime.yml")["requires_ansible"] == ">={0}.0".format(controllers()[0].ansible_core)


def test_managed_nodes_of_the_playbook_tests_are_the_oldest_and_the_newest() -> None:
    assert [controller.target for controller in controllers()] == [pythons()[0], pythons()[-1]]


def test_every_dependency_has_a_lower_bound() -> None:
    metadata_ = project()["project"]
    extras = [requirement for extra in metadata_["optional-dependencies"].values() for requirement in extra]
    requirements = [*metadata_["dependencies"], *extras]
    assert all("==" in pinned for pinned in lowest(requirements)), requirements


def test_action_group_names_every_module_that_talks_to_launchdarkly() -> None:
    modules = {
        file.stem for file in (ROOT / "plugins/modules").glob("*.py") if "connection_options()" in file.read_text()
    }
    assert set(_yaml("meta/runtime.yml")["action_groups"]["launchdarkly"]) == modules
