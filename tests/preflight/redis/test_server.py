# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What kind of Redis it is, how it keeps data, what lies under the prefix: reported by real servers."""

from __future__ import annotations

import pytest

from ld_segment_store.preflight.checks import render
from ld_segment_store.preflight.layout import include_key, synchronized_on_key
from tests.support.redis_preflight import PASSWORD, PREFIX, reported, run_on, wait_until
from tests.support.redis_server import RedisServer, free_port

_NOW = 1_800_000_000.0
_DATABASE_OF_ITS_OWN = "LaunchDarkly recommends"


def test_a_server_with_nothing_to_complain_of_but_where_it_stands() -> None:
    with RedisServer(password=PASSWORD, config={"appendonly": "yes"}) as server:
        checks = run_on(server)
    assert {name: reported(check)[0] for name, check in checks.items()} == {
        "resolve": "warning",  # loopback
        "connect": "pass",
        "tls": "pass",
        "certificate": "skipped",  # plain
        "authenticate": "pass",
        "permissions": "pass",
        "writes": "pass",
        "eviction": "pass",
        "memory": "pass",
        "persistence": "pass",
        "mode": "pass",
        "version": "pass",
        "data": "pass",
    }
    assert checks["version"].seen.startswith("Redis ")
    assert checks["mode"].seen == "a single primary"
    assert checks["eviction"].seen == "Redis never evicts keys (noeviction)"
    assert checks["memory"].seen.endswith(" MiB used, without a limit")
    assert checks["persistence"].seen == "changes are kept in an append-only file"


def test_a_policy_that_drops_keys() -> None:
    with RedisServer(password=PASSWORD, config={"maxmemory": "100mb", "maxmemory-policy": "allkeys-lru"}) as server:
        checks = run_on(server)
    assert reported(checks["eviction"]) == (
        "warning",
        "the eviction policy is allkeys-lru: when memory is full, Redis silently drops members of segments",
    )
    assert checks["eviction"].remedy == (
        "set maxmemory-policy to noeviction, in the configuration or the provider's parameter group"
    )
    assert reported(checks["memory"])[0] == "pass"
    assert " of 100.0 MiB used (" in checks["memory"].seen


def test_memory_that_is_nearly_full() -> None:
    with RedisServer(password=PASSWORD) as server, server.admin() as admin:
        admin.set("ballast", "x" * 20 * 2**20)
        admin.config_set("maxmemory", str(int(admin.info("memory")["used_memory"] / 0.95)))
        checks = run_on(server)
    assert reported(checks["memory"])[0] == "warning"
    assert checks["memory"].seen.endswith(" MiB used (95%)")
    assert "raise `maxmemory`" in checks["memory"].remedy
    assert reported(checks["writes"])[0] == "pass"


def test_memory_that_is_full() -> None:
    with RedisServer(password=PASSWORD) as server, server.admin() as admin:
        admin.config_set("maxmemory", "1")
        checks = run_on(server)
    assert reported(checks["writes"])[0] == "failure"
    assert "when used memory > 'maxmemory'" in checks["writes"].seen
    assert reported(checks["memory"])[0] == "warning"


def test_data_that_a_restart_loses(guarded: RedisServer) -> None:
    check = run_on(guarded)["persistence"]
    assert reported(check) == ("warning", "neither snapshots nor an append-only file: a restart loses all members")
    assert "appendonly" in check.remedy


def test_snapshots() -> None:
    with RedisServer(password=PASSWORD, config={"save": "3600 1"}) as server:
        assert reported(run_on(server)["persistence"]) == ("pass", "snapshots are saved to disk")


def test_a_disk_that_cannot_be_written() -> None:
    """Redis then refuses even PING, so that whoever watches it notices."""
    with RedisServer(password=PASSWORD, config={"save": "3600 1000000", "rdbcompression": "no"}) as server:
        with server.admin() as admin:
            (server.directory / "dump.rdb").mkdir()  # a folder stands where the snapshot goes
            admin.set("something", "to save")
            admin.bgsave()
            wait_until(lambda: bool(admin.info("persistence")["rdb_last_bgsave_status"] != "ok"))
        checks = run_on(server)
    assert checks["writes"].seen.startswith("Redis rejects PING: MISCONF Redis is configured to save")
    assert reported(checks["authenticate"])[0] == "pass"


def test_what_a_user_may_not_look_at_takes_one_line_and_says_what_to_check(secured: RedisServer) -> None:
    checks = run_on(secured, "writer")
    *_, skipped, remedy = render(checks[name] for name in ("writes", "eviction", "memory", "persistence")).splitlines()
    assert skipped == "- skipped  Eviction, Memory, Persistence: this user may not run INFO"
    assert remedy == (
        "           -> give the login of an administrator, or check with INFO that maxmemory_policy does not begin with allkeys,"
        " that used_memory is well below maxmemory, and that aof_enabled is 1 or CONFIG GET save not empty"
    )
    persistence = run_on(secured, "observer")["persistence"]
    assert reported(persistence) == ("skipped", "this user may not run CONFIG")
    assert persistence.remedy.endswith("that CONFIG GET save is not empty, since there is no append-only file")


