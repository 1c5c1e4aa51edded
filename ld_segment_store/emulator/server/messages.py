# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Requests and responses, without sockets."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Request:
    """A received request. `path` is as sent, without the query; the names in `headers` are in lower case."""

    method: str
    path: str
    query_string: str = ""
    headers: Headers = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header's value, "" where it is absent."""
        return self.headers.get(name.lower(), "")

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's parts, percent-decoded one by one, so that `%2F` stays inside its part."""
        return tuple(unquote(part) for part in self.path.split("/")[1:])

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters. The last one counts if one occurs twice."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    def json(self) -> Any:
        """The body. Raises Problem (400), without quoting the body, which may hold a secret."""
        try:
            return json.loads(self.body, parse_float=_number)
        except (ValueError, RecursionError):
            raise Problem(400, "invalid_request", "The request's body is not valid JSON.") from None


@dataclass(frozen=True)
class Response:
    """A response. A `raw` that is not empty is sent instead of everything else, and the connection is closed."""

    status: int
    content: bytes = b""
    headers: Headers = field(default_factory=dict)
    content_type: str = "application/json"
    raw: bytes = b""


class Problem(Exception):
    """Ends the handling of a request with an error response."""

    def __init__(self, status: int, code: str, message: str, headers: Headers | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def response(self) -> Response:
        """The response, with a unique `id` as LaunchDarkly's errors may have."""
        payload = {"code": self.code, "message": self.message, "id": os.urandom(16).hex()}
        return json_response(self.status, payload, self.headers)


def _number(text: str) -> int | float:
    """1.0 is an integer, as in JSON Schema."""
    number = float(text)
    return int(number) if number.is_integer() else number


def json_response(status: int, payload: Any, headers: Headers | None = None) -> Response:
    """A response with `payload` as JSON."""
    return Response(status, json.dumps(payload, separators=(",", ":")).encode(), headers or {})
