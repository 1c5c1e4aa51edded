# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The list that a run shares: when it is old enough to be requested again."""

from __future__ import annotations

from dataclasses import replace

import pytest

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


def test_ids_and_keys() -> None:
    listing = listed(Account(there("live"), there("live", "second")))
    assert listing.ids_of(LIVE.key) == {"id-live", "second"}
    assert listing.ids_of(TEST.key) == set()
    assert list(listing.by_key()) == [LIVE.key]
