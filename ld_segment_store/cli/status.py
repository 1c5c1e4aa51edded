# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store status`: how the stores do, for people, cron, Nagios and Prometheus. It only reads."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence

from ..core.api.client import Client
from ..core.errors import NotFound, SegmentStoreError
from ..core.fleet.report import counted
from ..core.flow.lookup import matching
from ..core.flow.wait import status_text
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration
from .connection import add_connection_arguments, connect

# Exit codes as monitoring plugins have them.
OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_METRICS = (
    ("enabled", "Whether the integration is switched on."),
    ("available", "Whether LaunchDarkly says that the store is fully synchronized."),
    ("potentially_stale", "Whether LaunchDarkly says that the store may be stale."),
    ("last_sync_timestamp_seconds", "When the last synchronization succeeded."),
    ("last_error_timestamp_seconds", "When the last synchronization failed."),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the subcommand its options and what to run."""
    parser.description = (
        "Says how the stores of an account do. Exit codes: 0 all well, 1 a store may be stale, 2 a store is not available,"
        " 3 it could not be found out, or nothing matches. Integrations that are switched off are shown and don't count."
    )
    add_connection_arguments(parser)
    parser.add_argument("--project", metavar="KEY", help="only this project key")
    parser.add_argument("--environment", metavar="KEY", help="only this environment key")
    parser.add_argument("--store", choices=sorted(STORE_TYPES), help="only this store type")
    parser.add_argument("--format", choices=("text", "json", "prometheus"), default="text", help="default: text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the status and return the exit code."""
    try:
        with connect(options) as client:
            listed = matching(client.list_integrations(), options.project, options.environment, options.store)
            integrations = [*_with_status(client, listed)]
    except SegmentStoreError as error:
        print(f"UNKNOWN - {error.message}", file=sys.stdout if options.format == "text" else sys.stderr)
        return UNKNOWN
    render = {"text": as_text, "json": as_json, "prometheus": as_prometheus}[options.format]
    print(render(integrations, time.time()))
    return exit_code(integrations)


def exit_code(integrations: Sequence[Integration]) -> int:
    """The exit code for all: the worst of those that are switched on, UNKNOWN where there is none at all."""
    return max(map(_severity, integrations), default=UNKNOWN)


def as_text(integrations: Sequence[Integration], now: float) -> str:
    """A summary line, then a line for each."""
    if not integrations:
        return "UNKNOWN - no integration matches."
    bad = sum(_severity(integration) != OK for integration in integrations)
    off = sum(not integration.enabled for integration in integrations)
    lines = [
        f"{_WORDS[exit_code(integrations)]} - {counted(len(integrations), 'integration')}, {bad} with a problem, {off} off."
    ]
    for integration in integrations:
        text = status_text(integration.status, now) if integration.enabled else "It is switched off."
        text = integration.problem or text
        lines.append(f"{_WORDS[_severity(integration)]:<8} {integration.key} ({integration.id}): {text}")
    return "\n".join(lines)


def as_json(integrations: Sequence[Integration], _now: float) -> str:
    """A list, as the collection's info module returns it, with `severity` as a word."""
    items = [{**item.redacted(), "severity": _WORDS[_severity(item)]} for item in integrations]
    return json.dumps(items, indent=2, sort_keys=True)


def as_prometheus(integrations: Sequence[Integration], _now: float) -> str:
    """Metrics in Prometheus' text format, for a textfile collector."""
    lines = []
    for metric, about in _METRICS:
        name = f"launchdarkly_big_segment_store_{metric}"
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        for integration in integrations:
            value = _metric(integration, metric)
            if value is not None:
                lines.append(f"{name}{{{_labels(integration)}}} {value:.15g}")
    return "\n".join(lines)


def _with_status(client: Client, listed: Iterable[Integration]) -> Iterable[Integration]:
    """Each with its status: whether a list holds it is not documented, so where it is missing it is asked for."""
    for integration in listed:
        if integration.problem or integration.status.available is not None:
            yield integration
            continue
        try:
            yield client.get_integration(integration.key, integration.id)
        except NotFound:
            continue  # removed since it was listed


def _severity(integration: Integration) -> int:
    if integration.problem:
        return UNKNOWN
    if not integration.enabled:
        return OK
    if not integration.status.available:
        return CRITICAL
    return WARNING if integration.status.potentially_stale else OK


def _metric(integration: Integration, metric: str) -> float | None:
    if metric == "enabled":
        return float(integration.enabled)
    value = getattr(integration.status, metric.replace("_timestamp_seconds", ""))
    if value is None:
        return None
    return value / 1000 if metric.endswith("_seconds") else float(value)


def _labels(integration: Integration) -> str:
    labels = {
        "project": integration.project_key,
        "environment": integration.environment_key,
        "store": integration.integration_key,
        "integration_id": integration.id,
    }
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
