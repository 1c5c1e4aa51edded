# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Synchronisation with a real Redis: what is written, and when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from ld_segment_store.emulator import Behaviour, Emulator
from ld_segment_store.emulator.account import segments
from tests.support.redis_server import RedisServer, free_port
from tests.support.sync import (
    WRITER,
    available,
    create,
    failed,
    options,
    redis_config,
    seed,
    status_when,
    sync_threads,
    wait_until,
)
from tests.support.sync_redis import CURSOR, LOCK, PASSWORD, SEEDED, SYNCHRONIZED_ON, content, include, wait_for_content


@pytest.fixture(scope="module")
def module_server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis(module_server: RedisServer) -> RedisServer:
    """A Redis without TLS and password, empty."""
    with module_server.admin() as admin:
        admin.flushall()
    return module_server


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=seed(), sync=options()) as emulator:
        yield emulator
    assert not sync_threads()


def test_the_layout_with_tls_and_the_least_permissions(secure: RedisServer) -> None:
    with Emulator(seed=seed(), sync=options(redis_ca_file=secure.ca_path)) as ld:
        integration = create(ld, "redis", redis_config(secure, username=WRITER, password=PASSWORD))
        status = available(ld, integration)

        assert status == {"available": True, "potentiallyStale": False, "lastSync": status["lastSync"], "errors": []}
        assert content(secure) == SEEDED
        with secure.admin() as admin:
            assert int(admin.get(SYNCHRONIZED_ON)) >= status["lastSync"]
            refused = [entry["object"] for entry in admin.acl_log()]
        # redis-py introduces itself; it takes no for an answer.
        assert set(refused) <= {"client|setinfo"}


def test_the_lock_and_the_cursor_of_the_relay_proxy(ld: Emulator, redis: RedisServer) -> None:
    integration = create(ld, "redis", redis_config(redis))
    first = available(ld, integration)["lastSync"]
    with redis.admin() as admin:
        version = admin.get(CURSOR)
        assert (admin.get(LOCK), int(version) <= first) == ("", True)
        # It changes with the segments, not with the time.
        again = available(ld, integration, after=first)["lastSync"]
        assert admin.get(CURSOR) == version
        ld.set_segments("shop", "live", {"big-one": {"included": ["user-9"]}})
        wait_for_content(redis, {include("user-9"): {"big-one.g1"}})
        assert int(admin.get(CURSOR)) >= again


def test_the_time_is_renewed(ld: Emulator, redis: RedisServer) -> None:
    integration = create(ld, "redis", redis_config(redis))
    first = available(ld, integration)["lastSync"]
    assert available(ld, integration, after=first)["lastSync"] > first
    with redis.admin() as admin:
        assert int(admin.get(SYNCHRONIZED_ON)) > first


def test_segments_change_while_it_runs(ld: Emulator, redis: RedisServer) -> None:
    available(ld, create(ld, "redis", redis_config(redis)))

    ld.set_segments("shop", "live", {"big-one": {"included": ["user-2", "user-4"], "generation": 1}})
    wait_for_content(redis, {include("user-2"): {"big-one.g1"}, include("user-4"): {"big-one.g1"}})

    body = {
        "projectKey": "shop",
        "environmentKey": "live",
        "segments": {"big-one": {"included": ["u"], "generation": 2}},
    }
    answer = requests.post(ld.url + "/_emulator/segments", json=body, timeout=10)
    assert answer.status_code == 200
    assert answer.json() == {"big-one": {"included": ["u"], "excluded": [], "generation": 2}}
    wait_for_content(redis, {include("u"): {"big-one.g2"}})


def test_more_members_than_one_transaction_takes(ld: Emulator, redis: RedisServer) -> None:
    members = [f"user-{number}" for number in range(2500)]
    ld.set_segments("shop", "live", {"big-one": {"included": members}})
    available(ld, create(ld, "redis", redis_config(redis)))
    assert len(content(redis)) == 2500


