# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An event source of Event-Driven Ansible: changes of store health and drift."""

from __future__ import annotations

DOCUMENTATION = r"""
module: store_health
short_description: Events when a big segment store of LaunchDarkly becomes stale, unavailable or healthy, drifts, or is deleted
version_added: 0.1.0
description:
  - Reads the account at intervals and emits an event for each change. It only reads.
  - A store that is stale, unavailable or drifted at the first read is an event too, so a restarted rulebook misses nothing.
  - After a failed read, the plugin logs a warning and emits nothing until it can read the account again.
author:
  - FeatureOps contributors (@featureops)
options:
  access_token:
    description:
      - A LaunchDarkly API access token. Defaults to the environment variable E(LAUNCHDARKLY_ACCESS_TOKEN).
    type: str
  access_token_file:
    description:
      - A file with the access token, read again each time, used instead of O(access_token). Defaults to the file that the
        environment variable E(LAUNCHDARKLY_ACCESS_TOKEN_FILE) names.
    type: path
  api_host:
    description:
      - The scheme and host of the LaunchDarkly instance. The environment variable E(LAUNCHDARKLY_API_HOST) overrides the default.
    type: str
    default: https://app.launchdarkly.com
  ca_path:
    description:
      - A PEM file of CA certificates that verify O(api_host).
    type: path
  stores_file:
    description:
      - A stores file. Each declared store is compared with LaunchDarkly for the events C(drifted).
    type: path
  interval:
    description:
      - Seconds between two reads.
    type: float
    default: 60
  repeat:
    description:
      - Seconds after which C(drifted) is emitted again for a store that still differs, since a repair may have failed.
    type: float
    default: 600
  max_age:
    description:
      - A store whose last synchronization is older, in seconds, counts as stale.
    type: float
    default: 300
seealso:
  - module: featureops.launchdarkly.ld_big_segment_stores
  - name: Repair with events
    description: A rulebook that repairs drift.
    link: https://featureops.github.io/ansible-launchdarkly/how-to/repair-with-events.html
"""

EXAMPLES = r"""
- name: Changes of store health
  featureops.launchdarkly.store_health:
    access_token_file: /etc/ld-segment-store/access-token
    stores_file: stores.yml
    interval: 30
"""

import asyncio
import importlib
import logging
import os
import sys
import time
import types
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

LOGGER = logging.getLogger(__name__)
_COLLECTION = Path(__file__).resolve().parents[4]
_PACKAGE = "featureops_launchdarkly"
_OPTIONS = ("access_token", "access_token_file", "api_host", "ca_path", "stores_file", "interval", "repeat", "max_age")
# Bounds one read, in seconds: ansible-rulebook waits for it when it ends.
_LONGEST_READ = 60.0
# By severity; an unknown health (3) and a store that is switched off change nothing.
_HEALTHY, _STALE, _UNAVAILABLE = "recovered", "became_stale", "became_unavailable"
_STATES = {0: _HEALTHY, 1: _STALE, 2: _UNAVAILABLE}


