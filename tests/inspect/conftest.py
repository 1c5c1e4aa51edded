# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Fixtures that other areas have too."""

from __future__ import annotations

from tests.support.sync_dynamodb import aws, module_aws, store  # noqa: F401 - fixtures
