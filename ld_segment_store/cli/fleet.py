# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What `plan` and `apply` share: bring the stores that a file declares about, or say what that would do."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TextIO

from ..core.api.rate_limit import DEFAULT_CONCURRENCY, DEFAULT_SHARE
from ..core.api.retry import Wait
from ..core.fleet.purge import DEFAULT_PURGE_MAXIMUM, Purge
from ..core.fleet.report import as_dict, summary, table, warnings
from ..core.fleet.run import Interrupted, StoreResult, reconcile_many
from ..core.fleet.stores_file import read_stores_file
from .connection import add_connection_arguments, connect, under_way_text

_BAR = 30
# The bar with its text is no longer.
_LINE = 79


def add_fleet_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of both."""
    add_connection_arguments(parser)
    parser.add_argument("file", metavar="FILE", help="YAML or JSON with `stores`, and `defaults` for all of them")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    purge = parser.add_argument_group("removing what is not declared (off by default)")
    purge.add_argument("--purge-project", metavar="KEY", action="append", help="only of this project; repeatable")
    purge.add_argument("--purge-tag", metavar="TAG", action="append", help="only with this tag; repeatable")
    purge.add_argument(
        "--purge-maximum",
        metavar="N",
        type=int,
        help=f"stop where there are more (default: {DEFAULT_PURGE_MAXIMUM})",
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
    progress = Progress(sys.stderr, len(declarations), "to change" if check else "changed")
    interrupted = None
    results: Sequence[StoreResult]
    try:
        with connect(options, progress.tell) as client:
            results = reconcile_many(
                client,
                declarations,
                concurrency=options.concurrency,
                share=options.share,
                check=check,
                fail_fast=not check and options.fail_fast,
                purge=_purge(options),
                on_result=progress.count,
                on_warning=progress.warn,
                on_interrupt=progress.interrupt,
            )
    except Interrupted as interrupt:
        results, interrupted = interrupt.results, interrupt
    progress.end()
    if options.format == "json":
        print(json.dumps([_plain(result) for result in results], indent=2))
    else:
        print("\n".join([*table(results), summary(results, check=check)]))
    for warning in warnings(results):
        progress.warn(warning)
    if interrupted:
        raise interrupted
    return 1 if any(result.error for result in results) else 0


def _purge(options: argparse.Namespace) -> Purge | None:
    asked = {"projects": options.purge_project, "tags": options.purge_tag, "maximum": options.purge_maximum}
    given = {name: value for name, value in asked.items() if value is not None}
    return Purge(**given) if given else None


def _plain(result: StoreResult) -> dict[str, Any]:
    error = result.error
    return {**as_dict(result), "failure": {"code": error.failure, "message": error.message} if error else None}


class Progress:
    """A bar on a terminal; elsewhere a line whenever another tenth is done, so that logs stay short."""

    def __init__(self, stream: TextIO, total: int, changes: str) -> None:
        self._stream = stream
        self._total = total
        self._changes = changes
        self._done = self._changed = self._failed = 0
        self._bar = stream.isatty()

    def count(self, result: StoreResult) -> None:
        """One more is done. Those of a purge are not known at the beginning."""
        self._done += 1
        self._total = max(self._total, self._done)
        self._changed += result.changed
        self._failed += result.error is not None
        text = f"{self._done}/{self._total} stores, {self._changed} {self._changes}, {self._failed} failed"
        if self._bar:
            full = _BAR * self._done // self._total
            self._write(f"\r[{'#' * full:<{_BAR}}] {text} ")
        elif self._done * 10 // self._total > (self._done - 1) * 10 // self._total:
            self._write(text + "\n")

    def tell(self, wait: Wait) -> None:
        """Say what is waited for."""
        self._say(wait.text)

    def warn(self, text: str) -> None:
        """Say what to know."""
        self._say(f"Warning: {text}")

    def interrupt(self, under_way: int) -> None:
        """Say what is still waited for when the run is interrupted."""
        if under_way:
            self._say(under_way_text(under_way))

    def end(self) -> None:
        """Leave the bar's line."""
        if self._bar and self._done:
            self._write("\n")
            self._bar = False

    def _say(self, text: str) -> None:
        """On a line of its own, in place of the bar."""
        self._write(f"\r{text:<{_LINE}}\n" if self._bar else f"{text}\n")

    def _write(self, text: str) -> None:
        with suppress(OSError):  # that nobody reads it any more must not stop the work
            self._stream.write(text)
            self._stream.flush()
