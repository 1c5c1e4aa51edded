# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store status`: report store health to people, cron, Nagios and Prometheus. It only reads."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

from ..core.errors import SegmentStoreError
from ..core.fleet.report import counted
from ..core.flow.health import DEFAULT_MAX_AGE, Health, Severity, health, with_status
from ..core.flow.lookup import matching
from ..core.model.form_variables import STORE_TYPES
from ..core.printable import printable
from ..exporter.metrics import PREFIX, STORE_LABELS, STORE_METRICS, store_samples
from .arguments import resource_key, seconds
from .connection import add_connection_arguments, connect
from .terminal import describe, put_json, put_lines, say

# From good to bad: one integration that could not be read must not hide a store that is not available.
_ORDER = (Severity.OK, Severity.WARNING, Severity.UNKNOWN, Severity.CRITICAL)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Report store health. Exit codes: 0 OK, 1 a store may be stale or was not synchronized for longer than --max-age,"
        " 2 a store is not available, 3 unknown: an error, wrong arguments, an integration that cannot be read, or no"
        " integration matches. Integrations that are switched off are listed and do not count."
    )
    add_connection_arguments(parser)
    parser.add_argument("--project", metavar="KEY", type=resource_key, help="report only this project")
    parser.add_argument("--environment", metavar="KEY", type=resource_key, help="report only this environment")
    parser.add_argument("--store", choices=sorted(STORE_TYPES), help="report only this store type")
    parser.add_argument(
        "--max-age",
        metavar="SECONDS",
        type=seconds,
        default=DEFAULT_MAX_AGE,
        help="warn if the last synchronization is older (default: %(default)g, the threshold of the Relay Proxy)",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "prometheus"), default="text", help="output format (default: text)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the status and return the exit code."""
    try:
        with connect(options) as client:
            listed = matching(client.list_integrations(), options.project, options.environment, options.store)
            integrations = [*with_status(client, listed)]
    except SegmentStoreError as error:
        # Monitoring shows the first line of standard output.
        text = f"UNKNOWN - {describe(error)}"
        if options.format == "text":
            put_lines([text])
        else:
            say(text)
        return Severity.UNKNOWN
    now = time.time()
    found = [health(integration, now, options.max_age) for integration in integrations]
    if options.format == "json":
        put_json(as_data(found))
    else:
        put_lines(as_text(found) if options.format == "text" else as_prometheus(found))
    return exit_code(found)


def exit_code(found: Sequence[Health]) -> int:
    """The exit code for all: the worst, UNKNOWN where there is none at all."""
    return max((one.severity for one in found), key=_ORDER.index, default=Severity.UNKNOWN)


def as_text(found: Sequence[Health]) -> list[str]:
    """A summary line, then a line for each integration."""
    if not found:
        return ["UNKNOWN - no integration matches."]
    bad = sum(one.severity != Severity.OK for one in found)
    off = sum(not one.integration.enabled and not one.integration.problem for one in found)
    counts = f"{counted(len(found), 'integration')}, {bad} with a problem, {off} off"
    return [
        f"{Severity(exit_code(found)).name} - {counts}.",
        *(f"{severity.name:<8} {one.key} ({one.id}): {text}" for one, severity, text, _age in found),
    ]


def as_data(found: Sequence[Health]) -> list[dict[str, Any]]:
    """A list of what the collection's info module returns, with `severity` and `message` as words."""
    return [
        {**one.redacted(), "severity": severity.name, "message": printable(text)} for one, severity, text, _age in found
    ]


def as_prometheus(found: Sequence[Health]) -> list[str]:
    """Metrics in Prometheus' text format, for a textfile collector."""
    lines = []
    for metric in STORE_METRICS:
        name = PREFIX + metric.name
        lines += [f"# HELP {name} {metric.help}", f"# TYPE {name} gauge"]
        for values, value in store_samples(metric, found).items():
            labels = ",".join(f'{label}="{_escaped(text)}"' for label, text in zip(STORE_LABELS, values))
            lines.append(f"{name}{{{labels}}} {value:.15g}")
    return lines


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
