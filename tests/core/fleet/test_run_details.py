# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A fleet against an account in memory, in a time of its own: what is listed, locked, settled, reported and kept of errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import Deadline, RetryPolicy
from ld_segment_store.core.errors import ApiError, Forbidden, NotFound, OutcomeUnknown
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.purge import Purge
from ld_segment_store.core.fleet.run import StoreResult, read_many, reconcile_many
from ld_segment_store.core.flow.creation import lock_name
from ld_segment_store.core.flow.host_lock import HostLock
from ld_segment_store.core.model.integration import Environment, Integration
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from tests.support.scripted import FakeClock, integration

ONE = replace(integration(), config={"host": "h"})


def store(environment: str) -> Declaration:
    return Declaration.present(Settings("shop", environment, "redis", {"host": "h"}, enabled=True), label=environment)


def there(environment: str, integration_id: str = "") -> Integration:
    return replace(ONE, id=integration_id or f"id-{environment}", environment_key=environment)


class TickingClock(FakeClock):
    """Time passes between two looks at it."""

    def monotonic(self) -> float:
        self.now += 0.001
        return super().monotonic()


class Account(Client):
    """A client that is the account. `before` and `after` are called with each request, such as `POST live`."""

    def __init__(self, *integrations: Integration) -> None:
        self.time = TickingClock()
        policy = RetryPolicy(deadline=60.0, random=lambda: 0.5)
        super().__init__("api-MARKER", "https://ld.example.com", clock=self.time, retry=policy)
        self.integrations = {each.id: each for each in integrations}
        self.requests: list[str] = []
        self.before: Callable[[str], None] = lambda _request: None
        self.after: Callable[[str], None] = lambda _request: None

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
        return self._do("list", lambda: [replace(each, config=None) for each in self.integrations.values()])  # type: ignore[no-any-return]

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
    ) -> Integration:
        return self._do(f"PATCH {key.environment_key}", lambda: self._existing(integration_id))  # type: ignore[no-any-return]

    def delete_integration(self, key: StoreKey, integration_id: str, deadline: Deadline | None = None) -> None:
        self._do(f"DELETE {integration_id}", lambda: self.integrations.pop(self._existing(integration_id).id))

    def list_environments(
        self, project_key: str, query: str = "", deadline: Deadline | None = None
    ) -> list[Environment]:
        return self._do("environments", lambda: [Environment(query, query, "64c0", ())])  # type: ignore[no-any-return]


def run(account: Account, *declarations: Declaration, **options: Any) -> list[StoreResult]:
    return reconcile_many(account, declarations, concurrency=1, **options)


def actions(results: list[StoreResult]) -> list[str]:
    return [result.action for result in results]


def fail(request: str, error: ApiError) -> Callable[[str], None]:
    def check(sent: str) -> None:
        if sent == request:
            raise error

    return check


def test_an_error_keeps_nothing_but_itself() -> None:
    """Its traceback would keep connections, and requests with their secrets."""
    account = Account(there("a"), there("b"))
    account.before = fail("GET a", Forbidden("no"))
    results = run(account, store("a"), store("b"))
    assert actions(results) == ["failed", "nothing"]
    error = results[0].error
    assert error is not None
    assert (error.__traceback__, error.__context__) == (None, None)
    assert results[0].declaration.label == "a"


def test_a_creation_is_checked_by_one_list_at_the_end() -> None:
    account = Account()
    reported: list[str] = []
    results = run(account, store("a"), store("b"), on_result=lambda result: reported.append(result.declaration.label))
    assert actions(results) == ["create", "create"]
    assert account.requests == ["list", "list", "POST a", "POST b", "list"]
    assert sorted(reported) == ["a", "b"]
    assert [result.outcome.warnings for result in results if result.outcome] == [(), ()]


def test_creations_are_checked_on_the_way_after_five_seconds() -> None:
    account = Account()
    account.before = lambda request: account.time.sleep(3.0 if request.startswith("POST") else 0.0)
    run(account, *(store(name) for name in "abcd"))
    assert account.requests == ["list", "list", "POST a", "POST b", "list", "POST c", "POST d", "list"]


def rival(account: Account, integration_id: str) -> Callable[[str], None]:
    """Another run creates the same integration at the same time."""

    def appear(request: str) -> None:
        if request == "POST a" and integration_id not in account.integrations:
            account.integrations[integration_id] = replace(there("a", integration_id), enabled=True)

    return appear


def test_a_duplicate_with_a_smaller_id_stays() -> None:
    account = Account()
    account.after = rival(account, "another")
    (result,) = run(account, store("a"))
    assert list(account.integrations) == ["another"]
    assert result.action == "nothing"
    assert result.outcome is not None
    assert result.outcome.integration == there("a", "another")
    assert result.outcome.warnings == (
        "Another run created this integration at the same time. This run deleted its own duplicate new-a and uses the other.",
    )


