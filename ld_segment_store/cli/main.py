# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store`. Each subcommand is a module with `add_arguments(parser)`, which sets `run`."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from ..core.errors import InvalidSettings, SegmentStoreError
from ..core.version import __version__
from .arguments import Parser, WrongArguments
from .output_file import NotWritten
from .terminal import describe, interrupts, prepare_streams, say

# Name: module, and what the command does.
COMMANDS = {
    "plan": (".plan", "show what `apply` would change"),
    "apply": (".apply", "create and update stores to match FILE"),
    "check": (".check", "validate stores files without an account"),
    "schema": (".schema", "print the JSON Schema of the stores file, for editors"),
    "export": (".export", "write the current integrations as such a file, or for Terraform"),
    "import": (".import_terraform", "write stores from Terraform files as such a file"),
    "status": (".status", "report store health"),
    "exporter": (".exporter", "serve store health and drift as metrics for Prometheus"),
    "preflight": (".preflight", "check a store before connecting LaunchDarkly to it"),
    "inspect": (".inspect", "read the contents of a store, and what an SDK answers for a context"),
    "document": (".document", "print what a store needs: a policy, an ACL line, the table, an SDK's configuration"),
    "verify-api": (".verify_api", "check what this project assumes about LaunchDarkly's API against an instance"),
    "emulator": (".emulator", "run a local emulator of LaunchDarkly's big segment store API"),
    "completion": (".completion", "print a script that completes commands and options in a shell"),
}

# EX_IOERR of sysexits.h. `status` and `plan` use the small numbers.
_NOT_WRITTEN = 74


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code.

    1 for errors, 2 for wrong arguments (unless 2 has another meaning for the command), 74 where standard output cannot be
    written, 128 and the signal's number where one ended the command: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP.
    """
    prepare_streams()
    with interrupts() as received:
        try:
            try:
                return _run(sys.argv[1:] if arguments is None else list(arguments))
            finally:
                sys.stdout.flush()  # a failure is reported below, and not by Python when it exits
        except KeyboardInterrupt:
            number = received[-1] if received else signal.SIGINT
            say(f"ld-segment-store: interrupted by {signal.Signals(number).name}.")
            return 128 + number
        except OSError as error:
            # Nobody reads on, or the disk is full: all other errors of the system are handled where they come up.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # takes what is left in the buffer
            say(f"ld-segment-store: cannot write to standard output: {error.strerror or type(error).__name__}.")
            return 128 + received[-1] if received else _NOT_WRITTEN


def _run(words: Sequence[str]) -> int:
    try:
        options = command_parser(words).parse_args(words)
        return int(options.run(options))
    except WrongArguments as error:
        for line in error.usage.splitlines():
            say(line)
        say(f"ld-segment-store: {error.message}{'' if error.message.endswith('.') else '.'}")
        return _wrong_arguments(words)
    except InvalidSettings as error:
        for text in error.details:
            say(f"ld-segment-store: {text}")
        named = all(finding.field.startswith("--") for finding in error.findings)
        return _wrong_arguments(words) if named else 1
    except SegmentStoreError as error:
        say(f"ld-segment-store: {describe(error)}")
        return 1
    except NotWritten as error:
        say(f"ld-segment-store: {error}")
        return _NOT_WRITTEN


def _wrong_arguments(words: Sequence[str]) -> int:
    """2, unless 2 means that a store is not available (`status`) or that there are changes (`plan --detailed-exitcode`)."""
    if words[:1] == ["status"]:
        return 3
    return 1 if "--detailed-exitcode" in words else 2


def command_parser(words: Sequence[str]) -> Parser:
    """The parser, complete for the commands among the words."""
    parser = Parser(
        prog="ld-segment-store",
        description="Manage LaunchDarkly's big segment store integrations for Redis and DynamoDB.",
    )
    parser.add_argument("--version", action="version", version=f"ld-segment-store {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary)
        # Only the module of the command that runs is imported: the others may be slow to import.
        if name in words:
            importlib.import_module(module, __package__).add_arguments(command)
    return parser
