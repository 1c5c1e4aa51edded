# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The settings of an integration: form variables, schema, validation, and integrations as LaunchDarkly returns them."""
