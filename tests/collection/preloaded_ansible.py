# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Runs Ansible's commands in forks of a process that has imported Ansible.

Most of the time of a short playbook is the start of `ansible-playbook`: 1.0 s of processor time, of which a fork saves 0.7 s.
A fork runs the command's own function in Ansible, with arguments, folder and environment of its own. Ansible reads most of its
configuration when it is imported, so there is one such process for each set of variables ANSIBLE_* and PYTHON*.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

COMMANDS = {
    "ansible-doc": "cli.doc",
    "ansible-inventory": "cli.inventory",
    "ansible-playbook": "cli.playbook",
}
# What these commands import while they run.
_PARTS = (
    "executor.playbook_executor",
    "executor.task_queue_manager",
    "plugins.action.normal",
    "plugins.callback.default",
    "plugins.connection.local",
    "plugins.inventory.yaml",
    "plugins.shell.sh",
    "plugins.strategy.linear",
)


class PreloadedAnsible:
    """A process of `python` that has imported Ansible under `environ`. It ends with this one."""

    def __init__(self, python: Path, environ: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.home = Path(self._folder.name)
        self._process = subprocess.Popen(
            [str(python), "-P", __file__],
            env={**environ, "HOME": str(self.home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.number = self._process.pid
        atexit.register(self._end)

    def run(self, command: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float) -> tuple[int, str]:
        """The exit code of one of COMMANDS, and what it printed, standard error included."""
        assert self._process.stdin
        assert self._process.stdout
        output = self.home / "output"
        output.write_bytes(b"")
        request = {"command": command, "folder": str(folder), "environ": dict(environ), "output": str(output)}
        print(json.dumps(request), file=self._process.stdin, flush=True)
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            os.killpg(self.number, signal.SIGKILL)
            raise TimeoutError(f"{command[0]} took more than {seconds} s:\n{output.read_text(encoding='utf-8')}")
        return int(self._process.stdout.readline()), output.read_text(encoding="utf-8")

    def _end(self) -> None:
        self._process.communicate()
        self._folder.cleanup()


def _serve() -> None:
    """Answer each request, a line of standard input, with the exit code of a fork."""
    for part in (*_PARTS, *COMMANDS.values()):
        import_module(f"ansible.{part}")
    gc.freeze()  # else a fork copies the memory of all that, when it collects garbage
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _run(**json.loads(line))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _run(command: list[str], folder: str, environ: dict[str, str], output: str) -> NoReturn:
    from ansible.utils.path import cleanup_tmp_file

    constants: Any = import_module("ansible.constants")
    nothing, printed = os.open(os.devnull, os.O_RDONLY), os.open(output, os.O_WRONLY)
    for source, target in ((nothing, 0), (printed, 1), (printed, 2)):
        os.dup2(source, target)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = command
    # A folder of its own, which Ansible makes and removes at the end; that of the other process stays, and with it the
    # archives of modules, which Ansible would build again in each run.
    archives = Path(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache")
    archives.mkdir(exist_ok=True)
    atexit.unregister(cleanup_tmp_file)
    constants.DEFAULT_LOCAL_TMP = constants.config.get_config_value("DEFAULT_LOCAL_TMP")
    Path(constants.DEFAULT_LOCAL_TMP, archives.name).symlink_to(archives)
    import_module(f"ansible.{COMMANDS[Path(command[0]).name]}").main()
    sys.exit()


if __name__ == "__main__":
    _serve()
