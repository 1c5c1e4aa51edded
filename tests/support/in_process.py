# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The emulator without sockets: a request is a function call, which takes a tenth of the time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict
from urllib3.exceptions import ProtocolError

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.http_connections import Connections
from ld_segment_store.core.api.retry import Clock
from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.server.messages import Request
from ld_segment_store.verify.bench import Bench, Replies
from ld_segment_store.verify.report import Report
from ld_segment_store.verify.run import run_probes

HOST = "http://127.0.0.1:1"


class InProcess:
    """Has an emulator answer the requests of a client, as its pool of connections."""

    def __init__(self, ld: Emulator, connections: Connections) -> None:
        self.ld = ld
        self.connections = connections
        connections._pool = self

    def request_encode_url(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None, **_options: Any
    ) -> HTTPResponse:
        """The emulator's response."""
        self.connections._current.sent = True
        url = urlsplit(path)
        sent = {"host": "127.0.0.1"}
        for name, value in headers.items():  # two of one name, where the request has them
            sent[name.lower()] = f"{sent[name.lower()]}, {value}" if name.lower() in sent else value
        response = self.ld._handle(Request(method, url.path, url.query, sent, body or b""))
        if response is None:
            raise ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))
        content = io.BytesIO(response.content)
        return HTTPResponse(content, HTTPHeaderDict(response.headers), response.status, preload_content=False)

    def close(self) -> None:
        """Nothing to close."""


@contextmanager
def bench_of(ld: Emulator, clock: Clock, token: str = "", status_seconds: float = 0) -> Iterator[Bench]:
    """A bench in the environment default/test of an emulator that has the same clock."""
    replies = Replies()
    with Client(token or ld.access_token, HOST, clock=clock, on_response=replies) as client:
        bench = Bench(client, replies, "default", "test", status_seconds=status_seconds)
        InProcess(ld, bench._client._transport._connections)
        yield bench
        bench.close()


def report_of(ld: Emulator, clock: Clock, token: str = "", status_seconds: float = 0) -> Report:
    """The report of a run; nothing may be left of it."""
    with bench_of(ld, clock, token, status_seconds) as bench:
        results = list(run_probes(bench))
        assert bench.clean_up() == 0
    assert ld.account.integrations == []
    return Report(HOST, "2026-11-28", bench.replies.count, results)
