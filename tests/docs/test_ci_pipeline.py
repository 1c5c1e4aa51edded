# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The pipelines of the page on CI, also where a step fails."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from tests.docs.markdown import blocks
from tests.docs.runner import PASSWORD, TOKEN, World
from tests.docs.workflow import GITLAB_SHELLS, SHELLS, Job, action_steps, run_gitlab_job, run_workflow
from tests.support.code_host import CodeHost, code_host

PAGE = "docs/how-to/ci-pipeline.md"
SECRETS = {"LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, "REDIS_PASSWORD": PASSWORD}
PLANNED = "### 2 stores: 2 to create.\n\n| store | action |"


def workflow() -> dict[str, Any]:
    (block,) = (block for block in blocks(PAGE) if block.name.startswith(".github/"))
    loaded: dict[str, Any] = yaml.safe_load(block.text)
    return loaded


def pipeline() -> dict[str, Any]:
    (block,) = (block for block in blocks(PAGE) if block.name == ".gitlab-ci.yml")
    loaded: dict[str, Any] = yaml.safe_load(block.text)
    return loaded


@pytest.fixture
def host() -> Iterator[CodeHost]:
    with code_host() as made:
        yield made


def write_stores(world: World, old: str = "", new: str = "") -> None:
    """The page's stores file, with one text replaced."""
    (block,) = (block for block in blocks(PAGE) if block.name == "stores.yml")
    assert old in block.text
    (world.folder / "stores.yml").write_text(world.addressed(block.text).replace(old, new), encoding="utf-8")


def run(world: World, host: CodeHost, event: str, secrets: Mapping[str, str] = SECRETS) -> Job:
    environ = {name: value for name, value in world.environ.items() if name not in SECRETS}
    environ |= {"GITHUB_API_URL": host.url, "GITHUB_REPOSITORY": "acme/shop"}
    (job,) = run_workflow(workflow(), event, world.folder, environ, secrets).values()
    hides_secrets(job, host)
    return job


def hides_secrets(job: Job, host: CodeHost) -> None:
    shown = "".join([job.output, job.summary, *host.comments])
    assert not [text for text in (TOKEN, PASSWORD, "PLANTED-token", "Traceback") if text in shown]


@pytest.mark.slow
def test_a_pull_request_shows_changes_and_a_push_applies_them(world: World, host: CodeHost) -> None:
    write_stores(world)
    host.comments = ["Nice!"] * 120
    planned = run(world, host, "pull_request")
    assert planned.failed is None, planned.output
    assert PLANNED in planned.summary
    assert PLANNED in host.comments[-1]
    assert not world.ld.account.integrations
    applied = run(world, host, "push")
    assert applied.failed is None
    assert "2 stores: 2 created.\n```" in applied.summary
    assert len(world.ld.account.integrations) == 2
    # The comment is replaced, and no other.
    assert run(world, host, "pull_request").failed is None
    assert host.comments[:-1] == ["Nice!"] * 120
    assert host.comments[-1].endswith("-->\n### 2 stores: 2 unchanged.\n")
    assert host.tokens == {"Bearer github-PLANTED-token"}


@pytest.mark.slow
def test_a_plan_that_is_too_long_for_a_comment(world: World, host: CodeHost) -> None:
    tags = ", ".join(f"t{number:060}" for number in range(600))
    write_stores(world, "managed-by-ci", tags)
    job = run(world, host, "pull_request")
    assert job.failed is None, job.output
    assert len(job.summary) > 65536
    (comment,) = host.comments
    assert comment.splitlines()[1] == "### 2 stores: 2 to create."
    assert comment.splitlines()[-1] == "The plan is too long for a comment. The summary of the job has it."
    assert "failed" not in comment


@pytest.mark.slow
def test_errors_that_are_too_long_for_a_comment(world: World, host: CodeHost) -> None:
    entries = "".join(f"  - {{project_key: '<{number}>', environment_key: a, state: gone}}\n" for number in range(1000))
    write_stores(world, "stores:\n", f"stores:\n{entries}")
    job = run(world, host, "pull_request")
    assert job.failed is not None
    (comment,) = host.comments
    assert len(comment) < 65536
    failed, errors = comment.split("<pre>")
    assert failed.splitlines()[-2:] == ["The plan failed with exit code 1.", ""]
    assert errors.startswith("ld-segment-store: stores[0].")
    too_long = "The plan is too long for a comment. The summary of the job has it."
    assert errors.splitlines()[-3:] == ["...</pre>", "", too_long]
    assert "stores[999]" in job.summary


FAILURES = pytest.mark.parametrize(
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


@pytest.mark.slow
@pytest.mark.parametrize("event", ["pull_request", "push"])
@FAILURES
def test_failures_fail_the_job(
    world: World, host: CodeHost, event: str, old: str, new: str, secrets: Mapping[str, str], shown: str
) -> None:
    write_stores(world, old, new)
    job = run(world, host, event, secrets)
    assert job.failed is not None
    assert "ld-segment-store" in job.failed
    assert shown in job.output
    assert not world.ld.account.integrations
    assert shown in job.summary
    assert f"The {'plan' if event == 'pull_request' else 'apply'} failed with exit code 1." in job.summary
    if event == "pull_request":
        (comment,) = host.comments
        assert shown in comment
        assert "The plan failed with exit code 1." in comment


@pytest.mark.slow
def test_what_else_fails_a_pull_request(world: World, host: CodeHost) -> None:
    write_stores(world)
    host.refuses = True  # the permission is missing
    job = run(world, host, "pull_request")
    assert job.failed is not None
    assert PLANNED in job.summary
    assert "error: 403\n::error::The comment failed. Give the job the permission pull-requests: write" in job.output
    (step, *_rest) = action_steps("pull_request", {"command": "aply"}, {})
    wrong = subprocess.run(
        [*SHELLS["bash"], "-c", step["run"]], env={**world.environ, **step["env"]}, capture_output=True, check=False
    )
    assert wrong.returncode == 1
    assert b"::error::command: is neither plan nor apply." in wrong.stdout


@pytest.mark.slow
@pytest.mark.parametrize("shell", GITLAB_SHELLS, ids=["bash", "sh"])
def test_gitlab(world: World, host: CodeHost, shell: list[str]) -> None:
    variables = {
        "GITLAB_TOKEN": "glpat-PLANTED-token",
        "CI_API_V4_URL": host.url,
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "7",
    }

    def job(name: str) -> Job:
        result = run_gitlab_job(pipeline(), name, shell, world.folder, {**world.environ, **variables})
        hides_secrets(result, host)
        return result

    write_stores(world)
    assert job("plan").failed is None
    assert host.comments[0].startswith(PLANNED)
    assert host.tokens == {"glpat-PLANTED-token"}
    assert job("apply").failed is None
    assert len(world.ld.account.integrations) == 2
    host.refuses = True
    assert job("plan").failed is not None
    write_stores(world, "stores:", "stores: [")
    host.refuses = False
    for name in ("plan", "apply"):
        failed = job(name)
        assert failed.failed is not None
        assert "invalid YAML" in failed.output
    assert len(host.comments) == 1


def test_a_pull_request_cannot_cancel_a_pending_apply() -> None:
    """GitHub cancels the pending run of a concurrency group: only pushes may be in the group of `apply`."""
    loaded = workflow()
    assert "concurrency" not in loaded
    assert {name for name, job in loaded["jobs"].items() if "concurrency" in job} == {"apply"}
    assert loaded["jobs"]["apply"]["if"] == "github.event_name == 'push'"
