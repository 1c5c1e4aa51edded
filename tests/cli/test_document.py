# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store document`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.core.documents import DOCUMENTS
from ld_segment_store.emulator import Emulator
from ld_segment_store.exports.sdk import LANGUAGES, sdk_snippet

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/documents.md").read_text(encoding="utf-8")
VALUES = {
    "external_id": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11",
    "principal": "123456789012",
    "table_name": "segments",
    "region": "cn-north-1",
    "account_id": "123456789012",
    "username": "sdk",
    "prefix": "64c0f1a2b3c4d5e6f7a8b9c0",
}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    assert main(["document", *arguments]) == 0
    streams = capsys.readouterr()
    return streams.out, streams.err


def flags(*options: str) -> list[str]:
    return [f"--{option.replace('_', '-').replace('prefix', 'client-side-id')}={VALUES[option]}" for option in options]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document(capsys: pytest.CaptureFixture[str], name: str) -> None:
    document = DOCUMENTS[name]
    command = name.replace("_", "-")
    out, err = printed(capsys, command, *flags(*document.options))
    made = document.make(**{option: VALUES[option] for option in document.options})
    if name != "external_id":
        assert out.rstrip("\n") == (made.rstrip("\n") if isinstance(made, str) else json.dumps(made, indent=2))
    assert err == f"Rests on: {document.basis}\n"
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{command}` |"))
    assert row.endswith(f"| {document.basis} |")


def test_the_partition(capsys: pytest.CaptureFixture[str]) -> None:
    options = flags("table_name", "region", "account_id")
    assert "arn:aws-cn:dynamodb:cn-north-1" in printed(capsys, "reader-policy", *options)[0]
    assert "arn:aws-iso:dynamodb" in printed(capsys, "reader-policy", *options, "--partition", "aws-iso")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sdk(capsys: pytest.CaptureFixture[str], language: str) -> None:
    prefix = VALUES["prefix"]
    out, err = printed(
        capsys,
        *("sdk-redis", "--language", language, "--host", "redis.example.com", "--username", "sdk", "--tls-enabled"),
        *flags("prefix"),
    )
    config = {"host": "redis.example.com", "username": "sdk", "tls_enabled": True}
    assert out == sdk_snippet(language, "redis", config, prefix)
    assert err.startswith("Rests on: ")
    assert f"| {err.removeprefix('Rests on: ').strip()} |" in PAGE
    out, _ = printed(capsys, "sdk-dynamodb", "--language", language, *flags("table_name", "region", "prefix"))
    assert out == sdk_snippet(language, "dynamodb", {"table_name": "segments", "region": "cn-north-1"}, prefix)


def test_the_firewall_list(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator() as ld:
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", ld.access_token)
        monkeypatch.setenv("LAUNCHDARKLY_API_HOST", ld.url)
        out, err = printed(capsys, "firewall-list")
        source = f"{ld.url}/api/v2/public-ip-list"
    *comment, first, second = out.splitlines()
    assert (first, second) == ("198.51.100.1/32", "198.51.100.2/32")
    assert comment[0] == f"# LaunchDarkly's outbound addresses, from {source}"
    assert f"| {err.removeprefix('Rests on: ').strip()} |" in PAGE


def test_wrong_values_are_refused_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["document", "trust-policy", *flags("principal"), "--external-id", "MARKER"]) != 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "external-id" in printed.err
    assert "MARKER" not in printed.err