def test_members_that_do_not_change_are_looked_at_once(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long many take: docs/background/measurements.md."""
    looks: Counter[str] = Counter()

    def counted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def count(*arguments: Any) -> Any:
            looks[name] += 1
            return work(*arguments)

        return count

    monkeypatch.setattr(segments, "hash_of", counted("hashed", segments.hash_of))
    monkeypatch.setattr(segments.Membership, "without", counted("compared", segments.Membership.without))
    with Emulator(seed=seed({"big-one": {"included": list("abc")}}), sync=options()) as ld:
        integration = create(ld, "redis", redis_config(redis))
        last = available(ld, integration)["lastSync"]
        first = dict(looks)
        for _ in range(3):
            last = available(ld, integration, after=last)["lastSync"]
    assert looks == first == {"hashed": 3, "compared": 6}


def test_a_store_that_lost_its_data_gets_all_of_it_again(ld: Emulator, redis: RedisServer) -> None:
    available(ld, create(ld, "redis", redis_config(redis)))
    with redis.admin() as admin:
        admin.flushall()
    wait_for_content(redis, SEEDED)


def test_after_disabling_nothing_is_written_and_the_data_stays(ld: Emulator, redis: RedisServer) -> None:
    integration = create(ld, "redis", redis_config(redis))
    available(ld, integration)

    ld.account.update(integration.id, on=False)
    wait_until(lambda: not sync_threads(), sync_threads)

    assert content(redis) == SEEDED
    ld.set_segments("shop", "live", {"big-one": {"included": ["user-1"]}})
    assert not sync_threads()
    # Enabled again, it removes what it wrote before and is wanted no more.
    before = ld.account.integration(integration.id).status["lastSync"]
    ld.account.update(integration.id, on=True)
    available(ld, integration, after=before)
    assert content(redis) == {include("user-1"): {"big-one.g1"}}


def test_after_deleting_nothing_is_written(ld: Emulator, redis: RedisServer) -> None:
    integration = create(ld, "redis", redis_config(redis))
    available(ld, integration)
    ld.account.delete(integration.id)
    wait_until(lambda: not sync_threads(), sync_threads)
    assert content(redis) == SEEDED


def test_a_disabled_one_is_not_written(ld: Emulator, redis: RedisServer) -> None:
    ld.account.create("shop", "live", "redis", redis_config(redis))
    assert not sync_threads()


def test_a_patch_takes_effect_at_once(redis: RedisServer) -> None:
    with Emulator(seed=seed(), sync=options(interval=3600)) as ld:
        integration = create(ld, "redis", {"host": "127.0.0.1", "port": str(free_port())})
        failed(ld, integration)
        path = "/api/v2/integration-capabilities/big-segment-store/shop/live/redis/" + integration.id
        patch = [{"op": "replace", "path": "/config", "value": redis_config(redis)}]
        headers = {"Authorization": ld.access_token, "LD-API-Version": "beta"}
        assert requests.patch(ld.url + path, json=patch, headers=headers, timeout=10).status_code == 200

        available(ld, integration)
        assert content(redis) == SEEDED
        shown = requests.get(ld.url + path, headers=headers, timeout=10).json()["_status"]
        assert shown["available"] is True
        assert shown["errors"]


def test_it_begins_with_what_the_seed_has_and_goes_on_after_a_reset(redis: RedisServer) -> None:
    planted = seed()
    store = {"id": "seeded", "enabled": True, "redis": {"host": redis.host, "port": redis.port}}
    planted["projects"]["shop"]["environments"]["live"]["integrations"] = [store]
    with Emulator(seed=planted, sync=options()) as ld:
        available(ld, ld.account.integration("seeded"))
        assert content(redis) == SEEDED
        ld.set_segments("shop", "live", {"big-two": {"included": ["user-5"]}})
        wait_for_content(redis, {include("user-5"): {"big-two.g1"}})
        ld.reset()
        wait_for_content(redis, SEEDED)
        assert len(sync_threads()) <= 2  # the old one may still be ending
    assert not sync_threads()


def test_an_emulator_can_be_started_again(redis: RedisServer) -> None:
    ld = Emulator(seed=seed(), sync=options())
    integration = create(ld, "redis", redis_config(redis))
    assert not sync_threads()
    for _ in range(2):
        before = ld.account.integration(integration.id).status.get("lastSync", 0)
        with ld:
            available(ld, integration, after=before)
        assert not sync_threads()


def test_without_sync_nothing_is_written(redis: RedisServer) -> None:
    with Emulator(seed=seed()) as ld:
        create(ld, "redis", redis_config(redis))
        assert not sync_threads()


@pytest.mark.parametrize("errors", ["kept", "cleared"])
def test_a_store_that_vanishes_and_comes_back(errors: str) -> None:
    with (
        RedisServer() as server,
        Emulator(seed=seed(), sync=options(), behaviour=Behaviour(old_sync_errors=errors)) as ld,
    ):
        integration = create(ld, "redis", redis_config(server))
        last_sync = available(ld, integration)["lastSync"]
        server.stop()

        assert failed(ld, integration)[1] in (
            f"connection refused by 127.0.0.1:{server.port}",
            f"127.0.0.1:{server.port} broke the connection",
        )
        refused = f"connection refused by 127.0.0.1:{server.port}"
        gone = status_when(ld, integration, lambda status: refused in json.dumps(status))
        assert gone["lastSync"] >= last_sync
        server.start()

        back = available(ld, integration, after=gone["lastError"])
        assert back["potentiallyStale"] is False
        assert back["lastError"] >= gone["lastError"]
        assert bool(back["errors"]) == (errors == "kept")
        # It came back empty, and gets all of it again.
        wait_for_content(server, SEEDED)


def test_an_error_that_stays_is_listed_once(ld: Emulator) -> None:
    integration = create(ld, "redis", {"host": "127.0.0.1", "port": str(free_port())})
    failed(ld, integration)
    first = ld.account.integration(integration.id).status["lastError"]
    later = status_when(ld, integration, lambda status: status["lastError"] > first)
    assert len(later["errors"]) == 1


def test_two_integrations_do_not_disturb_each_other(ld: Emulator, redis: RedisServer) -> None:
    good = create(ld, "redis", redis_config(redis))
    bad = create(ld, "redis", {"host": "127.0.0.1", "port": str(free_port())})
    failed(ld, bad)
    first = available(ld, good)["lastSync"]
    available(ld, good, after=first)
