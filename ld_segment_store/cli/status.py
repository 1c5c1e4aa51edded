# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store status`: report store health to people, cron, Nagios and Prometheus. It only reads."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..core.api.client import Client
from ..core.errors import NotFound, SegmentStoreError
from ..core.fleet.report import counted
from ..core.flow.lookup import matching
from ..core.flow.wait import status_text
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration
from ..core.printable import printable
from .arguments import resource_key, seconds
from .connection import add_connection_arguments, connect
from .terminal import describe, put_json, put_lines, say

# Exit codes of monitoring plugins.
OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
# From good to bad: one integration that could not be read must not hide a store that is not available.
_ORDER = (OK, WARNING, UNKNOWN, CRITICAL)
# The Relay Proxy calls a store stale after 5 minutes without a synchronization, SDKs after 2.
_MAX_AGE = 300
_METRICS = (
    ("severity", "0 OK, 1 a warning, 2 critical, 3 unknown, as the exit codes of `ld-segment-store status`."),
    ("enabled", "Whether the integration is switched on."),
    ("available", "Whether LaunchDarkly reports that the store is fully synchronized."),
    ("potentially_stale", "Whether LaunchDarkly reports that the store may be stale."),
    ("last_sync_timestamp_seconds", "When the last synchronization succeeded."),
    ("last_error_timestamp_seconds", "When the last synchronization failed."),
)


class Health(NamedTuple):
    """An integration with its severity (one of the exit codes) and a sentence about it."""

    integration: Integration
    severity: int
    text: str


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
        default=_MAX_AGE,
        help="warn if the last synchronization is older (default: %(default)s, the threshold of the Relay Proxy)",
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
            integrations = [*_with_status(client, listed)]
    except SegmentStoreError as error:
        # Monitoring shows the first line of standard output.
        text = f"UNKNOWN - {describe(error)}"
        if options.format == "text":
            put_lines([text])
        else:
            say(text)
        return UNKNOWN
    now = time.time()
    found = [health(integration, now, options.max_age) for integration in integrations]
    if options.format == "json":
        put_json(as_data(found))
    else:
        put_lines(as_text(found) if options.format == "text" else as_prometheus(found))
    return exit_code(found)


def health(integration: Integration, now: float, max_age: float) -> Health:
    """The health of one integration. `now` is in seconds since the epoch."""
    status = integration.status
    if integration.problem:
        return Health(integration, UNKNOWN, integration.problem)
    if not integration.enabled:
        return Health(integration, OK, "The integration is switched off.")
    text = status_text(status, now)
    if not status.available:
        return Health(integration, CRITICAL, text)
    if status.potentially_stale:
        return Health(integration, WARNING, f"{text} LaunchDarkly reports that it may be stale.")
    if status.last_sync is not None and round(now * 1000) - status.last_sync > max_age * 1000:
        return Health(integration, WARNING, f"{text} That is longer ago than {max_age:g} s (--max-age).")
    return Health(integration, OK, text)


def exit_code(found: Sequence[Health]) -> int:
    """The exit code for all: the worst, UNKNOWN where there is none at all."""
    return max((one.severity for one in found), key=_ORDER.index, default=UNKNOWN)


def as_text(found: Sequence[Health]) -> list[str]:
    """A summary line, then a line for each integration."""
    if not found:
        return ["UNKNOWN - no integration matches."]
    bad = sum(one.severity != OK for one in found)
    off = sum(not one.integration.enabled and not one.integration.problem for one in found)
    counts = f"{counted(len(found), 'integration')}, {bad} with a problem, {off} off"
    return [
        f"{_WORDS[exit_code(found)]} - {counts}.",
        *(f"{_WORDS[severity]:<8} {one.key} ({one.id}): {text}" for one, severity, text in found),
    ]


def as_data(found: Sequence[Health]) -> list[dict[str, Any]]:
    """A list of what the collection's info module returns, with `severity` and `message` as words."""
    return [
        {**one.redacted(), "severity": _WORDS[severity], "message": printable(text)} for one, severity, text in found
    ]


def as_prometheus(found: Sequence[Health]) -> list[str]:
    """Metrics in Prometheus' text format, for a textfile collector."""
    lines = []
    for metric, about in _METRICS:
        name = f"launchdarkly_big_segment_store_{metric}"
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        for one in found:
            value = _metric(one, metric)
            if value is not None:
                lines.append(f"{name}{{{_labels(one.integration)}}} {value}")
    return lines


def _with_status(client: Client, listed: Iterable[Integration]) -> Iterable[Integration]:
    """Each with its status. Whether the list has it is not documented; where it is missing, the integration is read."""
    for integration in listed:
        if integration.problem or integration.status.available is not None:
            yield integration
            continue
        try:
            yield client.get_integration(integration.key, integration.id)
        except NotFound:
            continue  # removed since it was listed


def _metric(one: Health, metric: str) -> str | None:
    if metric == "severity":
        return str(one.severity)
    if metric == "enabled":
        return str(int(one.integration.enabled))
    value = getattr(one.integration.status, metric.replace("_timestamp_seconds", ""))
    if value is None:
        return None
    return f"{value / 1000:.15g}" if metric.endswith("_seconds") else str(int(value))


def _labels(integration: Integration) -> str:
    labels = {
        "project": integration.project_key,
        "environment": integration.environment_key,
        "store": integration.integration_key,
        "integration_id": integration.id,
    }
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    return printable(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
