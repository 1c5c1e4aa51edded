# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The list that a run shares: when it is old enough to be requested again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from ld_segment_store.core.errors import ApiError, ServerError
from ld_segment_store.core.fleet.listing import Listing
from tests.core.fleet.memory import Account, store, there

LIVE, TEST = store("live"), store("test")


def listed(account: Account) -> Listing:
    account.time.step = 0.0
    return Listing(account)


@pytest.mark.parametrize(("age", "creates", "lists"), [(30.0, True, 1), (30.5, True, 2), (99.0, False, 1)])
def test_before_a_creation_the_list_is_at_most_30_seconds_old(age: float, creates: bool, lists: int) -> None:
    account = Account(there("live"))
    listing = listed(account)
    account.integrations["new"] = there("test", "new")
    account.time.now += age
    found = listing.of(account, TEST.target, creates=creates)
    assert [each.id for each in found] == ["new"] * (lists - 1)
    assert account.requests == ["list"] * lists
    # What exists is not created.
    assert [each.id for each in listing.of(account, LIVE.target, creates=True)] == ["id-live"]
    assert account.requests == ["list"] * lists


def test_an_environment_without_integrations_in_a_new_list() -> None:
    account = Account(there("live"))
    listing = listed(account)
    account.time.now += 31.0
    assert listing.of(account, TEST.target, creates=True) == []


def test_one_whose_key_could_not_be_read_may_be_of_any_store() -> None:
    odd = replace(there("", "odd"), problem="No usable `environmentKey`.", config=None)
    account = Account(there("live"), odd)
    listing = listed(account)
    assert [each.id for each in listing.of(account, TEST.target, creates=False)] == ["odd"]
    assert [each.id for each in listing.of(account, LIVE.target, creates=False)] == ["id-live", "odd"]


def test_a_list_after_a_moment_is_requested_after_it() -> None:
    account = Account(there("live"))
    listing = listed(account)
    began = account.time.monotonic()
    assert [each.id for each in listing.since(account, LIVE.key, began - 1.0)] == ["id-live"]
    assert listing.since(account, TEST.key, began - 1.0) == []
    assert account.requests == ["list"]
    account.integrations["new"] = there("test", "new")
    assert [each.id for each in listing.since(account, TEST.key, began)] == ["new"]
    assert account.requests == ["list", "list"]


class Waits(threading.Thread):
    """Another thread that wants a list. `waits` when it has noted when it asked."""

    def __init__(self, account: Account, ask: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.error: ApiError | None = None
        self.waits = threading.Event()
        self._ask = ask
        look = account.time.monotonic

        def monotonic() -> float:
            now = look()
            if threading.current_thread() is self:
                self.waits.set()
            return now

        account.time.monotonic = monotonic  # type: ignore[method-assign]

    def run(self) -> None:
        try:
            self._ask()
        except ApiError as error:
            self.error = error


@pytest.mark.parametrize("way", ["since", "of"])
def test_a_list_that_fails_has_failed_for_all_who_wait_for_it(way: str) -> None:
    """Without a server each of eight threads tried for seconds, one after the other, for each of 141 stores."""
    account = Account()
    listing = Listing(account)
    account.time.now += 31.0

    def ask() -> object:
        if way == "of":
            return listing.of(account, TEST.target, creates=True)
        return listing.since(account, TEST.key, account.time.now)

    other = Waits(account, ask)

    def fail(_request: str) -> None:
        if not other.is_alive():
            other.start()
            assert other.waits.wait(10)
        raise ServerError("no server")

    account.before = fail
    with pytest.raises(ServerError) as caught:
        ask()
    other.join(10)
    assert other.error is caught.value
    assert account.requests == ["list", "list"]
    # Who asks later tries again.
    account.before = lambda _request: None
    assert ask() == []
    assert account.requests == ["list", "list", "list"]


def test_a_list_ends_at_the_deadline_that_is_given() -> None:
    account = Account()
    listing, deadline = Listing(account), account.deadline()
    listing.since(account, TEST.key, account.time.monotonic(), deadline)
    assert account.deadlines == [None, deadline]


def test_ids_and_keys() -> None:
    listing = listed(Account(there("live"), there("live", "second")))
    assert listing.ids_of(LIVE.key) == {"id-live", "second"}
    assert listing.ids_of(TEST.key) == set()
    assert list(listing.by_key()) == [LIVE.key]
