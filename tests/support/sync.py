# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""An emulator that writes to real stores, and waiting for what it says of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Callable

from ld_segment_store.core.documents import PASSWORD_PLACEHOLDER, redis_acl_line, redis_reader_acl_line
from ld_segment_store.emulator import Emulator, Integration, SyncOptions
from tests.support.redis_server import RedisServer

PREFIX = "64c0ffee64c0ffee64c0ffee"
SEGMENTS = {"big-one": {"included": ["user-1", "user-2"], "excluded": ["user-3"]}}
WRITER = "launchdarkly"
READER = "sdk"
_DEADLINE = 15.0


def seed(segments: Mapping[str, Any] | None = SEGMENTS) -> dict[str, Any]:
    """One environment, `shop/live`, with the prefix and these segments."""
    return {"projects": {"shop": {"environments": {"live": {"client_side_id": PREFIX, "segments": segments}}}}}


def options(interval: float = 0.05, **others: Any) -> SyncOptions:
    """Options for a quick test. One that starts Ansible takes 0.5: a write to Redis over TLS takes 25 ms of processor time."""
    return SyncOptions(interval=interval, **others)


def acl_lines(writer_password: str, reader_password: str = "reader-password") -> list[str]:
    """Lines of an ACL file for the writer and the reader that the generated documents define, and nobody else."""
    made = (
        (redis_acl_line(WRITER, PREFIX), writer_password),
        (redis_reader_acl_line(READER, PREFIX), reader_password),
    )
    return [acl_line(line, password) for line, password in made]


def acl_line(document: str, password: str) -> str:
    """A generated document as a line of an ACL file."""
    return document.replace("ACL SETUSER", "user").replace(PASSWORD_PLACEHOLDER, password)


def redis_config(server: RedisServer, **others: Any) -> dict[str, Any]:
    """An integration's config for this server, in the API's names."""
    return {"host": server.host, "port": str(server.port), "tlsEnabled": server.ca_path is not None, **others}


def create(ld: Emulator, integration_key: str, config: Mapping[str, Any]) -> Integration:
    """An integration of `shop/live` that is on."""
    return ld.account.create("shop", "live", integration_key, config, on=True)


def wait_until(condition: Callable[[], Any], what: Callable[[], object]) -> Any:
    """The first true value of `condition`; fails after a while and tells `what` there was instead."""
    deadline = time.monotonic() + _DEADLINE
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, what()
        time.sleep(0.005)


def status_when(ld: Emulator, integration: Integration, fits: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any]:
    """The first `_status` that fits."""

    def status() -> Mapping[str, Any]:
        return ld.account.integration(integration.id).status

    found: Mapping[str, Any] = wait_until(lambda: (now := status()) and fits(now) and now, status)
    return found


def available(ld: Emulator, integration: Integration, after: int = 0) -> Mapping[str, Any]:
    """Its status once the store is available, with a synchronisation after `after` (epoch ms)."""
    return status_when(ld, integration, lambda status: status["available"] and status["lastSync"] > after)


def failed(ld: Emulator, integration: Integration) -> tuple[int | None, str]:
    """Status code and message of its newest error, once there is one; the rest of the status must say the same."""
    status = status_when(ld, integration, lambda status: not status["available"] and "lastError" in status)
    newest = status["errors"][-1]
    assert status["potentiallyStale"] is True
    assert newest["timestamp"] == status["lastError"]
    assert abs(newest["timestamp"] / 1000 - time.time()) < 60
    return newest.get("statusCode"), newest["message"]


def failure_of(config: Mapping[str, Any], ca_file: str | Path | None = None) -> tuple[int | None, str]:
    """What an emulator says of a Redis with this config, that it must fail on."""
    with Emulator(seed=seed(), sync=options(redis_ca_file=ca_file)) as ld:
        return failed(ld, create(ld, "redis", config))


def sync_threads() -> list[threading.Thread]:
    """The threads of synchronisations that are running."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("sync-")]
