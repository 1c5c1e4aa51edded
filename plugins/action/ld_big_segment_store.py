# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name, and warns of a long loop over it.

Each item of a loop starts the module and lists the account. Only the controller knows loops.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ansible.plugins.action.normal import ActionModule as ModuleAction
from ansible.utils.display import Display

# The warning comes with this item of a loop.
_LONG = 10
_WARNING = (
    f"This loop has started ld_big_segment_store {_LONG} times. One task of ld_big_segment_stores does the same for all stores."
    " For a thousand stores it was more than a hundred times as fast."
)
# How many items of each task have run. A worker process runs all items of a loop, for one host.
_items: Counter[str] = Counter()


class ActionModule(ModuleAction):
    """What `ld_big_segment_store` does on the controller."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module."""
        result: dict[str, Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]
        if "ansible_loop_var" in (task_vars or {}):
            task = self._task._uuid  # noqa: SLF001 - Ansible has no public name for it
            _items[task] += 1
            if _items[task] == _LONG:
                Display().warning(_WARNING)
        return result
