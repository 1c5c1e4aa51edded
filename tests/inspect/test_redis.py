# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a real Redis holds, read with the rights that people give."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.secret import Secret
from ld_segment_store.inspect.answer import Membership
from ld_segment_store.inspect.contents import SegmentContents, StoreContents, StoreUnreadable
from ld_segment_store.inspect.find_context import find_context
from ld_segment_store.inspect.layout import hash_context
from ld_segment_store.inspect.redis import inspect_redis
from tests.support.redis_server import RedisServer, free_port
from tests.support.sync import PREFIX, READER, acl_lines

PASSWORD = "reader-MARKER-5ecret"
NOW = 1_790_000_000.0
SYNCED = str(int((NOW - 12) * 1000))


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    lister = f"user lister on >{PASSWORD} ~{PREFIX}:* +get +smembers +scan"
    stranger = f"user stranger on >{PASSWORD} ~other:* +get +smembers +scan"
    with RedisServer(tls=True, acl=[*acl_lines("writer-password", PASSWORD), lister, stranger]) as server:
        yield server


@pytest.fixture
def server(running: RedisServer) -> RedisServer:
    with running.admin() as admin:
        admin.flushall()
        admin.set(f"{PREFIX}:big_segments_synchronized_on", SYNCED)
        admin.set(f"{PREFIX}:big_segments_cursor", "42")
        for number in range(5):
            admin.sadd(include(f"user-{number}"), "big-one.g1", "big-one.g2")
        admin.sadd(exclude("user-0"), "other.g1")
        admin.sadd(exclude("user-9"), "other.g1")
        admin.set("launchdarkly:big_segments_synchronized_on", "1")
        admin.set("session:1", "an application's")
    return running


def include(context_key: str) -> str:
    return f"{PREFIX}:big_segment_include:{hash_context(context_key)}"


def exclude(context_key: str) -> str:
    return f"{PREFIX}:big_segment_exclude:{hash_context(context_key)}"


def config(server: RedisServer, username: str = "lister", password: str = PASSWORD) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": str(server.port),
        "username": username,
        "password": Secret(password),
        "tls_enabled": server.ca_path is not None,
    }


def read(server: RedisServer, username: str = "lister", **options: Any) -> StoreContents:
    return inspect_redis(
        config(server, username), prefix=PREFIX, ca_path=server.ca_path, **{"now": lambda: NOW, **options}
    )


def test_everything(server: RedisServer) -> None:
    progress: list[int] = []
    contents = read(server, on_progress=progress.append)
    assert contents.segments == (
        SegmentContents("big-one", 1, 5, 0),
        SegmentContents("big-one", 2, 5, 0),
        SegmentContents("other", 1, 0, 2),
    )
    assert (contents.contexts, contents.complete, contents.notes) == (6, True, ())
    keys = 7 * len(include("user-0"))
    assert contents.size_bytes == keys + 5 * len("big-one.g1big-one.g2") + 2 * len("other.g1")
    assert vars(contents.sync) == {"synchronized_on": int(SYNCED), "age_seconds": 12.0, "status": "HEALTHY"}
    assert (contents.lock, contents.cursor) == (None, "42")
    assert contents.other_prefixes == ("launchdarkly",)
    assert progress[-1] == 1000
    assert contents.place == f"127.0.0.1:{server.port}"


def test_a_reader_of_the_generated_acl_line_learns_the_last_sync(server: RedisServer) -> None:
    contents = read(server, READER)
    assert (contents.sync.status, contents.cursor) == ("HEALTHY", "42")
    assert (contents.segments, contents.contexts, contents.size_bytes, contents.other_prefixes) == (None,) * 4
    assert not contents.complete
    assert contents.notes == (
        (
            "Segments are not listed: the user 'sdk' may not run SCAN. To list them, allow the user SCAN and SMEMBERS, or use"
            " another user."
        ),
    )


