# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Check what this project assumes about LaunchDarkly's API against a real instance, or the emulator."""
