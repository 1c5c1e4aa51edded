# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The code that every face shares: form variables, validation, requests to the API, the plan and its application.

Nothing is imported here on purpose. The Ansible collection ships these files one by one, and each module should load
only what it needs. A module's process loads these files for each task, so small records are named tuples: one takes 0.1 ms to
define, a frozen data class 1.6 ms (Python 3.11, 2 cores). Python users import from `ld_segment_store`.
"""
