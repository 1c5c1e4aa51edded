# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Settings as text for other tools: Ansible, curl, Python, Terraform and the SDKs."""
