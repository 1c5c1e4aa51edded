# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store exporter` as a process: what it serves while stores, tokens and the API fail and recover."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.emulator import Emulator
from tests.support.exporter import PASSWORD, TOKEN, add, bad, exporter, good, wait_until

LIVE = {"account": "default", "project": "shop", "environment": "live", "store": "redis"}


def test_health_fails_and_recovers(ld: Emulator, tmp_path: Path) -> None:
    integration_id = add(ld, "live", good())
    with exporter(ld, tmp_path) as running:
        running.until("available", 1, **LIVE, integration_id=integration_id)
        age = running.value("sync_age_seconds", **LIVE)
        assert age is not None
        assert 0 <= age < 60
        assert running.value("severity", **LIVE) == running.value("errors", **LIVE) == 0
        assert running.value("read_success", account="default") == 1
        assert 0 < (running.value("rate_limit_remaining", limit="account") or 0) < 10_000
        assert 0 < (running.value("read_duration_seconds") or 0) < 10
        assert abs((running.value("read_timestamp_seconds") or 0) - time.time()) < 60
        ld.set_status(integration_id, bad())
        running.until("available", 0, **LIVE)
        assert running.value("severity", **LIVE) == 2
        assert running.value("errors", **LIVE) == 1
        assert (running.value("sync_age_seconds", **LIVE) or 0) >= 900
        ld.account.delete(integration_id)
        running.until("available", None, **LIVE)
        assert {request.method for request in ld.requests} == {"GET"}


def test_a_scrape_sends_no_request_and_a_port_is_for_one(
    ld: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ld, "live", good())
    with exporter(ld, tmp_path, "--interval", "600") as running:
        running.until("available", 1)
        before = len(ld.requests)
        for _scrape in range(5):
            running.text()
        assert len(ld.requests) == before
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
        assert main(["exporter", "--port", running.url.split(":")[2].split("/")[0]]) == 2
        assert "--port: cannot be opened on 127.0.0.1 (Address already in use)" in capsys.readouterr().err


def test_a_rotated_token_needs_no_restart(ld: Emulator, tmp_path: Path) -> None:
    """An expired token is reported once, and the samples of stores disappear after three intervals."""
    add(ld, "live", good())
    token = tmp_path / "token"
    token.write_text(TOKEN)
    options = ("--access-token-file", str(token))
    with exporter(ld, tmp_path, *options, LAUNCHDARKLY_ACCESS_TOKEN="") as running:
        running.until("available", 1, **LIVE)
        _replace(token, "api-MARKER-expired")
        running.until("available", None, **LIVE)
        assert running.value("read_success") == 0
        assert (running.value("read_failures_total", reason="unauthorized") or 0) >= 1
        _replace(token, TOKEN + "\n")
        running.until("available", 1, **LIVE)
        assert running.value("read_success") == 1
    expired, again = running.log.read_text().splitlines()
    assert expired.startswith("default: LaunchDarkly responded 401")
    assert again == "default: The account is read again."


def _replace(file: Path, text: str) -> None:
    """As a rotation should: nobody reads half of it."""
    new = file.with_suffix(".new")
    new.write_text(text)
    new.replace(file)


def test_api_down_and_too_many_requests(ld: Emulator, tmp_path: Path) -> None:
    """Both end the read within its deadline, and a scrape is served meanwhile."""
    add(ld, "live", good())
    with exporter(ld, tmp_path) as running:
        running.until("available", 1)
        ld.faults.rate(1.0, [429])
        wait_until(lambda: bool(running.value("read_failures_total", reason="rate_limited")))
        ld.faults.clear()
        running.until("available", 1)
        ld.faults.rate(1.0, [503])
        running.until("read_success", 0)
        ld.faults.clear()
        running.until("read_success", 1)


def test_drift(ld: Emulator, tmp_path: Path) -> None:
    """A wrong stores file does not hide the health."""
    integration_id = add(ld, "live", good(), tags=["a"])
    redis = {"host": "redis.example.com", "password": {"env": "REDIS_PASSWORD"}}
    entries = [
        {"project_key": "shop", "environment_key": "live", "tags": ["a"], "redis": redis},
        {"project_key": "shop", "environment_key": "test", "redis": redis},
    ]
    file = tmp_path / "stores.json"
    file.write_text(json.dumps({"stores": entries}))
    with exporter(ld, tmp_path, "--stores-file", str(file), REDIS_PASSWORD=PASSWORD) as running:
        running.until("drifted", 0, **LIVE)
        test = {**LIVE, "environment": "test"}
        assert running.value("drifted", **test) == running.value("missing", **test) == 1
        assert running.value("missing", **LIVE) == 0
        assert running.value("drift_check_success") == 1
        ld.account.update(integration_id, tags=("oops",))
        running.until("drifted", 1, **LIVE)
        assert running.value("missing", **LIVE) == 0
        file.write_text("{")
        running.until("drift_check_success", 0)
        assert running.value("available", **LIVE) == running.value("read_success") == 1
        assert (running.value("read_failures_total", reason="invalid_settings") or 0) >= 1
        assert {request.method for request in ld.requests} == {"GET"}
    assert "stores.json: invalid JSON" in running.log.read_text()


