# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How the subcommands find LaunchDarkly: options, environment variables, and a file for the access token."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from ..core.api.client import DEFAULT_API_HOST, DEFAULT_TIMEOUT, Client
from ..core.api.retry import Wait
from ..core.errors import InvalidSettings
from ..core.fleet.report import counted
from ..core.secret import Secret
from ..core.text_file import read_secret_file

TOKEN_VARIABLE = "LAUNCHDARKLY_ACCESS_TOKEN"
HOST_VARIABLE = "LAUNCHDARKLY_API_HOST"


def add_connection_arguments(parser: argparse.ArgumentParser) -> None:
    """Options that say which LaunchDarkly. The token is no option: other users could see it in the list of processes."""
    parser.add_argument(
        "--access-token-file",
        metavar="FILE",
        help=f"file that holds the access token (default: the environment variable {TOKEN_VARIABLE})",
    )
    parser.add_argument("--api-host", metavar="URL", help=f"default: {HOST_VARIABLE}, or else {DEFAULT_API_HOST}")
    parser.add_argument("--ca-path", metavar="FILE", help="PEM file with CA certificates to verify --api-host with")
    parser.add_argument("--timeout", type=float, default=DEFAULT_TIMEOUT, help="seconds for a request (default: 30)")


def connect(options: argparse.Namespace, on_wait: Callable[[Wait], None] | None = None) -> Client:
    """The client that the options ask for. `on_wait` is called before each wait; by default the wait is printed.

    Raises InvalidSettings.
    """
    return Client(
        _access_token(options.access_token_file),
        options.api_host or os.environ.get(HOST_VARIABLE) or DEFAULT_API_HOST,
        timeout=options.timeout,
        verify=options.ca_path or True,
        on_wait=on_wait or tell,
    )


def tell(wait: Wait) -> None:
    """Print what is waited for."""
    print(wait.text, file=sys.stderr, flush=True)


def tell_under_way(number: int) -> None:
    """Print what is still waited for when a run is interrupted."""
    if number:
        print(under_way_text(number), file=sys.stderr, flush=True)


def under_way_text(number: int) -> str:
    """Such a sentence, for so many requests."""
    return f"Waiting for {counted(number, 'request')} under way. Interrupt again to leave without the answers."


def warn(text: str) -> None:
    """Print what to know."""
    print(f"Warning: {text}", file=sys.stderr, flush=True)


def _access_token(path: str | None) -> Secret:
    if path:
        return read_secret_file("--access-token-file", path)
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        remedy = f"set {TOKEN_VARIABLE} in the environment, or give --access-token-file"
        raise InvalidSettings.for_field("the access token", "is missing", remedy)
    return Secret(token)
