# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Widgets for Jupyter: set up one big segment store, or review all of them. Needs the extra `notebook`."""

from __future__ import annotations

try:
    import anywidget  # noqa: F401
    import ipywidgets  # noqa: F401
except ImportError as error:
    raise ImportError(
        "The notebook widgets need ipywidgets and anywidget. Run pip install 'ld-segment-store[notebook]' and"
        " restart the kernel."
    ) from error

from .account import Account
from .connect_panel import ConnectPanel
from .environment_chooser import EnvironmentChooser
from .fleet_plan import FleetPlan
from .fleet_view import FleetView
from .form import BigSegmentStoreForm
from .health_chart import HealthChart
from .inspect_view import InspectView
from .plan_view import PlanView
from .preflight_view import PreflightView
from .secret_field import SecretField
from .store_fields import StoreFields

__all__ = [
    "Account",
    "BigSegmentStoreForm",
    "ConnectPanel",
    "EnvironmentChooser",
    "FleetPlan",
    "FleetView",
    "HealthChart",
    "InspectView",
    "PlanView",
    "PreflightView",
    "SecretField",
    "StoreFields",
]
