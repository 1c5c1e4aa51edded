# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Synchronisation with a real Redis: what is written, and what is said when it can't be."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ld_segment_store.emulator import Behaviour, Emulator
from ld_segment_store.emulator.segments import hash_of
from tests.support.redis_server import RedisServer, free_port, make_certificate
from tests.support.sync import (
    PREFIX,
    WRITER,
    acl_lines,
    available,
    create,
    failed,
    failure_of,
    options,
    redis_config,
    seed,
    status_when,
    sync_threads,
    wait_until,
)

PASSWORD = "writer-MARKER-5ecret"
SYNCHRONIZED_ON = PREFIX + ":big_segments_synchronized_on"


def include(context_key: str) -> str:
    return "{0}:big_segment_include:{1}".format(PREFIX, hash_of(context_key))


def exclude(context_key: str) -> str:
    return "{0}:big_segment_exclude:{1}".format(PREFIX, hash_of(context_key))


def content(server: RedisServer) -> dict[str, Any]:
    """All that is in the store but the time."""
    with server.admin() as admin:
        return {key: admin.smembers(key) for key in admin.scan_iter() if key != SYNCHRONIZED_ON}


SEEDED = {include("user-1"): {"big-one.g1"}, include("user-2"): {"big-one.g1"}, exclude("user-3"): {"big-one.g1"}}


def wait_for_content(server: RedisServer, expected: dict[str, Any]) -> None:
    wait_until(lambda: content(server) == expected, lambda: content(server))


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


@pytest.fixture(scope="module")
def secure() -> Iterator[RedisServer]:
    """A Redis with TLS, and an ACL user that may do exactly what the generated document allows."""
    with RedisServer(tls=True, acl=acl_lines(PASSWORD)) as server:
        yield server


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
    members = ["user-{0}".format(number) for number in range(2500)]
    ld.set_segments("shop", "live", {"big-one": {"included": members}})
    available(ld, create(ld, "redis", redis_config(redis)))
    assert len(content(redis)) == 2500


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
            "connection refused by 127.0.0.1:{0}".format(server.port),
            "127.0.0.1:{0} broke the connection".format(server.port),
        )
        refused = "connection refused by 127.0.0.1:{0}".format(server.port)
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


def test_a_closed_port() -> None:
    port = free_port()
    assert failure_of({"host": "127.0.0.1", "port": str(port)}) == (
        500,
        "connection refused by 127.0.0.1:{0}".format(port),
    )


def test_the_status_code_is_a_guess() -> None:
    with Emulator(seed=seed(), sync=options(), behaviour=Behaviour(sync_status_code="omitted")) as ld:
        assert failed(ld, create(ld, "redis", {"host": "127.0.0.1", "port": str(free_port())}))[0] is None


def test_a_name_that_does_not_resolve() -> None:
    assert failure_of({"host": "no-such-host.invalid"})[1] == "the name 'no-such-host.invalid' does not resolve"


