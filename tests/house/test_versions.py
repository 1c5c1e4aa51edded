# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is said in more than one place agrees: versions, the support matrix, the action group."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from itertools import pairwise
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ld_segment_store.core.version import __version__
from tools.environments import (
    LOCKS,
    OLDEST_FOR_TOOLS,
    ROOT,
    Environment,
    controllers,
    dependencies,
    environments,
    lowest,
    oldest_and_newest,
    project,
    pythons,
)


def _yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_one_version() -> None:
    assert _yaml("galaxy.yml")["version"] == __version__
    assert metadata.version("ld-segment-store") == __version__, "Run `make .venv` after a change of the version."


def test_metadata_keeps_to_the_matrix() -> None:
    oldest = pythons()[0]
    assert project()["project"]["requires-python"] == ">=" + oldest
    classifiers = [f"Programming Language :: Python :: {version}" for version in pythons()]
    assert [each for each in project()["project"]["classifiers"] if re.search(r":: 3\.\d+$", each)] == classifiers
    assert project()["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert _yaml("tests/config.yml")["modules"]["python_requires"] == ">=" + oldest
    assert _yaml("meta/runtime.yml")["requires_ansible"] == f">={controllers()[0].ansible_core}.0"


def test_managed_nodes_of_the_playbook_tests_are_the_oldest_and_the_newest() -> None:
    assert [controller.target for controller in oldest_and_newest()] == [pythons()[0], pythons()[-1]]


def test_execution_environments_get_the_same_requirements() -> None:
    lines = (ROOT / "meta/ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == project()["project"]["dependencies"]
    metadata_ = project()["project"]["optional-dependencies"]
    example = _yaml("docs/execution-environment.yml")["dependencies"]["python"]
    assert example == [*metadata_["redis"], *metadata_["dynamodb"]]


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


def test_every_requirement_says_why_it_is_there() -> None:
    """Beside it, or above a list of one line."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    said = project()
    groups = [*said["project"]["optional-dependencies"].values(), *said["dependency-groups"].values()]
    requirements = {*dependencies(), *(requirement for group in groups for requirement in group)}
    unexplained = [
        line.strip()
        for above, line in pairwise(lines)
        for requirement in requirements
        if f'"{requirement}"' in line and "  # " not in line and not (line.endswith("]") and above.startswith("# "))
    ]
    assert not unexplained


def test_unit_tests_ask_for_what_the_package_needs() -> None:
    lines = (ROOT / "tests/unit/requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == dependencies()


def _pythons_of(steps: list[dict[str, Any]]) -> list[str]:
    (versions,) = [step["with"]["python-version"].split() for step in steps if "setup-python" in step.get("uses", "")]
    return list(versions)


def test_continuous_integration_runs_every_gate_with_every_python() -> None:
    job = _yaml(".github/workflows/ci.yml")["jobs"]["gates"]
    assert sorted(job["strategy"]["matrix"]["gate"]) == sorted(_gates())
    for workflow, name in (("ci", "gates"), ("nightly", "nightly")):
        versions = _pythons_of(_yaml(f".github/workflows/{workflow}.yml")["jobs"][name]["steps"])
        assert sorted(versions, key=pythons().index) == pythons()
        # The last one is `python3`, which runs nox; the locks of the tools begin with it.
        assert versions[-1] == OLDEST_FOR_TOOLS == controllers()[0].python


def _gates() -> list[str]:
    """The sessions that run by default, without the environments that they require."""
    command = [sys.executable, "-m", "nox", "--list", "--json", "--noxfile", str(ROOT / "noxfile.py")]
    listed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [session["session"] for session in json.loads(listed.stdout) if "environments" not in session["tags"]]


def test_a_release_runs_the_gates_first() -> None:
    jobs = _yaml(".github/workflows/release.yml")["jobs"]
    assert jobs["gates"]["uses"] == "./.github/workflows/ci.yml"
    assert (jobs["build"]["needs"], jobs["publish"]["needs"]) == ("gates", "build")


def test_workflows_are_allowed_little_and_their_actions_are_pinned() -> None:
    for file in sorted((ROOT / ".github/workflows").glob("*.yml")):
        workflow = _yaml(str(file.relative_to(ROOT)))
        assert workflow["permissions"] in ({}, {"contents": "read"}), file
        for used in re.findall(r"uses: (.*)", file.read_text(encoding="utf-8")):
            assert used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v[\d.]+", used), used


@pytest.mark.parametrize("environment", environments().values(), ids=lambda environment: environment.name)
def test_locks_hold_what_is_required(environment: Environment) -> None:
    text = environment.lock.read_text(encoding="utf-8")
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE):
        locked.setdefault(canonicalize_name(name), []).append(version)
    for requirement in map(Requirement, environment.requirements):
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert any(requirement.specifier.contains(version, prereleases=True) for version in versions), (
            f"{requirement}, locked is {versions or 'none'}. Run: nox -s lock -- --keep"
        )


def test_locks_have_hashes_and_name_no_host() -> None:
    files = sorted(LOCKS.iterdir())
    assert {file.stem for file in files} == {*environments(), "nox"}
    for file in files:
        text = file.read_text(encoding="utf-8")
        pinned, hashed = (
            re.findall(r"^[\w.-]+==", text, re.MULTILINE),
            re.findall(r"^[\w.-]+==.*\\\n +--hash=sha256:", text, re.MULTILINE),
        )
        assert pinned
        assert len(pinned) == len(hashed), file.name
        assert "://" not in text, file.name