def test_a_reader_of_the_generated_acl_line_finds_a_context(server: RedisServer) -> None:
    answer = find_context(
        "redis", config(server, READER), "user-0", prefix=PREFIX, ca_path=server.ca_path, now=lambda: NOW
    )
    assert answer.context_hash == hash_context("user-0")
    assert (answer.included, answer.excluded) == (("big-one.g1", "big-one.g2"), ("other.g1",))
    assert [
        (found.segment, found.generation, found.membership, found.other_generations) for found in answer.segments
    ] == [
        ("big-one", 2, Membership.INCLUDED, (1,)),
        ("other", 1, Membership.EXCLUDED, ()),
    ]


def test_nothing_but_reading_commands_is_sent(server: RedisServer) -> None:
    with server.admin() as admin, admin.monitor() as monitor:
        read(server)
        find_context("redis", config(server), "user-0", prefix=PREFIX, ca_path=server.ca_path)
        with server.admin() as other:
            other.echo("the end")
        sent = set()
        for seen in monitor.listen():
            if "the end" in seen["command"]:
                break
            if seen["client_type"] == "tcp":
                sent.add(seen["command"].split()[0].upper())
    assert sent - {"AUTH", "CLIENT"} == {"GET", "SMEMBERS", "SCAN"}


def test_the_limit(server: RedisServer) -> None:
    with server.admin() as admin, admin.pipeline() as pipeline:
        for number in range(5000):
            pipeline.sadd(include(f"many-{number}"), "many.g1")
        pipeline.execute()
    progress: list[int] = []
    contents = read(server, limit=2000, on_progress=progress.append)
    assert not contents.complete
    assert progress == [1000, 2000]
    assert contents.contexts is not None
    assert 1000 < contents.contexts < 3000
    everything = read(server)
    assert (everything.complete, everything.contexts) == (True, 5006)


def test_a_port_that_is_a_number(server: RedisServer) -> None:
    given = {**config(server), "port": server.port}
    assert inspect_redis(given, prefix=PREFIX, ca_path=server.ca_path).contexts == 6
    with pytest.raises(InvalidSettings, match="limit: is not a positive number"):
        inspect_redis(given, prefix=PREFIX, ca_path=server.ca_path, limit=0)


def test_an_empty_database(server: RedisServer) -> None:
    with server.admin() as admin:
        admin.flushall()
    contents = read(server)
    assert (contents.segments, contents.contexts, contents.complete, contents.other_prefixes) == ((), 0, True, ())
    assert vars(contents.sync) == {"synchronized_on": None, "age_seconds": None, "status": "STALE"}


def test_foreign_types_and_bytes(server: RedisServer) -> None:
    """Another program's key under one of our names, and texts that are no UTF-8."""
    with server.admin() as admin:
        admin.rpush(f"{PREFIX}:big_segments_lock", "a list")
        admin.set(exclude("user-3"), "text")
        admin.sadd(include("user-0"), b"\xff\xfe", "no-generation", "big.g" + "9" * 5000)
    contents = read(server)
    assert contents.notes == (
        f"{PREFIX}:big_segments_lock could not be read.",
        "Keys under the prefix that are not sets: 1. SDKs report STORE_ERROR for these contexts.",
    )
    assert contents.segments is not None
    assert SegmentContents("no-generation", None, 1, 0) in contents.segments


def test_a_context_whose_key_is_no_set(server: RedisServer) -> None:
    with server.admin() as admin:
        admin.set(exclude("user-3"), "text")
    with pytest.raises(StoreUnreadable, match="answers SMEMBERS with the error WRONGTYPE"):
        find_context("redis", config(server), "user-3", prefix=PREFIX, ca_path=server.ca_path)


def test_a_node_of_a_cluster() -> None:
    with (
        RedisServer(config={"cluster-enabled": "yes", "cluster-port": str(free_port())}) as node,
        pytest.raises(StoreUnreadable, match=r"answers GET with the error CLUSTERDOWN\. To find the cause"),
    ):
        inspect_redis({"host": node.host, "port": str(node.port)}, prefix=PREFIX)


