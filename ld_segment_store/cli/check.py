# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store check FILE`: validate stores files, without an account and without their secrets."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..core.findings import Finding
from ..core.fleet.report import counted
from ..core.fleet.stores_file import check_stores_file
from .arguments import file_path
from .terminal import put_json, put_lines


class Checked(NamedTuple):
    """A file, how many stores it declares, and its findings."""

    file: str
    stores: int
    findings: Sequence[Finding]

    @property
    def valid(self) -> bool:
        """Whether there is no error. Warnings are none."""
        return all(finding.level != "error" for finding in self.findings)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Validate stores files, as `plan` does before its first request. It needs no account and reads no secret, so it"
        " does not report missing environment variables. Exit codes: 0 valid, also with warnings, 1 invalid, 2 wrong"
        " arguments."
    )
    parser.add_argument(
        "file", metavar="FILE", type=file_path, nargs="+", help="YAML or JSON file with `stores` and their `defaults`"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="output format (default: text)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the findings and return the exit code."""
    checked = []
    for file in options.file:
        declarations, findings = check_stores_file(file)
        checked.append(Checked(file, len(declarations), findings))
    if options.format == "json":
        put_json([_as_data(one) for one in checked])
    else:
        put_lines(line for one in checked for line in _as_text(one))
    return 0 if all(one.valid for one in checked) else 1


def _as_text(one: Checked) -> list[str]:
    """A line for each finding, or one line for a valid file."""
    lines = [f"{_place(one, finding)}{finding.text}" for finding in one.findings]
    return [*lines, f"{one.file}: valid, {counted(one.stores, 'store')}."] if one.valid else lines


def _place(one: Checked, finding: Finding) -> str:
    """The file, which is itself the field of findings about the whole file, and whether it is a warning."""
    return ("" if finding.field == one.file else f"{one.file}: ") + ("warning: " if finding.level == "warning" else "")


def _as_data(one: Checked) -> dict[str, Any]:
    findings = [
        {name: getattr(finding, name) for name in ("level", "field", "problem", "remedy")} for finding in one.findings
    ]
    return {"file": one.file, "valid": one.valid, "stores": one.stores, "findings": findings}
