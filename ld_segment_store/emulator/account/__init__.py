# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The emulated account: projects, environments, integrations, segments, and the files that hold them."""
