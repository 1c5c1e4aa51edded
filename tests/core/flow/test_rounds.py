# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the errors, waits and outcomes of a reconciliation say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import Wait
from ld_segment_store.core.errors import Conflict, KeyExists, OutcomeUnknown
from ld_segment_store.core.flow.apply import ensure_present, reconcile_present
from ld_segment_store.core.flow.creation import Settled, notes
from ld_segment_store.core.flow.host_lock import HostLock, lock_name
from ld_segment_store.core.flow.plan import Action, plan_absent, plan_nothing, plan_present
from ld_segment_store.core.flow.rounds import Outcome, write
from ld_segment_store.core.model.integration import Status
from ld_segment_store.core.model.settings import Settings
from tests.core.fleet.memory import Account, there
from tests.support.scripted import (
    PASSWORD,
    FakeClock,
    Script,
    answer,
    error,
    integration,
    listing,
    redis_item,
    with_config,
)

RENAMED = Settings("shop", "live", "redis", {"host": "redis.example.com"}, name="new")
OBSERVED = integration()
THERE, NOT_THERE, GOT = listing(redis_item()), listing(), answer(200, redis_item())
GOT_RENAMED = answer(200, redis_item(name="new"))
GET_ID = "GET /api/v2/integration-capabilities/big-segment-store/shop/live/redis/id-1"


def test_a_lost_response_and_then_an_error(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, error(500), THERE, error(403, "forbidden", "Not allowed", id="r-1")]
    with pytest.raises(OutcomeUnknown) as caught:
        ensure_present(client, RENAMED)
    unknown = caught.value
    assert unknown.problem.startswith("A change was sent, its response was lost, and then: ")
    assert "Not allowed" in unknown.problem
    assert (unknown.request, unknown.status) == (GET_ID, 403)
    assert (unknown.code, unknown.request_id) == ("forbidden", "r-1")
    assert unknown.__suppress_context__


def test_the_secret_is_necessary_after_a_lost_answer(client: Client, script: Script) -> None:
    settings = Settings("shop", "live", "redis", {"host": "redis.example.com"}, name="new")
    script.answers = [THERE, GOT, error(500), THERE, answer(200, with_config(host="theirs"))]
    with pytest.raises(OutcomeUnknown, match=r"its response was lost, and then: redis.password") as raised:
        ensure_present(client, settings)
    assert "Nothing was changed" not in raised.value.message


def test_a_late_response_that_is_not_waited_for(client: Client, script: Script) -> None:
    script.answers = [NOT_THERE, error(504, id="r-2"), NOT_THERE, NOT_THERE, NOT_THERE]
    with pytest.raises(OutcomeUnknown) as caught:
        ensure_present(client, replace(RENAMED, enabled=True))
    unknown = caught.value
    assert (unknown.request[:5], unknown.status, unknown.request_id) == ("POST ", 504, "r-2")
    assert "504" in unknown.problem
    assert unknown.hint == (
        "The integration was not found afterwards. The request was not retried, because a late success would create a"
        " duplicate. Run again in a minute: the current state is read first."
    )


def test_what_a_wait_says(client: Client, script: Script, waits: list[Wait]) -> None:
    script.answers = [THERE, GOT, error(409, "optimistic_locking_error", "Changed"), THERE, GOT_RENAMED]
    ensure_present(client, RENAMED)
    (wait,) = waits
    assert wait.text == (
        "LaunchDarkly responded 409 to PATCH /api/v2/integration-capabilities/big-segment-store/shop/live/redis/id-1: Changed;"
        " reading the integration again in 0.8 s."
    )


def test_the_warnings_of_a_lost_post_are_kept(client: Client, script: Script) -> None:
    """With those of the plan that finds nothing left to do, or something."""
    settings = Settings("shop", "live", "redis", {"host": "redis.example.com", "password": PASSWORD}, name="main")
    for stored in (with_config(password="********"), redis_item(name="other")):
        script.answers = [NOT_THERE, error(500), THERE, THERE, answer(200, stored), GOT]
        disabled, *others = ensure_present(client, settings).warnings
        assert disabled == "The new integration is disabled, because `enabled` was not given."
        unsure = ["redis.password: cannot tell whether it changed"] if stored["name"] == "main" else []
        assert [text.split(",")[0] for text in others] == unsure


