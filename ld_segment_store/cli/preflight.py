# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store preflight`: check a store before connecting LaunchDarkly to it. It changes nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..core.errors import InvalidSettings
from ..core.flow.client_side_id import find_client_side_id
from ..core.model.form_variables import STORE_TYPES, FormVariable
from ..preflight.checks import Check, Outcome, render, summary, worst
from ..preflight.redis.store import Login
from .arguments import file_path, resource_key, seconds
from .connection import add_connection_arguments, connect
from .redis_password import PASSWORD_VARIABLE, redis_password

ADMIN_PASSWORD_VARIABLE = "REDIS_ADMIN_PASSWORD"
_WRONG_ARGUMENTS = 2

# The outcomes that make the command exit with 1, by --fail-on.
_FAILING = {
    "failure": {Outcome.FAILURE},
    "warning": {Outcome.FAILURE, Outcome.WARNING},
    "skipped": {Outcome.FAILURE, Outcome.WARNING, Outcome.SKIPPED},
}
# The option of a field, where it is not the name of the field within its store.
_OPTIONS = {
    "prefix": "client_side_id",
    "ca_path": "redis_ca_file",
    "client_side_id": "client_side_id",
    "project_key": "project",
    "environment_key": "environment",
    "aws_endpoint": "aws_endpoint",
}
# What checks say about an option, as it is on the command line.
_PHRASES = {
    "tls_enabled is true": "--tls-enabled is given",
    "tls_enabled is false": "--tls-enabled is not given",
    "set tls_enabled to true": "give --tls-enabled",
    "set tls_enabled to false": "leave --tls-enabled out",
}
_METRIC = "launchdarkly_big_segment_store_preflight"
_MEASURED = {
    "certificate_days": "Days until the certificate of Redis expires.",
    "memory_ratio": "Used share of the memory limit of Redis, from 0 to 1.",
    "round_trip_seconds": "Seconds from a request to Redis to its response.",
    "sync_age_seconds": "Seconds since the store was last synced.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    parser.description = (
        "Check a store from this machine and change nothing in it. LaunchDarkly's network path to the store may differ. Exit"
        " codes: 0 ready, 1 a check failed or nothing was checked, 2 wrong arguments."
    )
    stores = parser.add_subparsers(metavar="STORE", required=True)
    for key, store in STORE_TYPES.items():
        options = stores.add_parser(key, help=f"check a {store.label} store")
        for variable in store.variables:
            _add_variable(options, variable)
        options.add_argument(
            "--client-side-id", metavar="ID", help="the environment's client-side ID, which is the prefix in the store"
        )
        options.add_argument(
            "--store-timeout",
            metavar="SECONDS",
            type=seconds,
            default=3.0,
            help="timeout of one wait for the store; a check may wait several times (default: %(default)g)",
        )
        options.add_argument(
            "--fail-on",
            choices=tuple(_FAILING),
            default="failure",
            help="mildest outcome to exit 1 for (default: failure)",
        )
        options.add_argument(
            "--format", choices=("text", "json", "prometheus"), default="text", help="output format (default: text)"
        )
        if key == "redis":
            _add_redis_arguments(options)
        else:
            options.add_argument("--aws-endpoint", metavar="URL", help="endpoint of all AWS services, for tests")
        launchdarkly = options.add_argument_group(
            "lookup in LaunchDarkly",
            "Takes the client-side ID from the environment, or compares the one that is given.",
        )
        launchdarkly.add_argument("--project", metavar="KEY", type=resource_key, help="project key")
        launchdarkly.add_argument("--environment", metavar="KEY", type=resource_key, help="environment key")
        add_connection_arguments(options)
        options.set_defaults(run=lambda given, parser=options: run(parser, given), integration_key=key)


def _add_redis_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--redis-ca-file",
        metavar="FILE",
        type=file_path,
        help="PEM file of CA certificates to trust besides the well-known ones",
    )
    parser.add_argument(
        "--as",
        dest="role",
        choices=("writer", "reader"),
        default="writer",
        help="check the user that LaunchDarkly writes with, or an application's user (default: writer)",
    )
    parser.add_argument(
        "--admin-username",
        metavar="NAME",
        help="Redis user that may run INFO and CONFIG GET, to check memory, eviction and persistence",
    )
    parser.add_argument(
        "--admin-password-file",
        metavar="FILE",
        type=file_path,
        help=f"file with that user's password (default: the environment variable {ADMIN_PASSWORD_VARIABLE})",
    )


