# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store preflight` against a real Redis."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_segment_store.cli import preflight
from ld_segment_store.cli.main import main
from ld_segment_store.emulator import Emulator
from ld_segment_store.preflight.checks import Check, Outcome
from tests.support.redis_server import RedisServer, make_certificate
from tests.support.sync import seed

PASSWORD = "MARKER-5ecret"
PREFIX = "64c0ffee64c0ffee64c0ffee"


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer(password=PASSWORD) as running:
        yield running


def run(capsys: pytest.CaptureFixture[str], server: RedisServer, *arguments: str) -> tuple[int, str]:
    code = main(["preflight", "redis", "--host", server.host, "--port", str(server.port), *arguments])
    printed = capsys.readouterr()
    assert "MARKER" not in printed.out + printed.err
    return code, printed.out + printed.err


def test_a_store_that_works(
    server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    code, printed = run(capsys, server)
    assert code == 0
    assert "pass     User and password:" in printed


def test_the_password_may_come_from_a_file(
    server: RedisServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", encoding="utf-8")
    code, printed = run(capsys, server, "--password-file", str(file), "--format", "json")
    assert code == 0
    assert {check["name"]: check["outcome"] for check in json.loads(printed)["checks"]}["authenticate"] == "pass"


def test_a_failure_has_exit_code_1(
    server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", "MARKER-wrong")
    code, printed = run(capsys, server)
    assert code == 1
    assert "failure  User and password:" in printed


def test_the_last_line_sums_up(
    server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    code, printed = run(capsys, server, "--client-side-id", PREFIX)
    assert code == 0
    # Loopback, and nothing is saved to disk.
    assert printed.splitlines()[-1] == "The store may work; see the warnings: 0 failed, 2 warned, 10 passed, 1 skipped."


@pytest.mark.parametrize(("level", "expected"), [("failure", 0), ("warning", 1), ("skipped", 1)])
def test_fail_on(
    server: RedisServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    level: str,
    expected: int,
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    assert run(capsys, server, "--fail-on", level)[0] == expected


def test_nothing_checked_is_no_success(
    server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "_preflight", lambda _options: [Check("x", "X", Outcome.SKIPPED, "no credentials")])
    code, printed = run(capsys, server)
    assert code == 1
    assert printed.splitlines()[-1].startswith("Nothing was checked: ")


def test_as_a_reader_and_with_an_administrator(
    server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    code, printed = run(capsys, server, "--as", "reader", "--client-side-id", PREFIX, "--format", "json")
    document = json.loads(printed)
    assert (code, document["outcome"]) == (0, "pass")
    assert [check["name"] for check in document["checks"]][-2:] == ["permissions", "data"]
    monkeypatch.setenv("REDIS_ADMIN_PASSWORD", "MARKER-wrong")
    _code, printed = run(capsys, server, "--admin-username", "default")
    assert "skipped  Eviction, Memory, Persistence: not checked, because the administrator's login failed" in printed


def test_the_client_side_id_is_looked_up(
    server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    shop = ("--project", "shop", "--environment", "live")
    code, printed = run(capsys, server, *shop)
    assert code == 2
    assert printed.startswith("ld-segment-store: access token: is missing. Set LAUNCHDARKLY_ACCESS_TOKEN or ")
    with Emulator(seed=seed()) as ld:
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", ld.access_token)
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", ld.url)
        code, printed = run(capsys, server, *shop)
        assert (code, f"under '{PREFIX}'" in printed) == (0, True)
        assert run(capsys, server, *shop, "--client-side-id", PREFIX)[0] == 0
        code, printed = run(capsys, server, *shop, "--client-side-id", "another")
        assert (code, printed) == (
            2,
            f"ld-segment-store: --client-side-id: is not that of shop/live, which is {PREFIX}. Correct it, or leave it out.\n",
        )
        code, printed = run(capsys, server, "--project", "shop", "--environment", "Live")
        assert code == 2
        assert printed.startswith("ld-segment-store: --environment: does not exist in project 'shop'.")
        code, printed = run(capsys, server, "--project", "shop")
        assert (code, "--project and --environment go together" in printed) == (2, True)


def test_a_failed_login_takes_one_line(
    server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", "MARKER-wrong")
    with server.admin() as admin:
        admin.config_resetstat()
        code, printed = run(capsys, server, "--client-side-id", PREFIX)
        logins = admin.info("commandstats")["cmdstat_auth"]["failed_calls"]
    assert code == 1
    *_, failure, remedy, skipped, total = printed.splitlines()
    assert failure == "✗ failure  User and password: Redis rejects the user 'default' with this password"
    assert remedy.startswith("           -> ")
    titles = "Permissions, Writes, Eviction, Memory, Persistence, Mode, Version, Data"
    assert skipped == f"- skipped  {titles}: not checked, because 'User and password' failed"
    assert total == "The store cannot work as it is: 1 failed, 1 warned, 2 passed, 9 skipped."
    assert logins == 1


def test_checks_name_options_of_the_command_line(
    server: RedisServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, printed = run(capsys, server, "--tls-enabled", "--store-timeout", "0.5")
    assert (code, "the port speaks plain text, but --tls-enabled is given" in printed) == (1, True)
    assert "or leave --tls-enabled out" in printed
    with RedisServer(tls=make_certificate(tmp_path)) as secured:
        code, printed = run(capsys, secured)
        assert (code, "the port speaks TLS, but --tls-enabled is not given" in printed) == (1, True)
        assert "-> give --tls-enabled" in printed
        _code, printed = run(capsys, secured, "--format", "json")
        assert {check["name"]: check["remedy"] for check in json.loads(printed)["checks"]}[
            "tls"
        ] == "give --tls-enabled"


def test_prometheus(server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    with server.admin() as admin:
        admin.set(f"{PREFIX}:big_segments_synchronized_on", int((time.time() - 60) * 1000))
        admin.config_set("maxmemory", "100mb")
        code, printed = run(capsys, server, "--client-side-id", PREFIX, "--format", "prometheus")
        admin.config_set("maxmemory", "0")
    assert code == 0
    sample = re.compile(
        r"launchdarkly_big_segment_store_preflight_(\w+?)(?:\{check=\"(\w+)\",outcome=\"(\w+)\"\})? (\S+)"
    )
    lines = [line for line in printed.splitlines() if not re.fullmatch(r"# (HELP|TYPE) \w+ .+", line)]
    samples = [found.groups() for line in lines if (found := sample.fullmatch(line))]
    assert len(samples) == len(lines)
    outcomes = {check: outcome for _, check, outcome, value in samples if check and value == "1"}
    assert outcomes["authenticate"] == "pass"
    assert outcomes["persistence"] == "warning"
    measured = {name: float(value) for name, check, _, value in samples if not check}
    assert measured.keys() == {"memory_ratio", "round_trip_seconds", "sync_age_seconds"}
    assert 59 < measured["sync_age_seconds"] < 90
    assert 0 < measured["memory_ratio"] < 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--host", "redis://user:MARKER@host"), "ld-segment-store: --host"),
        (("--host", "host", "--port", "MARKER"), "ld-segment-store: --port"),
        (("--host", "host", "--client-side-id", "sdk-MARKER"), "ld-segment-store: --client-side-id"),
        (("--host", "host", "--password-file", "/nonexistent"), "ld-segment-store: --password-file"),
        (("--host", "host", "--admin-username", "boss"), "ld-segment-store: --admin-username"),
        (
            ("--host", "h", "--tls-enabled", "--redis-ca-file", "/none"),
            "ld-segment-store: --redis-ca-file: can't be read",
        ),
        ((), "ld-segment-store: --host"),
    ],
)
def test_wrong_arguments_have_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    assert main(["preflight", "redis", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith(expected)
    assert "MARKER" not in printed.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--password", "MARKER"), "unrecognized arguments: --password."),
        (("--password=MARKER", "MARKER"), "unrecognized arguments: --password."),
        (("MARKER",), "unrecognized arguments: a word that is no option."),
    ],
)
def test_the_value_of_an_unknown_option_is_not_shown(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    assert main(["preflight", "redis", "--host", "host", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err.splitlines()[-1] == f"ld-segment-store: {expected}"
    assert "MARKER" not in printed.err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_timeout_is_a_positive_number(capsys: pytest.CaptureFixture[str], seconds: str) -> None:
    assert main(["preflight", "redis", "--host", "host", "--store-timeout", seconds]) == 2
    assert "must be a positive number of seconds" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["preflight", "inspect"])
@pytest.mark.parametrize(
    ("password", "expected"),
    [("", "is empty."), ("MARKER\nb", "is not a password."), ("${MARKER}", "is a reference")],
)
def test_a_wrong_password_is_reported_where_it_is_from(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
    password: str,
    expected: str,
) -> None:
    arguments = [command, "redis", "--host", "127.0.0.1", "--client-side-id", PREFIX]
    monkeypatch.setenv("REDIS_PASSWORD", password)
    assert main(arguments) != 0
    (tmp_path / "password").write_text(password + "\n")
    printed = capsys.readouterr().err
    assert printed.startswith(f"ld-segment-store: REDIS_PASSWORD: {expected}")
    monkeypatch.delenv("REDIS_PASSWORD")
    assert main([*arguments, "--password-file", str(tmp_path / "password")]) == 2
    printed += capsys.readouterr().err
    assert f"ld-segment-store: --password-file: {expected}" in printed
    assert "MARKER" not in printed


def test_a_wrong_password_of_the_administrator(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_ADMIN_PASSWORD", "MARKER\nb")
    assert main(["preflight", "redis", "--host", "127.0.0.1", "--admin-username", "boss"]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("ld-segment-store: REDIS_ADMIN_PASSWORD: is not a password.")
    assert "MARKER" not in printed


def test_help_shows_no_example_as_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["preflight", "redis", "--help"])
    shown = capsys.readouterr().out
    assert "redis.example.com" not in shown
    assert "--host HOST" in shown
    assert "--port PORT" in shown
