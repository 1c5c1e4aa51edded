# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The result of each store of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import OutcomeUnknown, SegmentStoreError
from ..flow.plan import plan_nothing
from ..flow.rounds import Outcome
from ..model.integration import Integration
from ..slots import SLOTS
from .declaration import Declaration


@dataclass(frozen=True, **SLOTS)
class StoreResult:
    """The result of one store: an outcome, an error, or neither where it was not attempted.

    Both where the store did not become available after what was done.
    `purged`: the integration was not declared, and removed for that reason. `reported`: it was not declared, and only reported.
    """

    declaration: Declaration
    outcome: Outcome | None = None
    error: SegmentStoreError | None = None
    purged: bool = False
    reported: bool = False

    @classmethod
    def of_undeclared(cls, integration: Integration, *, report_only: bool) -> StoreResult:
        """The result of an integration that is not declared: reported, or still to be removed."""
        declaration = Declaration.absent(integration.key, integration_id=integration.id)
        if not report_only:
            return cls(declaration, purged=True)
        return cls(declaration, Outcome(plan_nothing(integration.key), False, integration), reported=True)

    @property
    def changed(self) -> bool:
        """Whether something changed, in check mode would change, or may have changed."""
        return isinstance(self.error, OutcomeUnknown) or bool(self.outcome and self.outcome.changed)

    @property
    def action(self) -> str:
        """What was done: the value of an action, `undeclared`, `failed` or `not attempted`."""
        if self.reported:
            return "undeclared"
        if self.outcome:
            return self.outcome.plan.action.value
        return "failed" if self.error else "not attempted"


class Interrupted(KeyboardInterrupt):
    """The run was interrupted; `results` has what is known. Where an answer was not waited for, it is OutcomeUnknown."""

    def __init__(self, results: Sequence[StoreResult]) -> None:
        super().__init__()
        self.results = tuple(results)
