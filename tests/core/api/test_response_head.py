# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The head of a response is read as http.client reads it, or left to http.client with nothing read."""

from __future__ import annotations

import http.client
import io
import socket
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_segment_store.core.api.response_head import begin

JSON = "Content-Type: application/json"
BODY = b'{"ok": true}'
LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = b"c\r\n" + BODY + b"\r\n0\r\n\r\n"
USUAL = {
    "a length": ["HTTP/1.1 200 OK", JSON, LENGTH],
    "an error": ["HTTP/1.1 503 Service Unavailable", LENGTH, "Retry-After: 3"],
    "another success": ["HTTP/1.1 201 Created", LENGTH],
    "no reason": ["HTTP/1.1 200 ", LENGTH],
    "spaces": ["HTTP/1.1 200  OK ", "X-A:1", "X-B: \t 1 \t", LENGTH],
    "twice": ["HTTP/1.1 200 OK", "Vary: Origin", "Vary: Accept", LENGTH],
    "letters that are not ASCII": ["HTTP/1.1 200 \xe9t\xe9", "X-A: \xe9\x85", LENGTH],
    "control characters": ["HTTP/1.1 200 OK", "X-A: \x00\x0b\x0c", LENGTH],
    "a colon in a value": ["HTTP/1.1 200 OK", "X-A: b:c", "X-Empty:", LENGTH],
    "it closes": ["HTTP/1.1 200 OK", "Connection: Close", LENGTH],
    "it stays": ["HTTP/1.1 200 OK", "Connection: keep-alive", LENGTH],
    "chunks": ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"],
    "chunks in other letters, and a length": ["HTTP/1.1 200 OK", "TRANSFER-ENCODING: Chunked", "Content-Length: 1"],
    "another transfer encoding": ["HTTP/1.1 200 OK", "Transfer-Encoding: identity", LENGTH],
}
UNUSUAL = {
    "nothing": "",
    "half a head": "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n",
    "no HTTP": "SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "HTTP 1.0": "HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\n",
    "another HTTP": "HTTP/1x1 200 OK\r\nContent-Length: 12\r\n\r\n",
    "an interim response": "HTTP/1.1 100 Continue\r\nContent-Length: 12\r\n\r\n",
    "a status that is none": "HTTP/1.1 600 OK\r\nContent-Length: 12\r\n\r\n",
    "no content": "HTTP/1.1 204 No Content\r\nContent-Length: 12\r\n\r\n",
    "not modified": "HTTP/1.1 304 Not Modified\r\nContent-Length: 12\r\n\r\n",
    "no length": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
    "an empty length": "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
    "a negative length": "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "a length with a space": "HTTP/1.1 200 OK\r\nContent-Length: 12 \r\n\r\n",
    "a length of other digits": "HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n",
    "an endless length": f"HTTP/1.1 200 OK\r\nContent-Length: {'9' * 16}\r\n\r\n",
    "a header on two lines": "HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 12\r\n\r\n",
    "a line that is no header": "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nnothing\r\n\r\n",
    "a space before the colon": "HTTP/1.1 200 OK\r\nContent-Length : 12\r\n\r\n",
    "a name that is none": "HTTP/1.1 200 OK\r\nX A: 1\r\nContent-Length: 12\r\n\r\n",
    "no name": "HTTP/1.1 200 OK\r\n: 1\r\nContent-Length: 12\r\n\r\n",
    "line feeds alone": "HTTP/1.1 200 OK\nContent-Length: 12\n\n",
    "a line feed in a header": "HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 12\r\n\r\n",
    "a carriage return in a header": "HTTP/1.1 200 OK\r\nX-A: 1\rContent-Length: 12\r\n\r\n",
}


class Connected:
    """A socket from which these bytes can be read."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As that of a socket."""
        return io.BufferedReader(cast("Any", io.BytesIO(self.data)))


def response(data: bytes) -> http.client.HTTPResponse:
    return http.client.HTTPResponse(cast("socket.socket", Connected(data)), method="GET")


def described(of: http.client.HTTPResponse) -> dict[str, Any]:
    """All that http.client and urllib3 use of a response."""
    parts: dict[str, Any] = {
        name: getattr(of, name)
        for name in ("version", "status", "reason", "chunked", "chunk_left", "length", "will_close")
    }
    return {**parts, "headers": of.headers.items(), "msg": of.msg.items(), "body": of.read(), "closed": of.isclosed()}


def by_http_client(data: bytes) -> dict[str, Any]:
    plain = response(data)
    plain.begin()
    return described(plain)


def whole(head: list[str]) -> bytes:
    text = "\r\n".join([*head, "", ""])
    return text.encode("latin-1") + (CHUNKED if "chunked" in text.lower() else BODY)


@pytest.mark.parametrize("head", USUAL.values(), ids=list(USUAL))
def test_a_usual_head_is_read_as_by_http_client(head: list[str]) -> None:
    data = whole(head)
    ours = response(data)
    assert begin(ours)
    result = described(ours)
    assert result == by_http_client(data)
    assert result["body"] == BODY


@pytest.mark.parametrize("text", UNUSUAL.values(), ids=list(UNUSUAL))
def test_another_head_is_left_alone(text: str) -> None:
    data = text.encode("latin-1") + BODY
    ours = response(data)
    assert not begin(ours)
    assert ours.headers is None
    assert ours.fp.read() == data


NAMES = st.sampled_from(
    ["Content-Length", "Transfer-Encoding", "Connection", "Date", "X A", "", "-", "From", "Content-Type"]
)
VALUES = st.sampled_from(
    ["12", " 12", "012", "0", "1_2", "12, 12", "chunked", "gzip, chunked", "close", "", "\x1c", "multipart/x"]
)
ENDS = st.sampled_from(["\r\n"] * 20 + ["\n", "\r", "\r\n\t", "\r\n\r\n"])
STARTS = st.sampled_from(["HTTP/1.1 200 OK\r\n", "HTTP/1.1 404 \r\n", "HTTP/1.1 199 \r\n", "HTTP/1.0 200 OK\r\n"])


@given(STARTS, st.lists(st.tuples(NAMES, VALUES, ENDS), max_size=6))
def test_any_head_that_is_read_is_read_as_by_http_client(start: str, lines: list[tuple[str, str, str]]) -> None:
    data = (start + "".join(f"{name}: {value}{end}" for name, value, end in lines) + "\r\n").encode("latin-1")
    data += CHUNKED if b"chunked" in data else BODY
    ours = response(data)
    if begin(ours):
        theirs = response(data)
        theirs.begin()
        for name in ("version", "status", "reason", "chunked", "chunk_left", "length", "will_close"):
            assert getattr(ours, name) == getattr(theirs, name)
        assert ours.headers.items() == theirs.headers.items()
        assert ours.fp.read() == theirs.fp.read()
    else:
        assert ours.fp.read() == data
