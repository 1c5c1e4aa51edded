# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Completion in the real shells: Bash and Zsh with the Tab key, fish by its own command."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ld_segment_store.cli.main import COMMANDS, main

# What is typed before Tab, and the line afterwards.
LINES = {
    "prefl": "preflight",
    "status --sto": "status --store",
    "status --store dyn": "status --store dynamodb",
    "document sdk-r": "document sdk-redis",
    "plan sto": "plan stores.yml",
    "status --access-token-file sto": "status --access-token-file stores.yml",
    "plan --format mark": "plan --format markdown",
}
SHELLS = {
    "bash": (["bash", "--noprofile", "--norc", "-i"], ""),
    "zsh": (["zsh", "-f", "-i"], "bindkey -e; autoload -U compinit; compinit -u -d zcompdump; "),
}


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with a file to complete, and a script for each shell."""
    (tmp_path / "stores.yml").touch()
    for shell in ("bash", "zsh", "fish"):
        assert main(["completion", shell]) == 0
        (tmp_path / f".{shell}").write_text(capsys.readouterr().out, encoding="utf-8")
    return tmp_path


@contextmanager
def _terminal(command: list[str], folder: Path) -> Iterator[int]:
    """A shell on a terminal of its own."""
    ours, theirs = pty.openpty()
    environ = {"PATH": os.defpath, "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8", "PS1": "> "}
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        try:
            yield ours
        finally:
            process.kill()
            os.close(ours)


def _until(terminal: int, pattern: str) -> None:
    """Read until the pattern appears."""
    shown, deadline = "", time.monotonic() + 20
    while not re.search(pattern, shown):
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, shown
        shown += os.read(terminal, 4096).decode("utf-8", "replace")


@pytest.mark.parametrize("shell", SHELLS)
def test_tab(shell: str, folder: Path) -> None:
    """Ctrl-A goes to the start of the line, where `echo` makes it harmless."""
    command, before = SHELLS[shell]
    with _terminal(command, folder) as terminal:
        os.write(terminal, f'{before}eval "$(<.{shell})"; echo re""ady\n'.encode())
        _until(terminal, "ready")
        for number, (typed, completed) in enumerate(LINES.items()):
            os.write(terminal, f"ld-segment-store {typed}\t\x01echo {number} '[\x05]'\n".encode())
            # A shell adds a space after a whole word; Zsh removes it again.
            _until(terminal, rf"\n{number} \[ld-segment-store {completed} ?\]")


def test_fish(folder: Path) -> None:
    script = "source .fish\n" + "".join(f"complete -C 'ld-segment-store {typed}'\n" for typed in LINES)
    environ = {"PATH": os.defpath, "HOME": str(folder)}
    answer = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    offered = [line.split("\t")[0] for line in answer.stdout.splitlines()]
    assert offered == [line.split()[-1] for line in LINES.values()]
    assert "preflight\t" + COMMANDS["preflight"][1] in answer.stdout


def test_the_extra_is_named_where_it_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 1
    assert "'ld-segment-store[completion]'" in capsys.readouterr().err
