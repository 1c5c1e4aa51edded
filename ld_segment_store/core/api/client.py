# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The API's operations. Paths and fields: LaunchDarkly's OpenAPI, "Persistent store integrations (beta)"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import NonsenseAnswer, OutcomeUnknown
from ..model.integration import (
    CallerIdentity,
    Environment,
    Integration,
    Project,
    read_caller_identity,
    read_environment,
    read_integration,
    read_project,
)
from ..secret import Secret
from .retry import SYSTEM_CLOCK, Clock, Deadline, RetryPolicy, Wait
from .transport import Request, Transport

if TYPE_CHECKING:
    # A single task has no use for it, and loads this file anew.
    from .rate_limit import Gate

DEFAULT_API_HOST = "https://app.launchdarkly.com"
DEFAULT_TIMEOUT = 30.0
_STORES = "/api/v2/integration-capabilities/big-segment-store"
_PAGE = 100


class Client:
    """LaunchDarkly's API for big segment store integrations.

    `timeout` is in seconds, for connecting and for the answer of one request. `verify` is True, False, or the path
    of a file with CA certificates. `allow_http` lets the token travel unencrypted to other hosts than loopback.
    `on_wait` is told before each wait. `gate` is shared by clients that work side by side, one for each thread. Every
    method takes a `deadline`; without one it gets the retry policy's. All raise ApiError.
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
        gate: Gate | None = None,
    ) -> None:
        token = access_token if isinstance(access_token, Secret) else Secret(access_token)
        self.transport = Transport(
            api_host,
            token,
            timeout=timeout,
            verify=verify,
            allow_http=allow_http,
            retry=retry or RetryPolicy(),
            clock=clock,
            on_wait=on_wait,
            gate=gate,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.transport.api_host!r})"

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    def list_integrations(self, deadline: Deadline | None = None) -> list[Integration]:
        """All integrations of the account, mostly without `config`."""
        request = Request("GET", _STORES, beta=True)
        return [read_integration(item, request.text) for item in self._items(request, deadline)[0]]

    def get_integration(
        self,
        project_key: str,
        environment_key: str,
        integration_key: str,
        integration_id: str,
        deadline: Deadline | None = None,
    ) -> Integration:
        """One integration, with its `config`, secrets masked."""
        path = _path(_STORES, project_key, environment_key, integration_key, integration_id)
        request = Request("GET", path, beta=True)
        integration = read_integration(self._send(request, deadline), request.text)
        # An empty one as well: a plan made from it would replace what is there, password and all.
        if not integration.config:
            message = f"The answer to {request.text} has no `config`."
            raise NonsenseAnswer(message, request=request.text)
        return integration

    def create_integration(
        self,
        project_key: str,
        environment_key: str,
        integration_key: str,
        body: Mapping[str, Any],
        deadline: Deadline | None = None,
    ) -> Integration:
        """Create one. After OutcomeUnknown it may exist: list before creating again."""
        path = _path(_STORES, project_key, environment_key, integration_key)
        request = Request("POST", path, body=body, beta=True)
        return self._write(request, deadline)

    def patch_integration(
        self,
        project_key: str,
        environment_key: str,
        integration_key: str,
        integration_id: str,
        operations: Sequence[Mapping[str, Any]],
        deadline: Deadline | None = None,
    ) -> Integration:
        """Change one by JSON Patch."""
        path = _path(_STORES, project_key, environment_key, integration_key, integration_id)
        request = Request("PATCH", path, body=list(operations), beta=True)
        return self._write(request, deadline)

    def delete_integration(
        self,
        project_key: str,
        environment_key: str,
        integration_key: str,
        integration_id: str,
        deadline: Deadline | None = None,
    ) -> None:
        """Delete one."""
        path = _path(_STORES, project_key, environment_key, integration_key, integration_id)
        self._send(Request("DELETE", path, beta=True), deadline)

    def projects(
        self, query: str = "", deadline: Deadline | None = None, *, environments: bool = False
    ) -> list[Project]:
        """All projects the token may see, or those with `query` in their name or key.

        With `environments`, each has its own where they fit into the answer. That saves a request for each project.
        """
        expand = {"expand": "environments"} if environments else {}
        return self._pages("/api/v2/projects", query, read_project, deadline, expand)

    def environments(self, project_key: str, query: str = "", deadline: Deadline | None = None) -> list[Environment]:
        """All environments of a project, or those with `query` in their name or key."""
        path = _path("/api/v2/projects", project_key) + "/environments"
        return self._pages(path, query, read_environment, deadline, {})

    def caller_identity(self, deadline: Deadline | None = None) -> CallerIdentity:
        """Who the access token is."""
        return read_caller_identity(self._send(Request("GET", "/api/v2/caller-identity"), deadline))

    def _send(self, request: Request, deadline: Deadline | None) -> Any:
        return self.transport.send(request, deadline or self.transport.deadline())

    def _write(self, request: Request, deadline: Deadline | None) -> Integration:
        """Send a write and read the integration in its answer; where that can't be read, the write may still have worked."""
        answer = self._send(request, deadline)
        try:
            return read_integration(answer, request.text)
        except NonsenseAnswer as error:
            raise OutcomeUnknown(error.what, request=error.request) from None

    def _items(self, request: Request, deadline: Deadline | None) -> tuple[list[Any], Mapping[str, Any]]:
        answer = self._send(request, deadline)
        items = answer.get("items")
        if not isinstance(items, list):
            raise NonsenseAnswer(f"The answer to {request.text} has no list `items`.", request=request.text)
        return items, answer

    def _pages(
        self,
        path: str,
        query: str,
        read: Callable[[Any, str], Any],
        deadline: Deadline | None,
        more: Mapping[str, str],
    ) -> list[Any]:
        """Every page. The next one is asked for by offset while the answer has a link `next`."""
        deadline = deadline or self.transport.deadline()
        found: list[Any] = []
        while True:
            params: dict[str, str | int] = {"limit": _PAGE, "offset": len(found), **more}
            if query:
                params["filter"] = f"query:{query}"
            request = Request("GET", path, params=params)
            items, answer = self._items(request, deadline)
            found.extend(read(item, request.text) for item in items)
            links = answer.get("_links")
            if not items or not isinstance(links, Mapping) or "next" not in links:
                return found


def _path(start: str, *keys: str) -> str:
    return "/".join([start, *(quote(key, safe="") for key in keys)])
