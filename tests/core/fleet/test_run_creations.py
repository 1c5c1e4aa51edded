# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Creations of a fleet: locked before, looked at afterwards, and what becomes of duplicates."""

from __future__ import annotations

import threading

import pytest

from ld_segment_store.core.api.rate_limit import Stopped
from ld_segment_store.core.errors import Forbidden
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.run import reconcile_many
from ld_segment_store.core.fleet.settling import Settling
from ld_segment_store.core.flow.host_lock import HostLock, lock_name
from tests.core.fleet.memory import Account, actions, rival, run, store, there


def test_a_creation_is_checked_by_one_list_at_the_end() -> None:
    account = Account()
    reported: list[str] = []
    results = run(account, store("a"), store("b"), on_result=lambda result: reported.append(result.declaration.label))
    assert actions(results) == ["create", "create"]
    assert account.requests == ["list", "list", "POST a", "POST b", "list"]
    assert len(account.gates) == 2  # the run's own client, and that of its thread
    assert sorted(reported) == ["a", "b"]
    assert [result.outcome.warnings for result in results if result.outcome] == [(), ()]


def test_creations_are_checked_on_the_way_after_five_seconds() -> None:
    account = Account()
    account.before = lambda request: account.time.sleep(3.0 if request.startswith("POST") else 0.0)
    run(account, *(store(name) for name in "abcd"))
    assert account.requests == ["list", "list", "POST a", "POST b", "list", "POST c", "POST d", "list"]


def test_a_duplicate_with_a_smaller_id_stays() -> None:
    account = Account()
    account.after = rival(account, "another")
    (result,) = run(account, store("a"))
    assert list(account.integrations) == ["another"]
    assert account.time.slept == []
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


def test_a_store_whose_creation_failed_is_unlocked_at_once() -> None:
    """Another run of this host waited for it as long as this one worked, and two such runs for each other."""
    account = Account()
    free: list[bool] = []

    def refuse(request: str) -> None:
        if request == "POST a":
            raise Forbidden("no")
        if request == "POST b":
            with HostLock() as other:
                free.append(other.acquire(lock_name(account, store("a").key)))

    account.before = refuse
    assert actions(run(account, store("a"), store("b"))) == ["failed", "create"]
    assert free == [True]


def test_a_deleted_integration_that_is_still_listed_is_no_duplicate() -> None:
    account = Account()
    account.deleted = [there("a", "deleted")]
    (result,) = run(account, store("a"))
    assert result.action == "create"
    assert account.time.slept == []
    assert result.outcome is not None
    assert result.outcome.warnings == ()


def test_creations_that_are_not_listed_are_all_settled() -> None:
    account = Account()
    account.hidden = {"new-a", "new-b"}
    results = run(account, store("a"), store("b"))
    assert actions(results) == ["create", "create"]
    assert [result.outcome.warnings for result in results if result.outcome] == [
        (
            "It is unknown whether another run created this integration at the same time. Check the list of integrations.",
        )
    ] * 2


def test_of_threads_that_settle_the_same_creation_one_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account()
    reported: list[str] = []
    look = Settling.look
    monkeypatch.setattr(Settling, "look", lambda *arguments: [numbers * 2 for numbers in look(*arguments)])
    results = run(account, store("a"), on_result=lambda result: reported.append(result.action))
    assert actions(results) == reported == ["create"]


def test_a_duplicate_that_is_found_on_the_way() -> None:
    account = Account()
    account.before = lambda sent: account.time.sleep(6.0 if sent == "POST b" else 0.0)
    account.after = rival(account, "another")
    results = run(account, store("a"), store("b"), store("c"))
    assert actions(results) == ["nothing", "create", "create"]
    assert account.requests.index("DELETE new-a") < account.requests.index("POST c")
    assert all(account.deadlines[2:4])  # of the look and the deletion


def test_a_creation_is_repeated_and_is_a_duplicate_then() -> None:
    account = Account()

    def change(sent: str) -> None:
        if sent == "POST a" and account.requests.count("POST a") == 1:
            del account.integrations["new-a"]
        elif sent == "POST a":
            account.integrations["another"] = there("a", "another")

    account.after = change
    run(account, store("a"))
    assert list(account.integrations) == ["another"]


