# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Servers that people have, and whether the verdict is right: what the emulator's writer then really does.

docs/how-to/preflight.md lists these situations.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.secret import Secret
from ld_segment_store.preflight.checks import Check, Outcome, worst
from ld_segment_store.preflight.layout import cursor_key, lock_key
from ld_segment_store.preflight.redis.network import Endpoint
from ld_segment_store.preflight.redis.store import Login
from tests.support.redis_preflight import (
    COMMANDS,
    KEYS,
    PASSWORD,
    PREFIX,
    acl_user,
    reported,
    run,
    run_on,
    wait_until,
    write_by_emulator,
)
from tests.support.redis_recorded import (
    ANOTHER_POLICY,
    ELASTICACHE,
    KEYDB_ACTIVE_REPLICA,
    NO_ROLE,
    REDIS_5,
    TWEMPROXY,
    distant,
    recorded,
)
from tests.support.redis_server import RedisServer, free_port
from tests.support.sync import failure_of, redis_config


def _red(checks: dict[str, Check]) -> bool:
    return worst(checks.values()) is Outcome.FAILURE


@contextlib.contextmanager
def _cluster() -> Iterator[RedisServer]:
    """All slots on one node, as ElastiCache has it with one shard."""
    config = {"cluster-enabled": "yes", "cluster-port": str(free_port())}
    with RedisServer(acl=[acl_user(f"{KEYS} {COMMANDS}")], config=config) as server, server.admin() as admin:
        admin.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        wait_until(lambda: "cluster_state:ok" in admin.execute_command("CLUSTER", "INFO"))
        yield server


def test_a_cluster_of_one_shard_is_a_failure_and_so_is_the_write() -> None:
    with _cluster() as server:
        checks = run_on(server, "writer")
        truth = failure_of(redis_config(server, username="writer", password=PASSWORD))
    assert reported(checks["mode"]) == (
        "failure",
        "Redis runs in cluster mode (it rejects EXEC with CROSSSLOT), where transactions over several keys end in CROSSSLOT",
    )
    assert "ElastiCache Serverless and MemoryDB" in checks["mode"].remedy
    assert reported(checks["writes"]) == (
        "failure",
        "Redis rejects EXEC: CROSSSLOT Keys in request don't hash to the same slot",
    )
    assert truth[1].startswith("CROSSSLOT: ")


def test_a_cluster_whose_slots_are_elsewhere() -> None:
    config = {"cluster-enabled": "yes", "cluster-port": str(free_port())}
    with RedisServer(password=PASSWORD, config=config) as server:
        checks = run_on(server)
    assert checks["writes"].seen.startswith("Redis rejects WATCH: CLUSTERDOWN Hash slot not served")
    assert reported(checks["mode"])[0] == "failure"


def test_a_cluster_that_does_not_say_so() -> None:
    """As behind a proxy: the trial transaction alone shows it."""
    replies = {**NO_ROLE, "WATCH": "-MOVED 1649 10.0.0.9:6379"}
    with recorded(replies) as (config, _):
        checks = run(config)
    assert reported(checks["writes"]) == ("failure", "Redis rejects WATCH: MOVED 1649 10.0.0.9:6379")
    assert "it rejects WATCH with MOVED" in checks["mode"].seen


@pytest.mark.slow
@pytest.mark.parametrize("round_trip", [0.15, 0.5])
def test_a_distant_server(round_trip: float) -> None:
    with (
        RedisServer(tls=True, acl=[acl_user(f"{KEYS} {COMMANDS}")]) as server,
        distant(server.port, round_trip) as port,
    ):
        checks = run_on(server, "writer", config={"port": port}, bound=60)
    assert not _red(checks)
    assert reported(checks["permissions"])[0] == reported(checks["writes"])[0] == "pass"
    assert round_trip <= checks["tls"].measured["round_trip_seconds"] < round_trip + 2


def test_a_good_local_store_waits_for_nothing(secured: RedisServer) -> None:
    """Under a second on an idle machine; here only far from any timeout, since a busy one says nothing."""
    start = time.monotonic()
    assert not _red(run_on(secured, "writer"))
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [("allkeys-lru", "warning"), ("allkeys-random", "warning"), ("volatile-lru", "pass"), ("volatile-ttl", "pass")],
)
def test_eviction_and_whether_members_are_really_lost(policy: str, outcome: str) -> None:
    with RedisServer(password=PASSWORD, config={"maxmemory-policy": policy}) as server, server.admin() as admin:
        checks = run_on(server)
        write_by_emulator(server, password=PASSWORD)
        members = set(admin.keys(PREFIX + ":big_segment_*"))
        admin.config_set("maxmemory", "1mb")
        with contextlib.suppress(Exception):  # it may be out of memory
            for number in range(200):
                admin.set(f"ballast-{number}", "x" * 10_000, ex=3600)
        kept = members <= set(admin.keys(PREFIX + ":big_segment_*"))
    assert members
    assert reported(checks["eviction"])[0] == outcome
    assert kept is (outcome == "pass")


