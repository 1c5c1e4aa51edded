# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store inspect`: what a store holds, and what an SDK answers for one context. It only reads."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from ..core.flow.lookup import Target
from ..core.model.form_variables import STORE_TYPES
from ..inspect.answer import ContextAnswer
from ..inspect.contents import DEFAULT_LIMIT, DEFAULT_TIMEOUT, StoreContents
from ..inspect.dynamodb import inspect_dynamodb
from ..inspect.find_context import find_context
from ..inspect.location import READ_OPTIONS, locate
from ..inspect.redis import inspect_redis
from ..inspect.report import answer_text, contents_text
from .arguments import file_path, number, resource_key, seconds
from .connection import add_connection_arguments, connect
from .fields import fields_as_options
from .redis_password import PASSWORD_VARIABLE, redis_password
from .terminal import put_json, put_lines

# Options with another name than the field.
_FIELDS = {
    "project_key": "project",
    "environment_key": "environment",
    "prefix": "client-side-id",
    "ca_path": "redis-ca-file",
    "timeout": "store-timeout",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Read what a store holds: the last sync, segments and their sizes, or what an SDK answers for one context. Nothing is"
        " written. Exit codes: 0 success, 1 the store could not be read, 2 wrong arguments."
    )
    stores = parser.add_subparsers(metavar="STORE", required=True)
    for key, store in STORE_TYPES.items():
        options = stores.add_parser(key, help=f"read a {store.label} store")
        _add_store(options, key)
        _add_question(options)
        launchdarkly = options.add_argument_group(
            "lookup in LaunchDarkly",
            "Takes the store's options from the integration, and the client-side ID from the environment. Options that are given"
            " override those of the integration.",
        )
        launchdarkly.add_argument("--project", metavar="KEY", type=resource_key, help="project key")
        launchdarkly.add_argument("--environment", metavar="KEY", type=resource_key, help="environment key")
        launchdarkly.add_argument(
            "--integration-id", metavar="ID", help="needed if the environment has several of the type"
        )
        add_connection_arguments(options)
        options.set_defaults(run=lambda given, parser=options: run(parser, given), integration_key=key)


def _add_store(parser: argparse.ArgumentParser, integration_key: str) -> None:
    for variable in STORE_TYPES[integration_key].variables:
        if variable.option not in READ_OPTIONS[integration_key]:
            continue
        flag = "--" + variable.option.replace("_", "-")
        if variable.kind == "boolean":
            parser.add_argument(flag, action="store_true", default=None, help="connect with TLS")
        else:
            parser.add_argument(flag, metavar=variable.placeholder or None, help=variable.help)
    if integration_key == "redis":
        parser.add_argument(
            "--password-file",
            metavar="FILE",
            type=file_path,
            help=f"file with the password of the user (default: the environment variable {PASSWORD_VARIABLE})",
        )
        parser.add_argument(
            "--redis-ca-file",
            metavar="FILE",
            type=file_path,
            help="PEM file of authorities to trust for TLS with Redis",
        )
    else:
        parser.add_argument("--aws-endpoint", metavar="URL", help="URL to use instead of AWS's own, for tests")
    parser.add_argument(
        "--client-side-id", metavar="ID", help="the environment's client-side ID: the prefix in the store"
    )


def _add_question(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--context-key", metavar="KEY", help="look this context up")
    parser.add_argument("--segment", metavar="KEY", help="answer for this segment only")
    parser.add_argument(
        "--generation",
        metavar="N",
        type=number,
        help="the segment's current generation (default: the newest one stored for the context)",
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=number,
        default=DEFAULT_LIMIT,
        help="keys or items to read at most (default: %(default)s)",
    )
    parser.add_argument(
        "--store-timeout",
        metavar="SECONDS",
        type=seconds,
        default=DEFAULT_TIMEOUT,
        help="timeout of one wait for the store (default: %(default)g)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Print the contents or the answer."""
    if bool(options.project) != bool(options.environment):
        parser.error("--project and --environment go together")
    if not options.project and not options.client_side_id:
        parser.error("give --client-side-id, or --project and --environment to look it up")
    if options.context_key is None and (options.segment is not None or options.generation is not None):
        parser.error("--segment and --generation need --context-key")
    with fields_as_options(_FIELDS):
        found, text = _read(options)
    if options.format == "json":
        put_json(found.as_dict())
    else:
        put_lines(text.splitlines())
    return 0


def _read(options: argparse.Namespace) -> tuple[StoreContents | ContextAnswer, str]:
    """The contents or the answer, and the same as text."""
    config, prefix = _locate(options)
    if options.integration_key == "redis":
        config["password"] = redis_password(options.password_file)
        where: dict[str, Any] = {"ca_path": options.redis_ca_file}
    else:
        where = {"endpoint_url": options.aws_endpoint}
    where.update(prefix=prefix, timeout=options.store_timeout)
    return _contents(options, config, where) if options.context_key is None else _answer(options, config, where)


def _contents(
    options: argparse.Namespace, config: Mapping[str, Any], where: Mapping[str, Any]
) -> tuple[StoreContents, str]:
    inspect = inspect_redis if options.integration_key == "redis" else inspect_dynamodb
    progress = _Progress()
    try:
        contents = inspect(config, limit=options.limit, on_progress=progress.show, **where)
    finally:
        progress.end()
    return contents, contents_text(contents)


def _answer(
    options: argparse.Namespace, config: Mapping[str, Any], where: Mapping[str, Any]
) -> tuple[ContextAnswer, str]:
    question = {"segment": options.segment, "generation": options.generation}
    answer = find_context(options.integration_key, config, options.context_key, **question, **where)
    return answer, answer_text(answer)


def _locate(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """The store's options and the prefix, from the command line and from LaunchDarkly. Raises InvalidSettings."""
    names = READ_OPTIONS[options.integration_key]
    given = {name: value for name in names if (value := getattr(options, name)) is not None}
    if not options.project:
        return given, options.client_side_id
    target = Target(options.project, options.environment, options.integration_key, options.integration_id)
    with connect(options) as client:
        found = locate(client, target, options.client_side_id)
    return {**found.config, **given}, found.prefix


class _Progress:
    """A line on a terminal's standard error that grows while keys are read."""

    def __init__(self) -> None:
        self._shown = False

    def show(self, number: int) -> None:
        """Show the number of keys or items read so far."""
        if sys.stderr.isatty():
            self._shown = True
            print(f"\r{number:,} read", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Remove the line."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
