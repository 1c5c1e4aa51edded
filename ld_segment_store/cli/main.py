# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store`. Each subcommand lives in a module of its own with `add_arguments(parser)`, which sets `run`."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from ..core.errors import SegmentStoreError
from ..core.version import __version__

# Name: its module, and what it does.
COMMANDS = {
    "plan": (".plan", "say what `apply` would do"),
    "apply": (".apply", "bring the stores that a file declares to what it says"),
    "export": (".export", "write what is set up as such a file, or for Terraform"),
    "status": (".status", "say how the stores of an account do"),
    "preflight": (".preflight", "check a store before LaunchDarkly is told of it"),
    "inspect": (".inspect", "read what a store holds, and what an SDK answers for a context"),
    "document": (
        ".document",
        "print a document that a store needs: a policy, an ACL line, the table, an SDK's configuration",
    ),
    "emulator": (".emulator", "run a local emulator of LaunchDarkly's big segment store API"),
}

# As sysexits.h has it, EX_IOERR. `status` has a meaning for the small numbers.
_NOT_WRITTEN = 74


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it. Returns the exit code: 0, 1 for what went wrong, 74 where standard output can't be written, 130 when interrupted.

    Wrong arguments exit with 2.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name may hold what the terminal's encoding does not.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else list(arguments))
        finally:
            if sys.stdout:
                sys.stdout.flush()  # what fails is told below, and not by Python at its end
    except OSError as error:
        # Nobody reads on, the disk is full: all other errors of the system are dealt with where they come up.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # takes what is left in the buffer
        _say("can't write to standard output: {0}.".format(error.strerror or type(error).__name__))
        return _NOT_WRITTEN


def _run(words: Sequence[str]) -> int:
    try:
        options = _parser(words).parse_args(words)
        return int(options.run(options))
    except SegmentStoreError as error:
        _say(error.message)
        return 1
    except KeyboardInterrupt:
        _say("interrupted.")
        return 130


def _say(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write("ld-segment-store: {0}\n".format(text))


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ld-segment-store", description="Sets up LaunchDarkly's big segment store integrations."
    )
    parser.add_argument("--version", action="version", version="ld-segment-store {0}".format(__version__))
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary)
        # Only the module of the command that runs is imported: the others may be heavy.
        if name in words:
            importlib.import_module(module, __package__).add_arguments(command)
    return parser
