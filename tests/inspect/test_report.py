# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What people read about a store and about a context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ld_segment_store.inspect.answer import ContextAnswer, Question, evaluate
from ld_segment_store.inspect.contents import SegmentContents, StoreContents, Sync, read_sync
from ld_segment_store.inspect.report import answer_text, contents_text

NOW = 1_790_000_012.0
FRESH = read_sync("1790000000000", NOW)
CONTENTS = StoreContents(
    store="redis",
    place="redis.example.com:6379",
    prefix="abc",
    sync=FRESH,
    segments=(SegmentContents("big-one", 1, 15_200, 3), SegmentContents("odd", None, 1, 0)),
    contexts=15_203,
    size_bytes=1_550_000,
    complete=True,
    other_prefixes=("launchdarkly", "xyz"),
    lock=None,
    cursor="42",
)


def answer(
    included: Sequence[str] = (), excluded: Sequence[str] = (), segment: str | None = None, sync: Sync = FRESH
) -> ContextAnswer:
    question = Question("user-1", segment)
    return ContextAnswer(
        store="dynamodb",
        place="segments in eu-west-1",
        prefix="abc",
        context_key="user-1",
        context_hash=question.context_hash,
        sync=sync,
        included=tuple(included),
        excluded=tuple(excluded),
        segments=evaluate(question, included, excluded),
    )


def test_contents() -> None:
    assert contents_text(CONTENTS).splitlines() == [
        "Redis redis.example.com:6379, prefix abc",
        "Last sync       2026-09-21 14:13:20 UTC, 12 s ago; SDKs report HEALTHY",
        "Contexts        15,203 with 1,550,000 bytes",
        "Segment         big-one generation 1: 15,200 included, 3 excluded",
        "Segment         odd: 1 included, 0 excluded",
        "Lock            none",
        "Cursor          42",
        "Other prefixes  launchdarkly (the SDKs' default), xyz",
    ]


def test_a_part_of_the_contents() -> None:
    text = contents_text(replace(CONTENTS, complete=False, other_prefixes=("",)))
    assert "Contexts        at least 15,203 with" in text
    assert "Other prefixes  no prefix (the SDKs' default)" in text
    assert "Only part of the store was read, up to the limit. The numbers are lower bounds." in text


def test_an_answer() -> None:
    assert answer_text(answer(["big-one.g1", "big-one.g2"], ["other.g1", "big-one.g2"])).splitlines() == [
        "DynamoDB table segments in eu-west-1, prefix abc",
        "Context         user-1",
        "Hash            xsKJ5J6cBbIUWGA4e3O8sY30P7CaHkpKlxPHbIi7VBs=",
        "Included in     big-one.g1, big-one.g2",
        "Excluded from   other.g1, big-one.g2",
        "Last sync       2026-09-21 14:13:20 UTC, 12 s ago; SDKs report HEALTHY",
        (
            "Answer          big-one (generation 2) included: the context is in the segment; it is in both sets, and included"
            " wins"
        ),
        "Answer          other (generation 1) excluded: the context is not in the segment",
        (
            "Note            big-one also has entries of generation 1. SDKs use only the segment's current generation, here"
            " taken to be 2."
        ),
    ]


@pytest.mark.parametrize("segment", [None, "big-one"])
def test_a_lost_entry(segment: str | None) -> None:
    text = answer_text(answer(segment=segment))
    assert "not present" in text
    assert "the store has lost the entry, and SDKs report HEALTHY all the same" in text


@pytest.mark.parametrize(
    ("synchronized_on", "seen", "note"),
    [
        (None, "never; SDKs report STALE", "The store has no time of a sync under this prefix."),
        ("1789999000000", "1,012 s ago; SDKs report STALE", "SDKs use the stored entries and report STALE."),
        ("1790000072000", "60 s in the future; SDKs report HEALTHY", "the store has lost the entry"),
        ("?", "not a time; SDKs report STORE_ERROR", "another program writes to the store"),
        ("9" * 18, "in the future; SDKs report HEALTHY", "the store has lost the entry"),
        ("-" + "9" * 18, "ago; SDKs report STALE", "SDKs use the stored entries"),
    ],
)
def test_the_last_sync(synchronized_on: str | None, seen: str, note: str) -> None:
    text = answer_text(answer(segment="big-one", sync=read_sync(synchronized_on, NOW)))
    assert seen in text
    assert note in text


def test_nothing_from_the_store_reaches_the_terminal_raw() -> None:
    text = answer_text(answer(["big\x1b[2J\u202e\n.g1"]))
    assert not [char for char in text if char != "\n" and not char.isprintable()]
    assert text.count("\n") == 6


def test_a_context_key_with_whitespace_is_pointed_out() -> None:
    note = "Note            The context key has leading or trailing whitespace. It is a part of the key."
    assert note in answer_text(replace(answer(), context_key="user-1 ")).splitlines()
    assert note not in answer_text(answer())
