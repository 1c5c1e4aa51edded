# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store apply FILE`: bring every store that the file declares to what it says."""

from __future__ import annotations

import argparse

from .fleet import add_fleet_arguments, run_fleet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the subcommand its options and what to run."""
    parser.description = (
        "Brings every store that the file declares to what it says. A failure of one does not stop the others; running it"
        " again does what is left. Exit codes: 0, or 1 where something failed."
    )
    add_fleet_arguments(parser)
    parser.add_argument("--fail-fast", action="store_true", help="attempt nothing more after a failure")
    parser.set_defaults(run=lambda options: run_fleet(options, check=False))