def test_several_accounts(ld: Emulator, tmp_path: Path) -> None:
    """One that fails does not hide the other."""
    add(ld, "live", good())
    for name, token in (("one", TOKEN), ("two", "api-MARKER-wrong")):
        (tmp_path / name).write_text(token)
    accounts = [
        {"name": name, "access_token_file": str(tmp_path / name), "api_host": ld.url} for name in ("one", "two")
    ]
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps({"accounts": accounts}))
    with exporter(ld, tmp_path, "--accounts", str(file), LAUNCHDARKLY_API_HOST="") as running:
        running.until("available", 1, **{**LIVE, "account": "one"})
        running.until("read_success", 0, account="two")
        assert running.value("read_success", account="one") == 1


def test_a_signal_during_a_read_ends_it_at_once(ld: Emulator, tmp_path: Path) -> None:
    ld.faults.add("delay", seconds=30)
    with exporter(ld, tmp_path) as running:
        running.text()
        time.sleep(0.3)  # the request is under way
        began = time.monotonic()
        assert running.end() == 0
        assert time.monotonic() - began < 5
    assert running.log.read_text() == ""


WRONG = [
    ("[]", "accounts.json: does not declare `accounts`"),
    ('{"accounts": [1]}', "accounts[0]: is not a mapping"),
    ('{"accounts": [{"name": "a"}]}', "accounts[0].access_token_file: is missing"),
    ('{"accounts": [{"name": "", "access_token_file": "t"}]}', "accounts[0].name: is not text"),
    ('{"accounts": [{"name": "a", "access_token_file": "t", "token": "MARKER"}]}', "accounts[0]: has an unknown key"),
    (
        '{"accounts": [{"name": "a", "access_token_file": "t"}, {"name": "a", "access_token_file": "t"}]}',
        "accounts[1].name",
    ),
    ('{"accounts": [{"name": "a", "access_token_file": "/missing"}]}', "accounts[0].access_token_file: can't be read"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_accounts(text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "accounts.json"
    file.write_text(text)
    assert main(["exporter", "--accounts", str(file)]) == 1
    err = capsys.readouterr().err
    assert message in err
    assert "MARKER" not in err


def test_wrong_options(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
    cases = {
        ("--host", "0.0.0.0"): "--host: is not a loopback address. Add --allow-remote",
        ("--port", "70000"): "--port: must be a whole number from 0 to 65535",
        ("--accounts", "a.json", "--api-host", "https://x"): "--api-host: is given with --accounts",
    }
    for options, message in cases.items():
        assert main(["exporter", *options]) == 2
        assert message in capsys.readouterr().err


STORES = "stores: [{project_key: a, environment_key: b, redis: {host: h, password: {env: REDIS_PASSWORD}}}]"
WRONG_STORES = [
    (None, "{file}: can't be read (No such file or directory)"),
    ("stores: [", "{file}: invalid YAML"),
    (STORES, "stores[0].redis.password: refers to the environment variable REDIS_PASSWORD, which is not set"),
    ("stores: [{project_key: a, environment_key: b, state: gone}]", "stores[0].state: "),
    (f"{STORES[:-1]}, *a]".replace("[{", "[&a {").replace("{env: REDIS_PASSWORD}", "x"), "stores[1]: "),
]


@pytest.mark.parametrize(("text", "message"), WRONG_STORES)
def test_a_wrong_stores_file_stops_it_at_the_start(
    text: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_server: object) -> None:
        raise AssertionError("the exporter listens")

    monkeypatch.setattr("prometheus_client.start_http_server", start)
    monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("REDIS_PASSWORD", raising=False)
    file = tmp_path / "stores.yml"
    if text is not None:
        file.write_text(text)
    assert main(["exporter", "--stores-file", str(file)]) == 1
    message = message.format(file=file)
    assert capsys.readouterr().err.startswith(f"ld-segment-store: {message}")
    token = tmp_path / "token"
    token.write_text(TOKEN)
    entry = {"name": "a", "access_token_file": str(token), "stores_file": str(file)}
    (tmp_path / "accounts.json").write_text(json.dumps({"accounts": [entry]}))
    assert main(["exporter", "--accounts", str(tmp_path / "accounts.json")]) == 1
    assert capsys.readouterr().err.startswith(f"ld-segment-store: accounts[0].stores_file: {message}")


def test_the_extra_is_named_where_it_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    assert main(["exporter"]) == 1
    assert "'ld-segment-store[exporter]'" in capsys.readouterr().err
