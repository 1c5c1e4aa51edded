# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Big segments in seeds, in the state file, and what changes between two sets of them."""

from __future__ import annotations

import http.client
import json
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ld_segment_store.emulator import Emulator, InvalidSeed, InvalidSegments, Segment
from ld_segment_store.emulator.account.segments import (
    Change,
    Membership,
    changes,
    dump_segments,
    hash_of,
    memberships,
    parse_segments,
    union,
)
from ld_segment_store.emulator.server.http import MAX_BODY
from tests.emulator.server.contract import Caller

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
        ({"\udb25": {}}, "segments has a key that is not valid Unicode."),
        ({1: {}}, "segments has a key that is not text: put it in quotes."),
        ({"a": []}, "segments.a must be a mapping with any of included, excluded, generation."),
        ({"a": {"include": []}}, "segments.a must be a mapping with any of included, excluded, generation."),
        ({"a": {"included": "user-1"}}, "segments.a.included must be a list of context keys, each in quotes."),
        ({"a": {"excluded": [1]}}, "segments.a.excluded must be a list of context keys, each in quotes."),
        ({"a": {"included": 0}}, "segments.a.included must be a list of context keys, each in quotes."),
        ({"a": {"included": ["\udb25"]}}, "segments.a.included has a context key that is not valid Unicode."),
        ({"a": {"generation": 0}}, "segments.a.generation must be a whole number from 1."),
        ({"a": {"generation": True}}, "segments.a.generation must be a whole number from 1."),
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
    before = memberships(
        parse_segments({"a": {"included": ["user-1", "user-2"]}, "b": {"excluded": ["user-1", "user-3"]}})
    )
    after = memberships(
        parse_segments({"b": {"excluded": ["user-3"]}, "c": {"included": ["user-1"]}, "d": {"included": ["user-1"]}})
    )
    first = Membership(included=frozenset(["c.g1", "d.g1"]))
    assert changes(after, before, before) == [
        Change(hash_of("user-1"), first, Membership(frozenset(["a.g1"]), frozenset(["b.g1"])), first),
        Change(hash_of("user-2"), Membership(), Membership(included=frozenset(["a.g1"])), Membership()),
    ]
    assert changes(before, before, before) == []


def test_a_store_of_which_nothing_is_certain_gets_all_of_it() -> None:
    wanted = memberships(parse_segments({"b": {"included": ["user-1"]}}))
    known = union(memberships(parse_segments({"a": {"included": ["user-1"]}})), wanted)
    one, other = Membership(frozenset(["a.g1"])), Membership(frozenset(["b.g1"]))

    assert known == {hash_of("user-1"): one.union(other)}
    assert changes(wanted, {}, known) == [Change(hash_of("user-1"), other, one, other)]


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


def body_of(members: int) -> bytes:
    """A request body with so many members."""
    segments = {"big-one": {"included": [str(uuid.UUID(int=number)) for number in range(members)]}}
    return json.dumps({"projectKey": "default", "environmentKey": "test", "segments": segments}).encode()


def in_parts(body: bytes) -> Iterator[bytes]:
    """`body` in parts; requests sends them as chunks."""
    for start in range(0, len(body), 1 << 16):
        yield body[start : start + (1 << 16)]


@pytest.mark.parametrize("streamed", [False, True])
def test_segments_of_any_size(ld: Emulator, call: Caller, streamed: bool) -> None:
    body = body_of(100_000)
    assert len(body) > 3 * MAX_BODY

    response = call.raw("POST", "/_emulator/segments", data=in_parts(body) if streamed else body)

    assert response.status_code == 200
    assert len(response.json()["big-one"]["included"]) == 100_000
    assert len(ld.account.environment("default", "test").segments["big-one"].included) == 100_000
    assert call("GET", "/_emulator/health").status_code == 200


@pytest.mark.parametrize(
    ("chunks", "status"),
    [
        (b'5;name=value\r\n{"pro\r\n%x\r\n%s\r\n0\r\nTrailer: x\r\n\r\n', 200),
        (b"-1\r\n", 400),
        (b"\r\n", 400),
        (b"0x5\r\n", 400),
        (b"fffffffff\r\n", 400),
    ],
)
def test_chunks(ld: Emulator, chunks: bytes, status: int) -> None:
    rest = body_of(2)[5:]
    head = b"POST /_emulator/segments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += b"Transfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(ld.url.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(head + (chunks % (len(rest), rest) if status == 200 else chunks))
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == status
        response.read()
        if status == 200:  # and the connection can be used again
            connection.sendall(b"GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            again = http.client.HTTPResponse(connection)
            again.begin()
            assert again.status == 200