def test_a_writable_replica_loses_what_is_written() -> None:
    with RedisServer(password=PASSWORD) as primary:
        config = {"replicaof": f"127.0.0.1 {primary.port}", "masterauth": PASSWORD, "replica-read-only": "no"}
        with RedisServer(password=PASSWORD, config=config) as replica:
            checks = run_on(replica)
    assert reported(checks["mode"])[0] == "failure"
    assert reported(checks["writes"])[0] == "pass"


@pytest.mark.parametrize(
    ("replies", "seen"),
    [
        (KEYDB_ACTIVE_REPLICA, "the server reports the role 'active-replica'; the check of writes decides"),
        (NO_ROLE, "the server reports no role; the check of writes decides"),
    ],
    ids=["keydb", "no-role"],
)
def test_odd_roles_do_not_fail(replies: Any, seen: str) -> None:
    with recorded(replies) as (config, _):
        checks = run(config)
    assert reported(checks["mode"]) == ("pass", seen)
    assert not _red(checks)


def test_redis_5_with_a_user_name() -> None:
    with recorded(REDIS_5) as (config, received):
        checks = run({**config, "username": "writer"})
        without = run(config)
    assert reported(checks["authenticate"]) == (
        "failure",
        "this Redis is older than version 6 and has no user names: it rejects AUTH with the name 'writer'",
    )
    assert "leave the user name out" in checks["authenticate"].remedy
    assert "upgrade" in checks["authenticate"].remedy
    assert ["AUTH", "writer", PASSWORD] in received
    assert reported(without["version"]) == ("warning", "Redis 5.0.14 has neither users with permissions nor TLS")
    assert reported(without["mode"]) == ("pass", "a single primary")
    assert not _red(without)


def test_twemproxy() -> None:
    with recorded(TWEMPROXY) as (config, _):
        checks = run(config)
    assert reported(checks["writes"]) == (
        "failure",
        "the server closed the connection at WATCH: it does not support transactions",
    )
    assert "Twemproxy" in checks["writes"].remedy


def test_elasticache_without_config() -> None:
    with recorded(ELASTICACHE) as (config, _):
        checks = run(config)
    assert reported(checks["persistence"]) == ("skipped", "this server has no CONFIG")
    assert "CONFIG GET" not in checks["persistence"].remedy
    assert reported(checks["eviction"]) == (
        "pass",
        "the eviction policy volatile-lru drops only keys with an expiry; big segments have none",
    )


def test_an_eviction_policy_that_redis_does_not_have() -> None:
    with recorded(ANOTHER_POLICY) as (config, _):
        check = run(config)["eviction"]
    assert reported(check) == (
        "warning",
        "the eviction policy optimistic-volatile is not one of Redis: it may drop members of segments",
    )


@pytest.mark.parametrize("command", ["EXEC", "MULTI", "SADD"])
def test_a_command_that_is_renamed_away(command: str) -> None:
    with RedisServer(password=PASSWORD, config={"rename-command": f'{command} ""'}) as server:
        checks = run_on(server)
        truth = failure_of(redis_config(server, password=PASSWORD))
    assert reported(checks["writes"]) == ("failure", f"Redis rejects {command}: ERR unknown command '{command}'")
    assert truth[1].startswith("ERR: ")


@pytest.mark.parametrize("missing", [lock_key, cursor_key])
def test_the_keys_of_lock_and_cursor_are_tried(missing: Any) -> None:
    keys = {"lock": lock_key(PREFIX), "cursor": cursor_key(PREFIX), "sync": f"{PREFIX}:big_segments_synchronized_on"}
    allowed = " ".join(f"~{key}" for key in keys.values() if key != missing(PREFIX))
    sets = f"~{PREFIX}:big_segment_include:* ~{PREFIX}:big_segment_exclude:*"
    with RedisServer(acl=[acl_user(f"{allowed} {sets} {COMMANDS}")]) as server:
        checks = run_on(server, "writer")
    assert reported(checks["permissions"]) == (
        "failure",
        f"the user 'writer' may not use keys such as {PREFIX}:big_segments_*",
    )


def test_hello_switched_off_on_a_new_redis() -> None:
    with RedisServer(password=PASSWORD, config={"rename-command": 'HELLO ""'}) as server:
        checks = run_on(server)
    assert reported(checks["mode"]) == ("pass", "a single primary")
    assert reported(checks["version"])[0] == "pass"
    assert checks["version"].seen.startswith("Redis 7")


def test_a_user_that_needs_no_password() -> None:
    lines = [f"user writer on nopass {KEYS} {COMMANDS}", acl_user("~* +@all", "x")]
    with RedisServer(acl=lines) as server:
        nopass = run_on(server, "writer")
        right = run_on(server, "x")
    assert reported(nopass["authenticate"]) == ("failure", "Redis accepts the user 'writer' with an empty password")
    assert "resetpass" in nopass["authenticate"].remedy
    assert reported(right["authenticate"])[0] == "pass"