def test_a_duplicate_that_goes() -> None:
    account = Account()
    account.after = rival(account, "zzz")
    original = account.time.sleep
    account.time.sleep = lambda seconds: (original(seconds), account.integrations.pop("zzz", None))[0]  # type: ignore[method-assign]
    (result,) = run(account, store("a"))
    assert list(account.integrations) == ["new-a"]
    assert result.action == "create"
    assert result.outcome is not None
    assert result.outcome.warnings == ()


def test_a_creation_that_somebody_else_deleted_is_repeated() -> None:
    account = Account()
    gone: list[str] = []

    def remove(request: str) -> None:
        if request == "POST a" and not gone:
            gone.append(account.integrations.pop("new-a").id)

    account.after = remove
    (result,) = run(account, store("a"))
    assert account.requests.count("POST a") == 2
    assert result.action == "create"
    assert list(account.integrations) == ["new-a"]


def test_a_creation_that_cannot_be_checked() -> None:
    account = Account()

    def refuse(request: str) -> None:
        if request == "list" and "POST a" in account.requests:
            raise Forbidden("no list")

    account.before = refuse
    (result,) = run(account, store("a"))
    assert result.action == "create"
    assert result.outcome is not None
    assert result.outcome.warnings == (
        "It is unknown whether another run created this integration at the same time. Check the list of integrations.",
    )


def test_stores_to_create_are_locked_until_they_are_checked() -> None:
    account = Account(there("b"))
    locked: list[bool] = []

    def look(request: str) -> None:
        if request in ("POST a", "GET b"):
            with HostLock() as other:
                locked.append(other.acquire(lock_name(account, store(request[-1]).key)))

    account.before = look
    run(account, store("b"), store("a"))
    assert locked == [True, False]
    with HostLock() as other:
        assert other.acquire(lock_name(account, store("a").key))


def test_check_mode_locks_nothing_and_writes_nothing() -> None:
    account = Account(there("b"))
    results = run(
        account, store("a"), store("b"), Declaration.absent(there("b").key._replace(environment_key="c")), check=True
    )
    assert actions(results) == ["create", "nothing", "nothing"]
    assert account.requests == ["list", "environments", "GET b"]


@pytest.mark.parametrize("fail_fast", [False, True])
def test_after_a_failure(fail_fast: bool) -> None:
    account = Account(*(there(name) for name in "abc"))
    account.before = fail("GET a", Forbidden("no"))
    warnings: list[str] = []
    purge = Purge(projects=["shop"])
    results = run(account, store("a"), store("b"), purge=purge, fail_fast=fail_fast, on_warning=warnings.append)
    assert actions(results) == ["failed", "not attempted" if fail_fast else "nothing", "not attempted"]
    assert [result.purged for result in results] == [False, False, True]
    assert warnings == ["Nothing is purged, because a declared store failed."]
    assert "c" in {each.environment_key for each in account.integrations.values()}


def test_a_purge_that_fails() -> None:
    account = Account(there("a"), there("b"))
    account.before = fail("DELETE id-b", Forbidden("no"))
    results = run(account, store("a"), purge=Purge(projects=["shop"]))
    assert [(result.action, result.purged) for result in results] == [("nothing", False), ("failed", True)]


def test_a_purge() -> None:
    account = Account(there("a"), there("b"))
    results = run(account, store("a"), purge=Purge(projects=["shop"]))
    assert [(result.action, result.purged) for result in results] == [("nothing", False), ("delete", True)]
    assert list(account.integrations) == ["id-a"]
    assert account.requests == ["list", "GET a", "GET b", "DELETE id-b"]


def test_what_may_have_changed_is_changed() -> None:
    account = Account(replace(there("a"), enabled=False))
    account.before = fail("PATCH a", OutcomeUnknown("no response"))
    (result,) = run(account, store("a"))
    assert (result.action, result.changed) == ("failed", True)


def test_reading_many() -> None:
    odd = replace(there("odd"), problem="No usable `version`.", config=None)
    account = Account(there("a"), odd, there("b"), there("gone"), there("unwanted"))

    def remove(request: str) -> None:
        if request == "GET gone":
            del account.integrations["id-gone"]

    account.before = remove
    progress: list[tuple[int, int]] = []
    found = read_many(
        account,
        lambda each: each.environment_key != "unwanted",
        concurrency=1,
        on_read=lambda number, total: progress.append((number, total)),
    )
    assert found == [there("a"), odd, there("b")]
    assert progress == [(1, 3), (2, 3), (3, 3)]
    assert account.requests == ["list", "GET a", "GET b", "GET gone"]
