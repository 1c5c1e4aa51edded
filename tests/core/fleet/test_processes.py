# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store` as a process: interrupted, killed, and with nobody who reads what it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.emulator import Emulator, Integration
from tests.core.fleet.files import FLEET, connected, write
from tests.core.fleet.fleets import names

ROOT = Path(__file__).parents[3]


@pytest.fixture
def ld(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with connected(monkeypatch) as emulator:
        yield emulator


def command(*arguments: str | Path) -> list[str]:
    """The real one, in a process of its own."""
    return [sys.executable, "-m", "ld_segment_store", *map(str, arguments)]


class Held:
    """One creation is held up until it is released: the second by default."""

    def __init__(self, ld: Emulator, number: int = 2) -> None:
        self._number = number
        self._made = 0
        self.arrived = threading.Event()
        self.released = threading.Event()
        ld.account.observe(self._watch)

    def _watch(self, _event: str, _integration: Integration) -> None:
        self._made += 1
        if self._made == self._number:
            self.arrived.set()
            self.released.wait(60)


def until_told(file: Path, text: str) -> None:
    """Wait until the file that a process writes has this text."""
    pause = threading.Event()
    end = time.monotonic() + 30
    while text not in file.read_text(encoding="utf-8"):
        assert time.monotonic() < end, file.read_text(encoding="utf-8")
        pause.wait(0.02)


@pytest.mark.parametrize("again", [False, True], ids=["once", "twice"])
def test_interrupted(ld: Emulator, tmp_path: Path, again: bool) -> None:
    """By Ctrl-C, while requests are in flight. Fewer workers than stores, so that some stores are not attempted."""
    file = write(tmp_path, {**FLEET, "stores": [{"environment_key": name} for name in names(6)]})
    told, errors = tmp_path / "out", tmp_path / "err"
    held = Held(ld, 3)  # of two workers, one has read the response to its first creation by then
    with told.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(command("apply", file, "--concurrency", "2"), cwd=ROOT, stdout=out, stderr=err)
        try:
            assert held.arrived.wait(30)
            process.send_signal(signal.SIGINT)
            until_told(errors, "in-flight request")
            if again:
                process.send_signal(signal.SIGINT)
                assert process.wait(10) == 130  # without the answer
            held.released.set()
            assert process.wait(30) == 130
        finally:
            held.released.set()
            process.kill()
            process.wait()
    *lines, last = told.read_text(encoding="utf-8").splitlines()
    words = Counter(line[:13].strip() for line in lines)
    assert sum(words.values()) == 6
    assert words["not attempted"] >= 1
    assert words["create"] >= 1
    unknown = [line for line in lines if line.startswith("failed")]
    if again:
        assert unknown
        assert all("The run was interrupted before a response came." in line for line in unknown)
    else:
        assert not unknown
        assert words["create"] == len(ld.account.integrations)
    assert last.startswith(f"6 stores: {words['create']} created, ")
    said = errors.read_text(encoding="utf-8")
    *warned, end = said[said.index("Waiting for") :].splitlines()[1:]
    assert end == "ld-segment-store: interrupted by SIGINT."
    # Only a second interrupt keeps it from looking for duplicates.
    assert ["It is unknown whether another run created" in line for line in warned] == [True] * again


CLOSED = {"closed": "Broken pipe", "full": "No space left on device"}


@pytest.mark.parametrize(("word", "unbuffered"), [("plan", ""), ("export", "1"), ("--help", "")])
@pytest.mark.parametrize("kind", CLOSED)
def test_standard_output_that_cannot_be_written(
    ld: Emulator, tmp_path: Path, kind: str, word: str, unbuffered: str
) -> None:
    """As by `| true` and `> /dev/full`; when it is printed, or when the buffer is emptied."""
    arguments = [word, write(tmp_path, FLEET)] if word == "plan" else [word]
    environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    if kind == "full":
        output = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, output = os.pipe()
        os.close(reader)
    done = subprocess.run(
        command(*arguments), cwd=ROOT, env=environ, stdout=output, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(output)
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, last) == (74, f"ld-segment-store: cannot write to standard output: {CLOSED[kind]}.")
    assert "Traceback" not in done.stderr


def test_nobody_reads_anything(ld: Emulator, tmp_path: Path) -> None:
    """`apply FILE 2>&1 | true` does its work all the same."""
    reader, output = os.pipe()
    os.close(reader)
    apply = command("apply", write(tmp_path, FLEET), "--concurrency", "1")
    subprocess.run(apply, cwd=ROOT, stdout=output, stderr=output, check=False)
    os.close(output)
    assert len(ld.account.integrations) == 2


def test_a_name_that_the_terminal_cannot_show(ld: Emulator, tmp_path: Path) -> None:
    ld.account.create("shop", "env-0", "redis", {"host": "redis.example.com"}, name="Größe ✓", on=True)
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}

    def run(*arguments: str | Path) -> str:
        done = subprocess.run(command(*arguments), cwd=ROOT, env=ascii_only, capture_output=True, check=True)
        return done.stdout.decode("utf-8")

    exported = run("export")
    assert 'name: "Größe ✓"\n' in exported
    file = tmp_path / "stores.yml"
    file.write_text(exported.replace("✓", "x"), encoding="utf-8")
    assert r'name differs: "Gr\xf6\xdfe \u2713" -> "Gr\xf6\xdfe x"' in run("plan", file)


@pytest.mark.slow
@pytest.mark.parametrize("writes", [1, 3, 5])
def test_killed_and_started_again(ld: Emulator, tmp_path: Path, writes: int) -> None:
    """Killed in the middle of its writes, whose answers then nobody reads."""
    stores = [{"environment_key": name} for name in names(6)]
    file = write(tmp_path, {**FLEET, "stores": stores})
    enough = threading.Event()
    made: list[str] = []

    def watch(event: str, integration: Integration) -> None:
        made.append(f"{event} {integration.environment_key}")
        if len(made) == writes:
            enough.set()

    ld.account.observe(watch)
    ld.faults.rate(1.0, ["delay"], seconds=0.1, method="POST")
    apply = command("apply", file, "--concurrency", "2")
    with subprocess.Popen(apply, cwd=ROOT, env={**os.environ}, stdout=subprocess.DEVNULL) as process:
        assert enough.wait(30)
        process.kill()
    # What was under way when it died may still arrive, as it may with LaunchDarkly.
    _settle(ld)
    ld.faults.clear()
    assert main(["apply", str(file)]) == 0
    assert sorted(there.environment_key for there in ld.account.integrations) == names(6)


def _settle(ld: Emulator) -> None:
    """Wait until every request that has arrived is answered: a fault's 0.1 s, and room for a slow machine."""
    quiet = threading.Event()
    seen = -1
    while seen != len(ld.requests):
        seen = len(ld.requests)
        quiet.wait(0.5)
