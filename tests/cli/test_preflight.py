# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store preflight` against a real Redis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_segment_store.cli.main import main
from tests.support.redis_server import RedisServer

PASSWORD = "MARKER-5ecret"


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
    assert {check["name"]: check["outcome"] for check in json.loads(printed)}["authenticate"] == "pass"


def test_a_failure_has_exit_code_1(
    server: RedisServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", "MARKER-wrong")
    code, printed = run(capsys, server)
    assert code == 1
    assert "failure  User and password:" in printed


def test_bad_options_are_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", "redis", "--host", "redis://user:MARKER@host"]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("ld-segment-store: redis.host: is not a host name or address. Give the host alone")
    assert "MARKER" not in printed.err
