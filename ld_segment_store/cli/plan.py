# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store plan FILE`: show what `apply` would change. It only reads."""

from __future__ import annotations

import argparse

from .fleet import add_fleet_arguments, run_fleet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Show what `apply` would change, and change nothing. Exit codes: 0 success, 1 an error or a failed store, 2 wrong"
        " arguments; with --detailed-exitcode 0 no changes, 1 any error, 2 changes."
    )
    add_fleet_arguments(parser, formats=("text", "json", "markdown"))
    parser.add_argument(
        "--detailed-exitcode", action="store_true", help="exit with 0 for no changes, 1 for any error, 2 for changes"
    )
    parser.set_defaults(run=lambda options: run_fleet(options, check=True))
