# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store document NAME`: the documents that a store needs, such as policies, ACL lines and the SDK's configuration."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ..core.documents import DOCUMENTS, Document, firewall_list
from ..core.model.form_variables import STORE_TYPES
from ..exports.sdk import LANGUAGES, sdk_snippet
from .connection import add_connection_arguments, connect
from .fields import fields_as_options
from .terminal import say

_SDK_BASIS = "The public sources of LaunchDarkly's server SDKs for Python 9, Node 9, Go 7 and Java 7."
_FIREWALL_BASIS = (
    "LaunchDarkly's API. A guess: whether synchronization connects from these addresses is not documented."
)
_HELP = {
    "external_id": "external ID of the role's trust policy, a UUID",
    "principal": "LaunchDarkly's AWS account, twelve digits, or the ARN of a role or user in that account",
    "table_name": "name of the DynamoDB table",
    "region": "AWS region of the table",
    "account_id": "AWS account of the table, twelve digits",
    "partition": "AWS partition (default: that of the region, or else aws)",
    "username": "name of the Redis ACL user",
    "prefix": "the environment's client-side ID, the key prefix in the store",
    "host": "host name or address of Redis",
    "port": "port of Redis (default: 6379)",
}
# An option's name on the command line, where it differs.
_FLAGS = {"prefix": "client-side-id"}
_SDK_OPTIONS = {"redis": (("host",), ("port", "username")), "dynamodb": (("table_name", "region"), ())}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Print a document that a store needs. No document holds a secret. Its basis goes to standard error."
    )
    names = parser.add_subparsers(metavar="NAME", required=True)
    for name, document in DOCUMENTS.items():
        options = names.add_parser(name.replace("_", "-"), help=document.summary)
        _add_options(options, document.options, document.optional)
        options.set_defaults(run=_runner(document))
    for key, store in STORE_TYPES.items():
        options = names.add_parser(f"sdk-{key}", help=f"configuration of an SDK that reads a {store.label} store")
        options.add_argument("--language", choices=LANGUAGES, required=True)
        required, optional = _SDK_OPTIONS[key]
        _add_options(options, (*required, "prefix"), optional)
        if key == "redis":
            options.add_argument("--tls-enabled", action="store_true", help="connect with TLS")
        options.set_defaults(run=_run_sdk, integration_key=key)
    options = names.add_parser("firewall-list", help="addresses that LaunchDarkly connects from, read from its API")
    add_connection_arguments(options)
    options.set_defaults(run=_run_firewall)


def _add_options(parser: argparse.ArgumentParser, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    for option in (*required, *optional):
        flag = _FLAGS.get(option, option.replace("_", "-"))
        metavar = flag.rpartition("-")[2].upper()
        parser.add_argument(f"--{flag}", dest=option, required=option in required, metavar=metavar, help=_HELP[option])


def _runner(document: Document) -> Any:
    def run(options: argparse.Namespace) -> int:
        names = (*document.options, *document.optional)
        given = {name: value for name in names if (value := getattr(options, name)) is not None}
        with fields_as_options(_FLAGS):
            made = document.make(**given)
        return _put(made if isinstance(made, str) else json.dumps(made, indent=2), document.basis)

    return run


def _run_sdk(options: argparse.Namespace) -> int:
    config = {name: value for name, value in vars(options).items() if value is not None}
    with fields_as_options(_FLAGS):
        text = sdk_snippet(options.language, options.integration_key, config, options.prefix)
    return _put(text, _SDK_BASIS)


def _run_firewall(options: argparse.Namespace) -> int:
    with connect(options) as client:
        outbound = client.get_public_addresses().outbound
        source = f"{client.api_host}/api/v2/public-ip-list"
    return _put(firewall_list(outbound, source), _FIREWALL_BASIS)


def _put(text: str, basis: str) -> int:
    say(f"Rests on: {basis}")
    print(text.rstrip("\n"))
    return 0
