# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The environment that probes work in: bounded requests, integrations that are marked, and their removal."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TypeVar, cast
from urllib.parse import quote

from ..core.api.client import STORES_PATH, Client
from ..core.api.rate_limit import Gate
from ..core.api.request import Request
from ..core.api.retry import Deadline
from ..core.errors import ApiError, InvalidSettings, NotFound, OutcomeUnknown
from ..core.model.integration import Integration
from .names import Names

# In the name or a tag of everything that a run creates. A run adds its own number.
MARK = "ld-segment-store-verify-api"
MAX_REQUESTS = 400
MAX_SECONDS = 600.0
LIST_SECONDS = 20.0
STATUS_SECONDS = 30.0
_CLEAN_UP_SECONDS = 120.0
# Half of each rate limit stays free for others.
_SHARE = 0.5
# Reserved by RFC 2606: it never resolves. The password is made up, no two of its characters are equal.
PASSWORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"
CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "redis": {
        "host": "redis.verify-api.example",
        "port": "6379",
        "username": "made-up",
        "password": PASSWORD[:14],
        "tlsEnabled": True,
    },
    "dynamodb": {
        "tableName": "verify-api.example",
        "region": "us-east-1",
        "externalId": "00000000-0000-4000-8000-000000000000",
        "roleArn": "arn:aws:iam::000000000000:role/verify-api.example",
    },
}
Seen = TypeVar("Seen")


class Undecided(Exception):
    """A probe cannot decide. The text is a sentence for the report."""


