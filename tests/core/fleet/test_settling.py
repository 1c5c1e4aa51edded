# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""All that a fleet has created is looked at together, also after an interrupt, and a list that fails is not repeated for each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ld_segment_store.core.errors import ServerError
from ld_segment_store.core.fleet.listing import Listing
from ld_segment_store.core.fleet.result import Interrupted, StoreResult
from ld_segment_store.core.fleet.settling import Settling
from ld_segment_store.core.flow.host_lock import HostLock, lock_name
from tests.core.fleet.memory import Account, actions, rival, run, store, there

UNKNOWN = "It is unknown whether another run created this integration at the same time. Check the list of integrations."


def warnings(results: list[StoreResult]) -> list[tuple[str, ...]]:
    return [result.outcome.warnings for result in results if result.outcome]


def test_a_list_that_fails_at_the_end_is_not_requested_for_each_store() -> None:
    """When the server goes away 154 created stores took 13 minutes, with four attempts for each."""
    account = Account()

    def refuse(request: str) -> None:
        if request == "list" and "POST c" in account.requests:
            raise ServerError("no server")

    account.before = refuse
    results = run(account, *map(store, "abc"))
    assert actions(results) == ["create"] * 3
    assert warnings(results) == [(UNKNOWN,)] * 3
    assert account.requests == ["list", "list", "POST a", "POST b", "POST c", "list"]


def test_a_list_that_fails_on_the_way_is_requested_again() -> None:
    account = Account()

    def refuse(request: str) -> None:
        account.time.sleep(6.0 if request.startswith("POST") else 0.0)
        if request == "list" and account.requests.count("list") == 3:
            raise ServerError("no server")

    account.before = refuse
    results = run(account, *map(store, "ab"))
    assert warnings(results) == [(), ()]


def test_duplicates_are_waited_for_together() -> None:
    """163 of them took 396 s, one after the other."""
    account = Account()

    def appear(request: str) -> None:
        if request.startswith("POST"):
            name = request[-1]
            account.integrations[f"other-{name}"] = there(name, f"other-{name}")

    account.after = appear
    results = run(account, *map(store, "abc"))
    assert sum(account.time.slept) == pytest.approx(3, abs=0.3)
    assert sorted(account.integrations) == ["other-a", "other-b", "other-c"]
    assert actions(results) == ["nothing"] * 3
    # Before them: at the start, with the locks. Then three looks, and one for all that are reconciled again.
    assert account.requests.count("list") == 2 + 3 + 3
    assert account.deadlines.count(None) == 2 + 3  # those of the run, which threads share


def interrupted(
    account: Account, rival_id: str, before: Callable[[str], None] = lambda _request: None
) -> list[StoreResult]:
    """What is known of a run that has created `a` and `b`, where another one created `a` too, and that is interrupted then."""

    def interrupt(request: str) -> None:
        if request == "GET c":
            raise KeyboardInterrupt
        if "GET c" in account.requests:
            before(request)

    account.before, account.after = interrupt, rival(account, rival_id)
    account.on_wait = lambda _wait: None
    with pytest.raises(Interrupted) as caught:
        run(account, *map(store, "abc"), share=0.5)
    assert {(gate._budget._share, gate._on_wait) for gate in account.gates} == {(0.5, account.on_wait)}
    return list(caught.value.results)


def account_with_c() -> Account:
    return Account(there("c"))


@pytest.mark.parametrize(("rival_id", "seconds"), [("another", 0), ("zzz", 3)])
def test_after_an_interrupt_the_runs_own_duplicate_is_deleted(rival_id: str, seconds: float) -> None:
    """Two runs that were cancelled at the same time left two integrations of each store that both had created."""
    account = account_with_c()
    results = interrupted(account, rival_id)
    assert sorted(account.integrations) == sorted(["id-c", rival_id, "new-b"])
    assert actions(results) == ["not attempted", "create", "failed"]
    assert warnings(results) == [()]
    assert sum(account.time.slept) == pytest.approx(seconds, abs=0.3)
    # The list and the deletion.
    assert all(deadline and deadline.left() < 10 for deadline in account.deadlines[-2:])
    assert not any(request.startswith("POST") for request in account.requests[account.requests.index("GET c") :])


