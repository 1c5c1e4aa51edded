# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Synchronisation with a real Redis that refuses: each cause in its own words."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_py
import requests

from ld_segment_store.emulator import Behaviour, Emulator
from ld_segment_store.emulator.account.segments import changes, memberships, parse_segments
from ld_segment_store.emulator.sync.redis import RedisSession
from ld_segment_store.emulator.sync.store_error import StoreError
from tests.support.redis_server import RedisServer, free_port, make_certificate
from tests.support.sync import (
    PREFIX,
    SEGMENTS,
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
    wait_until,
)
from tests.support.sync_redis import PASSWORD, SEEDED, SYNCHRONIZED_ON, content, include


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A Redis without TLS and password."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=seed(), sync=options()) as emulator:
        yield emulator


def test_a_closed_port() -> None:
    port = free_port()
    assert failure_of({"host": "127.0.0.1", "port": str(port)}) == (
        500,
        f"connection refused by 127.0.0.1:{port}",
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

        assert failed(ld, integration)[1] == f"WRONGPASS: 127.0.0.1:{secure.port} refuses this user name and password"

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
    assert failure_of(redis_config(secure), secure.ca_path)[1] == f"NOAUTH: 127.0.0.1:{secure.port} demands a password"


def test_a_password_where_none_is_set(redis: RedisServer) -> None:
    message = failure_of(redis_config(redis, password=PASSWORD))[1]
    assert message == f"ERR: 127.0.0.1:{redis.port} has no password set, and one was given"


def test_a_wrong_authority(secure: RedisServer, tmp_path: Path) -> None:
    wrong = make_certificate(tmp_path).ca
    message = failure_of(redis_config(secure, username=WRITER, password=PASSWORD), wrong)[1]
    assert message.startswith(f"the TLS certificate of 127.0.0.1:{secure.port} is refused: ")
    assert message.endswith(("issuer certificate", "certificate in certificate chain"))


def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    with RedisServer(tls=make_certificate(tmp_path, "redis.example.com")) as server:
        message = failure_of(redis_config(server), server.ca_path)[1]
    assert message.startswith(f"the TLS certificate of 127.0.0.1:{server.port} is refused: IP address mismatch")


def test_tls_where_there_is_none(redis: RedisServer) -> None:
    with Emulator(seed=seed(), sync=options(timeout=0.3)) as ld:
        message = failed(ld, create(ld, "redis", {**redis_config(redis), "tlsEnabled": True}))[1]
    # Redis waits for the end of what it takes for a long command.
    assert message == f"no answer from 127.0.0.1:{redis.port} within 0.3 s"


def test_no_tls_where_it_is_demanded(secure: RedisServer) -> None:
    message = failure_of({**redis_config(secure), "tlsEnabled": False})[1]
    assert message == f"127.0.0.1:{secure.port} broke the connection: does it demand TLS?"


@pytest.mark.parametrize("command", ["PING", "GET", "SET", "SADD", "WATCH", "MULTI", "EXEC"])
def test_each_permission_is_needed(command: str) -> None:
    lines = [line.replace(f" +{command.lower()}", "") for line in acl_lines(PASSWORD)]
    with RedisServer(acl=lines) as server:
        message = failure_of(redis_config(server, username=WRITER, password=PASSWORD))[1]
    assert message == f"NOPERM: the user 'launchdarkly' may not use {command} on keys under {PREFIX}:"


def test_the_permission_to_remove_is_needed_for_removing() -> None:
    lines = [line.replace(" +srem", "") for line in acl_lines(PASSWORD)]
    with RedisServer(acl=lines) as server, Emulator(seed=seed(), sync=options()) as ld:
        integration = create(ld, "redis", redis_config(server, username=WRITER, password=PASSWORD))
        available(ld, integration)
        ld.set_segments("shop", "live", {})
        assert failed(ld, integration)[1].startswith("NOPERM: the user 'launchdarkly' may not use SREM")


def test_what_a_write_that_failed_half_way_left_is_removed(ld: Emulator, redis: RedisServer) -> None:
    integration = create(ld, "redis", redis_config(redis))
    available(ld, integration)
    # More than one transaction; a key of the second is in the way.
    members = [f"member-{number}" for number in range(1500)]
    with redis.admin() as admin:
        admin.set(include(members[-1]), "not a set")
        ld.set_segments("shop", "live", {"big-two": {"included": members}})
        gone = status_when(ld, integration, lambda status: not status["available"])
        assert admin.exists(include(members[0])) == 1

        ld.set_segments("shop", "live", SEGMENTS)
        admin.delete(include(members[-1]))

        available(ld, integration, after=gone["lastError"])
        assert content(redis) == SEEDED


def test_keys_under_another_prefix() -> None:
    lines = [line.replace(PREFIX, "another-prefix") for line in acl_lines(PASSWORD)]
    with RedisServer(acl=lines) as server:
        message = failure_of(redis_config(server, username=WRITER, password=PASSWORD))[1]
    assert message == f"NOPERM: the user 'launchdarkly' may not use GET on keys under {PREFIX}:"


def test_a_full_redis() -> None:
    with RedisServer(config={"maxmemory": "1", "maxmemory-policy": "noeviction"}) as server:
        message = failure_of(redis_config(server))[1]
    assert message == f"OOM: 127.0.0.1:{server.port} refuses SADD"


def test_a_key_of_another_kind(ld: Emulator, redis: RedisServer) -> None:
    with redis.admin() as admin:
        admin.set(include("user-1"), "not a set")
    message = failed(ld, create(ld, "redis", redis_config(redis)))[1]
    assert message == f"WRONGTYPE: 127.0.0.1:{redis.port} refuses SADD"


def test_something_else_than_redis(ld: Emulator) -> None:
    port = ld.url.rpartition(":")[2]
    message = failed(ld, create(ld, "redis", {"host": "127.0.0.1", "port": port}))[1]
    assert message == f"127.0.0.1:{port} does not answer as Redis does"


def test_a_replica() -> None:
    with RedisServer() as server:
        with server.admin() as admin:
            admin.replicaof("127.0.0.1", free_port())
        message = failure_of(redis_config(server))[1]
    assert message == f"READONLY: 127.0.0.1:{server.port} refuses SADD"


def test_a_port_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with Emulator(seed=seed(), sync=options(timeout=0.2)) as ld:
            message = failed(ld, create(ld, "redis", {"host": "127.0.0.1", "port": str(port)}))[1]
    assert message == f"no answer from 127.0.0.1:{port} within 0.2 s"


class Disturbed(RedisSession):
    """A session in which another writer comes between WATCH and EXEC for some times."""

    def __init__(self, server: RedisServer, times: int) -> None:
        connection: Any = redis_py.Connection
        super().__init__(connection(host=server.host, port=server.port, decode_responses=True), PREFIX)
        self.server = server
        self.times = times

    def ask(self, *command: str) -> object:
        answer = super().ask(*command)
        if command[0] == "WATCH" and self.times:
            self.times -= 1
            with self.server.admin() as admin:
                admin.set(command[1], "1")
        return answer


def test_another_writer(redis: RedisServer) -> None:
    with redis.admin() as admin:
        admin.flushall()
    session = Disturbed(redis, times=1)
    added = changes(memberships(parse_segments({"big-one": {"included": ["user-1"]}})), {}, {})
    session.write(added, 1_790_000_000_000)
    assert session.synchronized_on() == 1_790_000_000_000
    assert content(redis) == {include("user-1"): {"big-one.g1"}}

    session.times = 99
    with pytest.raises(StoreError) as caught:
        session.write(added, 1_790_000_000_001)
    assert caught.value.message == f"another writer repeatedly changes {PREFIX}:big_segments_lock"
    session._connection.disconnect()


def cluster_node() -> RedisServer:
    return RedisServer(config={"cluster-enabled": "yes", "cluster-port": str(free_port())})


def wait_for_cluster(*nodes: Any) -> None:
    def states() -> list[str]:
        return [node.execute_command("CLUSTER INFO")["cluster_state"] for node in nodes]

    wait_until(lambda: set(states()) == {"ok"}, states)


def test_a_cluster_of_one_node() -> None:
    with cluster_node() as server:
        with server.admin() as admin:
            admin.execute_command("CLUSTER ADDSLOTS", *range(16384))
            wait_for_cluster(admin)
        message = failure_of(redis_config(server))[1]
    assert message == f"CROSSSLOT: 127.0.0.1:{server.port} belongs to a Redis Cluster, which is not supported"


def test_a_cluster_of_two_nodes() -> None:
    with cluster_node() as first, cluster_node() as second:
        with first.admin() as admin, second.admin() as other:
            # All but one slot are with the first node; the second has that of the time.
            slot = admin.execute_command("CLUSTER KEYSLOT", SYNCHRONIZED_ON)
            admin.execute_command("CLUSTER ADDSLOTS", *(set(range(16384)) - {slot}))
            other.execute_command("CLUSTER ADDSLOTS", slot)
            bus = other.execute_command("CONFIG GET", "cluster-port")["cluster-port"]
            admin.execute_command("CLUSTER MEET", "127.0.0.1", second.port, bus)
            wait_for_cluster(admin, other)
        message = failure_of(redis_config(first))[1]
    assert message == f"MOVED: 127.0.0.1:{first.port} belongs to a Redis Cluster, which is not supported"
