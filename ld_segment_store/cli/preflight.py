# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store preflight`: whether a store can work, before LaunchDarkly is told of it. It changes nothing."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from ..core.model.form_variables import STORE_TYPES, FormVariable
from ..core.secret import Secret
from ..core.text_file import read_secret_file
from ..preflight.checks import Check, Outcome, render, worst

PASSWORD_VARIABLE = "REDIS_PASSWORD"
_CODES = {Outcome.PASS: 0, Outcome.WARNING: 0, Outcome.SKIPPED: 0, Outcome.FAILURE: 1}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the subcommand its options and what to run."""
    parser.description = (
        "Checks a store from this machine and changes nothing in it; LaunchDarkly's own way to it may differ. Exit codes:"
        " 0 no failure, 1 a check failed, 2 wrong arguments."
    )
    stores = parser.add_subparsers(metavar="STORE", required=True)
    for key, store in STORE_TYPES.items():
        options = stores.add_parser(key, help=f"check a {store.label} store")
        for variable in store.variables:
            _add_variable(options, variable)
        options.add_argument(
            "--client-side-id", help="the environment's client-side ID, which is the prefix in the store"
        )
        options.add_argument("--check-timeout", type=float, default=3.0, help="seconds for each check (default: 3)")
        options.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
        if key == "redis":
            options.add_argument(
                "--ca-path", metavar="FILE", help="PEM file with CA certificates to trust beside others"
            )
        else:
            options.add_argument("--aws-endpoint", metavar="URL", help="stands for all of AWS, for tests")
        options.set_defaults(run=run, integration_key=key)


def run(options: argparse.Namespace) -> int:
    """Print the checks and return the exit code."""
    given = vars(options)
    variables = STORE_TYPES[options.integration_key].variables
    config = {variable.option: given[variable.option] for variable in variables if not variable.secret}
    if options.integration_key == "redis":
        config["password"] = _password(options)
        checks = _preflight_redis(config, options)
    else:
        checks = _preflight_dynamodb(config, options)
    print(json.dumps([check.as_dict() for check in checks], indent=2) if options.format == "json" else render(checks))
    return _CODES[worst(checks)]


def _preflight_redis(config: dict[str, Any], options: argparse.Namespace) -> list[Check]:
    from ..preflight.redis.store import preflight_redis

    return preflight_redis(
        config, prefix=options.client_side_id, ca_path=options.ca_path, timeout=options.check_timeout
    )


def _preflight_dynamodb(config: dict[str, Any], options: argparse.Namespace) -> list[Check]:
    from ..preflight.dynamodb.store import preflight_dynamodb

    return preflight_dynamodb(
        config, prefix=options.client_side_id, endpoint_url=options.aws_endpoint, timeout=options.check_timeout
    )


def _add_variable(parser: argparse.ArgumentParser, variable: FormVariable) -> None:
    flag = "--" + variable.option.replace("_", "-")
    if variable.secret:
        parser.add_argument(
            flag + "-file",
            metavar="FILE",
            help=f"{variable.help} From a file, or else the environment variable {PASSWORD_VARIABLE}.",
        )
    elif variable.kind == "boolean":
        parser.add_argument(flag, action="store_true", help=variable.help)
    else:
        parser.add_argument(flag, help=variable.help, metavar=variable.placeholder or None)


def _password(options: argparse.Namespace) -> Secret | None:
    if options.password_file:
        return read_secret_file("--password-file", options.password_file)
    text = os.environ.get(PASSWORD_VARIABLE)
    return Secret(text) if text is not None else None
