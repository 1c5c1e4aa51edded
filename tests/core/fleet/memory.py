# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""An account in memory, in a time of its own, and declarations of its stores."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.rate_limit import Gate
from ld_segment_store.core.api.retry import Deadline, RetryPolicy
from ld_segment_store.core.errors import ApiError, NotFound
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.result import StoreResult
from ld_segment_store.core.fleet.run import reconcile_many
from ld_segment_store.core.model.account import Environment
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from tests.support.scripted import TickingClock, integration

ONE = replace(integration(), config={"host": "h"})


def store(environment: str) -> Declaration:
    """A store that is declared, with the environment as label."""
    return Declaration.present(Settings("shop", environment, "redis", {"host": "h"}, enabled=True), label=environment)


def there(environment: str, integration_id: str = "") -> Integration:
    """An integration as it is declared."""
    return replace(ONE, id=integration_id or f"id-{environment}", environment_key=environment)


class Account(Client):
    """A client that is the account. `before` and `after` are called with each request, such as `POST live`.

    Its list still shows `deleted`, and does not show the IDs in `hidden` yet.
    """

    def __init__(self, *integrations: Integration) -> None:
        self.time = TickingClock()
        policy = RetryPolicy(deadline=60.0, random=lambda: 0.5)
        super().__init__("api-MARKER", "https://ld.example.com", clock=self.time, retry=policy)
        self.integrations = {each.id: each for each in integrations}
        self.deleted: list[Integration] = []
        self.hidden: set[str] = set()
        self.requests: list[str] = []
        self.deadlines: list[Deadline | None] = []
        self.gates: list[Gate] = []
        self.before: Callable[[str], None] = lambda _request: None
        self.after: Callable[[str], None] = lambda _request: None

    def sharing(self, gate: Gate) -> Client:
        self.gates.append(gate)
        return super().sharing(gate)

    def _do(self, request: str, work: Callable[[], Any]) -> Any:
        self.requests.append(request)
        self.before(request)
        found = work()
        self.after(request)
        return found

    def _existing(self, integration_id: str) -> Integration:
        if integration_id not in self.integrations:
            raise NotFound("no such integration")
        return self.integrations[integration_id]

    def list_integrations(self, deadline: Deadline | None = None) -> list[Integration]:
        self.deadlines.append(deadline)

        def work() -> list[Integration]:
            shown = [*self.integrations.values(), *self.deleted]
            return [replace(each, config=None) for each in shown if each.id not in self.hidden]

        return self._do("list", work)  # type: ignore[no-any-return]

    def get_integration(self, key: StoreKey, integration_id: str, deadline: Deadline | None = None) -> Integration:
        return self._do(f"GET {key.environment_key}", lambda: self._existing(integration_id))  # type: ignore[no-any-return]

    def create_integration(
        self, key: StoreKey, body: Mapping[str, Any], deadline: Deadline | None = None
    ) -> Integration:
        def work() -> Integration:
            made = replace(there(key.environment_key, f"new-{key.environment_key}"), enabled=body["on"])
            self.integrations[made.id] = made
            return made

        return self._do(f"POST {key.environment_key}", work)  # type: ignore[no-any-return]

    def update_integration(
        self,
        key: StoreKey,
        integration_id: str,
        operations: Sequence[Mapping[str, Any]],
        deadline: Deadline | None = None,
        *,
        not_after: float = math.inf,
    ) -> Integration:
        return self._do(f"PATCH {key.environment_key}", lambda: self._existing(integration_id))  # type: ignore[no-any-return]

    def delete_integration(self, key: StoreKey, integration_id: str, deadline: Deadline | None = None) -> None:
        self.deadlines.append(deadline)
        self._do(f"DELETE {integration_id}", lambda: self.integrations.pop(self._existing(integration_id).id))

    def list_environments(
        self, project_key: str, query: str = "", deadline: Deadline | None = None
    ) -> list[Environment]:
        return self._do("environments", lambda: [Environment(query, query, "64c0", ())])  # type: ignore[no-any-return]


def run(account: Account, *declarations: Declaration, **options: object) -> list[StoreResult]:
    """Reconcile with one worker, so that requests have an order."""
    return reconcile_many(account, declarations, concurrency=1, **options)  # type: ignore[arg-type]


def actions(results: list[StoreResult]) -> list[str]:
    """What was done, by store."""
    return [result.action for result in results]


def fail(request: str, error: ApiError) -> Callable[[str], None]:
    """Raise the error instead of sending the request."""

    def check(sent: str) -> None:
        if sent == request:
            raise error

    return check


def rival(account: Account, integration_id: str) -> Callable[[str], None]:
    """Another run creates the same integration at the same time."""

    def appear(request: str) -> None:
        if request == "POST a" and integration_id not in account.integrations:
            account.integrations[integration_id] = replace(there("a", integration_id), enabled=True)

    return appear