def test_a_wrong_password_is_said_at_once_and_nowhere_shown(
    secure: RedisServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = "planted-MARKER-5ecret"
    with caplog.at_level(logging.DEBUG), Emulator(seed=seed(), sync=options(redis_ca_file=secure.ca_path)) as ld:
        path = "/api/v2/integration-capabilities/big-segment-store/shop/live/redis"
        body = {"on": True, "config": redis_config(secure, username=WRITER, password=planted)}
        headers = {"Authorization": ld.access_token, "LD-API-Version": "beta"}
        made = requests.post(ld.url + path, json=body, headers=headers, timeout=10)
        integration = ld.account.integration(made.json()["_id"])

        assert failed(ld, integration)[1] == "WRONGPASS: 127.0.0.1:{0} refuses this user name and password".format(
            secure.port
        )

        shown = [
            made.text,
            requests.get(ld.url + path + "/" + integration.id, headers=headers, timeout=10).text,
            requests.get(ld.url + "/_emulator/state", timeout=10).text,
            requests.get(ld.url + "/_emulator/requests", timeout=10).text,
            repr(ld.account.integration(integration.id)),
            repr(ld.requests),
        ]
    shown += [caplog.text, *capfd.readouterr()]
    assert not [text for text in shown if planted in text]


def test_a_missing_password(secure: RedisServer) -> None:
    assert failure_of(redis_config(secure), secure.ca_path)[1] == "NOAUTH: 127.0.0.1:{0} demands a password".format(
        secure.port
    )


def test_a_password_where_none_is_set(redis: RedisServer) -> None:
    message = failure_of(redis_config(redis, password=PASSWORD))[1]
    assert message == "ERR: 127.0.0.1:{0} has no password set, and one was given".format(redis.port)


def test_a_wrong_authority(secure: RedisServer, tmp_path: Path) -> None:
    wrong = make_certificate(tmp_path).ca
    message = failure_of(redis_config(secure, username=WRITER, password=PASSWORD), wrong)[1]
    assert message.startswith("the TLS certificate of 127.0.0.1:{0} is refused: ".format(secure.port))
    assert message.endswith(("issuer certificate", "certificate in certificate chain"))


def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    with RedisServer(tls=make_certificate(tmp_path, "redis.example.com")) as server:
        message = failure_of(redis_config(server), server.ca_path)[1]
    assert message.startswith(
        "the TLS certificate of 127.0.0.1:{0} is refused: IP address mismatch".format(server.port)
    )


def test_tls_where_there_is_none(redis: RedisServer) -> None:
    with Emulator(seed=seed(), sync=options(timeout=0.3)) as ld:
        message = failed(ld, create(ld, "redis", {**redis_config(redis), "tlsEnabled": True}))[1]
    # Redis waits for the end of what it takes for a long command.
    assert message == "no answer from 127.0.0.1:{0} within 0.3 s".format(redis.port)


def test_no_tls_where_it_is_demanded(secure: RedisServer) -> None:
    message = failure_of({**redis_config(secure), "tlsEnabled": False})[1]
    assert message == "127.0.0.1:{0} broke the connection: does it demand TLS?".format(secure.port)


@pytest.mark.parametrize("command", ["PING", "GET", "SET", "SADD", "WATCH", "MULTI", "EXEC"])
def test_each_permission_is_needed(command: str) -> None:
    lines = [line.replace(" +{0}".format(command.lower()), "") for line in acl_lines(PASSWORD)]
    with RedisServer(acl=lines) as server:
        message = failure_of(redis_config(server, username=WRITER, password=PASSWORD))[1]
    assert message == "NOPERM: the user 'launchdarkly' may not use {0} on keys under {1}:".format(command, PREFIX)


def test_the_permission_to_remove_is_needed_for_removing() -> None:
    lines = [line.replace(" +srem", "") for line in acl_lines(PASSWORD)]
    with RedisServer(acl=lines) as server, Emulator(seed=seed(), sync=options()) as ld:
        integration = create(ld, "redis", redis_config(server, username=WRITER, password=PASSWORD))
        available(ld, integration)
        ld.set_segments("shop", "live", {})
        assert failed(ld, integration)[1].startswith("NOPERM: the user 'launchdarkly' may not use SREM")


def test_keys_under_another_prefix() -> None:
    lines = [line.replace(PREFIX, "another-prefix") for line in acl_lines(PASSWORD)]
    with RedisServer(acl=lines) as server:
        message = failure_of(redis_config(server, username=WRITER, password=PASSWORD))[1]
    assert message == "NOPERM: the user 'launchdarkly' may not use GET on keys under {0}:".format(PREFIX)


def test_a_full_redis() -> None:
    with RedisServer(config={"maxmemory": "1", "maxmemory-policy": "noeviction"}) as server:
        message = failure_of(redis_config(server))[1]
    assert message == "OOM: 127.0.0.1:{0} refuses SADD".format(server.port)


def test_a_key_of_another_kind(ld: Emulator, redis: RedisServer) -> None:
    with redis.admin() as admin:
        admin.set(include("user-1"), "not a set")
    message = failed(ld, create(ld, "redis", redis_config(redis)))[1]
    assert message == "WRONGTYPE: 127.0.0.1:{0} refuses SADD".format(redis.port)


def test_something_else_than_redis(ld: Emulator) -> None:
    port = ld.url.rpartition(":")[2]
    message = failed(ld, create(ld, "redis", {"host": "127.0.0.1", "port": port}))[1]
    assert message == "127.0.0.1:{0} does not answer as Redis does".format(port)


def test_a_replica() -> None:
    with RedisServer() as server:
        with server.admin() as admin:
            admin.replicaof("127.0.0.1", free_port())
        message = failure_of(redis_config(server))[1]
    assert message == "READONLY: 127.0.0.1:{0} refuses SADD".format(server.port)


def test_a_port_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with Emulator(seed=seed(), sync=options(timeout=0.2)) as ld:
            message = failed(ld, create(ld, "redis", {"host": "127.0.0.1", "port": str(port)}))[1]
    assert message == "no answer from 127.0.0.1:{0} within 0.2 s".format(port)
