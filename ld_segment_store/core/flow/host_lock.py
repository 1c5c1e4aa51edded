# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Locks of stores between the runs of one user on one host.

All locks have a name and share one file: each is one byte of it, locked by an open file description lock (Linux, fcntl(2)), so
that thousands of names need one open file, threads exclude each other too, and a killed process leaves no lock behind. Where the
system has no such locks, every name is free.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api.retry import Wait
from ..errors import Conflict

if TYPE_CHECKING:
    from ..api.client import Client
    from ..api.retry import Deadline
    from ..model.store_key import StoreKey

# `struct flock` of 64-bit Linux: type, whence, start, length, process.
_FLOCK = struct.Struct("hhqqi4x")
# The file is in the first of them. Not TMPDIR: two runs of one user may have different ones.
_FOLDERS = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108
# Seconds between attempts to lock a store that another run of this host is at.
_LOCK_INTERVAL = 0.1


class HostLock:
    """Locks of one run. Each instance excludes all others, of this process too."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: int | None = None
        self._opened = False
        self._opening = threading.Lock()
        self._held: set[str] = set()
        # Whether a wait for another run was announced: once is enough.
        self.announced = False

    def __enter__(self) -> HostLock:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def acquire(self, name: str) -> bool:
        """Lock a name; False at once where another run holds it. True where this run holds it already, or nobody can."""
        with self._opening:  # a second file of another thread would keep its locks until the process ends
            if not self._opened:
                self._file, self._opened = _open(self._folder), True
        if self._file is not None and not _set(self._file, name, locked=True):
            return False
        self._held.add(name)
        return True

    def holds(self, name: str) -> bool:
        """Whether this run has acquired the name."""
        return name in self._held

    def release(self, name: str) -> None:
        """Unlock a name that this run has acquired."""
        if name not in self._held:
            return
        self._held.discard(name)
        if self._file is not None:
            _set(self._file, name, locked=False)

    def close(self) -> None:
        """Unlock every name, and lock none any more: a thread that is still at work would keep it locked."""
        with self._opening:
            if self._file is not None:
                os.close(self._file)
            self._file, self._opened = None, True
            self._held.clear()


def lock_store(lock: HostLock, client: Client, key: StoreKey, deadline: Deadline) -> None:
    """Wait until no other run of this host is creating an integration of this store, or the run is stopped.

    Raises Conflict where the deadline comes first.
    """
    problem = f"Another run on this host is creating {key}"
    while not lock.acquire(lock_name(client, key)):
        if deadline.left() <= 0:
            raise Conflict(f"{problem}, and has not ended.")
        if client.on_wait and not lock.announced:
            lock.announced = True
            client.on_wait(Wait(0.0, problem, "until it has ended", "waiting"))
        if not client.sleep(_LOCK_INTERVAL):
            return


def lock_name(client: Client, key: StoreKey) -> str:
    """The name of a store's lock: runs against different instances of LaunchDarkly do not meet."""
    return "\n".join((client.api_host.removesuffix("/"), *key))


def _open(folder: Path | None) -> int | None:
    """The shared file, or None where there are no such locks, or the file belongs to somebody else."""
    fcntl = _fcntl()
    if fcntl is None:
        return None
    place = folder or next((path for path in _FOLDERS if path.is_dir()), Path(tempfile.gettempdir()))
    try:
        path = place / f"ld-segment-store-{os.getuid()}.lock"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    if os.fstat(file).st_uid != os.getuid():
        os.close(file)
        return None
    return file


def _fcntl() -> Any:
    with suppress(ImportError):
        import fcntl

        if hasattr(fcntl, "F_OFD_SETLK") and os.uname().sysname == "Linux" and struct.calcsize("P") == 8:
            return fcntl
    return None


def _set(file: int, name: str, *, locked: bool) -> bool:
    import fcntl  # there is one where the file is open

    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
    kind = fcntl.F_WRLCK if locked else fcntl.F_UNLCK
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, _FLOCK.pack(kind, os.SEEK_SET, start, 1, 0))
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks
    return True
