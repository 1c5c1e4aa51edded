# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Wrong arguments are a sentence that begins with the option, before anything is sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.emulator import Emulator
from tests.core.fleet.files import FLEET, write

ODD = ["inf", "nan", "0", "-1", "1e400", "", "x", "9" * 5000, "1e300", "0x1", "1,5"]


@pytest.mark.parametrize(
    ("word", "option", "values"),
    [
        *((word, "--timeout", ODD) for word in ("plan", "apply", "export", "status")),
        *((word, "--concurrency", [*ODD, "1.5", "101", "٣"]) for word in ("plan", "export")),
        *((word, "--share", [*ODD, "1.1"]) for word in ("apply", "export")),
        ("status", "--max-age", ODD),
        ("plan", "--purge-maximum", ["inf", "nan", "-1", "1.5", "", "9" * 5000]),
    ],
)
def test_odd_numbers(
    ld: Emulator, capsys: pytest.CaptureFixture[str], word: str, option: str, values: list[str]
) -> None:
    file = [] if word in ("export", "status") else ["stores.yml"]
    for value in values:
        assert main([word, *file, f"{option}={value}"]) == (3 if word == "status" else 2), value
        last = capsys.readouterr().err.splitlines()[-1]
        assert last.startswith(f"ld-segment-store: {option}: must be a "), last
        assert len(last) < 120
    assert ld.requests == []


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("plan", "FILE"),
        ("apply", "FILE"),
        ("check stores.yml", "FILE"),
        ("import terraform", "FILE"),
        ("export --output", "-o/--output"),
        ("status --access-token-file", "--access-token-file"),
        ("plan stores.yml --ca-path", "--ca-path"),
        ("exporter --stores-file", "--stores-file"),
        ("exporter --accounts", "--accounts"),
        ("preflight redis --host redis.example.com --password-file", "--password-file"),
        ("preflight redis --host redis.example.com --redis-ca-file", "--redis-ca-file"),
        ("inspect redis --password-file", "--password-file"),
        ("verify-api --report", "--report"),
        ("verify-api --openapi", "--openapi"),
        ("emulator --seed", "--seed"),
        ("emulator --behaviour", "--behaviour"),
    ],
)
def test_an_unset_variable_as_path(ld: Emulator, capsys: pytest.CaptureFixture[str], words: str, option: str) -> None:
    assert main([*words.split(), ""]) == (3 if words.startswith("status") else 2)
    assert capsys.readouterr().err.splitlines()[-1] == f"ld-segment-store: {option}: is empty. Give the file's path."
    assert ld.requests == []


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("export", "--project"),
        ("status", "--project"),
        ("status", "--environment"),
        ("verify-api", "--project"),
        ("verify-api", "--environment"),
        ("preflight redis --host redis.example.com", "--project"),
        ("preflight redis --host redis.example.com", "--environment"),
        ("inspect redis", "--project"),
    ],
)
def test_an_unset_variable_as_key(ld: Emulator, capsys: pytest.CaptureFixture[str], words: str, option: str) -> None:
    assert main([*words.split(), option, ""]) == (3 if words == "status" else 2)
    assert f"ld-segment-store: {option}: is empty. Give the key as LaunchDarkly shows it" in capsys.readouterr().err
    assert main([*words.split(), option, "My shop"]) == (3 if words == "status" else 2)
    assert f"{option}: is not a key." in capsys.readouterr().err
    assert ld.requests == []


WRONG: dict[str, tuple[list[str], str]] = {
    "unknown": (["plan", "FILE", "--nope"], "unrecognized arguments: --nope."),
    "abbreviated": (["plan", "FILE", "--purge-max", "3"], "unrecognized arguments: --purge-max"),
    "no file": (["plan"], "the following arguments are required: FILE."),
    "no command": ([], "the following arguments are required: COMMAND."),
    "another command": (["plann"], "COMMAND: invalid choice: 'plann'"),
    "host": (["plan", "FILE", "--api-host", "example.com"], "--api-host: is not an https URL. Give scheme and host"),
    "empty host": (["plan", "FILE", "--api-host", ""], "--api-host: is not an https URL. Give scheme and host"),
    "authority": (["plan", "FILE", "--ca-path", ""], "--ca-path: is empty. Give"),
    "token": (["plan", "FILE", "--access-token-file", "/dev/zero"], "--access-token-file: can't be read"),
    "empty token": (["plan", "FILE", "--access-token-file", "/dev/null"], "--access-token-file: can't be read"),
    "project": (["plan", "FILE", "--purge-project", ""], "--purge-project: is empty. Give"),
    "format": (["plan", "FILE", "--format", "xml"], "--format: invalid choice: 'xml'"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=list(WRONG))
def test_wrong_arguments(
    ld: Emulator, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], message: str
) -> None:
    file = str(write(tmp_path, FLEET))
    assert main([file if argument == "FILE" else argument for argument in arguments]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    if arguments:
        # 2 would mean changes, and that a store is not available.
        assert main([*(file if argument == "FILE" else argument for argument in arguments), "--detailed-exitcode"]) == 1
        assert main(["status", "--nope"]) == 3
    assert ld.requests == []


def test_the_access_token_may_come_from_a_file_that_a_variable_names(
    ld: Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(os.environ["LAUNCHDARKLY_ACCESS_TOKEN"] + "\n", encoding="utf-8")
    monkeypatch.delenv("LAUNCHDARKLY_ACCESS_TOKEN")
    file = str(write(tmp_path, FLEET))
    assert main(["plan", file]) == 1
    assert "access token: is missing. Set LAUNCHDARKLY_ACCESS_TOKEN or LAUNCHDARKLY_ACC" in capsys.readouterr().err
    monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN_FILE", str(tmp_path / "token"))
    assert main(["plan", file]) == 0
    monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN_FILE", str(tmp_path / "none"))
    assert main(["plan", file]) == 1
    assert "LAUNCHDARKLY_ACCESS_TOKEN_FILE: can't be read from" in capsys.readouterr().err
