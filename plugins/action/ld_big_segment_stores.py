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
_STRATEGIES_WITH_RUN_ONCE = ("linear", "debug")


class ActionModule(ModuleAction):
    """What `ld_big_segment_stores` does on the controller."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, unless it would purge from a part of a play."""
        problem = _partial(task_vars or {}, self._task) if self._task.args.get("purge") else ""
        if problem:
            error = InvalidSettings.for_field("purge", problem, _REMEDY)
            failure = {"code": error.failure, "status": None, "details": list(error.details), "request_id": None}
            return {"failed": True, "changed": False, "msg": error.message, "failure": failure}
        result: dict[str, Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]
        return result


def _partial(variables: dict[str, Any], task: Any) -> str:
    """Why the task may see a part of the declarations only, or nothing."""
    batch, hosts, play = variables.get("ansible_play_batch"), variables.get("ansible_play_hosts_all"), task.get_play()
    if batch is not None and hosts is not None and set(batch) != set(hosts):
        return "would take stores that other batches of this play declare for undeclared"
    if len(hosts or ()) > 1:
        problem = "would take stores that other hosts of this play declare for undeclared"
        if not task.run_once:
            return problem
        # free and host_pinned ignore run_once and warn, as other strategies may.
        if not play.strategy.endswith(_STRATEGIES_WITH_RUN_ONCE):
            return f"{problem}, because the strategy {play.strategy} ignores run_once"
    if "ansible_loop_var" in variables:
        return "would take stores that other items of the loop declare for undeclared"
    # `ansible_play_hosts_all` has the hosts that --limit leaves. A play for one named host, such as localhost, has no others.
    if variables.get("ansible_limit") and play.hosts != batch:
        return "would take stores that hosts outside --limit declare for undeclared"
    return ""
