# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Requests to LaunchDarkly's API: operations, transport, retries and rate limits."""
