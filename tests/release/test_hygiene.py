# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Licences of all files, the hooks of pre-commit, and the GitHub workflows, each as its own tool sees them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.markdown import blocks
from tests.release.conftest import git
from tools.environments import ROOT

HOOK_PAGE = "docs/how-to/edit-a-stores-file.md"

# Nothing listens there: who would go to the Internet fails.
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}


def _run(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **NO_NETWORK, **environ}, capture_output=True, text=True, check=False
    )


def test_every_file_has_a_licence(tools: Path, origin: Path) -> None:
    answer = _run(origin, str(tools / "reuse"), "lint")
    assert answer.returncode == 0, answer.stdout


def test_a_file_without_one_is_found(tools: Path, repository: Path) -> None:
    (repository / "docs/new.md").write_text("# New\n")
    answer = _run(repository, str(tools / "reuse"), "lint")
    assert answer.returncode != 0
    assert "docs/new.md" in answer.stdout


def test_workflows_leave_nothing_to_abuse(tools: Path) -> None:
    answer = _run(ROOT, str(tools / "zizmor"), "--offline", ".github/workflows", "action.yml")
    assert answer.returncode == 0, answer.stdout
    assert "No findings to report" in answer.stdout


def test_pre_commit(tools: Path, repository: Path, tmp_path: Path) -> None:
    (repository / ".venv").symlink_to(ROOT / ".venv")
    # Not all files: those are the lint gate's.
    command = [str(tools / "pre-commit"), "run", "--verbose", "--files", "tools/__init__.py", "tools/release.py"]
    answer = _run(repository, *command, PRE_COMMIT_HOME=str(tmp_path / "pre-commit"))
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.count("Passed") == 2
    (repository / "tools/__init__.py").write_text("import os\n")
    answer = _run(repository, *command, PRE_COMMIT_HOME=str(tmp_path / "pre-commit"))
    assert answer.returncode == 1
    assert "F401" in answer.stdout


@pytest.mark.slow
def test_the_hook_for_other_repositories(tools: Path, origin: Path, tmp_path: Path) -> None:
    """The configuration of the page, with this working tree instead of the published repository."""
    (block,) = (found for found in blocks(HOOK_PAGE) if found.name == ".pre-commit-config.yaml")
    config = block.text.replace("https://github.com/featureops/ansible-launchdarkly", str(origin))
    config = re.sub(r"(rev: )v[0-9.]+", rf"\g<1>{git(origin, 'rev-parse', 'HEAD').strip()}", config)
    foreign = tmp_path / "foreign"
    (foreign / "envs").mkdir(parents=True)
    (foreign / ".pre-commit-config.yaml").write_text(config)
    (foreign / "envs/stores.yml").write_text("stores: [{project_key: shop, environment_key: live, redis: {host: h}}]\n")
    (foreign / "other.yml").write_text("stores: [\n")
    git(foreign, "init", "--quiet")
    git(foreign, "add", "--all")
    environ = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    command = [str(tools / "pre-commit"), "run", "--all-files", "--verbose"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=foreign, env=environ, capture_output=True, text=True, check=False)

    answer = run()
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "envs/stores.yml: valid, 1 store." in answer.stdout
    (foreign / "envs/stores.yml").write_text(
        "stores: [{project_key: shop, environment_keys: live, redis: {host: h}}]\n"
    )
    answer = run()
    assert answer.returncode == 1
    assert "envs/stores.yml: stores[0].environment_keys: is not an option here." in answer.stdout