class Reply(NamedTuple):
    """A response: `body` is the decoded JSON, or None."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def ok(self) -> bool:
        """Whether the request was accepted."""
        return 200 <= self.status < 300

    @property
    def config(self) -> Mapping[str, Any]:
        """The config in the response, empty where there is none."""
        return self.field("config", dict) or {}

    @property
    def code(self) -> str:
        """The code of an error; nothing that may be a name."""
        code = self.field("code", str) or ""
        return code if re.fullmatch(r"[a-z]+(_[a-z]+)*", code) else ""

    @property
    def text(self) -> str:
        """Status and code, such as `409 (key_exists)`."""
        return f"{self.status} ({self.code})" if self.code else str(self.status)

    def field(self, name: str, kind: type) -> Any:
        """A field of the body, or None where it is missing or of another kind."""
        value = self.body.get(name) if isinstance(self.body, Mapping) else None
        return value if isinstance(value, kind) else None


class Made(NamedTuple):
    """An integration that a probe created, with the response to its POST."""

    store: str
    id: str
    reply: Reply


class Replies:
    """The responses since the last `clear`, and the rate-limit headers of all. It is called with each response of a client."""

    def __init__(self) -> None:
        self.new: list[Reply] = []
        self.count = 0
        self.rate_limits: list[Mapping[str, str]] = []
        self.record: Callable[[Request, int, Mapping[str, str], bytes], None] | None = None

    def __call__(self, request: Request, status: int, headers: Mapping[str, str], content: bytes) -> None:
        """Keep a response."""
        self.count += 1
        body = None
        with suppress(ValueError, RecursionError):
            body = json.loads(content)
        self.new.append(Reply(status, headers, body))
        limits = {name: value for name, value in headers.items() if name.lower().startswith(("x-ratelimit", "date"))}
        self.rate_limits.append(limits)
        if self.record:
            self.record(request, status, headers, content)


class Bench:
    """One environment to probe.

    `client` must call `replies` with each response. In an environment that has integrations (`in_use`) nothing is switched on.
    """

    def __init__(
        self,
        client: Client,
        replies: Replies,
        project: str,
        environment: str,
        *,
        in_use: bool = False,
        list_seconds: float = LIST_SECONDS,
        status_seconds: float = STATUS_SECONDS,
    ) -> None:
        self.clock = client.clock
        self.host = client.api_host
        gate = Gate(1, _SHARE, clock=client.clock, on_wait=client.on_wait)
        self._client = client.sharing(gate)
        self.replies = replies
        self.project = project
        self.environment = environment
        self.in_use = in_use
        self.list_seconds = list_seconds
        self.status_seconds = status_seconds
        self.names = Names(project, environment)
        self.run = f"{MARK}-{uuid.uuid4().hex[:8]}"
        self.tags = [MARK, self.run]
        self.name = f"{self.run} (safe to delete)"
        self.refused: Reply | None = None
        # Every text in the body of a request.
        self.sent: set[str] = set()
        self._deadline = Deadline(client.clock, MAX_SECONDS)
        self._seen: dict[Any, Any] = {}
        self._ids: dict[str, str] = {}
        # POSTs that were sent and may have created an integration whose ID is not known.
        self._lost = 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # -- requests

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Reply:
        """Send a request. A refusal is a reply too. Raises Undecided at the end of the bounds, ApiError without a response."""
        if self.replies.count >= MAX_REQUESTS or not self._deadline.left():
            raise Undecided(f"The run reached its bounds of {MAX_REQUESTS} requests and {MAX_SECONDS:.0f} seconds.")
        self.sent.update(_texts(body))
        return self._send(Request(method, path, body=body, **{"beta": True, **options}), self._deadline)[-1]

    def listed(self) -> list[Mapping[str, Any]]:
        """The items of all pages of the list, as they came. Names of others are noted."""
        self.replies.new.clear()
        self._client.list_integrations(self._deadline)
        items = [item for reply in self.replies.new for item in reply.field("items", list) or ()]
        self.names.add([item for item in items if not self.is_own(item)])
        return [item for item in items if isinstance(item, Mapping)]

    def path(self, store: str, *integration_id: str) -> str:
        """The path of a store type in the environment, or of an integration."""
        keys = (self.project, self.environment, store, *integration_id)
        return "/".join([STORES_PATH, *(quote(key, safe="") for key in keys)])

    def _send(self, request: Request, deadline: Deadline) -> list[Reply]:
        self.replies.new.clear()
        try:
            self._client.send(request, deadline)
        except OutcomeUnknown:
            raise
        except ApiError as error:
            if error.status is None or error.status >= 500 or not self.replies.new:
                raise
        return self.replies.new

    # -- integrations

    def body(self, store: str = "redis", **changes: Any) -> dict[str, Any]:
        """The body of a POST for a marked integration that is switched off; a change to None leaves a field out."""
        body = {"name": self.name, "on": False, "tags": self.tags, "config": CONFIGS[store], **changes}
        return {field: value for field, value in body.items() if value is not None}

    @contextmanager
    def trying(self, store: str = "redis", **changes: Any) -> Iterator[tuple[Reply, Made | None]]:
        """POST an integration, which may be refused; it is deleted at the end."""
        if self.refused:
            raise Undecided(f"The access token may not create integrations: {self.refused.text}.")
        self._lost += 1
        reply = self.call("POST", self.path(store), self.body(store, **changes))
        made = None
        if reply.ok:
            made = Made(store, reply.field("_id", str) or "", reply)
            if not made.id:
                raise Undecided("The response to a POST has no `_id`.")
            self._ids[made.id] = store
        self._lost -= 1
        try:
            yield reply, made
        finally:
            if made:
                self._delete(made.id, self._deadline)

    @contextmanager
    def made(self, store: str = "redis", **changes: Any) -> Iterator[Made]:
        """An integration that is deleted at the end. Raises Undecided where the POST is refused.

        Raises InvalidSettings where the environment does not exist.
        """
        with self.trying(store, **changes) as (reply, made):
            if reply.status == 404:
                remedy = "check both keys, which are case-sensitive, and what the access token may see"
                raise InvalidSettings.for_field("environment", "was not found in the project", remedy)
            if made is None:
                if reply.status in (401, 403):
                    self.refused = reply
                raise Undecided(f"A POST that the probe depends on was refused: {reply.text}.")
            yield made

    def get(self, made: Made) -> Reply:
        """Read an integration."""
        return self.call("GET", self.path(made.store, made.id))

    def patch(self, made: Made, operations: Any) -> Reply:
        """Change an integration."""
        return self.call("PATCH", self.path(made.store, made.id), operations)

    def once(self, look: Callable[[Bench], Seen]) -> Seen:
        """What `look` sees, which several probes share."""
        if look not in self._seen:
            try:
                self._seen[look] = look(self)
            except Undecided as error:
                self._seen[look] = error
        seen = self._seen[look]
        if isinstance(seen, Undecided):
            raise seen
        return cast("Seen", seen)

    # -- removal

    def is_own(self, item: Any) -> bool:
        """Whether this run created an item of the list."""
        return isinstance(item, Mapping) and _is_marked(item.get("name"), item.get("tags"), self.run)

    def survey(self, mark: str = MARK, deadline: Deadline | None = None) -> tuple[list[Integration], list[Integration]]:
        """The environment's integrations: those that a run created, and others."""
        listed = self._client.list_integrations(deadline or self._deadline)
        here = [each for each in listed if (each.project_key, each.environment_key) == (self.project, self.environment)]
        marked = [each for each in here if _is_marked(each.name, each.tags, mark)]
        return marked, [each for each in here if each not in marked]

    def clean_up(self, mark: str | None = None) -> int:
        """Delete what this run created, or every run with `mark`; how many integrations. Raises ApiError."""
        deadline = Deadline(self.clock, _CLEAN_UP_SECONDS)
        count = 0
        for integration_id in list(self._ids):
            count += self._delete(integration_id, deadline)
        # Where a response was lost, the list may show the integration later, or never.
        for pause in (0.0, 1.0, 2.0, 4.0, 8.0):
            self.clock.sleep(pause)
            found, _others = self.survey(mark or self.run, deadline)
            for integration in found:
                self._ids[integration.id] = integration.integration_key
                count += self._delete(integration.id, deadline)
            self._lost -= len(found)
            if self._lost <= 0:
                break
        return count

    def _delete(self, integration_id: str, deadline: Deadline) -> int:
        path = self.path(self._ids[integration_id], integration_id)
        with suppress(NotFound):
            # Sent again after a lost response: it names one integration, which this run created.
            self._delete_once(path, deadline)
        del self._ids[integration_id]
        return 1

    def _delete_once(self, path: str, deadline: Deadline) -> None:
        request = Request("DELETE", path, beta=True)
        try:
            self._client.send(request, deadline)
        except OutcomeUnknown:
            self._client.send(request, deadline)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    values = data.values() if isinstance(data, Mapping) else data if isinstance(data, (list, tuple)) else ()
    for value in values:
        yield from _texts(value)


def _is_marked(name: Any, tags: Any, mark: str) -> bool:
    named = isinstance(name, str) and name.startswith(mark)
    return named or (isinstance(tags, (list, tuple)) and mark in tags)