def test_a_server_without_scan() -> None:
    """As some managed services have it."""
    with RedisServer(config={"rename-command": 'SCAN ""'}) as server:
        contents = inspect_redis({"host": server.host, "port": str(server.port)}, prefix=PREFIX)
    assert contents.segments is None
    assert contents.notes == (f"Segments are not listed: {contents.place} answers SCAN with the error ERR.",)


@pytest.mark.parametrize(
    ("username", "password", "text"),
    [
        ("lister", "wrong-MARKER", "rejects the login of the user 'lister'. Check the user name and the password."),
        ("nobody", PASSWORD, "rejects the login of the user 'nobody'"),
        ("", "", "rejects the login of the user 'default'. No password was given: set `password`;"),
        ("lister", "", "rejects the login of the user 'lister'. No password was given: set `password`;"),
        ("stranger", PASSWORD, "Redis does not let the user 'stranger' run GET on keys under"),
    ],
)
def test_logins_that_do_not_work(server: RedisServer, username: str, password: str, text: str) -> None:
    with pytest.raises(StoreUnreadable) as caught:
        inspect_redis(config(server, username, password), prefix=PREFIX, ca_path=server.ca_path)
    assert text in caught.value.message
    assert "MARKER" not in caught.value.message
    assert caught.value.failure == "store_unreadable"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"port": str(free_port())}, "the connection was refused"),
        ({"host": "redis.invalid"}, "the name does not resolve"),
        ({"tls_enabled": True}, "the TLS certificate does not verify"),
        ({"tls_enabled": False}, "the connection failed"),
    ],
)
def test_no_connection(server: RedisServer, options: dict[str, Any], text: str) -> None:
    with pytest.raises(StoreUnreadable, match=text) as caught:
        inspect_redis({**config(server), **options}, prefix=PREFIX)
    assert caught.value.message.endswith("run `ld-segment-store preflight redis` with the same options.")


def test_tls_where_redis_speaks_plain_text() -> None:
    with RedisServer() as server, pytest.raises(StoreUnreadable) as caught:
        inspect_redis({**config(server), "tls_enabled": True}, prefix=PREFIX, timeout=0.3)
    assert caught.value.message.endswith("Check the host, the firewall, and that the port speaks TLS.")


def test_a_silent_server(server: RedisServer) -> None:
    with server.admin() as admin:
        admin.client_pause(3500)
    started = time.monotonic()
    with pytest.raises(StoreUnreadable, match=r"did not answer within 0\.3 s"):
        read(server, timeout=0.3)
    assert time.monotonic() - started < 3
    with server.admin() as admin:
        admin.client_unpause()


@pytest.mark.parametrize(
    ("changes", "arguments", "text"),
    [
        ({"host": "redis://user:MARKER@host"}, {}, "host: is not"),
        ({"host": None}, {}, "host: is missing"),
        ({"tls_enabled": "MARKER"}, {}, "tls_enabled: is neither true nor false"),
        ({"tlsEnabled": True}, {}, "tlsEnabled: is not an option of Redis"),
        ({"password": 451}, {}, "password: is not a password"),
        ({"port": 65536}, {}, "port: is not a port"),
        ({"port": True}, {}, "port: is not a port"),
        ({"tls_enabled": True}, {"ca_path": "/nonexistent"}, "ca_path: can't be read"),
        ({}, {"timeout": 0}, "timeout: is not a positive number of seconds"),
        ({}, {"timeout": float("nan")}, "timeout: is not a positive number of seconds"),
        ({}, {"prefix": "sdk-MARKER"}, "prefix"),
        ({}, {"context_key": ""}, "context_key"),
        ({}, {"segment": ""}, "segment"),
        ({}, {"generation": 2}, "generation"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(
    changes: dict[str, Any], arguments: dict[str, Any], text: str
) -> None:
    given = {"context_key": "user-1", "prefix": PREFIX, **arguments}
    with pytest.raises(InvalidSettings, match=text) as caught:
        find_context("redis", {"host": "127.0.0.1", "port": "1", **changes}, given.pop("context_key"), **given)
    assert "MARKER" not in caught.value.message
