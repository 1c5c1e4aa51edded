# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The one version of the package and of the collection; `galaxy.yml` is tested against it."""

from __future__ import annotations

__version__ = "0.1.0"
