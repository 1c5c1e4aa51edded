# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name, and refuses a purge from a part of a play.

A purge removes what is not declared. On one of several hosts, in one item of a loop, with `serial` or `--limit`, a task may see a
part of the declarations only, and the other stores would seem undeclared. Only the controller knows hosts and loops.
"""

from __future__ import annotations

from typing import Any

from ansible.plugins.action.normal import ActionModule as ModuleAction
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.errors import InvalidSettings

_REMEDY = "purge in one task that declares all stores, in a play without serial and --limit, such as one for localhost"


class ActionModule(ModuleAction):
    """What `ld_big_segment_stores` does on the controller."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, unless it would purge from a part of a play."""
        problem = _partial(task_vars or {}, once=self._task.run_once) if self._task.args.get("purge") else ""
        if problem:
            error = InvalidSettings.for_field("purge", problem, _REMEDY)
            failure = {"code": error.failure, "status": None, "details": list(error.details), "request_id": None}
            return {"failed": True, "changed": False, "msg": error.message, "failure": failure}
        result: dict[str, Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]
        return result


def _partial(variables: dict[str, Any], *, once: bool) -> str:
    """Why the task may see a part of the declarations only, or nothing."""
    batch, play = variables.get("ansible_play_batch"), variables.get("ansible_play_hosts_all")
    if batch is not None and play is not None and set(batch) != set(play):
        return "would take stores that other batches of this play declare for undeclared"
    if len(play or ()) > 1 and not once:
        return "would take stores that other hosts of this play declare for undeclared"
    if "ansible_loop_var" in variables:
        return "would take stores that other items of the loop declare for undeclared"
    # `ansible_play_hosts_all` has the hosts that are left by --limit.
    if variables.get("ansible_limit") and "localhost" not in (batch or []):
        return "would take stores that hosts outside --limit declare for undeclared"
    return ""
