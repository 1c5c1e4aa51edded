# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store import terraform FILE`: the stores in Terraform files as a stores file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from ..core.data_file import MAX_BYTES
from ..core.errors import InvalidSettings, require_no_errors
from ..core.findings import Finding
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration
from ..core.text_file import decode_text, read_text_file
from ..exports.stores_file import dump_fleet, to_yaml
from ..exports.terraform import RESOURCE
from .arguments import file_path
from .export import put_export
from .terminal import warn
from .terraform_reader import UNKNOWN, Resource, decoded_config, read_terraform

_STANDARD_INPUT = "-"
_SHOW = "give the output of `terraform show -json` instead"
_KEYS = ("project_key", "environment_key", "integration_key")
# Of the other attributes, the type and what the stores file calls it.
_OPTIONAL: dict[str, tuple[type, str]] = {"name": (str, "name"), "on": (bool, "enabled"), "tags": (list, "tags")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Write stores that another tool manages as a stores file. It needs no account. Exit codes: 0 success, 1 error, 2 wrong"
        " arguments, 74 the output cannot be written."
    )
    tools = parser.add_subparsers(metavar="TOOL", required=True)
    terraform = tools.add_parser("terraform", help=f"resources of the type {RESOURCE}")
    terraform.description = (
        "Read HCL, of which literals and variables with a default are evaluated, or the output of `terraform show -json`."
        " Secrets become references to environment variables."
    )
    terraform.add_argument(
        "file", metavar="FILE", type=file_path, nargs="+", help="file with HCL or JSON; - reads standard input"
    )
    terraform.add_argument("--format", choices=("yaml", "json"), default="yaml", help="output format (default: yaml)")
    terraform.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_path,
        help="write FILE as a whole or not at all (default: standard output)",
    )
    terraform.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the stores file and return the exit code."""
    resources = read_terraform({name: _read(name) for name in options.file})
    if not resources:
        remedy = "give the files that define them, or the output of `terraform show -json`"
        raise InvalidSettings.for_field(", ".join(options.file), f"has no resource of the type {RESOURCE}", remedy)
    require_no_errors([finding for resource in resources for finding in _findings(resource)])
    data, variables = dump_fleet([_integration(resource) for resource in resources])
    for resource, entry in zip(resources, data["stores"]):
        _keep_given(resource, entry)
    text = json.dumps(data, indent=2) + "\n" if options.format == "json" else to_yaml(data)
    put_export(text, variables, options.output)
    return 0


def _read(name: str) -> str:
    if name == _STANDARD_INPUT:
        return decode_text(sys.stdin.buffer.read(), "standard input")
    return read_text_file(name, name, MAX_BYTES)


def _findings(resource: Resource) -> Iterator[Finding]:
    """What keeps a resource from being an entry of a stores file."""
    given = resource.attributes
    for name in _KEYS:
        if not isinstance(given.get(name), str):
            yield _unclear(resource, name)
    for name, (kind, _option) in _OPTIONAL.items():
        value = given.get(name)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, list) and UNKNOWN in value)):
            yield _unclear(resource, name)
    store = STORE_TYPES.get(str(given.get("integration_key")))
    config = decoded_config(given.get("config"))
    if store is None:
        remedy = "leave the resource out; known are " + ", ".join(STORE_TYPES)
        yield Finding("error", f"{resource.address}.integration_key", "is not a known store type", remedy)
    elif config is not None and not isinstance(config, dict):
        yield _unclear(resource, "config")
    else:
        for key, value in (config or {}).items():
            variable = store.by_key(key)
            if variable is None:
                remedy = f"leave it out; {store.label} takes {', '.join(one.key for one in store.variables)}"
                yield Finding("error", f"{resource.address}.config.{key}", "is not a field", remedy)
            elif value is UNKNOWN and not variable.secret:
                yield _unclear(resource, f"config.{key}")


def _unclear(resource: Resource, name: str) -> Finding:
    return Finding("error", f"{resource.address}.{name}", "is missing, or only Terraform can evaluate it", _SHOW)


def _integration(resource: Resource) -> Integration:
    given = resource.attributes
    config = decoded_config(given.get("config"))
    if not config:
        warn(f"{resource.address}: no config was found. Add the options of the store.")
    return Integration(
        # LaunchDarkly's provider: project, environment, store type and ID, with slashes between them.
        id=str(given.get("id") or "").rpartition("/")[2],
        integration_key=given["integration_key"],
        project_key=given["project_key"],
        environment_key=given["environment_key"],
        name=given.get("name") or "",
        enabled=given.get("on") or False,
        tags=tuple(given.get("tags") or ()),
        version=0,
        # Only whether there is a secret is looked at.
        config={key: "set" if value is UNKNOWN else value for key, value in (config or {}).items()},
    )


def _keep_given(resource: Resource, entry: dict[str, Any]) -> None:
    """Remove what the resource does not have: what Terraform leaves as it is must not change here either."""
    for name, (_kind, option) in _OPTIONAL.items():
        if resource.attributes.get(name) is None:
            entry.pop(option, None)
    if entry.get("integration_id") == "":
        problem = "is one of several resources for the same store, and has no import block with its ID"
        raise InvalidSettings.for_field(resource.address, problem, _SHOW)
