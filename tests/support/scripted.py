# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Scripted answers, a clock that doesn't wait, and data shaped as the API's."""

from __future__ import annotations

import copy
import io
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError, ReadTimeoutError

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.http_connections import Connections
from ld_segment_store.core.model.integration import Integration, read_integration

HOST = "https://ld.example.com"
TOKEN = "api-MARKER-token-5ecret"
PASSWORD = "supMARKER-pass-word123"
STORES = "/api/v2/integration-capabilities/big-segment-store"


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now - 1_000_000.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += seconds


class TickingClock(FakeClock):
    """Time passes between two looks at it."""

    step = 0.001

    def monotonic(self) -> float:
        self.now += self.step
        return super().monotonic()


@dataclass
class Answer:
    """An HTTP answer. `content` is the body as it is sent, or what reading it raises."""

    status: int
    headers: dict[str, str]
    content: bytes | Exception

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content if isinstance(self.content, bytes) else b"")

    def response(self) -> HTTPResponse:
        """What the pool of connections returns."""
        body = io.BytesIO(self.content) if isinstance(self.content, bytes) else _Broken(self.content)
        return HTTPResponse(body, HTTPHeaderDict(self.headers), self.status, preload_content=False)


class _Broken(io.BytesIO):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def read(self, _size: int | None = None) -> bytes:
        raise self._error


class Sent(NamedTuple):
    """A request that was sent to `HOST`."""

    method: str
    path_url: str
    headers: dict[str, str]
    body: bytes | None
    timeout: float

    @property
    def url(self) -> str:
        """The whole URL."""
        return HOST + self.path_url


def answer(status: int = 200, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    """An HTTP answer; `body` is text as it is, else JSON."""
    content = (body if isinstance(body, str) else json.dumps(body)).encode() if body is not None else b""
    return Answer(status, dict(headers or {}), content)


def error(status: int, code: str = "some_code", message: str = "Some message", **more: Any) -> Answer:
    """An error as the API words it."""
    return answer(status, {"code": code, "message": message, **more})


def listing(*items: dict[str, Any]) -> Answer:
    """The answer to a list: items without `config`, as documented."""
    return answer(200, {"items": [{key: item[key] for key in item if key != "config"} for item in items]})


def never_connected() -> Exception:
    """What urllib3 raises where nothing listens: the request can't have arrived."""
    return NewConnectionError(None, "refused")  # type: ignore[arg-type]


def timed_out() -> Exception:
    """What urllib3 raises when the answer doesn't come in time: the request may have arrived."""
    return ReadTimeoutError(None, "/", "MARKER")  # type: ignore[arg-type]


def connection_closed() -> Exception:
    """What urllib3 raises when the answer doesn't come: the request may have arrived."""
    return ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))


class Script:
    """Answers in order, instead of the network; each is an Answer, an exception, or a callable of the request."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.sent: list[Sent] = []
        self._connections: Connections | None = None
        self._created: dict[str, Any] = {}

    def mount(self, client: Client) -> None:
        """Be the pool of connections of a client."""
        self._connections = client._transport._connections
        self._connections._pool = self

    def request_encode_url(
        self, method: str, path: str, *, headers: Any, body: bytes | None, timeout: float, **_options: Any
    ) -> HTTPResponse:
        """The next answer."""
        request = Sent(method, path, dict(headers), body, timeout)
        self.sent.append(request)
        if self._created and method == "GET" and _last_segment(request) == "list":
            # The look for duplicates after a creation: there is none.
            self.answers.insert(0, listing(self._created))
        self._created = {}
        assert self.answers, f"nothing scripted for {method} {path}"
        said = self.answers.pop(0)
        if callable(said):
            said = said(request)
        assert self._connections
        self._connections._current.sent = not isinstance(said, (NewConnectionError, ConnectTimeoutError))
        if isinstance(said, Exception):
            raise said
        if method == "POST" and said.status == 201:
            with suppress(ValueError):
                self._created = said.json() if "version" in said.json() else {}
        response: HTTPResponse = said.response()
        return response

    def close(self) -> None:
        """Nothing to close."""

    @property
    def calls(self) -> list[str]:
        """Methods and last path segments, in order; the list of integrations as `GET list`."""
        return [f"{request.method} {_last_segment(request)}" for request in self.sent]

    def body(self, number: int) -> Any:
        """The JSON of a request that was sent."""
        return json.loads(self.sent[number].body or b"")


def _last_segment(request: Sent) -> str:
    path = urlsplit(request.path_url).path
    return "list" if path == STORES else path.rsplit("/", 1)[1]


def redis_item(**changes: Any) -> dict[str, Any]:
    """A Redis integration as the API gives it."""
    item = {
        "_id": "id-1",
        "_links": {},
        "integrationKey": "redis",
        "projectKey": "shop",
        "environmentKey": "live",
        "config": {
            "host": "redis.example.com",
            "port": "6379",
            "username": "",
            "password": "sup********123",
            "tlsEnabled": False,
        },
        "on": True,
        "tags": ["a", "b"],
        "name": "main",
        "version": 1,
        "_status": {"available": True},
    }
    item.update(copy.deepcopy(changes))
    return item


def dynamodb_item(**changes: Any) -> dict[str, Any]:
    """A DynamoDB integration as the API gives it."""
    config = {
        "tableName": "segments",
        "region": "eu-west-1",
        "externalId": "0a1b2c3d-0000-4000-8000-000000000000",
        "roleArn": "arn:aws:iam::123456789012:role/segments",
    }
    return redis_item(**{"_id": "id-2", "integrationKey": "dynamodb", "config": config, "name": "table", **changes})


def integration(item: dict[str, Any] | None = None) -> Integration:
    """An item as the client reads it."""
    return read_integration(redis_item() if item is None else item, "GET item")


def with_config(**changes: Any) -> dict[str, Any]:
    """A Redis item with some fields of `config` changed; None leaves the field out."""
    config = {**redis_item()["config"], **changes}
    return redis_item(config={key: value for key, value in config.items() if value is not None})


def applied(item: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any]:
    """What the API would hold after a JSON Patch, with the secret masked as it shows it. The item is not changed."""
    after = copy.deepcopy(item)
    for operation in json.loads(json.dumps(patch, default=lambda secret: secret.reveal())):
        assert operation["op"] == "replace"
        after[{"/name": "name", "/on": "on", "/tags": "tags", "/config": "config"}[operation["path"]]] = operation[
            "value"
        ]
    after["version"] += 1
    return masked(after)


def created(body: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """What the API would hold after a POST; the item gives the keys."""
    sent = json.loads(json.dumps(body, default=lambda secret: secret.reveal()))
    return masked({**item, "name": "", "tags": [], "on": False, **sent, "version": 1})


def masked(item: dict[str, Any]) -> dict[str, Any]:
    """The item with its password as the API shows it. The rule for short ones is a guess."""
    password = item["config"].get("password")
    if password:
        shown = f"{password[:3]}{'*' * 8}{password[-3:]}" if len(password) > 8 else "*" * len(password)
        item = {**item, "config": {**item["config"], "password": shown}}
    return item
