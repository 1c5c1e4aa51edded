# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Locks between the runs of one user on one host: their file, their release, and where there are none."""

from __future__ import annotations

import fcntl
import os
import stat
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.flow import host_lock
from ld_segment_store.core.flow.host_lock import HostLock

NAME = f"ld-segment-store-{os.getuid()}.lock"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_the_file_belongs_to_the_user_alone(tmp_path: Path) -> None:
    with HostLock(tmp_path) as lock:
        assert lock.acquire("a")
        assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_threads_share_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int | None] = []
    original = host_lock._open

    def slow(folder: Path | None) -> int | None:
        time.sleep(0.2)  # the others come meanwhile
        opened.append(original(folder))
        return opened[-1]

    monkeypatch.setattr(host_lock, "_open", slow)
    with HostLock(tmp_path) as lock:
        threads = [threading.Thread(target=lock.acquire, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(map(lock.holds, "abc"))
    assert len(opened) == 1


def test_closed_again(tmp_path: Path) -> None:
    before = open_files()
    with HostLock(tmp_path) as lock:
        lock.acquire("a")
        lock.acquire("b")
        assert open_files() == before + 1
    assert open_files() == before
    assert not lock.holds("a")
    # A thread that an interrupt did not wait for may come after that.
    with HostLock(tmp_path) as other:
        assert lock.acquire("a")
        assert other.acquire("a")


def test_released_names_are_free(tmp_path: Path) -> None:
    with HostLock(tmp_path) as ours, HostLock(tmp_path) as theirs:
        names = [str(number) for number in range(100)]
        assert all(ours.acquire(name) for name in names)
        assert not any(theirs.acquire(name) for name in names)
        ours.release("7")
        assert [name for name in names if theirs.acquire(name)] == ["7"]
        assert [name for name in names if not ours.holds(name)] == ["7"]


def test_a_name_is_one_byte_at_the_start_of_its_hash(tmp_path: Path) -> None:
    """Versions of the program must agree, or they exclude each other no longer. A neighbouring byte is another name."""
    with HostLock(tmp_path) as lock, (tmp_path / NAME).open("w") as file:
        lock.acquire("a")
        start = 0xCA978112CA1BBD  # of SHA-256 of "a"
        for offset, free in ((-1, True), (0, False), (1, True)):
            request = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start + offset, 1, 0)
            answer = fcntl.fcntl(file, fcntl.F_OFD_GETLK, request)
            assert (struct.unpack("hhqqi4x", answer)[0] == fcntl.F_UNLCK) is free


def test_the_file_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = open_files()
    user = os.getuid() + 1
    (tmp_path / f"ld-segment-store-{user}.lock").touch()
    monkeypatch.setattr(os, "getuid", lambda: user)
    with HostLock(tmp_path) as ours, HostLock(tmp_path) as theirs:
        assert ours.acquire("a")
        assert theirs.acquire("a")
        assert open_files() == before


def test_the_first_folder_that_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, last = (tmp_path / name for name in ("first", "second", "last"))
    monkeypatch.setattr(host_lock, "_FOLDERS", (first, second))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(last))
    for folder in (last, second, first):
        folder.mkdir()
        with HostLock() as lock:
            lock.acquire("a")
        assert (folder / NAME).exists()


def refuse(_file: int, _command: int, _argument: Any) -> None:
    raise OSError("no locks")


WITHOUT: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "no module": lambda patch: patch.setitem(sys.modules, "fcntl", None),
    "another system": lambda patch: patch.setattr(os, "uname", lambda: os.uname_result(("Darwin", "", "", "", ""))),
    "no locks of open files": lambda patch: patch.delattr(fcntl, "F_OFD_SETLK"),
    "32 bits": lambda patch: patch.setattr(struct, "calcsize", lambda _format: 4),
    "a file system without locks": lambda patch: patch.setattr(fcntl, "fcntl", refuse),
}


@pytest.mark.parametrize("case", WITHOUT)
def test_without_locks_every_name_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    WITHOUT[case](monkeypatch)
    with HostLock(tmp_path) as ours, HostLock(tmp_path) as theirs:
        assert ours.acquire("a")
        assert ours.holds("a")
        assert theirs.acquire("a")
        ours.release("a")
        assert not ours.holds("a")