def test_an_interrupted_run_says_what_it_could_not_look_at() -> None:
    def refuse(_request: str) -> None:
        raise ServerError("no server")

    account = account_with_c()
    assert warnings(interrupted(account, "another", refuse)) == [(UNKNOWN,)] * 2
    assert account.requests[-1:] == ["list"]


def test_the_looks_of_an_interrupted_run_end_soon() -> None:
    account = account_with_c()
    results = interrupted(account, "zzz", lambda request: account.time.sleep(6.0 if request == "list" else 0.0))
    assert sorted(account.integrations) == ["id-c", "new-a", "new-b", "zzz"]
    assert warnings(results) == [(UNKNOWN,), ()]


def test_a_second_interrupt_ends_the_looks() -> None:
    def again(request: str) -> None:
        if request == "list":
            raise KeyboardInterrupt

    assert warnings(interrupted(account_with_c(), "another", again)) == [(UNKNOWN,)] * 2


def test_a_store_that_was_waited_for_is_looked_after_at_once() -> None:
    """Another run had locked it and failed; meanwhile a third one on another host creates it too."""
    account = Account()
    reported: list[str] = []
    with HostLock() as other:
        assert other.acquire(lock_name(account, store("a").key))
        account.time.sleep = lambda _seconds: other.close()  # type: ignore[method-assign,assignment]
        account.after = rival(account, "another")
        results = run(account, store("a"), on_result=lambda result: reported.append(result.action))
    assert actions(results) == reported == ["nothing"]
    assert sorted(account.integrations) == ["another"]
    assert "deleted its own duplicate new-a" in warnings(results)[0][0]
    assert account.deadlines[account.requests.count("list") - 1]  # of the deletion
    with HostLock() as other:
        assert other.acquire(lock_name(account, store("a").key))


@pytest.fixture
def account() -> Account:
    """One whose time stands still."""
    made = Account()
    made.time.step = 0.0
    return made


@pytest.fixture
def settling(account: Account) -> Settling:
    return Settling(Listing(account), account.time)


def test_a_look_is_at_all_that_are_due(account: Account, settling: Settling) -> None:
    deadline = account.deadline()
    settling.add(0, there("a"), ())
    account.time.now += 1.0
    assert settling.look(account, deadline) == ([], [])  # not listed yet: the next look is due in half a second
    account.integrations["id-a"], account.integrations["id-b"] = there("a"), there("b")
    account.integrations["other"] = there("c", "a-smaller-id")
    settling.add(1, there("b"), ())
    settling.add(2, there("c"), ())
    account.time.now += 0.25
    assert settling.look(account, deadline) == ([1], [2])
    assert settling.numbers() == [0, 1, 2]
    for number in (1, 2):
        assert settling.take(number)
    assert settling.pause() == pytest.approx(0.25)
    account.time.now += 0.25
    assert settling.pause() == 0.0
    assert settling.look(account, deadline) == ([0], [])
    assert settling.take(0)
    assert settling.take(0) is None
    assert (settling.numbers(), settling.pause()) == ([], None)
    assert account.deadlines == [None, *[deadline] * 3]


def test_a_look_every_five_seconds_and_one_doubtful_store_for_each_thread(account: Account, settling: Settling) -> None:
    for number, name in enumerate("abc"):
        settling.add(number, there(name), ())
        account.integrations[name] = there(name, "a-smaller-id" if name != "c" else "")
    account.time.now += 4.9
    assert settling.look_now_and_then(account) == []
    account.time.now += 0.1
    assert settling.look_now_and_then(account) == [2, 0]
    assert settling.look_now_and_then(account) == [1]
    assert settling.look_now_and_then(account) == []
    assert account.deadlines[0] is None
    assert account.deadlines[1]
    assert len(account.deadlines) == 2


def test_nothing_is_listed_where_nothing_was_created(account: Account, settling: Settling) -> None:
    account.time.now += 60.0
    assert settling.look_now_and_then(account) == []
    assert account.requests == ["list"]


def test_one_thread_looks_at_a_time(account: Account, settling: Settling) -> None:
    settling.add(0, there("a"), ())
    account.integrations["id-a"] = there("a")
    account.time.now += 5.0
    found: list[list[int]] = []
    account.before = lambda _request: found.append(settling.look_now_and_then(account))
    assert settling.look_now_and_then(account) == [0]
    assert found == [[]]
