# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Keys and numbers as arguments, and a parser whose errors begin with the option as it was typed."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from ..core.api.rate_limit import MAX_CONCURRENCY
from ..core.model.store_key import check_key

_DAY = 86400


class WrongArguments(Exception):
    """The arguments are wrong; nothing was done. `usage` shows the right ones."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.message = message
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """Raises WrongArguments, takes no abbreviated options, and wraps help at the same width everywhere."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """What argparse calls for wrong arguments."""
        unknown, found, words = message.partition("unrecognized arguments: ")
        if found:  # only names: what follows `--password` is no option, and is not for a log
            names = [word.partition("=")[0] for word in words.split() if word.startswith("-")]
            message = unknown + found + " ".join(names or ["a word that is no option"])
        raise WrongArguments(message.removeprefix("argument "), self.format_usage())


def resource_key(text: str) -> str:
    """The key of a project or an environment; a shell makes an empty one from a variable that is not set."""
    for finding in check_key("", text):
        raise argparse.ArgumentTypeError(finding.text.removeprefix(": "))
    return text


def file_path(text: str) -> str:
    """The path of a file; a shell makes an empty one from a variable that is not set."""
    if not text:
        raise argparse.ArgumentTypeError("is empty. Give the file's path")
    return text


def seconds(text: str) -> float:
    """A time, more than 0 and no longer than a day."""
    return _number(text, _DAY, f"must be a positive number of seconds, at most {_DAY}")


def part(text: str) -> float:
    """A part of something, more than 0 and at most 1."""
    return _number(text, 1, "must be a number more than 0 and at most 1, such as 0.9")


def concurrency(text: str) -> int:
    """A number of concurrent requests."""
    return _whole(text, 1, MAX_CONCURRENCY)


def amount(text: str) -> int:
    """A number of things, from 0 to a million."""
    return _whole(text, 0, 10**6)


def number(text: str) -> int:
    """A whole number from 1 to a billion."""
    return _whole(text, 1, 10**9)


def port(text: str) -> int:
    """A port to listen on; 0 picks a free one."""
    return _whole(text, 0, 65535)


def _number(text: str, most: float, problem: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= most:  # not a number is neither
        raise argparse.ArgumentTypeError(problem)
    return number


def _whole(text: str, least: int, most: int) -> int:
    # No text of thousands of digits gets to int().
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else -1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
    return number
