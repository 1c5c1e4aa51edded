# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What `plan` and `apply` share: reconcile the stores that a file declares, or show what that would change."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from ..core.api.rate_limit import DEFAULT_CONCURRENCY, DEFAULT_SHARE
from ..core.errors import InvalidSettings, PurgeRefused
from ..core.fleet.declaration import Declaration
from ..core.fleet.purge import DEFAULT_PURGE_MAXIMUM, Purge
from ..core.fleet.report import as_dict, changes, summary, table, warnings
from ..core.fleet.result import Interrupted, StoreResult
from ..core.fleet.run import reconcile_many
from ..core.fleet.stores_file import read_stores_file, read_stores_text
from ..core.fleet.waiting import Waiting
from .arguments import amount, concurrency, file_path, part
from .connection import add_connection_arguments, connect
from .markdown import as_markdown
from .progress import Progress
from .terminal import paint, put_json, put_lines

_PURGE_OPTIONS = {
    "purge.projects": "--purge-project",
    "purge.tags": "--purge-tag",
    "purge.maximum": "--purge-maximum",
}
_STANDARD_INPUT = "-"


def add_fleet_arguments(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """Add the options of both."""
    add_connection_arguments(parser)
    parser.add_argument(
        "file",
        metavar="FILE",
        type=file_path,
        help="YAML or JSON file with `stores` and their `defaults`; - reads standard input",
    )
    parser.add_argument("--format", choices=formats, default="text", help="output format (default: text)")
    purge = parser.add_argument_group(
        "removal of undeclared integrations",
        "Off unless --purge-project or --purge-tag is given. With both, an integration must match both.",
    )
    purge.add_argument("--purge-project", metavar="KEY", action="append", help="remove in this project; repeatable")
    purge.add_argument("--purge-tag", metavar="TAG", action="append", help="remove those with this tag; repeatable")
    purge.add_argument(
        "--purge-maximum",
        metavar="N",
        type=amount,
        help=f"abort without changes if more would be removed (default: {DEFAULT_PURGE_MAXIMUM})",
    )
    purge.add_argument(
        "--purge-report-only", action="store_true", help="list undeclared integrations instead of removing them"
    )
    add_budget_arguments(parser)


def add_budget_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the limits of concurrent work."""
    parser.add_argument(
        "--concurrency",
        metavar="N",
        type=concurrency,
        default=DEFAULT_CONCURRENCY,
        help="maximum concurrent requests (default: %(default)s)",
    )
    parser.add_argument(
        "--share",
        metavar="PART",
        type=part,
        default=DEFAULT_SHARE,
        help="part of the account's rate limit to use (default: %(default)s)",
    )


def run_fleet(options: argparse.Namespace, *, check: bool) -> int:
    """Reconcile, print the results, and return the exit code."""
    purge = _purge(options)
    declarations = _declarations(options.file)
    progress = Progress(sys.stderr, len(declarations), "to change" if check else "changed")
    timeout = None if check else options.wait
    interrupted = None
    results: Sequence[StoreResult]
    try:
        with connect(options, progress.report_wait) as client:
            results = reconcile_many(
                client,
                declarations,
                concurrency=options.concurrency,
                share=options.share,
                check=check,
                fail_fast=not check and options.fail_fast,
                purge=purge,
                wait=Waiting(timeout, on_look=progress.report_unavailable) if timeout else None,
                on_result=progress.count,
                on_warning=lambda text: progress.warn(_as_options(text)),
                on_interrupt=progress.report_interrupt,
            )
    except Interrupted as interrupt:
        results, interrupted = interrupt.results, interrupt
    except PurgeRefused as error:
        raise PurgeRefused(_as_options(error.message), error.details) from None
    progress.end()
    _put(results, options.format, check=check)
    for warning in warnings(results):
        progress.warn(warning)
    if interrupted:
        raise interrupted
    if any(result.error for result in results):
        return 1
    return 2 if check and options.detailed_exitcode and any(result.changed for result in results) else 0


def _declarations(file: str) -> list[Declaration]:
    if file != _STANDARD_INPUT:
        return read_stores_file(file, os.environ)
    if sys.stdin is None:
        raise InvalidSettings.for_field("standard input", "is closed", "pipe a stores file into the command")
    return read_stores_text(sys.stdin.buffer.read(), "standard input", os.environ)


def _put(results: Sequence[StoreResult], form: str, *, check: bool) -> None:
    if form == "json":
        put_json([_plain(result) for result in results])
    elif form == "markdown":
        put_lines(as_markdown(results))
    else:
        for result in results:
            for line in paint(result.action, table([result], attributes=check)):
                print(line)
        put_lines([summary(results, check=check)])


def _purge(options: argparse.Namespace) -> Purge | None:
    projects, tags, maximum = options.purge_project, options.purge_tag, options.purge_maximum
    report_only = options.purge_report_only
    if projects is None and tags is None:
        if maximum is None and not report_only:
            return None
        option = "--purge-report-only" if report_only else "--purge-maximum"
        raise InvalidSettings.for_field(option, "has no scope", "give --purge-project, --purge-tag or both")
    for option, given in (("--purge-project", projects), ("--purge-tag", tags)):
        if "" in (given or ()):
            raise InvalidSettings.for_field(option, "is empty", "give a key or tag, or leave the option out")
    return Purge(projects, tags, DEFAULT_PURGE_MAXIMUM if maximum is None else maximum, report_only)


def _as_options(text: str) -> str:
    """A message of the purge with options as the user typed them."""
    for name, option in _PURGE_OPTIONS.items():
        text = text.replace(name, option)
    return text


def _plain(result: StoreResult) -> dict[str, Any]:
    error = result.error
    return {
        **as_dict(result),
        "changes": [change.as_dict() for change in changes(result)],
        "failure": {"code": error.failure, "message": error.message} if error else None,
    }
