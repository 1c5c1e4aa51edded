# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A LaunchDarkly that expects exact calls, and modules run as Ansible runs them."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from ansible.module_utils import basic
from urllib3 import HTTPConnectionPool, HTTPResponse

# Every secret here holds this word, and nothing that a module prints may.
MARKER = "MARKER"
TOKEN = "api-MARKER-token"
PASSWORD = "first-MARKER-password"
STORES = "/api/v2/integration-capabilities/big-segment-store"


@dataclass(frozen=True)
class Call:
    """A request that is expected, and its answer. `sends` is its body."""

    method: str
    path: str
    answer: Any = None
    sends: Any = None
    status: int = 200


@dataclass
class LaunchDarkly:
    """Answers the calls that are expected, in this order, and no other."""

    expected: list[Call] = field(default_factory=list)

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> HTTPResponse:
        assert self.expected, f"not expected: {method} {url}"
        call = self.expected.pop(0)
        asked = f"{method} {urlsplit(url).path}"
        assert asked == f"{call.method} {call.path}", asked
        sent = json.loads(body) if body else None
        assert sent == call.sends, sent
        assert headers["Authorization"] == TOKEN
        content = b"" if call.answer is None else json.dumps(call.answer).encode()
        return HTTPResponse(io.BytesIO(content), status=call.status, preload_content=False)


@dataclass(frozen=True)
class Exit:
    """What a module gave."""

    code: int
    values: Mapping[str, Any]
    output: str

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


Run = Callable[..., Exit]


def runner(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """A function that runs a module's `main` with options and the calls that it must make.

    As for Ansible, the options come by standard input and the result goes to standard output.
    """

    def run(module: ModuleType, options: Mapping[str, Any], *calls: Call, check: bool = False) -> Exit:
        launchdarkly = LaunchDarkly(list(calls))
        given = {"ANSIBLE_MODULE_ARGS": {**options, "_ansible_check_mode": check, "_ansible_diff": True}}

        def urlopen(
            _: object, method: str, url: str, headers: Any, body: bytes | None = None, **__: object
        ) -> HTTPResponse:
            return launchdarkly.answer(method, url, headers, body)

        monkeypatch.setattr(HTTPConnectionPool, "urlopen", urlopen)
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", None)  # else the options of the run before count
        monkeypatch.setattr(sys, "argv", [module.__name__])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
        with pytest.raises(SystemExit) as exit_:
            module.main()
        printed = capfd.readouterr()
        output = printed.out + printed.err
        assert MARKER not in output, output
        assert not launchdarkly.expected, "never asked"
        assert isinstance(exit_.value.code, int)
        return Exit(exit_.value.code, json.loads(printed.out), output)

    return run


def listing(*items: Mapping[str, Any]) -> Call:
    """The list of all integrations, whose items have no config."""
    bare = [{key: value for key, value in item.items() if key != "config"} for item in items]
    return Call("GET", STORES, {"items": bare})


def reading(item: Mapping[str, Any]) -> Call:
    """One integration with its config."""
    return Call("GET", "{}/shop/{}/redis/{}".format(STORES, item["environmentKey"], item["_id"]), item)


def redis_item(**changes: Any) -> dict[str, Any]:
    """A Redis integration of shop/live as the API gives it: the ends of a password show."""
    config = {
        "host": "redis.example.com",
        "port": "6379",
        "username": "",
        "password": "fir***************ord",
        "tlsEnabled": False,
    }
    item = {
        "_id": "id-1",
        "integrationKey": "redis",
        "projectKey": "shop",
        "environmentKey": "live",
        "name": "main",
        "on": True,
        "tags": ["a"],
        "version": 1,
        "config": config,
        "_status": {"available": True},
    }
    return {**item, **changes}
