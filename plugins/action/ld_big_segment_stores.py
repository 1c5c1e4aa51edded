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
# A play without serial and --limit can lose hosts too.
_REMEDY_LEFT = (
    "run the play again when no host leaves it, or purge in one task that declares all stores, in a play for localhost"
)
# Hosts that an error names at most.
_NAMED = 3
_STRATEGIES_WITH_RUN_ONCE = ("linear", "debug")


class ActionModule(ModuleAction):
    """What `ld_big_segment_stores` does on the controller."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, unless it would purge from a part of a play."""
        problem = self._task.args.get("purge") and _partial(task_vars or {}, self._task)
        if problem:
            error = InvalidSettings.for_field("purge", *problem)
            failure = {"code": error.failure, "status": None, "details": list(error.details), "request_id": None}
            return {"failed": True, "changed": False, "msg": error.message, "failure": failure}
        result: dict[str, Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]
        return result


def _partial(variables: dict[str, Any], task: Any) -> tuple[str, str] | None:
    """Why the task may see a part of the declarations only, and the remedy."""
    hosts, active, batch = (
        set(variables.get(f"ansible_play_{name}") or ()) for name in ("hosts_all", "hosts", "batch")
    )
    play = task.get_play()
    if active - batch:
        return "would take stores that other batches of this play declare for undeclared", _REMEDY
    if len(hosts) > 1:
        problem = "would take stores that other hosts of this play declare for undeclared"
        if not task.run_once:
            return problem, _REMEDY
        # free and host_pinned ignore run_once and warn, as other strategies may.
        if not play.strategy.endswith(_STRATEGIES_WITH_RUN_ONCE):
            return f"{problem}, because the strategy {play.strategy} ignores run_once", _REMEDY
    if hosts - active:
        left = ", ".join(sorted(hosts - active)[:_NAMED]) + (", ..." if len(hosts - active) > _NAMED else "")
        problem = f"would take stores of hosts that failed, are unreachable or ended for undeclared: {left}"
        return problem, _REMEDY_LEFT
    if "ansible_loop_var" in variables:
        return "would take stores that other items of the loop declare for undeclared", _REMEDY
    # `ansible_play_hosts_all` has the hosts that --limit leaves. A play for one named host, such as localhost, has no others.
    if variables.get("ansible_limit") and play.hosts != variables.get("ansible_play_batch"):
        return "would take stores that hosts outside --limit declare for undeclared", _REMEDY
    return None
