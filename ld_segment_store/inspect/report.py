# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A store's contents and the answer for a context, as text."""

from __future__ import annotations

import time
from collections.abc import Iterable

from ..core.printable import printable
from ..preflight.layout import SDK_DEFAULT_PREFIX
from .answer import ContextAnswer, Membership, SegmentAnswer
from .contents import SegmentContents, StoreContents, Sync

_LABELS = {"redis": "Redis", "dynamodb": "DynamoDB table"}
_WIDTH = 16

_LOST = (
    "If LaunchDarkly lists the context in this segment, the store has lost the entry, and SDKs report HEALTHY all the same. Check"
    " for deleted or evicted keys, the spelling of the context key, and the segment's context kind."
)
_NOTHING_SYNCED = (
    "The store has no time of a sync under this prefix. Compare the prefix with the environment's client-side ID, and check the"
    " integration's status in LaunchDarkly."
)
_NOT_A_TIME = (
    "The time of the last sync is not a number, so another program writes to the store. The Node.js SDK reports STALE."
)


def contents_text(contents: StoreContents) -> str:
    """What a store holds."""
    lines = [_heading(contents.store, contents.place, contents.prefix), _line("Last sync", sync_text(contents.sync))]
    lines += _segments_lines(contents)
    lines.append(_line("Lock", contents.lock or "none"))
    lines.append(_line("Cursor", contents.cursor or "none"))
    lines.append(_line("Other prefixes", _prefixes_text(contents.other_prefixes)))
    notes = [*contents.notes, *_contents_advice(contents)]
    return _shown([*lines, *(_line("Note", note) for note in notes)])


def answer_text(answer: ContextAnswer) -> str:
    """What a store holds for one context, and what an SDK answers."""
    lines = [
        _heading(answer.store, answer.place, answer.prefix),
        _line("Context", answer.context_key),
        _line("Hash", answer.context_hash),
        _line("Included in", ", ".join(answer.included) or "no segment"),
        _line("Excluded from", ", ".join(answer.excluded) or "no segment"),
        _line("Last sync", sync_text(answer.sync)),
        *(_line("Answer", text) for text in [*map(_answer_line, answer.segments)] or ["not present in any segment"]),
        *(_line("Note", note) for note in answer_advice(answer)),
    ]
    return _shown(lines)


def sync_text(sync: Sync) -> str:
    """The time of the last sync, its age, and what SDKs report."""
    if sync.synchronized_on is None or sync.age_seconds is None:
        seen = "never" if sync.status == "STALE" else "not a time"
        return f"{seen}; SDKs report {sync.status}"
    at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(min(sync.synchronized_on / 1000, _YEAR_9999)))
    age = round(sync.age_seconds)
    return f"{at}, {abs(age):,} s {'ago' if age >= 0 else 'in the future'}; SDKs report {sync.status}"


# The last second that `time.gmtime` renders with four digits.
_YEAR_9999 = 253_402_300_799


def answer_advice(answer: ContextAnswer) -> list[str]:
    """What to know about the answer, a sentence or two each."""
    notes = []
    if answer.sync.status == "STORE_ERROR":
        notes.append(_NOT_A_TIME)
    elif answer.sync.synchronized_on is None:
        notes.append(_NOTHING_SYNCED)
    elif answer.sync.status == "STALE":
        notes.append("SDKs use the stored entries and report STALE. Check the integration's status in LaunchDarkly.")
    elif not answer.segments or any(found.membership is Membership.NOT_PRESENT for found in answer.segments):
        notes.append(_LOST)
    if answer.context_key != answer.context_key.strip():
        notes.append("The context key has leading or trailing whitespace. It is a part of the key.")
    notes += [
        f"{found.segment} also has entries of generation {_joined(found.other_generations)}. SDKs use only the segment's"
        f" current generation, here taken to be {found.generation}."
        for found in answer.segments
        if found.other_generations
    ]
    return notes


def _segments_lines(contents: StoreContents) -> list[str]:
    if contents.segments is None:
        return [_line("Segments", "unknown")]
    least = "" if contents.complete else "at least "
    return [
        _line("Contexts", f"{least}{contents.contexts:,} with {contents.size_bytes:,} bytes"),
        *(_line("Segment", _segment_text(segment)) for segment in contents.segments),
    ]


def _contents_advice(contents: StoreContents) -> list[str]:
    notes = []
    if contents.segments is not None and not contents.complete:
        notes.append("Only part of the store was read, up to the limit. The numbers are lower bounds.")
    if contents.sync.status == "STORE_ERROR":
        notes.append(_NOT_A_TIME)
    elif contents.sync.synchronized_on is None:
        notes.append(_NOTHING_SYNCED)
    return notes


def _answer_line(found: SegmentAnswer) -> str:
    generation = "" if found.generation is None else f" (generation {found.generation})"
    meaning = {
        Membership.INCLUDED: "included: the context is in the segment",
        Membership.EXCLUDED: "excluded: the context is not in the segment",
        Membership.NOT_PRESENT: "not present: only the segment's rules decide",
    }[found.membership]
    both = "; it is in both sets, and included wins" if found.in_both else ""
    return f"{found.segment}{generation} {meaning}{both}"


def _segment_text(segment: SegmentContents) -> str:
    generation = "" if segment.generation is None else f" generation {segment.generation}"
    return f"{segment.key}{generation}: {segment.included:,} included, {segment.excluded:,} excluded"


def _prefixes_text(prefixes: tuple[str, ...] | None) -> str:
    if prefixes is None:
        return "unknown"
    described = {SDK_DEFAULT_PREFIX: f"{SDK_DEFAULT_PREFIX} (the SDKs' default)", "": "no prefix (the SDKs' default)"}
    return ", ".join(described.get(prefix, prefix) for prefix in prefixes) or "none"


def _heading(store: str, place: str, prefix: str) -> str:
    return f"{_LABELS[store]} {place}, prefix {prefix}"


def _line(label: str, text: str) -> str:
    return f"{label:<{_WIDTH}}{text}"


def _joined(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _shown(lines: Iterable[str]) -> str:
    """Names come from the store, and may hold line breaks or escape sequences."""
    return "\n".join(map(printable, lines))