def run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Print the checks and return the exit code."""
    if bool(options.project) != bool(options.environment):
        parser.error("--project and --environment go together")
    try:
        checks = [_with_options(check) for check in _preflight(options)]
    except InvalidSettings as error:
        for finding in error.findings:
            sys.stderr.write(f"ld-segment-store: {finding._replace(field=_as_typed(finding.field)).text}\n")
        return _WRONG_ARGUMENTS
    print(_RENDERERS[options.format](checks))
    return int(worst(checks) is Outcome.SKIPPED or any(check.outcome in _FAILING[options.fail_on] for check in checks))


def _as_typed(field: str) -> str:
    """The option of a field: `redis.host` is `--host`. A field that is no option of a store stays as it is."""
    name = _OPTIONS.get(field, field.partition(".")[2])
    return f"--{name.replace('_', '-')}" if name else field


def _with_options(check: Check) -> Check:
    """The check with phrases about options as the user typed them."""
    seen, remedy = check.seen, check.remedy
    for phrase, typed in _PHRASES.items():
        seen, remedy = seen.replace(phrase, typed), remedy.replace(phrase, typed)
    return replace(check, seen=seen, remedy=remedy)


def _preflight(options: argparse.Namespace) -> list[Check]:
    given = vars(options)
    variables = STORE_TYPES[options.integration_key].variables
    config: dict[str, Any] = {variable.option: given[variable.option] for variable in variables if not variable.secret}
    common = {"prefix": _client_side_id(options), "timeout": options.store_timeout}
    if options.integration_key == "dynamodb":
        from ..preflight.dynamodb.store import preflight_dynamodb

        prompt = sys.stdin is not None and sys.stdin.isatty()
        return preflight_dynamodb(config, endpoint_url=options.aws_endpoint, prompt=prompt, **common)
    from ..preflight.redis.store import preflight_redis

    config["password"] = redis_password(options.password_file)
    reader = options.role == "reader"
    return preflight_redis(config, ca_path=options.redis_ca_file, reader=reader, admin=_admin(options), **common)


def _client_side_id(options: argparse.Namespace) -> str | None:
    """The one that is given, or that of the environment. Raises InvalidSettings and ApiError."""
    given: str | None = options.client_side_id
    if not options.project:
        return given
    with connect(options) as client:
        return find_client_side_id(client, options.project, options.environment, given)


def _add_variable(parser: argparse.ArgumentParser, variable: FormVariable) -> None:
    flag = f"--{variable.option.replace('_', '-')}"
    default = f" (default: {variable.default})" if isinstance(variable.default, str) and variable.default else ""
    if variable.secret:
        parser.add_argument(
            f"{flag}-file",
            metavar="FILE",
            type=file_path,
            help=f"{variable.help} A file, or else the environment variable {PASSWORD_VARIABLE}.",
        )
    elif variable.kind == "boolean":
        parser.add_argument(flag, action="store_true", help=variable.help)
    else:
        parser.add_argument(flag, metavar=variable.option.upper(), help=f"{variable.help}{default}")


def _admin(options: argparse.Namespace) -> Login | None:
    password = redis_password(
        options.admin_password_file, option="--admin-password-file", variable=ADMIN_PASSWORD_VARIABLE
    )
    if password is None and options.admin_username:
        raise InvalidSettings.for_field(
            "--admin-username", "has no password", f"Set {ADMIN_PASSWORD_VARIABLE} or give --admin-password-file"
        )
    return Login(options.admin_username or "", password) if password else None


def _as_text(checks: Sequence[Check]) -> str:
    return f"{render(checks)}\n{summary(checks)}"


def _as_json(checks: Sequence[Check]) -> str:
    document = {
        "outcome": worst(checks).value,
        "summary": summary(checks),
        "checks": [check.as_dict() for check in checks],
    }
    return json.dumps(document, indent=2)


def _as_prometheus(checks: Sequence[Check]) -> str:
    """Metrics in Prometheus's text format, for a textfile collector."""
    lines = [
        f"# HELP {_METRIC}_outcome Whether the check ended with this outcome.",
        f"# TYPE {_METRIC}_outcome gauge",
    ]
    for check in checks:
        for outcome in Outcome:
            labels = f'check="{check.name}",outcome="{outcome.value}"'
            lines.append(f"{_METRIC}_outcome{{{labels}}} {int(check.outcome is outcome)}")
    for name, about in _MEASURED.items():
        values = [check.measured[name] for check in checks if name in check.measured]
        if values:
            lines += [f"# HELP {_METRIC}_{name} {about}", f"# TYPE {_METRIC}_{name} gauge"]
            lines += [f"{_METRIC}_{name} {value:.15g}" for value in values]
    return "\n".join(lines)


_RENDERERS = {"text": _as_text, "json": _as_json, "prometheus": _as_prometheus}
