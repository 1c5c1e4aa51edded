# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store export`: the integrations of an account as the file that `plan` and `apply` read, or for Terraform."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence

from ..core.fleet.run import read_many
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration
from ..exports.stores_file import dump_fleet, secret_variables, to_yaml
from ..exports.terraform import terraform_file
from .arguments import file_path, resource_key
from .connection import add_connection_arguments, connect
from .fleet import add_budget_arguments
from .output_file import write_file
from .progress import Bar
from .terminal import say, warn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Write the current integrations as a file for `plan` and `apply`, or for Terraform, with secrets as references. Exit"
        " codes: 0 success, 1 error, 2 wrong arguments, 74 the output cannot be written."
    )
    add_connection_arguments(parser)
    parser.add_argument("--project", metavar="KEY", type=resource_key, help="export only this project")
    parser.add_argument(
        "--format", choices=("yaml", "json", "terraform"), default="yaml", help="output format (default: yaml)"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_path,
        help="write FILE as a whole or not at all (default: standard output)",
    )
    add_budget_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the export and return the exit code."""
    skipped: list[Integration] = []

    def wanted(integration: Integration) -> bool:
        if options.project not in (None, integration.project_key):
            return False
        if integration.problem or integration.integration_key not in STORE_TYPES:
            skipped.append(integration)
            return False
        return True

    bar = Bar(sys.stderr)
    try:
        with connect(options, bar.report_wait) as client:
            integrations = read_many(
                client,
                wanted,
                concurrency=options.concurrency,
                share=options.share,
                on_read=lambda done, total: bar.show(done, total, f"{done}/{total} integrations"),
                on_interrupt=bar.report_interrupt,
            )
    finally:
        bar.end()
    if options.project and not integrations and not skipped:
        warn(f"--project: no integration is in the project {options.project!r}. Check the spelling of its key.")
    for integration in skipped:
        reason = integration.problem or f"{integration.key} is of a store type that this version does not know."
        warn(f"An integration is left out. {reason}")
    data, variables = dump_fleet(integrations)
    if options.format == "terraform":
        text = terraform_file(integrations, secret_variables(integrations), client.api_host)
        variables = [f"TF_VAR_{name.lower()}" for name in variables]
    else:
        text = json.dumps(data, indent=2) + "\n" if options.format == "json" else to_yaml(data)
    put_export(text, variables, options.output)
    return 0


def put_export(text: str, variables: Sequence[str], path: str | None) -> None:
    """Write an export, and name the environment variables that it needs."""
    _put(text, path)
    if variables:
        say("Set these environment variables before you use the file: " + ", ".join(variables))


def _put(text: str, path: str | None) -> None:
    if path is not None:
        write_file(path, text)
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Readers expect UTF-8, whatever the encoding of the terminal is.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print(text, end="", flush=True)
