# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Big segments in seeds, in the state file, and what changes between two sets of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from ld_segment_store.emulator import Emulator, InvalidSeed, InvalidSegments, Segment
from ld_segment_store.emulator.account.segments import (
    Change,
    changes,
    dump_segments,
    entries,
    hash_of,
    parse_segments,
)

GOOD = {"big-one": {"included": ["user-1", "user-2"], "excluded": ["user-3"], "generation": 4}, "empty": None}


def seed(segments: Any) -> dict[str, Any]:
    return {"projects": {"default": {"environments": {"test": {"segments": segments}}}}}


def test_reading_and_writing() -> None:
    segments = parse_segments(GOOD)
    assert segments == {"big-one": Segment(("user-1", "user-2"), ("user-3",), 4), "empty": Segment()}
    assert parse_segments(dump_segments(segments)) == segments


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (["big-one"], "segments must be a mapping of segment keys."),
        ({1: {}}, "segments has a key that is not text: put it in quotes."),
        ({"a": []}, "segments.a must be a mapping with any of included, excluded, generation."),
        ({"a": {"include": []}}, "segments.a must be a mapping with any of included, excluded, generation."),
        ({"a": {"included": "user-1"}}, "segments.a.included must be a list of context keys, each in quotes."),
        ({"a": {"excluded": [1]}}, "segments.a.excluded must be a list of context keys, each in quotes."),
        ({"a": {"included": 0}}, "segments.a.included must be a list of context keys, each in quotes."),
        ({"a": {"generation": 0}}, "segments.a.generation must be a whole number from 1 on."),
        ({"a": {"generation": True}}, "segments.a.generation must be a whole number from 1 on."),
    ],
)
def test_what_is_refused(bad: Any, said: str) -> None:
    with pytest.raises(InvalidSegments) as caught:
        parse_segments(bad)
    assert caught.value.message == said
    with pytest.raises(InvalidSeed) as in_seed:
        Emulator(seed=seed(bad))
    assert in_seed.value.message == "projects.default.environments.test." + said


def test_changes_are_joined_by_context() -> None:
    before = entries(parse_segments({"a": {"included": ["user-1"]}, "b": {"excluded": ["user-1"]}}))
    after = entries(parse_segments({"c": {"included": ["user-1"]}, "d": {"included": ["user-1"]}}))
    user = hash_of("user-1")
    assert changes(after - before, before - after) == [
        Change(user, True, True, ("c.g1", "d.g1")),
        Change(user, False, False, ("b.g1",)),
        Change(user, True, False, ("a.g1",)),
    ]


def test_the_state_file_keeps_them(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    Emulator(seed=seed(None), state_file=file).set_segments("default", "test", GOOD)
    again = Emulator(state_file=file)
    assert again.account.environment("default", "test").segments == parse_segments(GOOD)
    again.reset()
    assert Emulator(state_file=file).account.environment("default", "test").segments == {}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"projectKey": "default"}, 400, "Give projectKey and environmentKey (strings) and segments"),
        ({"projectKey": "default", "environmentKey": "no", "segments": {}}, 404, "Unknown environment key 'no'"),
        ({"projectKey": "default", "environmentKey": "test", "segments": []}, 400, "segments must be a mapping"),
    ],
)
def test_the_route_refuses(ld: Emulator, body: Any, status: int, said: str) -> None:
    answer = requests.post(ld.url + "/_emulator/segments", json=body, timeout=10)
    assert answer.status_code == status
    assert said in answer.json()["message"]
