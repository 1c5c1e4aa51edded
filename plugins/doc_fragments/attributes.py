# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the attributes that the modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """Read by ansible-doc."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and tell what would change without changing it.
  diff_mode:
    description: Shows what changed, or in check mode would change.
"""

    # The group of `module_defaults` that every module is in.
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
      - The module only reads.
  diff_mode:
    support: N/A
    details:
      - The module only reads.
"""
