# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Waiting for a real store that is killed meanwhile."""

from __future__ import annotations

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.flow.wait import NotAvailable, Progress, wait_until_available
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.emulator import Emulator
from tests.support.redis_server import RedisServer
from tests.support.sync import available, create, failed, options, redis_config, seed


def _read(ld: Emulator, client: Client, server: RedisServer) -> Integration:
    """The integration as it is read when its store was there and has been killed."""
    made = create(ld, "redis", redis_config(server))
    available(ld, made)
    server.stop()
    failed(ld, made)
    return client.get_integration(StoreKey("shop", "live", "redis"), made.id)


def test_a_store_that_is_killed_and_started_again() -> None:
    with (
        RedisServer() as server,
        Emulator(seed=seed(), sync=options()) as ld,
        Client(ld.access_token, ld.url) as client,
    ):
        refused = f"connection refused by 127.0.0.1:{server.port}"
        told: list[str] = []

        def restart_once_it_is_told(progress: Progress) -> None:
            if refused in progress.text and not any(refused in text for text in told):
                server.start()
            told.append(progress.text)

        killed = _read(ld, client, server)
        back = wait_until_available(client, killed, timeout=15, interval=0.02, on_progress=restart_once_it_is_told)

        assert back.status.available is True
        assert (back.status.last_sync or 0) > (killed.status.last_sync or 0)
        assert any(refused in text for text in told)


def test_a_store_that_stays_away() -> None:
    with (
        RedisServer() as server,
        Emulator(seed=seed(), sync=options()) as ld,
        Client(ld.access_token, ld.url) as client,
    ):
        killed = _read(ld, client, server)
        with pytest.raises(NotAvailable) as caught:
            wait_until_available(client, killed, timeout=1, interval=0.05)
    assert any("connection refused by 127.0.0.1" in text for text in caught.value.details)
    assert "connection refused by 127.0.0.1" in caught.value.message
