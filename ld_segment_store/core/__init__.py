# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What every face shares: form variables, validation, requests to the API, the plan and its application.

Nothing is imported here on purpose. The Ansible collection ships these files one by one, and each module should load
only what it needs. Python users import from `ld_segment_store`.
"""
