# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What `plan` and `apply` share: bring the stores that a file declares about, or say what that would do."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any, TextIO

from ..core.budget import DEFAULT_CONCURRENCY, DEFAULT_SHARE
from ..core.fleet import DEFAULT_PURGE_MAXIMUM, Purge, StoreResult, reconcile_many
from ..core.report import as_dict, summary, table, warnings
from ..core.retry import Wait
from ..core.stores_file import read_stores_file
from .connection import add_connection_arguments, connector

_BAR = 30


def add_fleet_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of both."""
    add_connection_arguments(parser)
    parser.add_argument("file", metavar="FILE", help="YAML or JSON with `stores`, and `defaults` for all of them")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    purge = parser.add_argument_group("removing what is not declared (off by default)")
    purge.add_argument(
        "--purge-project", metavar="KEY", action="append", default=[], help="only of this project; repeatable"
    )
    purge.add_argument("--purge-tag", metavar="TAG", action="append", default=[], help="only with this tag; repeatable")
    purge.add_argument(
        "--purge-maximum",
        metavar="N",
        type=int,
        default=DEFAULT_PURGE_MAXIMUM,
        help="stop where there are more (default: %(default)s)",
    )
    add_budget_arguments(parser)


def add_budget_arguments(parser: argparse.ArgumentParser) -> None:
    """How much may happen at once."""
    parser.add_argument(
        "--concurrency",
        metavar="N",
        type=int,
        default=DEFAULT_CONCURRENCY,
        help="requests at once, at the most (default: %(default)s)",
    )
    parser.add_argument(
        "--share",
        metavar="PART",
        type=float,
        default=DEFAULT_SHARE,
        help="part of the account's rate limit to use (default: %(default)s)",
    )


def run_fleet(options: argparse.Namespace, *, check: bool) -> int:
    """Do it, print what came of it, and return the exit code: 0, or 1 where a store failed."""
    declarations = read_stores_file(options.file, os.environ)
    purge = None
    if options.purge_project or options.purge_tag:
        purge = Purge(tuple(options.purge_project), tuple(options.purge_tag), options.purge_maximum)
    progress = Progress(sys.stderr, len(declarations))
    results = reconcile_many(
        connector(options, progress.tell),
        declarations,
        concurrency=options.concurrency,
        share=options.share,
        check=check,
        fail_fast=not check and options.fail_fast,
        purge=purge,
        on_result=progress.count,
        on_wait=progress.tell,
    )
    progress.end()
    if options.format == "json":
        print(json.dumps([_plain(result) for result in results], indent=2))
    else:
        print("\n".join([*table(results), summary(results, check=check)]))
    for warning in warnings(results):
        print(f"Warning: {warning}", file=sys.stderr)
    return 1 if any(result.error for result in results) else 0


def _plain(result: StoreResult) -> dict[str, Any]:
    error = result.error
    return {**as_dict(result), "failure": {"code": error.failure, "message": error.message} if error else None}


class Progress:
    """A bar on a terminal; elsewhere a line whenever another tenth is done, so that logs stay short."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream = stream
        self._total = total
        self._done = self._changed = self._failed = 0
        self._bar = stream.isatty()

    def count(self, result: StoreResult) -> None:
        """One more is done. Those of a purge are not known at the beginning."""
        self._done += 1
        self._total = max(self._total, self._done)
        self._changed += result.changed
        self._failed += result.error is not None
        text = f"{self._done}/{self._total} stores, {self._changed} changes, {self._failed} failed"
        if self._bar:
            full = _BAR * self._done // self._total
            self._write(f"\r[{'#' * full:<{_BAR}}] {text} ")
        elif self._done * 10 // self._total > (self._done - 1) * 10 // self._total:
            self._write(text + "\n")

    def tell(self, wait: Wait) -> None:
        """Say what is waited for, on a line of its own."""
        self._write(f"\r{wait.text}\n" if self._bar else f"{wait.text}\n")

    def end(self) -> None:
        """Leave the bar's line."""
        if self._bar and self._done:
            self._write("\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
