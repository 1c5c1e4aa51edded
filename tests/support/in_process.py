# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The emulator without sockets: a request is a function call, which takes a tenth of the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.http_connections import Limit
from ld_segment_store.core.api.retry import Clock
from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.server.messages import Request
from ld_segment_store.verify.bench import Bench, Replies
from ld_segment_store.verify.report import Report
from ld_segment_store.verify.run import run_probes

HOST = "http://127.0.0.1:1"


class InProcess(BaseAdapter):
    """Has an emulator answer the requests of a client."""

    def __init__(self, ld: Emulator, limit: Limit) -> None:
        super().__init__()
        self.ld = ld
        self.limit = limit

    def send(self, request: requests.PreparedRequest, **_options: object) -> requests.Response:  # type: ignore[override]
        self.limit.sent = True
        url = urlsplit(str(request.url))
        headers: dict[str, str] = {"host": url.netloc}
        for name, value in request.headers.items():  # two of one name, where the request has them
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        body = request.body if isinstance(request.body, bytes) else b""
        response = self.ld._handle(Request(str(request.method), url.path, url.query, headers, body))
        if response is None:
            raise requests.exceptions.ConnectionError("Connection aborted.", ConnectionResetError(104, "reset"))
        made = requests.Response()
        made.status_code = response.status
        made.headers.update(response.headers)
        made.raw = HTTPResponse()
        made._content_consumed = True  # type: ignore[attr-defined]
        made._content = response.content
        return made

    def close(self) -> None:
        """Nothing to close."""


@contextmanager
def bench_of(ld: Emulator, clock: Clock, token: str = "", status_seconds: float = 0) -> Iterator[Bench]:
    """A bench in the environment default/test of an emulator that has the same clock."""
    replies = Replies()
    with Client(token or ld.access_token, HOST, clock=clock, on_response=replies) as client:
        bench = Bench(client, replies, "default", "test", status_seconds=status_seconds)
        transport = bench._client._transport
        transport._session.mount(HOST, InProcess(ld, transport._limit))
        yield bench
        bench.close()


def report_of(ld: Emulator, clock: Clock, token: str = "", status_seconds: float = 0) -> Report:
    """The report of a run; nothing may be left of it."""
    with bench_of(ld, clock, token, status_seconds) as bench:
        results = list(run_probes(bench))
        assert bench.clean_up() == 0
    assert ld.account.integrations == []
    return Report(HOST, "2026-11-28", bench.replies.count, results)
