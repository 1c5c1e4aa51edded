# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store status`: what it prints, and its exit codes for monitoring."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.cli.status import as_prometheus, as_text, exit_code
from ld_segment_store.cli.terminal import put_lines
from ld_segment_store.core.flow.health import health
from ld_segment_store.core.model.integration import read_listed_integration
from ld_segment_store.emulator import Behaviour, Emulator, Fault

SEED: dict[str, Any] = {"projects": {"shop": {"environments": {"live": {}, "test": {}}}}}
TOKEN = "api-MARKER-token"
NOW_MS = 1_790_000_000_000


@pytest.fixture(params=["omitted", "empty"])
def ld(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator(seed=SEED, access_tokens=[TOKEN], behaviour=Behaviour(list_config=request.param)) as emulator:
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", emulator.url)
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
        yield emulator


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a second after the last synchronization."""
    monkeypatch.setattr("ld_segment_store.cli.status.time", SimpleNamespace(time=lambda: NOW_MS / 1000 + 1))


def add(ld: Emulator, environment: str, status: dict[str, Any], **others: Any) -> str:
    made = ld.account.create("shop", environment, "redis", {"host": "redis.example.com"}, **{"on": True, **others})
    ld.set_status(made.id, status)
    return made.id


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["status", *arguments])
    printed = capsys.readouterr()
    assert "MARKER" not in printed.out + printed.err
    return code, printed.out


GOOD = {"available": True, "potentiallyStale": False, "lastSync": NOW_MS}
STALE = {**GOOD, "potentiallyStale": True}
BAD = {
    "available": False,
    "potentiallyStale": True,
    "lastError": NOW_MS,
    "errors": [{"statusCode": 500, "message": "connection refused", "timestamp": NOW_MS}],
}


@pytest.mark.parametrize(
    ("statuses", "code", "word"),
    [([GOOD], 0, "OK"), ([GOOD, STALE], 1, "WARNING"), ([STALE, BAD], 2, "CRITICAL"), ([], 3, "UNKNOWN")],
)
def test_exit_codes(
    ld: Emulator, capsys: pytest.CaptureFixture[str], statuses: list[dict[str, Any]], code: int, word: str
) -> None:
    for environment, status in zip(("live", "test"), statuses):
        add(ld, environment, status)
    got, printed = run(capsys)
    assert (got, printed.split(" ", 1)[0]) == (code, word)


def test_switched_off_does_not_count(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    add(ld, "live", BAD, on=False)
    code, printed = run(capsys)
    assert code == 0
    assert printed.startswith("OK - 1 integration, 0 with a problem, 1 off.")
    assert "The integration is switched off." in printed


def test_text_tells_the_cause(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    integration_id = add(ld, "live", BAD)
    line = run(capsys)[1].splitlines()[1]
    assert line.startswith(f"CRITICAL shop/live redis ({integration_id}): The store is not available; it was never")
    assert "connection refused (status 500)" in line


def test_json(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    add(ld, "live", GOOD)
    (item,) = json.loads(run(capsys, "--format", "json")[1])
    assert (item["severity"], item["environment_key"], item["status"]["last_sync"]) == ("OK", "live", NOW_MS)


def test_prometheus(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    integration_id = add(ld, "live", GOOD)
    printed = run(capsys, "--format", "prometheus")[1]
    labels = f'project="shop",environment="live",store="redis",integration_id="{integration_id}"'
    assert f"launchdarkly_big_segment_store_available{{{labels}}} 1\n" in printed
    assert f"launchdarkly_big_segment_store_last_sync_timestamp_seconds{{{labels}}} 1790000000\n" in printed
    assert f"launchdarkly_big_segment_store_severity{{{labels}}} 0\n" in printed
    assert "last_error_timestamp_seconds{" not in printed
    sample = re.compile(r"(# (HELP|TYPE) \w+ .+|\w+\{(\w+=\"[^\"]*\",?)+\} [\d.e+]+)")
    assert all(sample.fullmatch(line) for line in printed.splitlines())


def test_a_synchronization_too_long_ago(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """By default longer ago than the Relay Proxy allows. Without a time, and with one that no clock can have, it is unknown."""
    ids = {}
    for name, age in (("live", 240), ("test", 3 * 3600)):
        ids[name] = add(ld, name, {**GOOD, "lastSync": NOW_MS - age * 1000})
    code, printed = run(capsys)
    assert code == 1
    head, live, test = printed.splitlines()
    assert head == "WARNING - 2 integrations, 1 with a problem, 0 off."
    assert live.startswith("OK       shop/live")
    assert test.startswith("WARNING  shop/test")
    assert test.endswith("synchronized 3 h ago. The maximum age is 300 s.")
    assert run(capsys, "--max-age", "20000")[0] == 0
    assert run(capsys, "--max-age", "60", "--environment", "live")[0] == 1
    for odd in (10**400, -(10**400), NOW_MS * 1000):
        ld.set_status(ids["test"], {**GOOD, "lastSync": odd})
        for form in ("text", "json", "prometheus"):
            assert run(capsys, "--format", form)[0] == 0


def test_filters(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    add(ld, "live", GOOD)
    add(ld, "test", BAD)
    assert run(capsys, "--environment", "live")[0] == 0
    assert run(capsys, "--environment", "test", "--store", "redis", "--project", "shop")[0] == 2
    assert run(capsys, "--store", "dynamodb")[0] == 3


def test_it_only_reads(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    add(ld, "live", GOOD)
    run(capsys)
    assert {request.method for request in ld.requests} == {"GET"}


def test_what_cannot_be_found_out_is_unknown(
    ld: Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ld.faults.add(Fault(401))
    code, printed = run(capsys)
    assert (code, printed.startswith("UNKNOWN - LaunchDarkly responded 401")) == (3, True)
    monkeypatch.delenv("LAUNCHDARKLY_ACCESS_TOKEN")
    code, printed = run(capsys)
    assert code == 3
    assert "Set LAUNCHDARKLY_ACCESS_TOKEN" in printed
    code, printed = run(capsys, "--access-token-file", str(tmp_path / "missing"))
    assert code == 3
    assert "--access-token-file: can't be read" in printed


def test_the_token_may_come_from_a_file(
    ld: Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    add(ld, "live", GOOD)
    monkeypatch.delenv("LAUNCHDARKLY_ACCESS_TOKEN")
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n", encoding="utf-8")
    assert run(capsys, "--access-token-file", str(file))[0] == 0


def test_an_integration_that_cannot_be_read_hides_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It counts as unknown, and a store that is not available is worse."""
    broken = {"_id": "x\x1b[2J", "integrationKey": "redis", "projectKey": "shop", "environmentKey": "test", "on": "yes"}
    item = {
        **broken,
        "_id": "i2",
        "environmentKey": "live",
        "on": True,
        "name": "",
        "tags": [],
        "version": 1,
        "_status": GOOD,
    }
    for status, code in ((GOOD, 3), (BAD, 2)):
        items = [broken, 5, {**item, "_status": status}]
        found = [health(read_listed_integration(one, "GET /list"), NOW_MS / 1000, 300) for one in items]
        assert exit_code(found) == code
        put_lines(as_text(found))
        head, odd, neither, good = capsys.readouterr().out.splitlines()
        assert head.startswith(("UNKNOWN - 3 integrations, 2 with", "CRITICAL - 3 integrations, 3 with"))
        assert odd.startswith("UNKNOWN  shop/test redis (x\\x1b[2J): The response to GET /list has no usable `")
        assert neither.startswith("UNKNOWN  ")
        assert good.split()[:3] == ["OK" if status is GOOD else "CRITICAL", "shop/live", "redis"]


def test_integrations_with_the_same_labels_are_one_sample() -> None:
    """Prometheus rejects a response that has a sample twice."""
    found = [health(read_listed_integration(one, "GET /list"), NOW_MS / 1000, 300) for one in (5, "text")]
    samples = [line.rpartition(" ")[0] for line in as_prometheus(found) if not line.startswith("#")]
    assert len(samples) == len(set(samples)) == 1
