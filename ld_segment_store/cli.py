# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store`. Each subcommand lives in a module of its own with `add_arguments(parser)`, which sets `run`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from .core.errors import SegmentStoreError
from .core.version import __version__

# Name: its module, and what it does.
COMMANDS = {
    "plan": (".commands.plan", "say what `apply` would do"),
    "apply": (".commands.apply", "bring the stores that a file declares to what it says"),
    "export": (".commands.export", "write what is set up as such a file, or for Terraform"),
    "status": (".commands.status", "say how the stores of an account do"),
    "preflight": (".commands.preflight", "check a store before LaunchDarkly is told of it"),
    "emulator": (".emulator.command", "run a local emulator of LaunchDarkly's big segment store API"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it. Returns the exit code: 0, 1 for what went wrong, 130 when interrupted. Wrong arguments exit with 2."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = _parser(words).parse_args(words)
        return int(options.run(options))
    except SegmentStoreError as error:
        sys.stderr.write("ld-segment-store: {0}\n".format(error.message))
        return 1
    except KeyboardInterrupt:
        return 130


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
