# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Runs the jobs of a GitHub Actions workflow as GitHub does: each step with a Bash of its own, up to the first that fails."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# https://docs.github.com/en/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstepsshell
SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
_EVENT = re.compile(r"github\.event_name == '(\w+)'")
_SECRET = re.compile(r"\$\{\{ secrets\.(\w+) \}\}")


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
    """The jobs that an event starts, by name. `secrets` are the repository's; one that it lacks is empty, as on GitHub."""
    return {
        name: _run_job(workflow, job, folder, environ, secrets)
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
    default = workflow.get("defaults", {}).get("run", {}).get("shell")
    for step in job["steps"]:
        if "run" not in step:
            continue
        script = folder / ".step.sh"
        script.write_text(step["run"], encoding="utf-8")
        done = subprocess.run(
            [*SHELLS[step.get("shell", default)], str(script)],
            cwd=folder,
            env={**environ, **given, "CI": "true", "GITHUB_STEP_SUMMARY": str(summary)},
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
            break
        result.succeeded.append(step["run"])
    result.summary = summary.read_text(encoding="utf-8")
    return result
