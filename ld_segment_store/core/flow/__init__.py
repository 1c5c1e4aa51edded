# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The flow for one integration: look it up, plan, apply, wait."""
