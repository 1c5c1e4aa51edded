# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Users, passwords and permissions, against a real Redis with an ACL file."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from ld_segment_store.core.documents import REDIS_WRITER_COMMANDS
from tests.support.redis_preflight import PASSWORD, PREFIX, almost_redis, not_checked_after, reported, run, run_on
from tests.support.redis_server import RedisServer

_COMMANDS = ", ".join(REDIS_WRITER_COMMANDS)
_SOURCE = "tried; the list is that of LaunchDarkly's public Relay Proxy and SDK code, its own is not published"


def test_a_right_password(secured: RedisServer, guarded: RedisServer) -> None:
    assert reported(run_on(secured, "writer")["authenticate"]) == (
        "pass",
        "Redis accepts the user 'writer' and its password",
    )
    assert reported(run_on(guarded)["authenticate"]) == ("pass", "Redis accepts the user 'default' and its password")


def test_a_wrong_password(secured: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with secured.admin() as admin:
        admin.execute_command("ACL", "SETUSER", "changed", "on", ">something-else", "+@all", "~*")
        checks = run_on(secured, "changed")
        admin.execute_command("ACL", "DELUSER", "changed")
    assert checks["authenticate"].seen == "Redis rejects the user 'changed' with this password"
    assert "`ACL GETUSER changed`" in checks["authenticate"].remedy
    assert not_checked_after(checks, "authenticate")
    assert PASSWORD not in caplog.text


def test_a_wrong_password_of_the_default_user() -> None:
    with RedisServer(password="another") as server:
        checks = run_on(server)
    assert checks["authenticate"].seen == "Redis rejects the user 'default' with this password"
    assert not_checked_after(checks, "authenticate")


def test_a_wrong_password_is_sent_once(guarded: RedisServer) -> None:
    with guarded.admin() as admin:
        admin.config_resetstat()
        run_on(guarded, password="planted-but-wrong")
        assert admin.info("commandstats")["cmdstat_auth"]["failed_calls"] == 1


def test_a_user_that_is_missing(secured: RedisServer) -> None:
    checks = run_on(secured, "nobody")
    assert checks["authenticate"].seen == "Redis rejects the user 'nobody' with this password"
    assert "missing or off" in checks["authenticate"].remedy
    assert not_checked_after(checks, "authenticate")


def test_a_password_is_demanded_and_none_given(guarded: RedisServer) -> None:
    checks = run_on(guarded, password="")
    assert checks["authenticate"].seen == "Redis requires a password, and none was given"
    assert not_checked_after(checks, "authenticate")


def test_a_user_without_the_password(secured: RedisServer) -> None:
    checks = run_on(secured, "writer", password="")
    assert checks["authenticate"].seen == "Redis has no user 'writer' that needs no password"
    assert not_checked_after(checks, "authenticate")


def test_a_password_is_given_and_none_set(bare: RedisServer) -> None:
    checks = run_on(bare)
    assert checks["authenticate"].seen == "a password was given, but Redis has none set"
    assert not_checked_after(checks, "authenticate")


def test_a_server_open_to_all(bare: RedisServer) -> None:
    check = run_on(bare, password="")["authenticate"]
    assert reported(check) == ("warning", "Redis also serves clients that give no password")
    assert "switch the user `default` off" in check.remedy


@pytest.mark.parametrize("user", ["writer", "dryrunner"])
def test_a_user_with_all_permissions_of_a_writer(secured: RedisServer, user: str) -> None:
    checks = run_on(secured, user)
    assert reported(checks["permissions"]) == (
        "pass",
        f"the user {user!r} may run {_COMMANDS} under {PREFIX!r} ({_SOURCE})",
    )
    assert reported(checks["writes"]) == (
        "pass",
        "Redis accepts writes and transactions (writes were queued, not executed)",
    )


@pytest.mark.parametrize(
    ("user", "outcome", "seen", "rules"),
    [
        ("strict", "warning", "may not run UNWATCH, DISCARD", "+unwatch +discard"),
        (
            "reader",
            "failure",
            "may not run UNWATCH, EXEC, DISCARD, SET, SADD, SREM",
            "+unwatch +exec +discard +set +sadd +srem",
        ),
        (
            "no-multi",
            "failure",
            "may not run UNWATCH, MULTI, DISCARD; without MULTI the rest could not be tried",
            "+unwatch +multi +discard",
        ),
        ("no-exec", "failure", "may not run EXEC", "+exec"),
        (
            "half",
            "failure",
            "may not use keys such as {0}:big_segment_include:*, {0}:big_segment_exclude:*",
            "~{0}:big_segment_include:* ~{0}:big_segment_exclude:*",
        ),
        (
            "elsewhere",
            "failure",
            "may not use keys such as {0}:big_segments_*, {0}:big_segment_include:*, {0}:big_segment_exclude:*",
            "~{0}:big_segments_* ~{0}:big_segment_include:* ~{0}:big_segment_exclude:*",
        ),
    ],
)
def test_missing_permissions(secured: RedisServer, user: str, outcome: str, seen: str, rules: str) -> None:
    checks = run_on(secured, user)
    assert reported(checks["permissions"]) == (outcome, f"the user {user!r} {seen.format(PREFIX)}")
    assert checks["permissions"].remedy == f"as an administrator: ACL SETUSER {user} {rules.format(PREFIX)}"
    if outcome == "failure" and user != "no-exec":
        assert reported(checks["writes"]) == ("skipped", "not checked, because this user may not write")


def test_the_remedy_helps(secured: RedisServer) -> None:
    with secured.admin() as admin:
        admin.execute_command("ACL", "SETUSER", "half-again", "on", ">" + PASSWORD, "+ping", "+get", "+multi", "+watch")
        for _ in range(2):  # what EXEC and its kin need shows only when MULTI is there
            remedy = run_on(secured, "half-again")["permissions"].remedy
            admin.execute_command(*remedy.replace("as an administrator: ", "").split())
        assert reported(run_on(secured, "half-again")["permissions"])[0] == "pass"
        admin.execute_command("ACL", "DELUSER", "half-again")


@pytest.mark.parametrize("user", ["writer", "no-multi", "dryrunner", "owner", "half"])
def test_nothing_is_changed(secured: RedisServer, user: str) -> None:
    """Redis counts the changes it has made, and the calls of each command that it has executed."""
    with secured.admin() as admin:
        admin.config_resetstat()
        before = admin.info("persistence")["rdb_changes_since_last_save"]
        checks = run_on(secured, user)
        assert reported(checks["authenticate"])[0] == "pass"
        assert admin.info("persistence")["rdb_changes_since_last_save"] == before
        assert admin.dbsize() == 0
        executed: Any = admin.info("commandstats")
        for command in ("set", "sadd", "srem"):
            assert executed.get("cmdstat_" + command, {"calls": 0})["calls"] == 0


def test_without_a_prefix_there_are_no_keys_to_ask_about(secured: RedisServer) -> None:
    checks = run_on(secured, "writer", prefix=None)
    for name in ("permissions", "writes", "data"):
        assert reported(checks[name]) == ("skipped", "not checked, because no prefix was given")
    assert reported(checks["version"])[0] == "pass"


def test_a_server_that_executes_at_once_is_sent_nothing_that_writes() -> None:
    with almost_redis({"ACL": "-ERR unknown command", "PING": "+PONG"}) as (config, received):
        checks = run(config, password="")
    reason = "ERR it does not queue commands after MULTI"
    assert reported(checks["permissions"]) == ("skipped", f"not checked, because Redis rejects MULTI: {reason}")
    assert reported(checks["writes"]) == ("failure", f"Redis rejects MULTI: {reason}")
    assert not {"SET", "SADD", "SREM"} & {command[0] for command in received}
    assert ["MULTI"] in received


def test_an_error_that_repeats_the_password_is_not_passed_on() -> None:
    """As Redis does with the arguments of a command that it doesn't know."""
    answer = "-ERR unknown command, with args beginning with: {0}"
    with almost_redis({"AUTH": answer}) as (config, received):
        checks = run(config)
    assert checks["authenticate"].seen == "Redis does not accept the command AUTH"
    assert ["AUTH", PASSWORD] in received
    with almost_redis({"GET": "-ERR you logged in with " + PASSWORD}) as (config, _):
        checks = run(config)
    assert checks["data"].seen == (
        f"{PREFIX}:big_segments_synchronized_on cannot be read: ERR (the rest may hold the password)"
    )


def test_a_server_that_falls_silent() -> None:
    with almost_redis({"AUTH": ""}) as (config, _):
        at_login = run(config, timeout=0.4)
    assert at_login["authenticate"].seen == "Redis does not respond to AUTH"
    assert not_checked_after(at_login, "authenticate")
    with almost_redis({"INFO": ""}) as (config, _):
        later = run(config, timeout=0.4)
    assert reported(later["memory"]) == ("failure", "Redis stopped responding")


def test_a_server_that_hangs_up_at_login() -> None:
    with almost_redis({"AUTH": None}) as (config, _):
        checks = run(config)
    assert checks["authenticate"].seen == "Redis closed the connection at AUTH"
    assert not_checked_after(checks, "authenticate")


def test_a_connection_that_breaks_later() -> None:
    with almost_redis({"INFO": None}) as (config, _):
        checks = run(config)
    assert reported(checks["memory"]) == ("failure", "Redis closed the connection")
    assert reported(checks["authenticate"])[0] == "warning"
