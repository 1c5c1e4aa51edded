# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Wait for the stores of a fleet: what is asked and how often, one timeout for all, and what a failed wait changes."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from ld_segment_store.core.api.retry import Deadline
from ld_segment_store.core.errors import Forbidden, InvalidSettings, ServerError
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.purge import Purge
from ld_segment_store.core.fleet.result import Interrupted, StoreResult
from ld_segment_store.core.fleet.waiting import Waiting
from ld_segment_store.core.flow.wait import NotAvailable
from ld_segment_store.core.model.integration import Integration, Status
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from tests.core.fleet.memory import Account, actions, fail, run, store, there

WAITING = Waiting(timeout=12, interval=5)
DOWN = Status(available=False)
UP = Status(available=True, last_sync=1)


def down(environment: str, **changes: Any) -> Integration:
    return replace(there(environment), status=DOWN, **changes)


def recover(account: Account, look: int, *ids: str, **changes: Any) -> Callable[[str], None]:
    """Make stores available before the list request with this number, counted from the end of the reconciliation."""
    lists = iter(range(-1, 100))

    def check(sent: str) -> None:
        if sent == "list" and next(lists) == look:
            for integration_id in ids:
                found = account.integrations[integration_id]
                account.integrations[integration_id] = replace(found, **{"status": UP, **changes})

    return check


def states(results: list[StoreResult]) -> list[tuple[str, bool | None, str | None]]:
    """What was done, the health seen last, and the failure, by store."""
    found = [result.outcome.integration if result.outcome else None for result in results]
    return [
        (
            result.action,
            integration.status.available if integration else None,
            result.error.failure if result.error else None,
        )
        for result, integration in zip(results, found)
    ]


def test_one_list_for_all_stores() -> None:
    account = Account(down("a"), there("b"), down("c"))
    account.before = recover(account, 1, "id-a", "id-c")
    pending: list[int] = []
    results = run(account, *map(store, "abc"), wait=WAITING._replace(on_look=pending.append))
    assert states(results) == [("nothing", True, None)] * 3
    assert pending == [2, 2]
    assert account.requests == ["list", "GET a", "GET b", "GET c", "list", "list"]
    assert account.time.slept == [5, 5]
    assert [result.outcome and result.outcome.integration for result in results] == [
        replace(there(name), status=UP if name != "b" else there(name).status) for name in "abc"
    ]


def test_a_timeout_for_all_together() -> None:
    account = Account(down("a"), down("b"), down("c"))
    minute_ago = Status(available=False, last_sync=round(account.time.time() - 60) * 1000)
    account.integrations["id-a"] = replace(down("a"), status=minute_ago)
    account.before = recover(account, 0, "id-b")
    results = run(account, *map(store, "abc"), wait=WAITING)
    late = ("nothing", False, "not_available")
    assert states(results) == [late, ("nothing", True, None), late]
    assert account.requests[4:] == ["list", "list"]
    assert sum(account.time.slept) == pytest.approx(WAITING.timeout, abs=0.1)
    assert "The redis store of shop/a did not become available within 12 s." in str(results[0].error)
    assert "it was last synchronized 72 s ago" in str(results[0].error)


def test_the_last_look_is_just_before_the_timeout() -> None:
    account = Account(down("a"))
    account.before = recover(account, 1, "id-a")
    assert states(run(account, store("a"), wait=Waiting(timeout=10.5, interval=5))) == [("nothing", True, None)]


def test_only_a_later_synchronization_counts_after_a_change() -> None:
    synchronized = Status(available=True, last_sync=5)
    account = Account(replace(there("a"), config={"host": "old"}, status=synchronized))
    account.before = recover(account, 1, "id-a", status=Status(available=True, last_sync=6))
    (result,) = run(account, store("a"), wait=WAITING)
    assert states([result]) == [("update", True, None)]
    assert account.requests[-2:] == ["list", "list"]


class Listing(Account):
    """An account whose list shows something else than its integrations have. `left` is how long each request may take."""

    def __init__(self, shown: Mapping[str, Any], *integrations: Integration) -> None:
        super().__init__(*integrations)
        self.left: list[float] = []
        self._shown = shown

    def list_integrations(self, deadline: Deadline | None = None) -> list[Integration]:
        self.left.append(deadline.left() if deadline else math.inf)
        return [replace(each, **self._shown) for each in super().list_integrations(deadline)]

    def get_integration(self, key: StoreKey, integration_id: str, deadline: Deadline | None = None) -> Integration:
        self.left.append(deadline.left() if deadline else math.inf)
        return super().get_integration(key, integration_id, deadline)


