# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The API's operations. Paths and fields: LaunchDarkly's OpenAPI, "Persistent store integrations (beta)"."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

from ..errors import InvalidSettings, UnexpectedResponse
from ..model.integration import Integration, read_integration, read_listed_integration
from ..model.store_key import StoreKey
from ..secret import Secret
from .connection_checks import TOKEN_REMEDY
from .http_transport import OnResponse, Transport
from .request import Request
from .retry import SYSTEM_CLOCK, Clock, Deadline, RetryPolicy, Wait

if TYPE_CHECKING:
    # A single task does not need these, and each task compiles what it imports.
    from ..model.account import CallerIdentity, Environment, Project, PublicAddresses
    from .rate_limit import Gate

DEFAULT_API_HOST = "https://app.launchdarkly.com"
DEFAULT_TIMEOUT = 30.0
STORES_PATH = "/api/v2/integration-capabilities/big-segment-store"
_PROJECTS = "/api/v2/projects"
_PAGE = 100
# Of a list: more than any account has.
_MAX_PAGES = 10_000
Item = TypeVar("Item")


class Client:
    """LaunchDarkly's API for big segment store integrations.

    `timeout` is in seconds, for connecting and for each read. `verify` is True, False, or the path of a file with CA
    certificates. `allow_http` lets the token travel unencrypted to hosts other than loopback. `on_wait` is called before
    each wait, `on_response` with each response (request, status, headers, content). Not for use from several threads at
    once; `reconcile_many` makes a client for each of its own. Every method takes a `deadline`, by default the retry policy's,
    and raises ApiError.
    """

    def __init__(
        self,
        access_token: Secret | str,
        api_host: str = DEFAULT_API_HOST,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        verify: bool | str = True,
        allow_http: bool = False,
        retry: RetryPolicy | None = None,
        clock: Clock = SYSTEM_CLOCK,
        on_wait: Callable[[Wait], None] | None = None,
        on_response: OnResponse = None,
    ) -> None:
        if not isinstance(access_token, (str, Secret)):
            raise InvalidSettings.for_field("access_token", "is not text", TOKEN_REMEDY)
        self.api_host = api_host
        self.clock = clock
        self.on_wait = on_wait
        self._options: dict[str, Any] = {
            "access_token": access_token if isinstance(access_token, Secret) else Secret(access_token),
            "timeout": timeout,
            "verify": verify,
            "allow_http": allow_http,
            "retry": retry or RetryPolicy(),
            "clock": clock,
            "on_wait": on_wait,
            "on_response": on_response,
        }
        self._transport = Transport(api_host, **self._options)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({getattr(self, 'api_host', '')!r})"

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def sharing(self, gate: Gate) -> Client:
        """Return a client with the same options and connections of its own, for another thread.

        `gate` bounds the requests of all clients that share it.
        """
        other = copy.copy(self)
        other._transport = Transport(self.api_host, **self._options, gate=gate)  # noqa: SLF001
        return other

    def deadline(self) -> Deadline:
        """The deadline of one operation, by the retry policy."""
        return self._transport.deadline()

    def backoff(self, attempt: int) -> float:
        """Seconds to wait after an attempt (from 1)."""
        return self._transport.backoff(attempt)

    def pause(self, wait: Wait, deadline: Deadline) -> bool:
        """Wait and return True; return False at once when the deadline comes first or the run is stopped."""
        return self._transport.pause(wait, deadline)

    def sleep(self, seconds: float) -> bool:
        """Wait unannounced and return True; return False at once when the run is stopped."""
        return self._transport.sleep(seconds)

    def list_integrations(self, deadline: Deadline | None = None) -> list[Integration]:
        """All integrations of the account, mostly without `config`. An unreadable one has a `problem`."""
        return list(self._pages(Request("GET", STORES_PATH, beta=True), read_listed_integration, deadline))

    def get_integration(self, key: StoreKey, integration_id: str, deadline: Deadline | None = None) -> Integration:
        """One integration, with its `config`, secrets masked."""
        request = Request("GET", _path(STORES_PATH, *key, integration_id), beta=True)
        integration = read_integration(self.send(request, deadline), request.text)
        # An empty one too: a plan made from it would replace the stored config, password included.
        if not integration.config:
            raise UnexpectedResponse(f"The response to {request.text} has no `config`.", request=request.text)
        return integration

    def create_integration(
        self, key: StoreKey, body: Mapping[str, Any], deadline: Deadline | None = None
    ) -> Integration:
        """Create an integration. After OutcomeUnknown it may exist: list before creating again."""
        return self._write(Request("POST", _path(STORES_PATH, *key), body=body, beta=True), deadline)

    def update_integration(
        self,
        key: StoreKey,
        integration_id: str,
        operations: Sequence[Mapping[str, Any]],
        deadline: Deadline | None = None,
        *,
        not_after: float = math.inf,
    ) -> Integration:
        """Change an integration by JSON Patch. Raises Outdated where it cannot be sent before this monotonic time."""
        path = _path(STORES_PATH, *key, integration_id)
        body = list(operations)
        return self._write(Request("PATCH", path, body=body, beta=True, not_after=not_after), deadline)

    def delete_integration(self, key: StoreKey, integration_id: str, deadline: Deadline | None = None) -> None:
        """Delete an integration."""
        self.send(Request("DELETE", _path(STORES_PATH, *key, integration_id), beta=True), deadline)

    def list_projects(
        self, query: str = "", deadline: Deadline | None = None, *, environments: bool = False
    ) -> list[Project]:
        """All projects that the token can see, or those with `query` in their name or key.

        With `environments` each has its own where they fit into the response. That saves a request for each project.
        """
        from ..model.account import read_project

        params = {**_query(query), **({"expand": "environments"} if environments else {})}
        return list(self._pages(Request("GET", _PROJECTS, params=params), read_project, deadline))

    def list_environments(
        self, project_key: str, query: str = "", deadline: Deadline | None = None
    ) -> list[Environment]:
        """All environments of a project, or those with `query` in their name or key."""
        from ..model.account import read_environment

        path = _path(_PROJECTS, project_key) + "/environments"
        return list(self._pages(Request("GET", path, params=_query(query)), read_environment, deadline))

    def get_caller_identity(self, deadline: Deadline | None = None) -> CallerIdentity:
        """The owner of the access token."""
        from ..model.account import read_caller_identity

        return read_caller_identity(self.send(Request("GET", "/api/v2/caller-identity"), deadline))

    def get_public_addresses(self, deadline: Deadline | None = None) -> PublicAddresses:
        """LaunchDarkly's public addresses, for firewalls."""
        from ..model.account import read_public_addresses

        request = Request("GET", "/api/v2/public-ip-list")
        return read_public_addresses(self.send(request, deadline), request.text)

    def send(self, request: Request, deadline: Deadline | None = None) -> Any:
        """Any request, retried as every other: the decoded JSON, or None for a response without content."""
        return self._transport.send(request, deadline or self.deadline())

    def _write(self, request: Request, deadline: Deadline | None) -> Integration:
        """Send a write and read the integration in the response. Where that fails, the write may still have worked."""
        response = self.send(request, deadline)
        try:
            return read_integration(response, request.text)
        except UnexpectedResponse as error:
            from .failed_attempts import doubtful

            raise doubtful(error, request, "unreadable response", late=True).error from None

    def _pages(self, request: Request, read: Callable[[Any, str], Item], deadline: Deadline | None) -> Iterator[Item]:
        """The items of every page.

        LaunchDarkly documents the link `next` for lists in general. The list of integrations has no pages as documented; it is
        followed there all the same, because stores on a page that is not read would be created a second time.
        """
        deadline = deadline or self.deadline()
        count = 0
        for _page in range(_MAX_PAGES):
            response = self.send(request, deadline)
            items = response.get("items")
            if not isinstance(items, list):
                raise UnexpectedResponse(f"The response to {request.text} has no list `items`.", request=request.text)
            yield from (read(item, request.text) for item in items)
            count += len(items)
            links = response.get("_links")
            if not items or not isinstance(links, Mapping) or "next" not in links:
                return
            request = _linked(request, links["next"], count)
        raise UnexpectedResponse(f"The list {request.text} does not end.", request=request.text)


def _linked(request: Request, link: Any, count: int) -> Request:
    """The request for the page after `count` items: with the parameters of the link, or by offset where it has none.

    Host and path of the link are not used: the token goes to api_host alone, and a list goes on where it began.
    """
    href = link.get("href") if isinstance(link, Mapping) else None
    try:
        query = dict(parse_qsl(urlsplit(href).query)) if isinstance(href, str) else {}
    except ValueError:
        query = {}
    return request._replace(params={**(request.params or {}), "limit": str(_PAGE), "offset": str(count), **query})


def _query(query: str) -> dict[str, str]:
    return {"limit": str(_PAGE), "offset": "0", **({"filter": f"query:{query}"} if query else {})}


def _path(start: str, *keys: str) -> str:
    return "/".join([start, *(quote(key, safe="") for key in keys)])
