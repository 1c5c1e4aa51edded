# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Runs what Ansible sends to the managed node in forks of a process that has imported what modules need.

Ansible starts a Python for each task, and most of that one's processor time is the import of the standard library, of requests,
and of boto3. Nothing of Ansible or of the collection is imported before the fork: a task loads it from its archive, as on a host.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import marshal
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, NoReturn

CLIENT = Path(__file__).with_name("python_client.py")
# What Ansible's and the collection's modules import, where this Python has it.
_PARTS = (
    *("argparse", "ctypes", "encodings.cp437", "gettext", "grp", "json", "logging", "pkgutil", "platform", "resource"),
    *("runpy", "shlex", "syslog", "zipfile"),
    *("boto3", "packaging.version", "redis", "requests"),
)


class PreloadedPython:
    """A process of `python` under `environ`, and a command that runs the program on its standard input in a fork of it.

    The command starts Python itself where that would read other variables, or gets arguments. All ends with this process.
    """

    def __init__(self, python: str, environ: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        place = f"{self._folder.name}/socket"
        self._process = subprocess.Popen(
            [python, __file__, place],
            cwd=self._folder.name,
            env={**environ, "HOME": self._folder.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.number = self._process.pid
        atexit.register(self._end)
        assert self._process.stdout
        assert self._process.stdout.readline(), "it did not start"
        in_bytes = {os.fsencode(name): os.fsencode(value) for name, value in environ.items()}
        # A line of `#!` can't name a program whose path has a space, such as one in a clone below "My Projects".
        interpreter = Path(self._folder.name, "interpreter")
        interpreter.symlink_to(python)
        call = f"sys.executable = {python!r}\nmain({place!r}, {in_bytes!r})"
        source = f"#!{interpreter} -IS\n{CLIENT.read_text(encoding='utf-8')}\n\n{call}\n"
        self.command = Path(self._folder.name, "python")
        self.command.write_text(source, encoding="utf-8")
        self.command.chmod(0o700)

    def _end(self) -> None:
        self._process.communicate()
        self._folder.cleanup()


def _serve(place: str) -> None:
    """Run a program in a fork for each client, until standard input ends."""
    for part in _PARTS:
        with contextlib.suppress(ImportError):
            import_module(part)
    gc.freeze()  # else a fork copies the memory of all that, when it collects garbage
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen()
    os.write(1, b"ready\n")
    clients: dict[int, socket.socket] = {}
    while True:
        sources: list[int | socket.socket] = [0, woken, listener, *clients.values()]
        ready = select.select(sources, [], [])[0]
        if 0 in ready:
            os.killpg(0, signal.SIGKILL)
        if woken in ready:
            os.read(woken, 4096)
            _answer(clients)
        for child, client in clients.items():
            if client in ready:  # its end: it was killed
                os.kill(child, signal.SIGKILL)
        if listener in ready:
            client = listener.accept()[0]
            own = [each.fileno() for each in (listener, client, *clients.values())]
            request = _request(client)
            if request:
                clients[_fork(request, [woken, wake, *own])] = client


class _Request(NamedTuple):
    """What a client sends: its standard streams, and what its program starts with."""

    descriptors: Sequence[int]
    folder: str
    environ: Mapping[bytes, bytes]
    umask: int


def _request(client: socket.socket) -> _Request | None:
    """The request of a client; None from one that was killed before it had sent all."""
    descriptors = socket.recv_fds(client, 1, 3)[1]
    try:
        with client.makefile("rb") as sent:
            return _Request(descriptors, *marshal.load(sent))
    except (EOFError, OSError):
        for number in descriptors:
            os.close(number)
        client.close()
        return None


def _fork(request: _Request, own: Sequence[int]) -> int:
    """Run a program in a fork, without descriptors of this process."""
    child = os.fork()
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for target, number in enumerate(request.descriptors):
            os.dup2(number, target)
        for number in (*request.descriptors, *own):
            os.close(number)
        os.chdir(request.folder)
        os.umask(request.umask)
        os.environb.clear()
        os.environb.update(request.environ)
        _run()
    for number in request.descriptors:
        os.close(number)
    return child


def _answer(clients: dict[int, socket.socket]) -> None:
    """Tell clients how their programs ended."""
    while clients:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            break
        with clients.pop(child) as client, contextlib.suppress(BrokenPipeError):
            client.sendall(b"%d" % os.waitstatus_to_exitcode(status))


def _run() -> NoReturn:
    """Do what Python does with a program on standard input; at the end, leave the memory to the system."""
    sys.argv, sys.path[0] = [""], ""
    sys.modules["__main__"] = ModuleType("__main__")
    code: object = None
    try:
        program = compile(sys.stdin.buffer.read(), "<stdin>", "exec", dont_inherit=True)
        exec(program, vars(sys.modules["__main__"]))
    except SystemExit as end:
        code = end.code
    except Exception as error:  # noqa: BLE001 - whatever the program does
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next  # without this function
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    if not isinstance(code, (int, type(None))):
        sys.stderr.write(f"{code}\n")
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit((code or 0) & 0xFF)


if __name__ == "__main__":
    _serve(sys.argv[1])
