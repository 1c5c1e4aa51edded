# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A program in a fork of the managed node's Python does what it does when Python is started."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.collection.playbooks import READ_AT_START, ROOT, TARGET_PYTHON, Playbooks, forking, pythons

# What a program finds, save what always differs.
FINDS = """
import locale, os, signal, sys
print(__name__, sys.argv, sys.path, sys.executable, sys.flags, os.getcwd(), os.listdir("/dev/fd"))
print(sorted(os.environ.items()), oct(os.umask(0)), os.environb[b"ODD"], locale.getpreferredencoding(False))
print([signal.getsignal(each) for each in (signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE, signal.SIGTERM)])
print([(each.encoding, each.errors, each.line_buffering, each.isatty()) for each in (sys.stdin, sys.stdout, sys.stderr)])
"""
# Dataclasses look up their module.
DATACLASS = """
from __future__ import annotations
import dataclasses
@dataclasses.dataclass
class Point: x: int
print(Point(1), Point.__module__)
"""
AT_THE_END = """
import atexit, os, threading, time
atexit.register(print, "last")
threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
os.write(1, b"first\\n")
print("\\u00e4\\N{SNOWMAN}", end="")
"""
PROGRAMS = {
    "finds": (FINDS, 0),
    "dataclass": (DATACLASS, 0),
    "at the end": (AT_THE_END, 0),
    "nothing": ("", 0),
    "reads on": ("import sys; print(repr(sys.stdin.read()))", 0),
    "annotations": ("def f(x: 1 + 1): pass\nprint(f.__annotations__)", 0),
    "fork": ("import os, sys; print(os.waitstatus_to_exitcode(os.waitpid(os.fork() or os._exit(7), 0)[1]))", 0),
    "traceback": ("def f():\n    raise ValueError('x')\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    f()", 1),
    "syntax": ("print('x'\n1", 1),
    "exit": ("import sys; print('x'); sys.exit(3)", 3),
    "large exit": ("import sys; sys.exit(-1)", 255),
    "text": ("import sys; sys.exit('x')", 1),
    "exit without": ("import sys; sys.exit()", 0),
    "unhandled": ("import os; os._exit(4)", 4),
    **{signal: (f"import os, signal; os.kill(os.getpid(), signal.SIG{signal})", None) for signal in ("KILL", "TERM")},
}


@pytest.mark.parametrize(("program", "code"), PROGRAMS.values(), ids=PROGRAMS)
def test_it_prints_and_ends_as_python_does(tmp_path: Path, program: str, code: int | None) -> None:
    environ = {**READ_AT_START, "ODD": "a'b\nc\udcff", "PATH": "/nowhere"}
    answers = [
        subprocess.run(
            [python], input=program.encode(), env=environ, cwd=tmp_path, capture_output=True, umask=0o27, check=False
        )
        for python in (forking(TARGET_PYTHON), TARGET_PYTHON)
    ]
    forked, started = [(answer.returncode, answer.stdout, answer.stderr) for answer in answers]
    assert forked == started
    assert forked[0] == code or (code is None and forked[0] < 0)


@pytest.mark.parametrize("arguments", [["-c", "import sys; print(sys.argv)", "a b", ""], ["program.py", "-x"]])
def test_with_arguments_python_itself_starts(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "program.py").write_text("import sys; print(__file__, sys.argv, sys.path[0], sys.executable)")
    printed = [
        subprocess.run([python, *arguments], env=READ_AT_START, cwd=tmp_path, capture_output=True, check=True).stdout
        for python in (forking(TARGET_PYTHON), TARGET_PYTHON)
    ]
    assert printed[0] == printed[1]


def test_python_itself_starts_where_it_would_read_other_variables(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('read', flush=True)", encoding="utf-8")
    environ = {**READ_AT_START, "PYTHONPATH": str(tmp_path)}
    assert _run("print('run')", environ) == "read\nrun\n"


def test_tasks_run_in_forks(playbooks: Playbooks) -> None:
    """A module's shell is a child of the module, and that of the process."""
    run = playbooks.run({"task": {"ansible.builtin.shell": "ps -o ppid= -p $PPID"}})
    assert int(run["task"]["stdout"]) == pythons[TARGET_PYTHON].number


def test_nothing_of_a_program_stays() -> None:
    program = (
        "import json, os; print(hasattr(json, 'left'), 'LEFT' in os.environ); json.left = os.environ['LEFT'] = '1'"
    )
    assert {_run(program, READ_AT_START) for _time in range(2)} == {"False False\n"}


def test_a_client_that_ends_too_early_disturbs_no_other() -> None:
    place = Path(forking(TARGET_PYTHON)).with_name("socket")
    for _time in range(2):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(place))
        assert _run("print('run')", READ_AT_START) == "run\n"


@pytest.mark.parametrize("killed", ["client", "server"])
def test_a_program_ends_with_its_client_and_with_what_started_the_server(killed: str) -> None:
    start = f"""
import sys, time
from tests.collection.preloaded_python import PreloadedPython
print(PreloadedPython({TARGET_PYTHON!r}, {READ_AT_START!r}).command, flush=True)
time.sleep(60)
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", start], cwd=ROOT, stdout=pipe, text=True) as starter:
        assert starter.stdout
        command = starter.stdout.readline().strip()
        with subprocess.Popen([command], env=READ_AT_START, stdin=pipe, stdout=pipe, stderr=pipe) as client:
            assert client.stdin
            assert client.stdout
            client.stdin.write(b"import time; print('runs', flush=True); time.sleep(60)")
            client.stdin.close()
            assert client.stdout.readline() == b"runs\n"
            (client if killed == "client" else starter).kill()
            assert client.stdout.read() == b""  # which ends when nobody holds it
            assert client.wait() != 0
            starter.kill()
    # Nobody listens, and that is an error.
    done = subprocess.run([command], env=READ_AT_START, stdin=subprocess.DEVNULL, stderr=pipe, check=False)
    assert done.returncode == 1


def _run(program: str, environ: dict[str, str]) -> str:
    command = [forking(TARGET_PYTHON)]
    return subprocess.run(command, input=program, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout
