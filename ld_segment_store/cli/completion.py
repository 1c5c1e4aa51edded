# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store completion SHELL`: print the script that completes commands, options and file names."""
# argparse has no public way to list a parser's arguments.
# ruff: noqa: SLF001

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ..core.errors import MissingDependency
from .main import COMMANDS, command_parser

_SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        'Print a completion script. Load it with: eval "$(ld-segment-store completion bash)" in Bash, the same with zsh'
        " after compinit in Zsh, ld-segment-store completion fish | source in fish."
    )
    parser.add_argument("shell", choices=_SHELLS, help="shell that completes")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the script and return the exit code."""
    try:
        import shtab
    except ImportError:
        raise MissingDependency("shtab", "completion") from None
    parser = command_parser(list(COMMANDS))
    for action in _actions(parser):
        if action.metavar == "FILE":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, options.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument of the parser and its subcommands, whose descriptions become their summaries."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for summary in action._choices_actions:
                child = action.choices[summary.dest]
                child.description = summary.help  # a shell shows it in one line
                yield from _actions(child)
