# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Scripted answers, a clock that doesn't wait, and data shaped as the API's."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.response import HTTPResponse

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.http_connections import Limit
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


def answer(status: int = 200, body: Any = None, headers: dict[str, str] | None = None) -> requests.Response:
    """An HTTP answer; `body` is text as it is, else JSON."""
    made = requests.Response()
    made.status_code = status
    made.raw = HTTPResponse()
    made.headers.update(headers or {})
    made._content_consumed = True  # type: ignore[attr-defined]
    made._content = (body if isinstance(body, str) else json.dumps(body)).encode() if body is not None else b""
    return made


def error(status: int, code: str = "some_code", message: str = "Some message", **more: Any) -> requests.Response:
    """An error as the API words it."""
    return answer(status, {"code": code, "message": message, **more})


def listing(*items: dict[str, Any]) -> requests.Response:
    """The answer to a list: items without `config`, as documented."""
    return answer(200, {"items": [{key: item[key] for key in item if key != "config"} for item in items]})


def never_connected() -> Exception:
    """What requests raises where nothing listens: the request can't have arrived."""
    reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
    return requests.exceptions.ConnectionError(MaxRetryError(None, "/", reason))  # type: ignore[arg-type]


def connection_closed() -> Exception:
    """What requests raises when the answer doesn't come: the request may have arrived."""
    return requests.exceptions.ConnectionError("Connection aborted.", ConnectionResetError(104, "reset"))


# What requests raises before a byte of the request is sent.
NEVER_SENT = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.MissingSchema,
)


class Script(BaseAdapter):
    """Answers in order; each is a response, an exception, or a callable of the request. Remembers what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Any] = []
        self.sent: list[requests.PreparedRequest] = []
        self.options: list[dict[str, Any]] = []
        self.limit: Limit | None = None
        self._created: dict[str, Any] = {}

    def mount(self, client: Client) -> None:
        """Answer instead of the network."""
        self.limit = client._transport._limit
        client._transport._session.mount(HOST, self)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        self.sent.append(request)
        self.options.append(options)
        settling = self._created and request.method == "GET" and _last_segment(request) == "list"
        if settling:
            # The look for duplicates after a creation: there is none.
            self.answers.insert(0, listing(self._created))
        self._created = {}
        assert self.answers, f"nothing scripted for {request.method} {request.path_url}"
        said = self.answers.pop(0)
        if callable(said):
            said = said(request)
        if isinstance(said, Exception):
            if self.limit and not isinstance(said, NEVER_SENT) and "refused" not in str(said):
                self.limit.sent = True
            raise said
        assert isinstance(said, requests.Response)
        assert request.url
        if request.method == "POST" and said.status_code == 201:
            with suppress(ValueError):
                self._created = said.json() if "version" in said.json() else {}
        said.request, said.url = request, request.url
        return said

    def close(self) -> None:
        """Nothing to close."""

    @property
    def calls(self) -> list[str]:
        """Methods and last path segments, in order; the list of integrations as `GET list`."""
        return [f"{request.method} {_last_segment(request)}" for request in self.sent]

    def body(self, number: int) -> Any:
        """The JSON of a request that was sent."""
        body = self.sent[number].body
        assert isinstance(body, bytes)
        return json.loads(body)


def _last_segment(request: requests.PreparedRequest) -> str:
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
