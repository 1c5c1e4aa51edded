# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Waiting until LaunchDarkly says that the store is available, and its status in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import InvalidSettings, SegmentStoreError
from ..findings import Finding
from ..model.integration import Integration, Status


class NotAvailable(SegmentStoreError):
    """The store did not become available in time. `details` are LaunchDarkly's errors in words, newest first.

    `integration` is how it was read last.
    """

    failure = "not_available"

    def __init__(self, message: str, details: list[str], integration: Integration) -> None:
        super().__init__(message, details)
        self.integration = integration


class Progress(NamedTuple):
    """One look at a store that is waited for: `text` in words, seconds waited so far."""

    integration: Integration
    waited: float
    text: str


def wait_until_available(
    client: Client,
    integration: Integration,
    *,
    timeout: float = 300.0,
    interval: float = 5.0,
    newer_than: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Integration:
    """Read the integration every `interval` seconds until its store is available; return how it was read then.

    `newer_than` is the last synchronisation (epoch ms) before a change: after a change of the config, the store that was
    available before it doesn't count. A disabled integration is returned as it is, since LaunchDarkly doesn't write to it.
    Raises NotAvailable after `timeout` seconds, or ApiError.
    """
    clock = client.transport.clock
    began = clock.monotonic()
    deadline = Deadline(clock, timeout)
    while integration.enabled:
        now = clock.time()
        if is_available(integration.status, newer_than):
            return integration
        if on_progress:
            on_progress(Progress(integration, clock.monotonic() - began, status_text(integration.status, now)))
        if deadline.left() <= 0:
            raise _not_available(integration, timeout, now)
        clock.sleep(min(interval, deadline.left()))
        integration = client.get_integration(
            integration.project_key, integration.environment_key, integration.integration_key, integration.id
        )
    return integration


def check_wait(timeout: float, interval: float) -> None:
    """Raise InvalidSettings for times that can't be waited; to be called before anything is changed."""
    remedy = "give seconds, more than 0"
    times = (("wait_timeout", timeout), ("wait_interval", interval))
    findings = [Finding("error", name, "is not a time", remedy) for name, seconds in times if not seconds > 0]
    if findings:
        raise InvalidSettings(findings)


def is_available(status: Status, newer_than: int | None = None) -> bool:
    """Whether the store is fully synchronized, and was so after `newer_than` (epoch ms) where that is given."""
    if not status.available:
        return False
    return newer_than is None or (status.last_sync is not None and status.last_sync > newer_than)


def status_text(status: Status, now: float) -> str:
    """One sentence on how a store does. `now` in seconds since the epoch."""
    if status.available:
        sync = _ago(status.last_sync, now)
        return f"The store is available, last synchronized {sync}." if sync else "The store is available."
    if status.last_sync:
        text = f"The store is not available; it was last synchronized {_ago(status.last_sync, now)}"
    else:
        text = "The store is not available; it was never synchronized"
    errors = error_texts(status, now)
    return f"{text}. The last error: {errors[0]}" if errors else f"{text}, and no error is reported."


def error_texts(status: Status, now: float) -> list[str]:
    """LaunchDarkly's errors, newest first, one sentence each; the same message only once."""
    newest = sorted(status.errors, key=lambda error: error.timestamp or 0, reverse=True)
    texts: dict[str, str] = {}
    for error in newest:
        code = f" (status {error.status_code})" if error.status_code else ""
        ago = _ago(error.timestamp, now)
        when = f", {ago}" if ago else ""
        message = " ".join(error.message.split()).rstrip(".") or "no message"
        texts.setdefault(message, f"{message}{code}{when}.")
    return list(texts.values())


def _not_available(integration: Integration, timeout: float, now: float) -> NotAvailable:
    place = f"{integration.project_key}/{integration.environment_key}"
    remedy = "Check host, credentials, TLS and firewall of the store as LaunchDarkly reaches it; a preflight finds most causes."
    return NotAvailable(
        f"The {integration.integration_key} store of {place} did not become available within {timeout:g} s."
        f" {status_text(integration.status, now)} {remedy}",
        error_texts(integration.status, now),
        integration,
    )


def _ago(timestamp: int | None, now: float) -> str:
    """How long ago a time in epoch milliseconds was, in words."""
    if not timestamp:
        return ""
    seconds = max(0, round(now - timestamp / 1000))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
