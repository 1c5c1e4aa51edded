# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Many integrations at once: declarations, the stores file, purge, parallel runs and reports."""
