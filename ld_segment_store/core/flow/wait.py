# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Wait until LaunchDarkly reports that the store is available, and describe its health."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import ApiError, SegmentStoreError
from ..model.integration import Integration, Status


class NotAvailable(SegmentStoreError):
    """The store did not become available in time. `details` has LaunchDarkly's errors, newest first.

    `integration` is the integration as it was last read.
    """

    failure = "not_available"

    def __init__(self, message: str, details: Sequence[str], integration: Integration) -> None:
        super().__init__(message, details)
        self.integration = integration


class Progress(NamedTuple):
    """One look at the store during the wait: the health in words, and the seconds waited so far."""

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
    """Read the integration every `interval` seconds until its store is available; return it as it was then read.

    `timeout` bounds the whole wait with its requests and retries, in seconds. `newer_than` is the last synchronization (epoch ms)
    before a change of the config: only a later one counts. A disabled integration is returned as it is, because LaunchDarkly
    does not write to its store. Raises NotAvailable after the timeout, or ApiError.
    """
    clock = client.clock
    began = clock.monotonic()
    deadline = Deadline(clock, timeout)
    while integration.enabled:
        now = clock.time()
        if is_available(integration.status, newer_than):
            return integration
        if on_progress:
            on_progress(Progress(integration, clock.monotonic() - began, status_text(integration.status, now)))
        clock.sleep(min(interval, deadline.left()))
        try:
            integration = client.get_integration(integration.key, integration.id, deadline)
        except ApiError:
            if deadline.left() > 0:
                raise
            raise not_available(integration, timeout, clock.time()) from None
    return integration


def is_available(status: Status, newer_than: int | None = None) -> bool:
    """Whether the store is fully synchronized, and the last synchronization was after `newer_than` (epoch ms) if given."""
    if not status.available:
        return False
    return newer_than is None or (status.last_sync is not None and status.last_sync > newer_than)


def status_text(status: Status, now: float) -> str:
    """One sentence about the store's health. `now` is in seconds since the epoch."""
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


def not_available(integration: Integration, timeout: float, now: float) -> NotAvailable:
    """The error of a store that is not available after `timeout` seconds. `now` is in seconds since the epoch."""
    remedy = "Check the store's host, credentials, TLS and firewall as LaunchDarkly reaches them; a preflight finds most causes."
    place = f"{integration.project_key}/{integration.environment_key}"
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
