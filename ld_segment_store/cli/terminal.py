# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Standard streams that report what they could not write, messages for people, and signals that end a command."""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..core.errors import MissingDependency, SegmentStoreError
from ..core.printable import printable

# Packages that an extra installs.
_EXTRAS = {"redis": "redis", "boto3": "dynamodb"}


def prepare_streams() -> None:
    """Make standard output complete or an OSError, and standard error usable.

    A stream that the shell closed (`>&-`) is None, and Python would print what goes to standard error on standard output.
    An unbuffered stream (PYTHONUNBUFFERED) may take a part of a text and report no error.
    """
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # every write fails
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name may have characters that the terminal's encoding does not have.
        sys.stdout.reconfigure(errors="backslashreplace")
        if isinstance(sys.stdout.buffer, io.RawIOBase):
            encoding, errors = sys.stdout.encoding, sys.stdout.errors
            sys.stdout = os.fdopen(sys.stdout.fileno(), "w", encoding=encoding, errors=errors, closefd=False)


def put_lines(lines: Iterable[str]) -> None:
    """Print lines, each of them safe for a terminal."""
    for line in lines:
        print(printable(line))


def put_json(data: Any) -> None:
    """Print JSON in ASCII, which escapes every control character."""
    print(json.dumps(data, indent=2))


def describe(error: SegmentStoreError) -> str:
    """The message of an error; for a missing package with the interpreter that lacks it."""
    if not isinstance(error, MissingDependency):
        return error.message
    extra = error.extra or _EXTRAS.get(error.library)
    requirement = shlex.quote(f"ld-segment-store[{extra}]" if extra else error.library)
    return (
        f"The Python package {error.library!r} is missing or too old for {sys.executable}. Install it with:"
        f" {shlex.quote(sys.executable)} -m pip install --upgrade {requirement}"
    )


def say(text: str) -> None:
    """Print a line on standard error; if nobody reads it, the work goes on."""
    with suppress(OSError):
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()


def warn(text: str) -> None:
    """Print a warning on standard error."""
    say(f"Warning: {text}")


@contextmanager
def interrupts() -> Iterator[list[int]]:
    """Have SIGTERM and SIGHUP raise KeyboardInterrupt, as SIGINT does; the list gets the number of each.

    A signal that the parent ignores, as `nohup` does SIGHUP, stays ignored.
    """
    received: list[int] = []

    def interrupt(number: int, _frame: Any) -> None:
        received.append(number)
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    main_thread = threading.current_thread() is threading.main_thread()  # no other may set handlers
    before = {number: signal.getsignal(number) for number in numbers if main_thread}
    ours = [number for number, handler in before.items() if handler in (signal.SIG_DFL, signal.default_int_handler)]
    for number in ours:
        signal.signal(number, interrupt)
    try:
        yield received
    finally:
        for number in ours:
            signal.signal(number, before[number])


def stop_signal() -> threading.Event:
    """An event that SIGINT and SIGTERM set from now on: for servers, which end with success."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: stop.set())
    return stop


# Of an action: the sign that a terminal shows before each of its lines, and its colour.
_SIGNS = {"create": ("+", 32), "update": ("~", 33), "delete": ("-", 31), "failed": ("!", 31)}


def paint(action: str, lines: Iterable[str]) -> list[str]:
    """The lines about an action, safe for a terminal; on one that shows colours, with its sign and colour.

    NO_COLOR (no-color.org) switches the colours off.
    """
    plain = [printable(line) for line in lines]
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return plain
    sign, colour = _SIGNS.get(action, (" ", 0))
    signed = [f"{sign} {line}" for line in plain]
    coloured = colour and not os.environ.get("NO_COLOR")
    return [f"\x1b[{colour}m{line}\x1b[0m" for line in signed] if coloured else signed