def test_a_replica() -> None:
    with (
        RedisServer(password=PASSWORD) as primary,
        RedisServer(
            password=PASSWORD,
            config={"replicaof": f"127.0.0.1 {primary.port}", "masterauth": PASSWORD},
        ) as replica,
    ):
        checks = run_on(replica)
    assert reported(checks["mode"]) == ("failure", "this is a replica, which does not keep writes")
    assert checks["mode"].remedy == "give host and port of the primary"
    assert checks["writes"].seen == "Redis rejects SET: READONLY You can't write against a read only replica."


def test_a_sentinel() -> None:
    monitor = {"sentinel": [f"monitor primary 127.0.0.1 {free_port()} 1"]}
    with RedisServer(password=PASSWORD, arguments=["--sentinel"], config=monitor) as server:
        checks = run_on(server)
    assert reported(checks["mode"]) == ("failure", "this is a Redis Sentinel, which holds no data")
    assert reported(checks["writes"])[0] == "failure"


def test_a_redis_that_is_loading_its_data() -> None:
    slow = {"rdbcompression": "no", "key-load-delay": "2000", "loading-process-events-interval-bytes": "1024"}
    with RedisServer(password=PASSWORD, config=slow) as server:
        with server.admin() as admin:
            admin.mset({f"key{number}": "x" * 1024 for number in range(5000)})
            admin.save()
        server.stop()
        server.start(loaded=False)
        checks = run_on(server)
    assert reported(checks["authenticate"]) == ("failure", "Redis is still loading its data")


def test_never_synced(guarded: RedisServer) -> None:
    with guarded.admin() as admin:
        admin.flushall()
        admin.sadd(include_key(PREFIX, "somebody"), "segment.g1")
    check = run_on(guarded)["data"]
    assert reported(check) == ("pass", "never synced, under this prefix or another: as expected before the first sync")


@pytest.mark.parametrize(
    ("age", "outcome", "seen"),
    [
        (5, "pass", "synced 5 s ago"),
        (120, "pass", "synced 120 s ago"),
        (300, "warning", "synced 300 s ago: SDKs report it as stale after 120 s"),
        (-60, "pass", "synced 0 s ago"),
        (-500, "warning", "synced 500 s in the future"),
    ],
)
def test_synced(guarded: RedisServer, age: int, outcome: str, seen: str) -> None:
    with guarded.admin() as admin:
        admin.flushall()
        admin.set(synchronized_on_key(PREFIX), str(int((_NOW - age) * 1000)))
    check = run_on(guarded, now=lambda: _NOW)["data"]
    assert reported(check) == (outcome, seen)


def test_something_else_under_the_key_of_the_sync(guarded: RedisServer) -> None:
    key = synchronized_on_key(PREFIX)
    with guarded.admin() as admin:
        admin.set(key, "yesterday")
        words = run_on(guarded)["data"]
        admin.delete(key)
        admin.sadd(key, "a set")
        other_type = run_on(guarded)
    assert reported(words) == ("warning", f"{key} holds no time in milliseconds")
    assert reported(other_type["data"])[0] == "warning"
    assert other_type["data"].seen.startswith(f"{key} cannot be read: WRONGTYPE ")
    assert _DATABASE_OF_ITS_OWN in words.remedy
    assert reported(other_type["permissions"])[0] == "pass"


def test_synced_under_another_prefix(guarded: RedisServer) -> None:
    with guarded.admin() as admin:
        admin.flushall()
        admin.set(synchronized_on_key("launchdarkly"), "1")
        one = run_on(guarded)["data"]
        for prefix in ("another", "and-another", "and-one-more"):
            admin.set(synchronized_on_key(prefix), "1")
        many = run_on(guarded)["data"]
    assert reported(one) == (
        "warning",
        (
            f"never synced under {PREFIX!r}, but under 'launchdarkly'; 'launchdarkly' is the default prefix of SDKs"
            " and the Relay Proxy"
        ),
    )
    assert "correct the prefix" in one.remedy
    assert many.seen.startswith(
        f"never synced under {PREFIX!r}, but under 'and-another', 'and-one-more', 'another' and 1 more; "
    )


def test_the_search_for_other_prefixes_ends(guarded: RedisServer) -> None:
    with guarded.admin() as admin:
        admin.flushall()
        admin.mset({f"key{number}": "" for number in range(30_000)})
        admin.config_resetstat()
        check = run_on(guarded)["data"]
        assert admin.info("commandstats")["cmdstat_scan"]["calls"] == 10
        admin.flushall()
    assert reported(check) == (
        "pass",
        "never synced, under this prefix or another (in the first 10000 keys): as expected before the first sync",
    )


def test_who_may_not_look_for_other_prefixes_is_reported_so(secured: RedisServer) -> None:
    assert reported(run_on(secured, "writer")["data"]) == (
        "pass",
        f"never synced under {PREFIX!r}; this user may not look for other prefixes",
    )
    assert reported(run_on(secured, "elsewhere")["data"]) == (
        "skipped",
        "not checked, because this user may not read it",
    )
