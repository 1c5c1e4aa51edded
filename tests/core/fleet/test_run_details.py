# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A fleet against an account in memory, in a time of its own: what is listed, locked, settled, reported and kept of errors."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ld_segment_store.core.api.rate_limit import Gate, Stopped
from ld_segment_store.core.api.retry import Clock
from ld_segment_store.core.errors import ApiError, Forbidden, InvalidSettings, OutcomeUnknown
from ld_segment_store.core.fleet import run as fleet_run
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.purge import Purge
from ld_segment_store.core.fleet.run import Interrupted, StoreResult, read_many, reconcile_many
from ld_segment_store.core.flow.creation import lock_name
from ld_segment_store.core.flow.host_lock import HostLock
from tests.core.fleet.memory import Account, store, there


def run(account: Account, *declarations: Declaration, **options: object) -> list[StoreResult]:
    return reconcile_many(account, declarations, concurrency=1, **options)  # type: ignore[arg-type]


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


@pytest.mark.parametrize("work", ["reconcile", "read"])
def test_all_clients_of_a_run_share_one_gate(monkeypatch: pytest.MonkeyPatch, work: str) -> None:
    account = Account(there("a"))
    account.on_wait = print
    made: list[tuple[Any, ...]] = []

    def gate(concurrency: int, share: float, *, clock: Clock, on_wait: Any) -> Gate:
        made.append((concurrency, share, clock, on_wait))
        return Gate(concurrency, share, clock=clock, on_wait=on_wait)

    monkeypatch.setattr(fleet_run, "Gate", gate)
    if work == "reconcile":
        reconcile_many(account, [store("a")], concurrency=3, share=0.5)
    else:
        read_many(account, concurrency=3, share=0.5)
    assert made == [(3, 0.5, account.clock, print)]
    assert len(account.gates) == 4
    assert len(set(map(id, account.gates))) == 1


def test_warnings_that_nobody_wants() -> None:
    account = Account(there("a"))
    assert actions(run(account, store("a"), purge=Purge(projects=["unknown"]))) == ["nothing"]


def interrupted(account: Account, request: str) -> Callable[[str], None]:
    """Ctrl-C during a request, which then ends as one that a stopped run does not send."""

    def interrupt(sent: str) -> None:
        if sent == request:
            signal.raise_signal(signal.SIGINT)
            end = time.monotonic() + 5
            while not account.gates[0].stopped and time.monotonic() < end:
                time.sleep(0.01)
            raise Stopped("the run was stopped", request=request)

    return interrupt


PHASES = {
    "reconcile": ("POST b", ["create", "not attempted", "not attempted"]),
    "settle": ("GET a", ["create", "create", "not attempted"]),
    "purge": ("DELETE id-old", ["create", "create", "not attempted"]),
}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("told", [True, False])
def test_an_interrupt_reports_what_is_known(phase: str, told: bool) -> None:
    request, expected = PHASES[phase]
    account = Account(there("old"))
    # Where one is not listed, it is read.
    account.after = lambda sent: account.hidden.add("new-a") if phase == "settle" and sent == "POST a" else None
    account.before = interrupted(account, request)
    in_flight: list[int] = []
    report = in_flight.append if told else None
    with pytest.raises(Interrupted) as caught:
        run(account, store("a"), store("b"), purge=Purge(projects=["shop"]), on_interrupt=report)
    assert actions(list(caught.value.results)) == expected
    assert in_flight == [0] * told
    assert caught.value.__suppress_context__


def test_reading_many_is_interrupted() -> None:
    account = Account(there("a"), there("b"))
    account.before = interrupted(account, "GET b")
    in_flight: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        read_many(account, concurrency=1, on_interrupt=in_flight.append)
    assert in_flight == [0]


@pytest.mark.parametrize("check", [True, False])
def test_a_response_that_is_not_waited_for(check: bool) -> None:
    """After a second Ctrl-C. In check mode nothing was sent that could have changed something."""
    account = Account()
    responded = threading.Event()

    def hang(sent: str) -> None:
        if sent == ("environments" if check else "POST a"):
            signal.raise_signal(signal.SIGINT)
            responded.wait(5)

    def interrupt_again(_in_flight: int) -> None:
        raise KeyboardInterrupt

    account.before = hang
    with pytest.raises(Interrupted) as caught:
        run(account, store("a"), check=check, on_interrupt=interrupt_again)
    (result,) = caught.value.results
    responded.set()
    if check:
        assert (result.action, result.error) == ("not attempted", None)
    else:
        assert isinstance(result.error, OutcomeUnknown)
        assert result.error.problem == "The run was interrupted before a response came."


def test_a_deleted_integration_that_is_still_listed_is_no_duplicate() -> None:
    account = Account()
    account.deleted = [there("a", "deleted")]
    (result,) = run(account, store("a"))
    assert result.action == "create"
    assert account.time.slept == []
    assert result.outcome is not None
    assert result.outcome.warnings == ()


def test_each_result_is_reported_when_it_is_known() -> None:
    account = Account(there("b"))
    account.before = fail("GET b", Forbidden("no"))
    reported: list[tuple[str, str]] = []
    run(account, store("a"), store("b"), on_result=lambda each: reported.append((each.declaration.label, each.action)))
    assert reported == [("b", "failed"), ("a", "create")]


def test_a_wrong_purge_sends_nothing() -> None:
    account = Account(there("a"))
    with pytest.raises(InvalidSettings, match="purge: has no scope"):
        run(account, store("a"), purge=Purge())
    with pytest.raises(InvalidSettings, match="purge would remove every integration in its scope"):
        run(account, purge=Purge(projects=["shop"]))
    assert account.requests == []
