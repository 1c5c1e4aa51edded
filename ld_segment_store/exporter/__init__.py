# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Metrics of stores and accounts for Prometheus. `metrics` needs no library; `collector` needs the extra `exporter`."""
