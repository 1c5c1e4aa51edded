# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Forms for Jupyter: set up one big segment store, see them all. Needs the extra `notebook`."""

from __future__ import annotations

try:
    import anywidget  # noqa: F401
    import ipywidgets  # noqa: F401
except ImportError as error:
    raise ImportError(
        "The notebook form needs ipywidgets and anywidget: install them with pip install 'ld-segment-store[notebook]', then"
        " restart the kernel."
    ) from error

from .fleet_view import FleetView
from .form import BigSegmentStoreForm
from .secret_field import SecretField

__all__ = ["BigSegmentStoreForm", "FleetView", "SecretField"]
