# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Set up LaunchDarkly's big segment store integrations: validate, plan, apply, and find drift."""

from __future__ import annotations

from .core.api.client import Client
from .core.api.rate_limit import Gate
from .core.api.retry import RetryPolicy, Wait
from .core.errors import ApiError, InvalidSettings, SegmentStoreError
from .core.findings import Finding
from .core.fleet.declaration import Declaration, check_declarations, read_declarations
from .core.fleet.purge import Purge
from .core.fleet.run import StoreResult, reconcile_many
from .core.flow.apply import Outcome, apply_plan, ensure_absent, ensure_present
from .core.flow.lookup import Target, find_integrations, observe
from .core.flow.plan import Action, Drift, Plan, UpdateSecrets, plan_absent, plan_present
from .core.model.integration import Integration
from .core.model.settings import Settings, check_settings
from .core.secret import Secret
from .core.version import __version__

__all__ = [
    "Action",
    "ApiError",
    "Client",
    "Declaration",
    "Drift",
    "Finding",
    "Gate",
    "Integration",
    "InvalidSettings",
    "Outcome",
    "Plan",
    "Purge",
    "RetryPolicy",
    "Secret",
    "SegmentStoreError",
    "Settings",
    "StoreResult",
    "Target",
    "UpdateSecrets",
    "Wait",
    "__version__",
    "apply_plan",
    "check_declarations",
    "check_settings",
    "ensure_absent",
    "ensure_present",
    "find_integrations",
    "observe",
    "plan_absent",
    "plan_present",
    "read_declarations",
    "reconcile_many",
]
