# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How the subcommands connect to LaunchDarkly: options, environment variables, and a file for the access token."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from ..core.api.client import DEFAULT_API_HOST, DEFAULT_TIMEOUT, Client
from ..core.api.http_transport import OnResponse
from ..core.api.retry import RetryPolicy, Wait
from ..core.errors import InvalidSettings
from ..core.fleet.report import counted
from ..core.secret import Secret
from ..core.text_file import read_secret_file
from .arguments import file_path, seconds
from .terminal import say

TOKEN_VARIABLE = "LAUNCHDARKLY_ACCESS_TOKEN"
TOKEN_FILE_VARIABLE = "LAUNCHDARKLY_ACCESS_TOKEN_FILE"
HOST_VARIABLE = "LAUNCHDARKLY_API_HOST"


def add_connection_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the connection. The token is no option: other users could see it in the list of processes."""
    parser.add_argument(
        "--access-token-file",
        metavar="FILE",
        type=file_path,
        help=f"file with the access token (default: the environment variable {TOKEN_VARIABLE},"
        f" or the file that {TOKEN_FILE_VARIABLE} names)",
    )
    parser.add_argument(
        "--api-host",
        metavar="URL",
        help=f"LaunchDarkly instance (default: the environment variable {HOST_VARIABLE}, or {DEFAULT_API_HOST})",
    )
    parser.add_argument(
        "--ca-path", metavar="FILE", type=file_path, help="PEM file with CA certificates to verify --api-host with"
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=DEFAULT_TIMEOUT,
        help="timeout of one request (default: %(default)g)",
    )


def connect(
    options: argparse.Namespace,
    on_wait: Callable[[Wait], None] | None = None,
    on_response: OnResponse = None,
    retry: RetryPolicy | None = None,
) -> Client:
    """The client that the options ask for. `on_wait` is called before each wait; by default the wait is printed.

    Raises InvalidSettings, whose findings name options and environment variables.
    """
    token, source = _access_token(options.access_token_file)
    host = options.api_host
    if host is None:
        host = os.environ.get(HOST_VARIABLE) or DEFAULT_API_HOST
    try:
        return Client(
            token,
            host,
            timeout=options.timeout,
            verify=True if options.ca_path is None else options.ca_path,
            retry=retry,
            on_wait=on_wait or report_wait,
            on_response=on_response,
        )
    except InvalidSettings as error:
        names = {
            "access_token": source,
            "api_host": HOST_VARIABLE if options.api_host is None else "--api-host",
            "ca_path": "--ca-path",
        }
        raise renamed(error, names) from None


def renamed(error: InvalidSettings, names: dict[str, str]) -> InvalidSettings:
    """The same error with fields as the user typed them."""
    return InvalidSettings(
        [finding._replace(field=names.get(finding.field, finding.field)) for finding in error.findings]
    )


def report_wait(wait: Wait) -> None:
    """Print why the command waits."""
    say(wait.text)


def interrupt_text(number: int) -> str:
    """A sentence about so many requests."""
    return f"Waiting for {counted(number, 'in-flight request')}. Interrupt again to exit without waiting."


def _access_token(path: str | None) -> tuple[Secret, str]:
    """The access token, and the option or variable that it comes from."""
    if path is not None:
        return read_secret_file("--access-token-file", path), "--access-token-file"
    if os.environ.get(TOKEN_VARIABLE):
        return Secret(os.environ[TOKEN_VARIABLE]), TOKEN_VARIABLE
    if os.environ.get(TOKEN_FILE_VARIABLE):
        return read_secret_file(TOKEN_FILE_VARIABLE, os.environ[TOKEN_FILE_VARIABLE]), TOKEN_FILE_VARIABLE
    raise InvalidSettings.for_field(
        "access token",
        "is missing",
        f"set {TOKEN_VARIABLE} or {TOKEN_FILE_VARIABLE} in the environment, or give --access-token-file",
    )
