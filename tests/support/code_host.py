# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The comments of one pull request on GitHub, and of one merge request on GitLab, behind the routes that a pipeline uses."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_GITHUB = re.compile(r"/repos/acme/shop/issues/(?:7/comments|comments/(\d+))")
_GITLAB = "/projects/42/merge_requests/7/notes"
# GitHub's limit of a comment.
_LONGEST = 65536


@dataclass
class CodeHost:
    """`comments` are the texts, oldest first; `tokens` what the requests gave as authorization."""

    url: str = ""
    comments: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    refuses: bool = False

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> tuple[int, Any]:
        """The status and the data of a response."""
        if self.refuses:
            return 403, {"message": "Resource not accessible by integration"}
        if path == _GITLAB and method == "POST":
            self.comments.append(parse_qs(body.decode())["body"][0])
            return 201, {}
        found = _GITHUB.fullmatch(path)
        if not found:
            return 404, {"message": "Not Found"}
        if method == "GET":
            size, page = int(query["per_page"][0]), int(query["page"][0])
            listed = [{"id": number, "body": text} for number, text in enumerate(self.comments)]
            return 200, listed[size * (page - 1) : size * page]
        text = json.loads(body)["body"]
        if len(text) > _LONGEST:
            return 422, {"message": "Validation Failed"}
        if method == "PATCH":
            self.comments[int(found[1])] = text
        else:
            self.comments.append(text)
        return 200 if method == "PATCH" else 201, {}


@contextmanager
def code_host() -> Iterator[CodeHost]:
    """The server, which listens on loopback."""
    host = CodeHost()

    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            host.tokens.add(self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN"))
            status, data = host.answer(self.command, url.path, parse_qs(url.query), body)
            content = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _respond  # noqa: N815 - http.server's names

        def log_message(self, *_arguments: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
