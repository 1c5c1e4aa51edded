# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Damaged responses to requests that were carried out."""

from __future__ import annotations

import functools
import json
import zlib
from dataclasses import replace
from typing import Any, Callable, Optional

from .server.messages import Response

# Damages a response; None closes the connection without one. The text is the `field` of the fault.
Damage = Callable[[Response, str], Optional[Response]]
BOMB_BYTES = 256 << 20


def _unchanged(response: Response, _field: str) -> Response:
    return response


def _close(_response: Response, _field: str) -> None:
    return None


def _truncate(response: Response, _field: str) -> Response:
    return replace(response, content=response.content[: len(response.content) // 2])


def _switch_protocols(_response: Response, _field: str) -> Response:
    return _raw(101, "Switching Protocols", {"Connection": "Upgrade", "Upgrade": "h2c"})


def _hint_early(response: Response, _field: str) -> Response:
    hints = _raw(103, "Early Hints", {})
    final = _raw(response.status, "OK", {"Content-Length": str(len(response.content))}, response.content)
    return replace(hints, raw=hints.raw + final.raw)


def _give_two_lengths(response: Response, _field: str) -> Response:
    lengths = f"{len(response.content)}\r\nContent-Length: {len(response.content) + 1}"
    return _raw(response.status, "OK", {"Content-Length": lengths}, response.content)


def _give_a_negative_chunk(response: Response, _field: str) -> Response:
    content = b"-1\r\n" + response.content + b"\r\n0\r\n\r\n"
    return _raw(response.status, "OK", {"Transfer-Encoding": "chunked"}, content)


def _redirect(_response: Response, _field: str) -> Response:
    return Response(302, headers={"Location": "https://[bad/"})


def _bomb_response(response: Response, _field: str) -> Response:
    return Response(response.status, _bomb(), {"Content-Encoding": "gzip"})


def _omit(response: Response, field: str) -> Response:
    return _first_item(response, lambda item: {name: value for name, value in item.items() if name != field})


def _set_null(response: Response, field: str) -> Response:
    return _first_item(response, lambda item: {**item, field: None})


DAMAGES: dict[int | str, Damage] = {
    "delay": _unchanged,
    "twice": _unchanged,
    "close_after": _close,
    "truncated": _truncate,
    101: _switch_protocols,
    103: _hint_early,
    "two_lengths": _give_two_lengths,
    "negative_chunk": _give_a_negative_chunk,
    "bad_location": _redirect,
    "gzip_bomb": _bomb_response,
    "item_without": _omit,
    "item_with_null": _set_null,
}


def _raw(status: int, reason: str, headers: dict[str, str], content: bytes = b"") -> Response:
    """A response that is sent byte for byte. The connection is closed after it."""
    lines = [f"HTTP/1.1 {status} {reason}", *("{}: {}".format(*header) for header in headers.items())]
    return Response(status, raw="\r\n".join([*lines, "", ""]).encode() + content)


def _first_item(response: Response, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """`response` with the first item of its list edited. A response without items is unchanged."""
    payload = json.loads(response.content or b"null")
    items = payload.get("items") if isinstance(payload, dict) else None
    if not items:
        return response
    return replace(response, content=json.dumps({**payload, "items": [edit(items[0]), *items[1:]]}).encode())


@functools.cache
def _bomb() -> bytes:
    """JSON of 256 MiB, nearly all of it spaces, as a quarter MiB of gzip."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    spaces = b" " * (1 << 20)
    parts = [compressor.compress(b'{"_links":{},"items":[')]
    parts += [compressor.compress(spaces) for _ in range(BOMB_BYTES >> 20)]
    return b"".join([*parts, compressor.compress(b"]}"), compressor.flush()])
