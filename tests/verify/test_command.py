# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store verify-api` as a user runs it: what it refuses, prints and writes, and what it never shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.cli import emulator
from ld_segment_store.cli import main as cli
from ld_segment_store.cli.arguments import Parser
from ld_segment_store.core.version import __version__
from ld_segment_store.emulator import Behaviour, Emulator, Integration
from ld_segment_store.verify.bench import CONFIGS, MARK
from ld_segment_store.verify.probes import PROBES
from ld_segment_store.verify.run import run_probes
from tests.support.in_process import report_of
from tests.support.scripted import FakeClock

TOKEN = "api-PLANTED-token-4c1e"
CLIENT_SIDE_ID = "64c0f1a2b3c4d5e6f7a8b9c0"
ACCOUNT = "Acme Payments"
SEED: dict[str, Any] = {
    "projects": {
        "acme-shop": {
            "name": f"{ACCOUNT} Shop",
            "environments": {"acme-test": {"client_side_id": CLIENT_SIDE_ID}, "acme-live": {}},
        }
    }
}
PLACE = ("--project", "acme-shop", "--environment", "acme-test")
PASSWORD = "PLANTED-redis-passw0rd"
NEIGHBOUR = "Billing of Berta"
# What LaunchDarkly might say about a store, with everything in it that a report must not have.
MESSAGE = (
    f"dial tcp: lookup of redis failed for {ACCOUNT} Shop, acme-shop/acme-test, {CLIENT_SIDE_ID}, account emulator-account,"
    f" {TOKEN}, 10.20.30.40, ops@acme.example, 0a1b2c3d-0000-4000-8000-000000000000, not {NEIGHBOUR}"
)
PLANTED = (
    TOKEN,
    "PLANTED",
    CLIENT_SIDE_ID,
    "acme",
    "Berta",
    "emulator-account",
    "10.20.30.40",
    "0a1b2c3d",
    "127.0.0.1",
)


@pytest.fixture
def ld(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An account with an integration in another environment, whose stores report MESSAGE as soon as they are on."""
    with Emulator(seed=SEED, access_tokens=[TOKEN]) as running:
        config = {"host": "redis.example.com", "password": PASSWORD}
        running.account.create("acme-shop", "acme-live", "redis", config, name=NEIGHBOUR, on=True, tags=["berta"])

        def report(event: str, integration: Integration) -> None:
            if event == "created" and integration.on:
                error = {"statusCode": 500, "message": MESSAGE, "timestamp": 1}
                running.set_status(integration.id, {"available": False, "potentiallyStale": True, "errors": [error]})

        running.account.observe(report)
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", running.url)
        yield running


def verify(*options: str) -> int:
    return cli.main(["verify-api", *PLACE, *options])


def writes(ld: Emulator) -> list[str]:
    return [record.method for record in ld.requests if record.method != "GET"]


def test_a_report(ld: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = ld.account.integrations
    ids: list[str] = []
    ld.account.observe(lambda _event, integration: ids.append(integration.id))
    file = tmp_path / "report.json"
    assert verify("--yes", "--report", str(file)) == 0
    assert ld.account.integrations == before
    printed, said = capsys.readouterr()
    announced, _, text = printed.partition("half of each rate limit.\n")
    assert all(
        part in announced for part in ("acme-shop/acme-test", ld.url, MARK, CONFIGS["redis"]["host"], "400 requests")
    )
    assert text.count("confirmed: ") + text.count("refuted: ") + text.count("not decided: ") == len(PROBES)
    assert text.splitlines()[-1].startswith(f"{len(PROBES)} statements: ")
    assert said == ""
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["version"] == __version__
    assert report["instance"] == "not an instance of LaunchDarkly"
    assert [result["statement"] for result in report["results"]] == [probe.statement for probe in PROBES]
    status = next(result for result in report["results"] if "cannot be reached" in result["statement"])
    assert '"dial tcp: lookup of redis failed for (hidden)' in status["evidence"]
    assert ids
    shown = text + file.read_text(encoding="utf-8")
    assert not [planted for planted in (*PLANTED, *ids) if planted.lower() in shown.lower()]


def test_what_is_refused(ld: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify() == 2
    assert "--yes: is missing." in capsys.readouterr().err
    assert verify("--yes", "--report", str(tmp_path / "none/report.json")) == 2
    assert "--report: is in a folder that does not exist." in capsys.readouterr().err
    assert cli.main(["verify-api", *PLACE[:3], "acme-live", "--yes"]) == 2
    assert "--environment: has 1 integration. Choose one that has none" in capsys.readouterr().err
    assert verify("--clean-up") == 0
    assert "0 integrations of earlier runs deleted." in capsys.readouterr().out
    assert writes(ld) == []
    # A POST finds out, and no other follows.
    assert cli.main(["verify-api", *PLACE[:3], "acme-tset", "--yes"]) == 2
    assert "--environment: was not found in the project." in capsys.readouterr().err
    assert writes(ld) == ["POST"]


def test_an_environment_that_is_in_use(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is switched on there."""
    before = ld.account.integrations
    on: list[str] = []
    ld.account.observe(lambda event, integration: on.append(event) if integration.on else None)
    assert cli.main(["verify-api", *PLACE[:3], "acme-live", "--yes", "--allow-existing"]) == 0
    assert "All are switched off." in capsys.readouterr().out
    assert (on, ld.account.integrations) == ([], before)


def test_a_failure_of_the_removal(
    ld: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ld_segment_store.cli.verify_api.run_probes", lambda bench: list(run_probes(bench))[:0])
    ld.faults.add(*[403] * 99, method="DELETE")
    assert verify("--yes") == 1
    assert "Delete them with --clean-up." in capsys.readouterr().err
    assert len(ld.account.integrations) > 1
    ld.faults.clear()
    assert verify("--yes", "--clean-up") == 0
    assert len(ld.account.integrations) == 1


def test_the_emulator_behaves_as_reported(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    clock = FakeClock()
    behaviour = Behaviour(list_config="empty", mask_stars="eight", second_integration="key_exists", list_delay=0.6)
    report = report_of(Emulator(behaviour=behaviour, clock=clock.time), clock)
    file.write_text(json.dumps(report.as_data()), encoding="utf-8")
    assert settings(file).second_integration == "key_exists"
    assert settings(file) == Behaviour(**report.behaviour)
    assert settings(file, "--guess", "list_config=omitted").list_config == "omitted"


def settings(file: Path, *more: str) -> Behaviour:
    """What the options of `emulator` mean."""
    parser = Parser()
    emulator.add_arguments(parser)
    return emulator._behaviour(parser, parser.parse_args(["--behaviour", str(file), *more]))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is not a report of verify-api"),
        ('{"behaviour": {}}', "is not a report of verify-api"),
        ('{"report": "ld-segment-store verify-api", "behaviour": {"mask_shown": "9"}}', "mask_shown does not accept"),
        ('{"report": "ld-segment-store verify-api", "behaviour": {"newer": 1}}', "newer is not a guess"),
    ],
)
def test_a_wrong_report(tmp_path: Path, text: str, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    file.write_text(text, encoding="utf-8")
    assert cli.main(["emulator", "--behaviour", str(file)]) == 2
    assert f"--behaviour: {problem}" in capsys.readouterr().err
