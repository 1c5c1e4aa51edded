# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the attributes shared by the modules."""

from __future__ import annotations


class ModuleDocFragment:
    """Read by ansible-doc."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and report changes without making them.
  diff_mode:
    description: Shows the changes, or in check mode the predicted changes.
"""

    # The action group of every module that sends requests to LaunchDarkly.
    ACTION_GROUP = r"""
attributes:
  action_group:
    description: Use C(group/featureops.launchdarkly.launchdarkly) in C(module_defaults) to set options once for all modules.
    support: full
    membership:
      - featureops.launchdarkly.launchdarkly
"""

    INFO = r"""
attributes:
  check_mode:
    support: full
    details:
      - This module only reads.
  diff_mode:
    support: N/A
    details:
      - This module only reads.
"""
