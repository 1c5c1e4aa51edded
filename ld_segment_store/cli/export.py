# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store export`: the integrations of an account as the file that `plan` and `apply` take, or for Terraform."""

from __future__ import annotations

import argparse
import io
import json
import re
import shlex
import sys
from collections.abc import Sequence

from ..core.fleet.run import read_many
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration
from .connection import add_connection_arguments, connect, tell_under_way, warn
from .fleet import add_budget_arguments
from .fleet_file import dump_fleet, to_yaml

_RESOURCE = "launchdarkly_big_segment_store_integration"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the subcommand its options and what to run."""
    parser.description = (
        "Writes what is set up to standard output, as a file for `plan` and `apply`; secrets as references."
    )
    add_connection_arguments(parser)
    parser.add_argument("--project", metavar="KEY", help="only this project key")
    parser.add_argument("--format", choices=("yaml", "json", "terraform-import"), default="yaml", help="default: yaml")
    add_budget_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print it and return the exit code."""
    unknown: list[Integration] = []

    def wanted(there: Integration) -> bool:
        if options.project not in (None, there.project_key):
            return False
        if there.problem or there.integration_key not in STORE_TYPES:
            unknown.append(there)
            return False
        return True

    with connect(options) as client:
        integrations = read_many(
            client, wanted, concurrency=options.concurrency, share=options.share, on_interrupt=tell_under_way
        )
    if options.project and not integrations and not unknown:
        warn(f"no integration is in a project {options.project!r}: look whether its key is misspelled.")
    for there in unknown:
        reason = there.problem or f"{there.key} is of a store type that this version does not know."
        warn(f"An integration is left out. {reason}")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # It is read as UTF-8, whatever the terminal's encoding is.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if options.format == "terraform-import":
        print("\n".join(terraform_imports(integrations)))
        return 0
    data, variables = dump_fleet(integrations)
    print(json.dumps(data, indent=2) + "\n" if options.format == "json" else to_yaml(data), end="")
    if variables:
        print("Set these environment variables before you use it: " + ", ".join(variables), file=sys.stderr)
    return 0


def terraform_imports(integrations: Sequence[Integration]) -> list[str]:
    """A command for each. The ID is made as the examples of LaunchDarkly's provider, version 3, have it."""
    lines = []
    taken: set[str] = set()
    for there in integrations:
        path = (there.project_key, there.environment_key, there.integration_key)
        name = re.sub(r"[^A-Za-z0-9_-]", "_", "_".join(path))
        name = name if name[0].isalpha() else f"_{name}"
        name = f"{name}_{there.id}" if name in taken else name
        taken.add(name)
        lines.append(f"terraform import {_RESOURCE}.{name} {shlex.quote('/'.join((*path, there.id)))}")
    return lines
