# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The README's commands and snippets work as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core import client as core_client
from ld_segment_store.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOP: dict[str, Any] = {"projects": {"shop": {"environments": {"live": {}}}}}


def snippet(language: str) -> str:
    """The one code block in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return str(found)


def test_python(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with Emulator(seed=SHOP) as ld:
        # Only LaunchDarkly's address is another one than in the README.
        monkeypatch.setattr(core_client.Client.__init__, "__defaults__", (ld.url,))
        monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", ld.access_token)
        monkeypatch.setenv("REDIS_PASSWORD", "MARKER-password")
        exec(compile(snippet("python"), "README.md", "exec"), {})
        assert [integration.name for integration in ld.account.integrations] == ["Redis of shop/live"]
    printed = capsys.readouterr().out
    assert "it does not exist" in printed
    assert "True {" in printed
    assert "MARKER" not in printed


def test_menu_has_the_commands() -> None:
    menu = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in re.findall(r"`make (\w[\w-]*)`", README):
        assert f"make {target} " in menu


def test_commands_exist() -> None:
    usage = subprocess.run(
        [sys.executable, "-m", "ld_segment_store", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for command in re.findall(r"ld-segment-store (\w+)", README):
        assert re.search(rf"^ +{command}$|^ +{command} ", usage, re.MULTILINE), command


def test_folders_exist() -> None:
    for row in re.findall(r"^\| (`.+?) \|", README, re.MULTILINE):
        for folder in re.findall(r"`([a-z_/]+/)`", row):
            assert (ROOT / folder).is_dir(), folder
