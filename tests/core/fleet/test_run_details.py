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
from ld_segment_store.core.errors import Forbidden, InvalidSettings, OutcomeUnknown
from ld_segment_store.core.fleet import run as fleet_run
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.purge import Purge
from ld_segment_store.core.fleet.result import Interrupted
from ld_segment_store.core.fleet.run import read_many, reconcile_many
from ld_segment_store.core.fleet.waiting import Waiting
from ld_segment_store.core.flow.plan import plan_nothing
from ld_segment_store.core.flow.rounds import Outcome
from ld_segment_store.core.model.integration import Status
from tests.core.fleet.memory import Account, actions, fail, run, store, there


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


def test_check_mode_locks_nothing_and_writes_nothing() -> None:
    account = Account(there("b"), there("d"))
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


def test_a_purge_that_only_reports() -> None:
    """However many there are, also beside a store that failed, and without a wait for them."""
    stray = replace(there("c"), status=Status(available=False))
    account = Account(there("a"), there("b"), stray)
    account.before = fail("GET a", Forbidden("no"))
    warnings: list[str] = []
    purge = Purge(projects=["shop"], maximum=0, report_only=True)
    results = run(account, store("a"), purge=purge, wait=Waiting(), on_warning=warnings.append)
    assert [(each.action, each.changed, each.purged) for each in results] == [
        ("failed", False, False),
        *[("undeclared", False, False)] * 2,
    ]
    assert results[2].declaration == Declaration.absent(stray.key, integration_id=stray.id)
    assert results[2].outcome == Outcome(plan_nothing(stray.key), False, replace(stray, config=None))
    assert results[2].outcome.after() == replace(stray, config=None).redacted()
    assert account.requests == ["list", "GET a"]
    assert warnings == []


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
    names = "abcde"
    account = Account(*(there(name) for name in names))
    account.on_wait = print
    made: list[tuple[Any, ...]] = []

    def gate(concurrency: int, share: float, *, clock: Clock, on_wait: Any) -> Gate:
        made.append((concurrency, share, clock, on_wait))
        return Gate(concurrency, share, clock=clock, on_wait=on_wait)

    monkeypatch.setattr(fleet_run, "Gate", gate)
    if work == "reconcile":
        reconcile_many(account, [store(name) for name in names], concurrency=3, share=0.5)
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


def test_a_removal_in_check_mode() -> None:
    account = Account(there("a"))
    assert actions(run(account, Declaration.absent(there("a").key), check=True)) == ["delete"]
    assert account.requests == ["list", "GET a"]


def test_one_of_several_by_its_id() -> None:
    account = Account(there("a", "first"), there("a", "second"))
    settings = store("a").settings
    assert settings is not None
    declared = Declaration.present(settings, integration_id="second")
    (result,) = run(account, declared)
    assert result.outcome is not None
    assert result.outcome.integration == there("a", "second")


def test_one_of_another_name_is_not_removed() -> None:
    kept = replace(there("a"), name="kept")
    account = Account(kept, replace(there("a", "id-2"), name="old"))
    old = Declaration.absent(kept.key, name="old")
    assert actions(run(account, old)) == ["delete"]
    (result,) = run(account, old)
    assert result.outcome
    assert result.action == "nothing"
    assert result.outcome.warnings[0].startswith("No integration is named 'old', so none was removed.")
    assert [each.id for each in account.list_integrations()] == [kept.id]