def test_few_client_slots() -> None:
    """One connection at a time is enough, beside the one that is kept."""
    with RedisServer(password=PASSWORD) as server, server.admin() as admin:
        admin.ping()
        admin.config_set("maxclients", "3")  # this client, and two
        checks = run_on(server)
    assert not _red(checks)


def test_an_administrator_sees_more() -> None:
    acl = [acl_user(f"{KEYS} {COMMANDS}"), acl_user("~* +@all", "boss"), acl_user("+ping", "clerk")]
    with RedisServer(acl=acl, config={"maxmemory": "100mb"}) as server:
        alone = run_on(server, "writer")
        checks = run_on(server, "writer", admin=Login("boss", Secret(PASSWORD)))
        clerk = run_on(server, "writer", admin=Login("clerk", Secret(PASSWORD)))
        wrong = run_on(server, "writer", admin=Login("boss", Secret("planted-wrong")))
    assert reported(alone["memory"])[0] == "skipped"
    assert {reported(checks[name])[0] for name in ("eviction", "memory")} == {"pass"}
    assert 0 < checks["memory"].measured["memory_ratio"] < 1
    assert reported(checks["persistence"])[0] == "warning"
    assert reported(clerk["memory"]) == ("skipped", "the administrator may not run INFO")
    assert reported(wrong["memory"])[0] == "skipped"
    assert "administrator" in wrong["memory"].seen
    assert not _red(wrong)


def test_persistence_that_fails() -> None:
    config = {"save": "3600 1000000", "stop-writes-on-bgsave-error": "no"}
    with RedisServer(password=PASSWORD, config=config) as server, server.admin() as admin:
        (server.directory / "dump.rdb").mkdir()  # a folder stands where the snapshot goes
        admin.set("something", "to save")
        admin.bgsave()
        wait_until(lambda: bool(admin.info("persistence")["rdb_last_bgsave_status"] != "ok"))
        checks = run_on(server)
    assert reported(checks["persistence"]) == ("warning", "the last snapshot failed (rdb_last_bgsave_status: err)")
    assert reported(checks["writes"])[0] == "pass"


def test_a_reader() -> None:
    acl = [
        acl_user(f"%R~{PREFIX}:* +ping +get +smembers", "sdk"),
        acl_user(f"{KEYS} +ping +get", "half"),
        acl_user("~other:* +ping +get +smembers", "elsewhere"),
    ]
    with RedisServer(acl=acl) as server:
        good, half, elsewhere = (run_on(server, user, reader=True) for user in ("sdk", "half", "elsewhere"))
    assert reported(good["permissions"])[0] == "pass"
    assert reported(good["resolve"]) == ("pass", "127.0.0.1")  # an application may be near
    assert "writes" not in good
    assert reported(half["permissions"]) == ("failure", "the user 'half' may not run SMEMBERS")
    assert reported(elsewhere["permissions"])[0] == "failure"


def test_plain_text_over_the_internet(monkeypatch: pytest.MonkeyPatch, guarded: RedisServer) -> None:
    monkeypatch.setattr(Endpoint, "public_addresses", property(lambda endpoint: endpoint.addresses))
    check = run_on(guarded)["tls"]
    assert reported(check)[0] == "warning"
    assert "cross the Internet unencrypted" in check.seen


def test_one_of_several_addresses_is_dead(monkeypatch: pytest.MonkeyPatch, guarded: RedisServer) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("127.0.0.9", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", _only_for("redis.example.com", found, socket.getaddrinfo))
    checks = run_on(guarded, config={"host": "redis.example.com"})
    assert reported(checks["connect"]) == (
        "warning",
        f"port {guarded.port} refused the connection at 127.0.0.9; continuing with 127.0.0.1",
    )
    assert reported(checks["writes"])[0] == "pass"


def _only_for(name: str, found: Any, other: Any) -> Any:
    return lambda host, *rest, **named: found if host == name else other(host, *rest, **named)


@pytest.mark.parametrize("option", ["", "send-proxy", "send-proxy-v2"])
def test_haproxy(guarded: RedisServer, tmp_path: Path, option: str) -> None:
    with _haproxy(tmp_path, guarded.port, option) as port:
        checks = run_on(guarded, config={"port": port}, timeout=0.5)
    if option == "send-proxy-v2":
        assert checks["tls"].seen.endswith("stays silent, with TLS and without")
        assert "`send-proxy-v2`" in checks["tls"].remedy
    elif option:
        assert reported(checks["tls"]) == (
            "failure",
            "a proxy sends Redis the PROXY protocol header, which Redis does not understand",
        )
        assert "send-proxy" in checks["tls"].remedy
    else:
        assert reported(checks["writes"])[0] == "pass"


@contextlib.contextmanager
def _haproxy(folder: Path, port: int, option: str) -> Iterator[int]:
    listen = free_port()
    config = folder / "haproxy.cfg"
    config.write_text(
        "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n"
        f"listen redis\n  bind 127.0.0.1:{listen}\n  server redis 127.0.0.1:{port} {option}\n"
    )
    process = subprocess.Popen(["haproxy", "-db", "-q", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _listens(listen))
        yield listen
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False
