# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store apply FILE`: create and update stores to match the file."""

from __future__ import annotations

import argparse

from .arguments import seconds
from .fleet import add_fleet_arguments, run_fleet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Create and update stores to match FILE. A failed store does not stop the others; run the command again to retry"
        " it. Exit codes: 0 success, 1 an error or a failed store, 2 wrong arguments."
    )
    add_fleet_arguments(parser, formats=("text", "json"))
    parser.add_argument("--fail-fast", action="store_true", help="stop after the first failed store")
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=seconds,
        help="then wait until all stores are available; one that is not available in time is an error",
    )
    parser.set_defaults(run=lambda options: run_fleet(options, check=False))
