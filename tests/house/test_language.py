# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Plain technical English: words that an operator stumbles over stay out of code, comments, messages and documentation."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tools.links import ROOT

# A pattern for each habit, and what to write instead.
WORDS = {
    r"(?:is|are|was|were|be|been|being) told|told of|tells? of|said to": "is reported, reports, described in",
    r"in place of": "instead of",
    r"anew|again and again": "again, repeatedly",
    r"shall": "must, or the present tense",
    r"mend(?:s|ed|ing)?": "fix",
    r"by (?:itself|themselves)": "automatically",
    r"without a word|in silence": "silently",
    r"t(?:ake|akes|aken|aking|ook) away": "remove",
    r"take[sn]? over|taking over|took over": "adopt, adopted",
    r"doubled": "duplicated, duplicate",
    r"what (?:is there|there is)": "the current state",
    r"how (?:\w+ ){0,2}stores?(?: \w+){0,4} do(?:es)?": "the store's health",
    r"at the most": "at most",
    r"in all(?= to |[.,;:)])": "in total",
    r"a blank": "whitespace, a space",
    r"could not be found out": "unknown",
    r"nonsense[ _]?answers?": "unexpected response",
    r"left alone": "unchanged, skipped",
}
# The table itself, and texts that are not ours: licences and lists of packages.
NOT_OURS = ("tests/house/test_language.py", "LICENSES/", "tools/locks/")
_WORDS = {re.compile(rf"\b(?:{words})(?!\w)", re.IGNORECASE): instead for words, instead in WORDS.items()}

# What stands between two words of a sentence that goes on in the next line: a break, the marks of a comment, quotes of a string.
_BREAK = re.compile(r"[ \t]*(?:\"|')?\n[ \t]*(?:[#>*/-]+[ \t]+|[rf]?(?:\"|'))?")


@cache
def texts() -> dict[str, str]:
    """The text of each file in git, by its path, with one space for each line break."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name and not name.startswith(NOT_OURS)]
    return {str(file.relative_to(ROOT)): text for file in files if (text := _text(file)) is not None}


def _text(file: Path) -> str | None:
    """None for what is no text, no longer there, or a link to a file that is read itself."""
    if file.is_symlink() or not file.is_file():
        return None
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def findings(text: str) -> Iterator[str]:
    """A line for each word to avoid: the number of the line, the words, and what to write instead."""
    starts, joined, position = [0], "", 0
    for found in _BREAK.finditer(text):
        joined += text[position : found.start()] + " "
        position = found.end()
        starts.append(len(joined))
    joined += text[position:]
    for words, instead in _WORDS.items():
        for found in words.finditer(joined):
            line = sum(start <= found.start() for start in starts)
            yield f"{line}: {found[0]!r}; write {instead}"


def test_words_to_avoid() -> None:
    assert len(texts()) > 100
    wrong = [f"{name}:{finding}" for name, text in texts().items() for finding in findings(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one\n# It is\n# told there\n", "2: 'is told'; write is reported, reports, described in"),
        ('"It waited 3 s in "\n"all."', "1: 'in all'; write in total"),
        ("class NonsenseAnswer:\n", "1: 'NonsenseAnswer'; write unexpected response"),
        ("Say how the stores of an account do.\n", "1: 'how the stores of an account do'; write the store's health"),
        ("The list\nis taken\n    over.\n", "2: 'taken over'; write adopt, adopted"),
    ],
)
def test_what_the_test_sees(text: str, found: str) -> None:
    assert list(findings(text)) == [found]


@pytest.mark.parametrize(
    "text", ["in all files", "the recommended amendment", "blank = 1", "all stores do", "toldness"]
)
def test_what_the_test_lets_pass(text: str) -> None:
    assert not list(findings(text))
