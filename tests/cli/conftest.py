# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""An emulator that the command line is connected to, and a command as a user runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.emulator import Emulator
from tests.core.fleet.files import connected


@pytest.fixture
def ld(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator; the environment variables lead to it."""
    with connected(monkeypatch) as emulator:
        yield emulator


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command; its exit code, standard output and standard error, without the planted secret."""

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert "MARKER" not in printed.out + printed.err
        return code, printed.out, printed.err

    return command