def _shared(name: str) -> Any:
    """A module of the collection's shared code. ansible-rulebook cannot import `ansible_collections`."""
    if _PACKAGE not in sys.modules:
        package = types.ModuleType(_PACKAGE)
        package.__path__ = [str(_COLLECTION / "plugins/module_utils/_shared")]
        sys.modules[_PACKAGE] = package
    return importlib.import_module(f"{_PACKAGE}.{name}")


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Put events into the queue until ansible-rulebook cancels the task. Raises ValueError for wrong options."""
    interval = _seconds(args, "interval", 60)
    account = _account(args, interval)
    tracker = Tracker(_seconds(args, "repeat", 600))
    problem = ""
    while True:
        reading = await asyncio.to_thread(_shared("core.fleet.reading").read_account, account)
        for event in tracker.events(reading):
            await queue.put(event)
        error = reading.error or reading.drift_error
        if error and error.message != problem:
            LOGGER.warning("store_health: %s", error.message)
        problem = error.message if error else ""
        await asyncio.sleep(interval)


class Tracker:
    """The state of each store at the last read, by which changes are found."""

    def __init__(self, repeat: float) -> None:
        self._repeat = repeat
        self._states: dict[str, str] = {}
        self._integrations: dict[str, Any] = {}
        # By target: what a repair would do, and when that was last an event (monotonic).
        self._drifted: dict[Any, tuple[str, float]] = {}

    def events(self, reading: Any) -> Iterator[dict[str, Any]]:
        """The events of a reading. One that failed has none."""
        if not reading.error:
            yield from self._health(reading.stores)
        for result in reading.results or ():
            yield from self._drift(result)

    def _health(self, stores: Any) -> Iterator[dict[str, Any]]:
        listed = set()
        for health in stores:
            integration = health.integration
            if not integration.id:
                return  # what cannot be read may be any: nothing counts as deleted
            listed.add(integration.id)
            self._integrations[integration.id] = integration
            state = _STATES.get(health.severity) if integration.enabled else None
            before = self._states.get(integration.id)
            if state and state != before:
                self._states[integration.id] = state
                if state != _HEALTHY or before:
                    yield _event(state, integration.key, integration, health.text)
        for gone in self._integrations.keys() - listed:
            integration = self._integrations.pop(gone)
            self._states.pop(gone, None)
            yield _event("deleted", integration.key, integration, "The integration no longer exists.")

    def _drift(self, result: Any) -> Iterator[dict[str, Any]]:
        target = result.declaration.target
        if result.error:
            return
        if not result.changed:
            self._drifted.pop(target, None)
            return
        action, now = result.outcome.plan.action.value, time.monotonic()
        before, emitted = self._drifted.get(target, ("", now))
        if action != before or now - emitted >= self._repeat:
            self._drifted[target] = (action, now)
            text = f"The integration differs from the stores file: {action}."
            yield _event("drifted", target.key, result.outcome.integration, text, action=action)


def _event(kind: str, key: Any, integration: Any, message: str, **more: str) -> dict[str, Any]:
    printable = _shared("core.printable").printable
    return {
        "type": kind,
        "project_key": key.project_key,
        "environment_key": key.environment_key,
        "integration_key": key.integration_key,
        "integration_id": integration.id if integration else None,
        "message": printable(message),
        **more,
    }


def _account(args: dict[str, Any], interval: float) -> Any:
    for name in args.keys() - {*_OPTIONS, "eda_feedback_queue"}:
        raise ValueError(f"{name}: is unknown. Remove it; known are {', '.join(_OPTIONS)}.")
    reading = _shared("core.fleet.reading")
    errors = _shared("core.errors")
    max_age = _seconds(args, "max_age", 300)
    file = args.get("stores_file")
    read = partial(_shared("core.fleet.stores_file").read_stores_file, file, os.environ) if file is not None else None
    account = reading.Account("default", partial(_connect, args, interval), read, max_age)
    try:
        account.connect().close()
        if read:
            read()
    except errors.SegmentStoreError as error:
        raise ValueError(error.message) from None
    return account


def _connect(args: dict[str, Any], interval: float) -> Any:
    client = _shared("core.api.client")
    host = args.get("api_host") or os.environ.get("LAUNCHDARKLY_API_HOST") or client.DEFAULT_API_HOST
    retry = _shared("core.api.retry").RetryPolicy(deadline=max(1.0, min(_LONGEST_READ, interval)))
    return client.Client(_access_token(args), host, verify=args.get("ca_path") or True, retry=retry)


def _access_token(args: dict[str, Any]) -> Any:
    secret, read = _shared("core.secret").Secret, _shared("core.text_file").read_secret_file
    environ = os.environ
    if args.get("access_token_file"):
        return read("access_token_file", args["access_token_file"])
    if args.get("access_token") or environ.get("LAUNCHDARKLY_ACCESS_TOKEN"):
        return secret(str(args.get("access_token") or environ["LAUNCHDARKLY_ACCESS_TOKEN"]))
    if environ.get("LAUNCHDARKLY_ACCESS_TOKEN_FILE"):
        return read("LAUNCHDARKLY_ACCESS_TOKEN_FILE", environ["LAUNCHDARKLY_ACCESS_TOKEN_FILE"])
    remedy = "give access_token or access_token_file, or set LAUNCHDARKLY_ACCESS_TOKEN in the environment"
    raise _shared("core.errors").InvalidSettings.for_field("access_token", "is missing", remedy)


def _seconds(args: dict[str, Any], name: str, default: float) -> float:
    try:
        number = float(args.get(name, default))
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < 1e6:
        raise ValueError(f"{name}: is not a positive number of seconds. Give one, such as {default:g}.")
    return number