def test_a_list_is_requested_again_before_a_late_creation() -> None:
    """Another host may have created the integration in the meantime."""
    account = Account(there("a"))

    def change(sent: str) -> None:
        if sent == "GET a":
            account.time.now += 31.0
            account.integrations["other"] = there("b", "other")

    account.before = change
    assert actions(run(account, store("a"), store("b"))) == ["nothing", "nothing"]
    assert "POST b" not in account.requests


def test_a_store_that_another_run_of_this_host_creates_is_waited_for() -> None:
    account = Account(there("b"))
    name = lock_name(account, store("a").key)
    with HostLock() as other:
        assert other.acquire(name)

        def sleep(seconds: float) -> None:
            assert "POST a" not in account.requests
            account.integrations["other"] = there("a", "other")
            other.release(name)

        account.time.sleep = sleep  # type: ignore[method-assign]
        assert actions(run(account, store("b"), store("a"))) == ["nothing", "nothing"]
    assert "POST a" not in account.requests


def test_a_run_that_waits_for_another_holds_no_lock() -> None:
    """Else two runs of one file would wait for each other until their deadlines."""
    account = Account()
    waits: list[bool] = []
    with HostLock() as other, HostLock() as third:
        assert other.acquire(lock_name(account, store("a").key))
        assert other.acquire(lock_name(account, store("b").key))

        def sleep(seconds: float) -> None:
            waits.append(third.acquire(lock_name(account, store("c").key)))
            # The other run has failed with one of them.
            account.integrations["other"] = there("a", "other")
            for name in "ab":
                other.release(lock_name(account, store(name).key))
            account.time.now += seconds

        account.time.sleep = sleep  # type: ignore[method-assign]
        results = run(account, store("a"), store("b"), store("c"))
    assert actions(results) == ["nothing", "create", "create"]
    assert waits == [True, True]  # one wait, in two looks whether the run is stopped
    with HostLock() as other:
        assert other.acquire(lock_name(account, store("b").key))


@pytest.mark.parametrize(("fail_fast", "action"), [(True, "not attempted"), (False, "create")])
def test_what_another_run_has_locked_after_a_failure(fail_fast: bool, action: str) -> None:
    account = Account()

    def refuse(request: str) -> None:
        if request == "POST b":
            raise Forbidden("no")

    account.before = refuse
    with HostLock() as other:
        assert other.acquire(lock_name(account, store("a").key))
        account.time.sleep = lambda _seconds: other.close()  # type: ignore[method-assign,assignment]
        results = run(account, store("a"), store("b"), fail_fast=fail_fast)
    assert actions(results) == [action, "failed"]


def test_stores_in_flight_are_no_failure() -> None:
    """With `fail_fast` a store that was being attempted kept those from being attempted that another run had locked."""
    account = Account()
    all_wait, released = threading.Barrier(3), threading.Event()
    with HostLock() as other:
        for name in "abc":
            assert other.acquire(lock_name(account, store(name).key))

        def sleep(seconds: float) -> None:
            if not released.is_set():
                all_wait.wait(10)
                other.close()
                released.set()
            account.time.now += seconds

        account.time.sleep = sleep  # type: ignore[method-assign]
        results = reconcile_many(account, [*map(store, "abc")], concurrency=3, fail_fast=True)
    assert actions(results) == ["create"] * 3


def test_a_creation_that_is_interrupted_when_it_is_repeated() -> None:
    account = Account()

    def change(sent: str) -> None:
        if sent == "POST a" and account.requests.count("POST a") == 1:
            del account.integrations["new-a"]

    def stop(sent: str) -> None:
        if account.requests.count("POST a") == 2:
            raise Stopped("the run was stopped", request=sent)

    account.after, account.before = change, stop
    assert actions(run(account, store("a"))) == ["not attempted"]


def test_a_list_is_not_requested_again_to_remove_nothing() -> None:
    account = Account(there("a"))

    def wait(sent: str) -> None:
        if sent == "GET a":
            account.time.now += 31.0

    account.before = wait
    absent = Declaration.absent(there("b").key)
    assert actions(run(account, store("a"), absent)) == ["nothing", "nothing"]
    assert account.requests == ["list", "GET a"]
