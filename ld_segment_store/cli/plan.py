# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store plan FILE`: what `apply` would do. It only reads."""

from __future__ import annotations

import argparse

from .fleet import add_fleet_arguments, run_fleet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the subcommand its options and what to run."""
    parser.description = "Says what `apply` would do, and changes nothing. Exit codes: 0, or 1 where something failed."
    add_fleet_arguments(parser)
    parser.set_defaults(run=lambda options: run_fleet(options, check=True))