@pytest.mark.parametrize("shown", [{"status": Status()}, {"version": 2}], ids=["no status", "other version"])
def test_what_the_list_does_not_show_is_read(shown: Mapping[str, Any]) -> None:
    account = Listing(shown, down("a"), down("b"))
    account.before = recover(account, 1, "id-a", "id-b")
    assert states(run(account, *map(store, "ab"), wait=WAITING)) == [("nothing", True, None)] * 2
    assert account.requests == ["list", "GET a", "GET b"] * 3
    assert account.left[3:] == pytest.approx([7, 7, 7, 2, 2, 2], abs=0.1)


def test_what_is_not_waited_for() -> None:
    account = Account(down("off", enabled=False), down("gone"), down("refused"))
    account.before = fail("GET refused", Forbidden("no"))
    off = Declaration.present(Settings("shop", "off", "redis", {"host": "h"}))
    results = run(account, off, Declaration.absent(there("gone").key), store("refused"), wait=WAITING)
    assert actions(results) == ["nothing", "delete", "failed"]
    assert account.time.slept == []


@pytest.mark.parametrize("options", [{"check": True}, {"fail_fast": True}])
def test_no_wait(options: dict[str, bool]) -> None:
    """In check mode, and once a run has stopped after a failure."""
    account = Account(down("a"), down("b"))
    account.before = fail("GET b", Forbidden("no"))
    results = run(account, store("a"), store("b"), wait=WAITING, **options)
    assert states(results) == [("nothing", False, None), ("failed", None, "forbidden")]
    assert account.time.slept == []


def test_a_failed_store_does_not_end_the_wait_for_others() -> None:
    account = Account(down("a"), down("b"))
    forbidden, recovered = fail("GET b", Forbidden("no")), recover(account, 0, "id-a")
    account.before = lambda sent: (recovered(sent), forbidden(sent))[1]
    results = run(account, store("a"), store("b"), wait=WAITING)
    assert states(results) == [("nothing", True, None), ("failed", None, "forbidden")]


def test_an_integration_that_is_deleted_during_the_wait() -> None:
    account = Account(down("a"), down("b"))
    account.after = lambda sent: account.integrations.pop("id-a", None) if sent == "GET b" else None  # type: ignore[assignment]
    results = run(account, *map(store, "ab"), wait=WAITING)
    assert [state[2] for state in states(results)] == ["not_found", "not_available"]
    assert results[0].error is not None
    assert (results[0].error.__traceback__, results[0].error.__context__) == (None, None)


@pytest.mark.parametrize("in_time", [True, False])
def test_a_list_that_fails(in_time: bool) -> None:
    """An error of a request is reported as it is, one at the end of the time as a store that is not available."""
    account = Account(down("a"))
    waiting = Waiting(timeout=5.5, interval=5)
    lists = iter(range(9))

    def check(sent: str) -> None:
        if sent == "list" and next(lists):
            account.time.now += 0 if in_time else waiting.timeout
            raise ServerError("no")

    account.before = check
    (result,) = run(account, store("a"), wait=waiting)
    assert isinstance(result.error, ServerError if in_time else NotAvailable)


def test_nothing_is_purged_where_a_declared_store_is_not_available() -> None:
    """Its predecessor may be the only store that works."""
    account = Account(down("a"), there("old"))
    warnings: list[str] = []
    purge = Purge(projects=["shop"])
    results = run(account, store("a"), wait=WAITING, purge=purge, on_warning=warnings.append)
    assert actions(results) == ["nothing", "not attempted"]
    assert warnings == ["Nothing is purged, because a declared store failed."]
    account.before = recover(account, 0, "id-a")
    assert actions(run(account, store("a"), wait=WAITING, purge=purge)) == ["nothing", "delete"]


def test_an_interrupted_wait_reports_what_was_done() -> None:
    account = Account(down("a"))
    account.before = lambda _sent: signal.raise_signal(signal.SIGINT) if account.time.slept else None
    with pytest.raises(Interrupted) as caught:
        run(account, store("a"), wait=WAITING)
    assert states(list(caught.value.results)) == [("nothing", False, None)]


def test_times_that_cannot_be_waited() -> None:
    account = Account(there("a"))
    with pytest.raises(InvalidSettings, match="wait_timeout: must be a positive number of seconds"):
        run(account, store("a"), wait=Waiting(timeout=0))
    assert account.requests == []
