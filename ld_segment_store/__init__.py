# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Set up LaunchDarkly's big segment store integrations: validate, plan, apply, and find drift."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .core.version import __version__

if TYPE_CHECKING:
    from .core.api.client import Client
    from .core.api.retry import RetryPolicy, Wait
    from .core.errors import (
        AmbiguousIntegration,
        ApiError,
        BadRequest,
        BetaHeaderMissing,
        Conflict,
        Forbidden,
        InvalidSettings,
        KeyExists,
        MissingDependency,
        NetworkError,
        NotFound,
        OutcomeUnknown,
        Outdated,
        PurgeRefused,
        RateLimited,
        SecretRequired,
        SegmentStoreError,
        ServerError,
        StalePlan,
        Unauthorized,
        UnexpectedResponse,
    )
    from .core.findings import Finding
    from .core.fleet.declaration import (
        Declaration,
        check_declarations,
        read_declarations,
    )
    from .core.fleet.purge import Purge
    from .core.fleet.result import Interrupted, StoreResult
    from .core.fleet.run import read_many, reconcile_many
    from .core.fleet.stores_file import read_stores_file
    from .core.fleet.waiting import Waiting
    from .core.flow.apply import ensure_absent, ensure_present
    from .core.flow.apply_plan import apply_plan
    from .core.flow.client_side_id import find_client_side_id
    from .core.flow.lookup import Target, find_integrations, observe
    from .core.flow.plan import (
        Action,
        Drift,
        Plan,
        UpdateSecrets,
        plan_absent,
        plan_nothing,
        plan_present,
    )
    from .core.flow.rounds import Outcome
    from .core.flow.wait import (
        NotAvailable,
        Progress,
        is_available,
        wait_until_available,
    )
    from .core.model.account import CallerIdentity, Environment, Project, PublicAddresses
    from .core.model.integration import Integration, Status, StatusError
    from .core.model.settings import (
        DynamoDBConfig,
        RedisConfig,
        Settings,
        check_settings,
    )
    from .core.model.store_key import StoreKey
    from .core.secret import Secret

# Each name is imported when it is first used, so that a program pays for no more than it uses.
_MODULES = {
    ".core.api.client": ("Client",),
    ".core.api.retry": ("RetryPolicy", "Wait"),
    ".core.errors": (
        "AmbiguousIntegration",
        "ApiError",
        "BadRequest",
        "BetaHeaderMissing",
        "Conflict",
        "Forbidden",
        "InvalidSettings",
        "KeyExists",
        "MissingDependency",
        "NetworkError",
        "NotFound",
        "OutcomeUnknown",
        "Outdated",
        "PurgeRefused",
        "RateLimited",
        "SecretRequired",
        "SegmentStoreError",
        "ServerError",
        "StalePlan",
        "Unauthorized",
        "UnexpectedResponse",
    ),
    ".core.findings": ("Finding",),
    ".core.fleet.declaration": ("Declaration", "check_declarations", "read_declarations"),
    ".core.fleet.purge": ("Purge",),
    ".core.fleet.result": ("Interrupted", "StoreResult"),
    ".core.fleet.run": ("read_many", "reconcile_many"),
    ".core.fleet.stores_file": ("read_stores_file",),
    ".core.fleet.waiting": ("Waiting",),
    ".core.flow.apply": ("ensure_absent", "ensure_present"),
    ".core.flow.apply_plan": ("apply_plan",),
    ".core.flow.client_side_id": ("find_client_side_id",),
    ".core.flow.lookup": ("Target", "find_integrations", "observe"),
    ".core.flow.plan": ("Action", "Drift", "Plan", "UpdateSecrets", "plan_absent", "plan_nothing", "plan_present"),
    ".core.flow.rounds": ("Outcome",),
    ".core.flow.wait": ("NotAvailable", "Progress", "is_available", "wait_until_available"),
    ".core.model.account": ("CallerIdentity", "Environment", "Project", "PublicAddresses"),
    ".core.model.integration": ("Integration", "Status", "StatusError"),
    ".core.model.settings": ("DynamoDBConfig", "RedisConfig", "Settings", "check_settings"),
    ".core.model.store_key": ("StoreKey",),
    ".core.secret": ("Secret",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Action",
    "AmbiguousIntegration",
    "ApiError",
    "BadRequest",
    "BetaHeaderMissing",
    "CallerIdentity",
    "Client",
    "Conflict",
    "Declaration",
    "Drift",
    "DynamoDBConfig",
    "Environment",
    "Finding",
    "Forbidden",
    "Integration",
    "Interrupted",
    "InvalidSettings",
    "KeyExists",
    "MissingDependency",
    "NetworkError",
    "NotAvailable",
    "NotFound",
    "Outcome",
    "OutcomeUnknown",
    "Outdated",
    "Plan",
    "Progress",
    "Project",
    "PublicAddresses",
    "Purge",
    "PurgeRefused",
    "RateLimited",
    "RedisConfig",
    "RetryPolicy",
    "Secret",
    "SecretRequired",
    "SegmentStoreError",
    "ServerError",
    "Settings",
    "StalePlan",
    "Status",
    "StatusError",
    "StoreKey",
    "StoreResult",
    "Target",
    "Unauthorized",
    "UnexpectedResponse",
    "UpdateSecrets",
    "Wait",
    "Waiting",
    "__version__",
    "apply_plan",
    "check_declarations",
    "check_settings",
    "ensure_absent",
    "ensure_present",
    "find_client_side_id",
    "find_integrations",
    "is_available",
    "observe",
    "plan_absent",
    "plan_nothing",
    "plan_present",
    "read_declarations",
    "read_many",
    "read_stores_file",
    "reconcile_many",
    "wait_until_available",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_MODULE_OF[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
