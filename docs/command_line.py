# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The reference of the command line, from the parser that runs. argparse has no public way to ask it."""
# ruff: noqa: SLF001

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ld_segment_store.cli import main as cli


def reference() -> str:
    """Markdown: a section for each command, and for each of its subcommands."""
    return "\n".join(
        line for name, command in _commands(cli.command_parser(list(cli.COMMANDS))) for line in _section(name, command)
    )


def _commands(
    parent: argparse.ArgumentParser, level: int = 2
) -> Iterator[tuple[tuple[int, str], argparse.ArgumentParser]]:
    for action in parent._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield (level, child.prog), child
                yield from _commands(child, level + 1)


def _section(heading: tuple[int, str], command: argparse.ArgumentParser) -> Iterator[str]:
    level, name = heading
    yield "{} `{}`\n".format("#" * level, name)
    if command.description:
        yield _escaped(command.description) + "\n"
    yield f"```text\n{command.format_usage()}```\n"
    for group in command._action_groups:
        rows = [action for action in group._group_actions if action.help != argparse.SUPPRESS]
        if not rows or any(isinstance(action, argparse._SubParsersAction) for action in rows):
            continue
        yield f"**{str(group.title).capitalize()}**\n"
        if group.description:
            yield _escaped(group.description) + "\n"
        yield "| argument | meaning |\n| --- | --- |"
        formatter = command._get_formatter()
        for action in rows:
            invocation = formatter._format_action_invocation(action)
            meaning = formatter._expand_help(action) if action.help else ""
            yield "| `{}` | {} |".format(invocation.replace("|", r"\|"), _escaped(meaning))
        yield ""


def _escaped(text: str) -> str:
    """Text as Markdown shows it; what stands between backticks is code already."""
    parts = text.split("`")
    return "`".join(
        part if number % 2 else part.replace("<", r"\<").replace("*", r"\*") for number, part in enumerate(parts)
    )