@pytest.mark.parametrize("status", [{"lastSync": 5}, {}])
def test_the_last_synchronization_before_a_change(status: dict[str, int]) -> None:
    observed = replace(OBSERVED, status=Status(last_sync=status.get("lastSync")))
    port = Settings("shop", "live", "redis", {"port": 7000, "password": PASSWORD})
    changed = plan_present(port, observed)
    before = status.get("lastSync", 0)
    assert Outcome(changed, True, observed).last_sync_before() == before
    assert Outcome(changed, False, observed).last_sync_before() is None
    assert Outcome(changed, True, observed, check=True).last_sync_before() is None
    assert Outcome(plan_present(RENAMED, observed), True, observed).last_sync_before() is None
    created = plan_present(replace(RENAMED, enabled=True), None)
    assert Outcome(created, True, observed).last_sync_before() is None


def test_afterwards() -> None:
    update = plan_present(RENAMED, OBSERVED)
    assert Outcome(update, True, OBSERVED).after() == OBSERVED.redacted()
    assert Outcome(update, True, None).after() is None
    planned = Outcome(update, True, OBSERVED, check=True).after()
    assert planned == {**OBSERVED.redacted(), "name": "new"}
    nothing = plan_nothing(OBSERVED.key)
    assert Outcome(nothing, False, None, check=True).after() is None
    assert Outcome(nothing, False, OBSERVED, check=True).after() == OBSERVED.redacted()
    assert Outcome(plan_absent(OBSERVED), True, OBSERVED, check=True).after() is None


def test_the_write_of_a_plan(client: Client, script: Script) -> None:
    script.answers = [answer(201, redis_item(_id="id-9")), GOT_RENAMED, answer(204)]
    deadline = client.deadline()
    made = write(client, plan_present(replace(RENAMED, enabled=True), None), deadline)
    assert made is not None
    assert made.id == "id-9"
    changed = write(client, plan_present(RENAMED, OBSERVED), deadline)
    assert changed is not None
    assert changed.name == "new"
    assert write(client, plan_absent(OBSERVED), deadline) is None
    assert write(client, plan_nothing(OBSERVED.key), deadline) is None
    same = replace(plan_nothing(OBSERVED.key), target=OBSERVED)
    assert write(client, same, deadline) is OBSERVED
    assert script.calls == ["POST redis", "PATCH id-1", "DELETE id-1"]
    assert {sent.path_url.rpartition("/shop/")[2] for sent in script.sent} == {"live/redis", "live/redis/id-1"}


def reconciled(client: Client, lock: HostLock, *, check: bool = False, listed: Any = None) -> Outcome:
    return reconcile_present(client, RENAMED, None, "if_different", check=check, lock=lock, listed=listed)


def test_the_lock_is_kept_while_one_may_be_created(client: Client, script: Script, tmp_path: Path) -> None:
    name = lock_name(client, OBSERVED.key)
    with HostLock(tmp_path) as lock:
        script.answers = [NOT_THERE, answer(201, redis_item(name="new"))]
        assert reconciled(client, lock).plan.action is Action.CREATE
        assert lock.holds(name)
        # The next look finds it.
        script.answers = [THERE, GOT_RENAMED]
        reconciled(client, lock)
        assert not lock.holds(name)


def test_an_old_list_does_not_count_under_the_lock(client: Client, script: Script, tmp_path: Path) -> None:
    with HostLock(tmp_path) as lock:
        script.answers = [THERE, GOT_RENAMED]
        assert reconciled(client, lock, listed=[]).plan.action is Action.NOTHING
        assert script.calls == ["GET list", "GET id-1"]


def test_a_list_with_the_integration_needs_no_lock(client: Client, script: Script, tmp_path: Path) -> None:
    name = lock_name(client, OBSERVED.key)
    with HostLock(tmp_path) as lock, HostLock(tmp_path) as other:
        assert other.acquire(name)
        script.answers = [GOT_RENAMED]
        reconciled(client, lock, listed=[OBSERVED])
        assert script.calls == ["GET id-1"]
        assert other.holds(name)


