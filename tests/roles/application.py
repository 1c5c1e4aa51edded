# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Applying a role: one playbook, with everything that Ansible can be made to print."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import COLLECTION, LOCALHOST, Playbooks, Result, Run, forking


@dataclass(frozen=True)
class Applied:
    """What came of a role's tasks, by their names without the role's."""

    run: Run
    prefix: str

    def __getitem__(self, task: str) -> Result:
        return self.run[self.prefix + task]

    @property
    def changed(self) -> list[str]:
        """The tasks that changed something, or in check mode would."""
        return [
            name[len(self.prefix) :]
            for (name, host), result in self.run.results.items()
            if host == LOCALHOST and result.values.get("changed")
        ]

    @property
    def failed(self) -> dict[str, str]:
        """What each task said that failed."""
        failed = {name: result for (name, _), result in self.run.results.items() if result.failed}
        return {name[len(self.prefix) :]: str(result.values) for name, result in failed.items()}


def apply(
    playbooks: Playbooks,
    role: str,
    variables: Mapping[str, Any],
    ld: Emulator,
    *,
    check: bool = False,
    may_fail: bool = False,
    texts: Mapping[str, str] | None = None,
    **environ: str,
) -> Applied:
    """Apply the role on this Python, which has redis and boto3. No output at -vvvv may hold a secret.

    `texts` are variables of the command line, `-e NAME=TEXT`.
    """
    task: dict[str, Any] = {
        "block": [{"name": "Apply", "include_role": {"name": f"{COLLECTION}.{role}"}, "vars": variables}],
        # The play ignores errors, to see what every task gives; a role must stop.
        "ignore_errors": False,
    }
    if may_fail:
        task["rescue"] = [{"name": "Failed", "ansible.builtin.meta": "noop"}]
    extra = [argument for name, text in (texts or {}).items() for argument in ("-e", f"{name}={text}")]
    run = playbooks.run(
        {"Role": task},
        ld=ld,
        variables={"ansible_python_interpreter": forking(sys.executable)},
        arguments=["-vvvv", "--diff", *(["--check"] if check else []), *extra],
        # amazon.aws prints deprecation warnings of its own.
        environ={"ANSIBLE_DEPRECATION_WARNINGS": "False", "NO_PROXY": "127.0.0.1", **environ},
        may_fail=may_fail,
    )
    return Applied(run, f"{COLLECTION}.{role} : ")
