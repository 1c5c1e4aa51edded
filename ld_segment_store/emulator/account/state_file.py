# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The account in a file: read at the start, written before each change takes effect.

It is a seed in JSON. It holds the stores' passwords in clear, since they must survive, so only its owner may read it.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from ...core.errors import SegmentStoreError
from .account import Contents
from .seed import dump_seed, parse_seed


class StateFileError(SegmentStoreError):
    """The state file cannot be read, written or locked."""

    failure = "state_file"


class StateFile:
    """A state file, locked from `open` to `close` so that no second emulator overwrites it, else during `save` only.

    The lock is on the file itself: `save` replaces the file, and the lock moves to the new one. A link stays a link.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def open(self) -> Contents | None:
        """Lock the file and return its contents, None if it is new. Raises StateFileError."""
        self._lock()
        try:
            text = self._path.read_text(encoding="utf-8")
            return parse_seed(json.loads(text)) if text else None
        except OSError as error:
            problem = f"Can't read the state file {self._path}: {error.strerror}."
        except SegmentStoreError as error:
            problem = f"The state file {self._path} is damaged: {error.message}"
        except (ValueError, RecursionError):
            problem = f"The state file {self._path} is not valid JSON. Remove it to start from the seed."
        self.close()
        raise StateFileError(problem)

    def save(self, contents: Contents) -> None:
        """Replace the file as a whole, readable by its owner only. Raises StateFileError, and keeps the old file."""
        was_locked = self._descriptor is not None
        if not was_locked:
            self._lock()
        try:
            self._replace(contents)
        except OSError as error:
            raise StateFileError(f"Can't write the state file {self._path}: {error.strerror}.") from None
        finally:
            if not was_locked:
                self.close()

    def close(self) -> None:
        """Unlock the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _replace(self, contents: Contents) -> None:
        target = Path(os.path.realpath(self._path))
        fresh = target.with_name(target.name + ".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _write(descriptor, contents)
            _flock(descriptor)
            fresh.replace(target)
        except BaseException:
            os.close(descriptor)
            with suppress(OSError):
                fresh.unlink()
            raise
        self.close()
        self._descriptor = descriptor

    def _lock(self) -> None:
        """Lock the file, and create it empty if it is missing. Raises StateFileError."""
        try:
            # Opening a pipe would wait for its other end, and `save` would replace a device.
            if self._path.exists() and not self._path.is_file():
                raise OSError(0, "it is not a regular file")
            # An emulator that ends may replace the file between `open` and `flock`; the lock is then on the old one.
            while self._descriptor is None or not os.path.samestat(os.fstat(self._descriptor), self._path.stat()):
                self.close()
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CREAT, 0o600)
                _flock(self._descriptor)
        except BlockingIOError:
            problem = f"Another emulator uses the state file {self._path}. Give this one a file of its own."
        except OSError as error:
            action = "read" if os.access(self._path, os.F_OK) else "write"
            problem = f"Can't {action} the state file {self._path}: {error.strerror}."
        else:
            return
        self.close()
        raise StateFileError(problem)


def _flock(descriptor: int) -> None:
    """Lock an open file until it is closed or the process ends. Raises BlockingIOError if it is locked elsewhere."""
    import fcntl  # imported here: only POSIX has it, and only a state file needs it

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _write(descriptor: int, contents: Contents) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8", closefd=False) as file:
        json.dump(dump_seed(contents), file, indent=1)
        file.flush()
        os.fsync(descriptor)
