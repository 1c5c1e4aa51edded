# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One Bash, as a reader has it open while reading: variables and folder stay from one command to the next."""

from __future__ import annotations

import os
import queue
import secrets
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

_SECONDS = 180


class Shell:
    """A Bash for use in `with`. `folder` is where it begins, `environ` all that it knows."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self._environ = dict(environ)
        self._lines: queue.Queue[str] = queue.Queue()
        self._mark = "mark-" + secrets.token_hex(8)
        self._servers: list[int] = []

    def __enter__(self) -> Shell:
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A command that hangs leaves no room for another one.
        for pid in () if error else self._servers:
            self.run(f"kill {pid} && wait {pid}")
        # Whatever a command may have left behind is in the same session.
        os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.wait()
        self._reader.join()
        for stream in (self._bash.stdin, self._bash.stdout):
            if stream:
                stream.close()

    def run(self, command: str, seconds: float = _SECONDS) -> tuple[str, int]:
        """What a command prints, errors included, and its exit code. The next one sees that code as `$?`."""
        file = self.folder / ".command"
        file.write_text(command + "\n", encoding="utf-8")
        # Nothing may read the commands that are yet to come.
        script = f'. {shlex.quote(str(file))} </dev/null; code=$?; echo; echo "{self._mark} $code"; (exit $code)\n'
        assert self._bash.stdin
        self._bash.stdin.write(script)
        self._bash.stdin.flush()
        printed: list[str] = []
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError("{!r} did not end; it printed:\n{}".format(command, "".join(printed))) from None
            if line.startswith(self._mark):
                return "".join(printed)[:-1], int(line.split()[1])
            printed.append(line)

    def start(self, command: str, until: str, seconds: float = 20.0) -> None:
        """Start a server, and wait until it has printed `until`."""
        log = self.folder / f".server-{len(self._servers)}"
        log.touch()  # it may be looked at before the shell has opened it
        output, _code = self.run(f"{command.rstrip()} >{shlex.quote(str(log))} 2>&1 &\necho $!")
        self._servers.append(int(output.split()[-1]))
        deadline = time.monotonic() + seconds
        while until not in (printed := log.read_text(encoding="utf-8")):
            assert time.monotonic() < deadline, f"{command!r} printed {printed!r}, not {until!r}"
            time.sleep(0.01)

    def _read(self) -> None:
        assert self._bash.stdout
        for line in self._bash.stdout:
            self._lines.put(line)
