# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Runs the jobs of a GitHub Actions workflow as GitHub does: each step with a Bash of its own, up to the first that fails.

Steps that use this repository's action are those of `action.yml`. The jobs of a GitLab pipeline are run by `run_gitlab_job`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.docs.markdown import ROOT

# https://docs.github.com/en/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstepsshell
SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
_EVENT = re.compile(r"github\.event_name == '(\w+)'")
_SECRET = re.compile(r"\$\{\{ secrets\.(\w+) \}\}")
ACTION = "featureops/ansible-launchdarkly@"
# How GitLab's runner starts a script: with Bash where the image has it, else with sh.
GITLAB_SHELLS = (["bash", "-eo", "pipefail"], ["sh", "-e"])
PULL_REQUEST = "7"


@dataclass
class Job:
    """What came of a job: the commands that succeeded, the one that failed, all output, and the step summary."""

    succeeded: list[str] = field(default_factory=list)
    failed: str | None = None
    output: str = ""
    summary: str = ""


def run_workflow(
    workflow: Mapping[str, Any], event: str, folder: Path, environ: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, Job]:
    """The jobs that an event starts, by name. `secrets` are the repository's; one that it lacks is empty, as on GitHub.

    A pull request has a comment where `environ` has the address of GitHub's API.
    """
    return {
        name: _run_job(workflow, job, event, folder, environ, secrets)
        for name, job in workflow["jobs"].items()
        if _is_started(job, event)
    }


def _is_started(job: Mapping[str, Any], event: str) -> bool:
    condition = job.get("if")
    if condition is None:
        return True
    found = _EVENT.fullmatch(condition)
    assert found, f"a condition that this runner does not know: {condition}"
    return found[1] == event


def _run_job(
    workflow: Mapping[str, Any],
    job: Mapping[str, Any],
    event: str,
    folder: Path,
    environ: Mapping[str, str],
    secrets: Mapping[str, str],
) -> Job:
    result, summary = Job(), folder / ".summary"
    summary.write_text("", encoding="utf-8")
    variables = {**workflow.get("env", {}), **job.get("env", {})}
    given = {
        name: _SECRET.sub(lambda found: secrets.get(found[1], ""), str(value)) for name, value in variables.items()
    }
    given |= {"CI": "true", "GITHUB_STEP_SUMMARY": str(summary), "RUNNER_TEMP": str(folder)}
    default = workflow.get("defaults", {}).get("run", {}).get("shell")
    for step in job["steps"]:
        uses_action = step.get("uses", "").startswith(ACTION)
        for part in action_steps(event, step.get("with", {}), environ) if uses_action else [step]:
            if "run" in part and not _run(
                result, SHELLS[part.get("shell", default)], part, folder, {**environ, **given}
            ):
                result.summary = summary.read_text(encoding="utf-8")
                return result
    result.summary = summary.read_text(encoding="utf-8")
    return result


def action_steps(event: str, given: Mapping[str, Any], environ: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """The steps of `action.yml` that are run, with values instead of expressions."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert set(given) <= set(action["inputs"])
    expressions = {
        "github.event_name == 'push' && 'apply' || 'plan'": "apply" if event == "push" else "plan",
        "github.token": "github-PLANTED-token",
        "github.event.pull_request.number": PULL_REQUEST
        if event == "pull_request" and "GITHUB_API_URL" in environ
        else "",
    }
    for name, about in action["inputs"].items():
        expressions["inputs." + name] = str(given.get(name, _evaluated(about["default"], expressions)))
    for step in action["runs"]["steps"]:
        if "if" in step:
            left, right = step["if"].split(" == ")
            if expressions[left] != right.strip("'"):
                continue
        yield {**step, "env": {name: _evaluated(text, expressions) for name, text in step["env"].items()}}


def _evaluated(text: str, expressions: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: expressions[found[1]], text)


def run_gitlab_job(
    pipeline: Mapping[str, Any], name: str, shell: Sequence[str], folder: Path, environ: Mapping[str, str]
) -> Job:
    """A job of a GitLab pipeline: all its lines are one script."""
    result = Job()
    lines = [*pipeline["default"]["before_script"], *pipeline[name]["script"]]
    _run(result, shell, {"run": "\n".join(lines)}, folder, environ)
    return result


def _run(result: Job, shell: Sequence[str], step: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> bool:
    """Run one step, add what came of it to the result, and return whether it succeeded."""
    script = folder / ".step.sh"
    script.write_text(step["run"], encoding="utf-8")
    done = subprocess.run(
        [*shell, str(script)],
        cwd=folder,
        env={**environ, **step.get("env", {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=180,
        check=False,
    )
    result.output += done.stdout
    if done.returncode:
        result.failed = step["run"]
        return False
    result.succeeded.append(step["run"])
    return True
