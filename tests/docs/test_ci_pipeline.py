# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The workflow of the page on CI pipelines, also where a step fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.docs.markdown import blocks
from tests.docs.runner import PASSWORD, TOKEN, World
from tests.docs.workflow import Job, run_workflow

PAGE = "docs/how-to/ci-pipeline.md"
SECRETS = {"LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, "REDIS_PASSWORD": PASSWORD}


def workflow() -> dict[str, Any]:
    (block,) = (block for block in blocks(PAGE) if block.name.startswith(".github/"))
    loaded: dict[str, Any] = yaml.safe_load(block.text)
    return loaded


def write_stores(world: World, old: str = "", new: str = "") -> None:
    """The page's stores file, with one text replaced."""
    (block,) = (block for block in blocks(PAGE) if block.name == "stores.yml")
    assert old in block.text
    (world.folder / "stores.yml").write_text(world.addressed(block.text).replace(old, new), encoding="utf-8")


def run(world: World, event: str, secrets: Mapping[str, str] = SECRETS) -> Job:
    environ = {name: value for name, value in world.environ.items() if name not in SECRETS}
    (job,) = run_workflow(workflow(), event, world.folder, environ, secrets).values()
    assert TOKEN not in job.output
    assert PASSWORD not in job.output
    assert "Traceback" not in job.output
    return job


@pytest.mark.slow
def test_a_pull_request_shows_changes_and_a_push_applies_them(world: World) -> None:
    write_stores(world)
    planned = run(world, "pull_request")
    assert planned.failed is None
    assert "2 stores: 2 to create." in planned.summary
    assert not world.ld.account.integrations
    assert run(world, "push").failed is None
    assert len(world.ld.account.integrations) == 2
    assert "2 to create" not in run(world, "pull_request").summary


@pytest.mark.slow
@pytest.mark.parametrize("event", ["pull_request", "push"])
@pytest.mark.parametrize(
    ("old", "new", "secrets", "shown"),
    [
        ("environment_key: live", "environment_keys: live", SECRETS, "environment_key"),
        ("stores:", "stores: [", SECRETS, "YAML"),
        ("", "", {"REDIS_PASSWORD": PASSWORD}, "access token"),
        ("", "", {"LAUNCHDARKLY_ACCESS_TOKEN": TOKEN}, "REDIS_PASSWORD"),
        ("", "", {**SECRETS, "LAUNCHDARKLY_ACCESS_TOKEN": "api-of-nobody"}, "401"),
    ],
    ids=["typo", "broken", "fork", "no-password", "refused"],
)
def test_failures_fail_the_job(
    world: World, event: str, old: str, new: str, secrets: Mapping[str, str], shown: str
) -> None:
    write_stores(world, old, new)
    job = run(world, event, secrets)
    assert job.failed is not None
    assert "ld-segment-store" in job.failed
    assert shown in job.output
    assert not world.ld.account.integrations


def test_a_pull_request_cannot_cancel_a_pending_apply() -> None:
    """GitHub cancels the pending run of a concurrency group: only pushes may be in the group of `apply`."""
    loaded = workflow()
    assert "concurrency" not in loaded
    assert {name for name, job in loaded["jobs"].items() if "concurrency" in job} == {"apply"}
    assert loaded["jobs"]["apply"]["if"] == "github.event_name == 'push'"


@pytest.mark.slow
def test_without_pipefail_the_failure_would_be_hidden(world: World) -> None:
    """Why the page sets `shell: bash`."""
    write_stores(world, "environment_key: live", "environment_keys: live")
    loaded = workflow()
    del loaded["defaults"]
    environ = {**world.environ, **SECRETS}
    (job,) = run_workflow(loaded, "pull_request", world.folder, environ, SECRETS).values()
    assert job.failed is None
    assert "environment_key" in job.output
