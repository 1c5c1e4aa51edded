# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Assess the health of stores, as LaunchDarkly reports it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..api.client import Client
from ..errors import NotFound
from ..model.integration import Integration
from .wait import status_text

# In seconds. The Relay Proxy calls a store stale after 5 minutes without a synchronization, SDKs after 2.
DEFAULT_MAX_AGE = 300.0


class Severity(enum.IntEnum):
    """The states of monitoring plugins; their numbers are exit codes."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


class Health(NamedTuple):
    """An integration with its severity, a sentence about it, and the seconds since the last synchronization, if known."""

    integration: Integration
    severity: Severity
    text: str
    sync_age: float | None = None


def health(integration: Integration, now: float, max_age: float = DEFAULT_MAX_AGE) -> Health:
    """The health of one integration. `now` is in seconds since the epoch; a synchronization older than `max_age` is a warning."""
    status = integration.status
    if integration.problem:
        return Health(integration, Severity.UNKNOWN, integration.problem)
    age = None if status.last_sync is None else max(0.0, (round(now * 1000) - status.last_sync) / 1000)
    if not integration.enabled:
        return Health(integration, Severity.OK, "The integration is switched off.", age)
    text = status_text(status, now)
    if not status.available:
        return Health(integration, Severity.CRITICAL, text, age)
    if status.potentially_stale:
        return Health(integration, Severity.WARNING, f"{text} LaunchDarkly reports that it may be stale.", age)
    if age is not None and age > max_age:
        return Health(integration, Severity.WARNING, f"{text} The maximum age is {max_age:g} s.", age)
    return Health(integration, Severity.OK, text, age)


def with_status(client: Client, listed: Iterable[Integration]) -> Iterator[Integration]:
    """Each with its status. Whether the list has it is not documented; where it is missing, the integration is read."""
    for integration in listed:
        if integration.problem or integration.status.available is not None:
            yield integration
            continue
        try:
            yield client.get_integration(integration.key, integration.id)
        except NotFound:
            continue  # removed since it was listed