def test_check_mode_needs_no_lock(client: Client, script: Script, clock: FakeClock, tmp_path: Path) -> None:
    with HostLock(tmp_path) as lock, HostLock(tmp_path) as other:
        assert other.acquire(lock_name(client, OBSERVED.key))
        script.answers = [THERE, GOT_RENAMED]
        reconciled(client, lock, check=True)
        assert clock.slept == []


def test_another_run_of_this_host_is_waited_for(
    client: Client, script: Script, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HostLock() as other:
        assert other.acquire(lock_name(client, OBSERVED.key))

        def sleep(seconds: float) -> None:
            assert seconds == 0.1
            assert script.sent == []
            other.release(lock_name(client, OBSERVED.key))

        monkeypatch.setattr(clock, "sleep", sleep)
        script.answers = [THERE, GOT_RENAMED]
        assert not ensure_present(client, RENAMED).changed
        assert not other.holds(lock_name(client, OBSERVED.key))


def test_a_wait_for_another_run_is_announced_once_and_ends_at_the_deadline(
    client: Client, script: Script, clock: FakeClock, waits: list[Wait]
) -> None:
    problem = "Another run on this host is creating shop/live redis"
    with HostLock() as other:
        assert other.acquire(lock_name(client, OBSERVED.key))
        with pytest.raises(Conflict, match=problem + r", and has not ended\. .*Try again later."):
            ensure_present(client, RENAMED)
    assert [(wait.seconds, wait.text) for wait in waits] == [(0.0, problem + "; waiting until it has ended.")]
    assert script.sent == []


EXISTS = error(409, "key_exists", "It exists")


def test_one_that_exists_and_is_not_listed_yet(
    client: Client, script: Script, clock: FakeClock, waits: list[Wait]
) -> None:
    script.answers = [NOT_THERE, EXISTS, NOT_THERE, THERE, THERE, GOT_RENAMED]
    outcome = ensure_present(client, replace(RENAMED, enabled=True))
    assert (outcome.changed, outcome.plan.action) == (False, Action.NOTHING)
    assert clock.slept == [0.5, 1.0]
    assert all("It exists" in wait.text for wait in waits)
    assert script.calls.count("POST redis") == 1


def test_one_that_exists_and_is_never_listed(client: Client, script: Script, clock: FakeClock) -> None:
    script.answers = [NOT_THERE, EXISTS, *[NOT_THERE] * 4]
    with pytest.raises(KeyExists):
        ensure_present(client, replace(RENAMED, enabled=True))
    assert clock.slept == [0.5, 1.0, 2.0, 4.0]


def test_a_name_that_exists_already(client: Client, script: Script, clock: FakeClock) -> None:
    """It is read again as after any conflict."""
    script.answers = [THERE, GOT, EXISTS, THERE, GOT_RENAMED]
    assert not ensure_present(client, RENAMED).changed
    assert clock.slept == [0.75]


def test_each_creation_has_its_note() -> None:
    """The first is a duplicate of one that is deleted then. The list never shows the second."""
    account = Account()
    account.hidden = {"new-live"}

    def change(sent: str) -> None:
        if sent == "POST live" and account.requests.count(sent) == 1:
            account.integrations["another"] = there("live", "another")
        elif sent == "DELETE new-live":
            del account.integrations["another"]

    account.after = change
    outcome = ensure_present(account, replace(RENAMED, enabled=True))
    new = there("live", "new-live")
    assert outcome.warnings[:2] == (*notes(Settled.WITHDRAWN, new), *notes(Settled.UNKNOWN, new))


def test_creations_that_are_always_duplicates() -> None:
    account = Account()

    def change(sent: str) -> None:
        if sent == "POST live":
            account.integrations["another"] = there("live", "another")
        elif sent == "DELETE new-live":
            del account.integrations["another"]

    account.after = change
    with pytest.raises(OutcomeUnknown) as caught:
        ensure_present(account, replace(RENAMED, enabled=True))
    assert caught.value.problem == "shop/live redis: other runs change this integration all the time."
    assert account.requests.count("POST live") == 5
