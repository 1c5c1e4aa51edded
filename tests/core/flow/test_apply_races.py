# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Answers that are lost, and other people who change the same thing meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from http.client import IncompleteRead
from typing import Any

import pytest
from urllib3.exceptions import SSLError

from ld_segment_store.core import errors
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import Wait
from ld_segment_store.core.flow.apply import ensure_absent, ensure_present
from ld_segment_store.core.flow.lookup import Target
from ld_segment_store.core.flow.plan import Action, UpdateSecrets
from ld_segment_store.core.model.settings import Settings
from tests.core.flow.exchanges import GONE, GOT, GOT_RENAMED, NOT_THERE, RENAMED, THERE
from tests.support.scripted import (
    PASSWORD,
    Answer,
    FakeClock,
    Script,
    answer,
    connection_closed,
    error,
    listing,
    never_connected,
    redis_item,
    timed_out,
    with_config,
)

TARGET = Target("shop", "live", "redis")
DESIRED = Settings("shop", "live", "redis", {"host": "redis.example.com", "password": PASSWORD}, enabled=True)

CONFLICT = error(409, "optimistic_locking_error")


# Answers to a write in which the API itself says that it failed.
ANSWERED: dict[str, Callable[[], Any]] = {
    "500": lambda: error(500),
    "503": lambda: error(503),
}
# After any other it may still arrive, or have arrived unseen.
SILENT: dict[str, Callable[[], Any]] = {
    "no answer in time": timed_out,
    "closed": connection_closed,
    "TLS": lambda: SSLError("broken"),
    "503, a page": lambda: answer(503, "<html>"),
    "504": lambda: error(504),
    "a page": lambda: answer(201, "<html>"),
    "truncated": lambda: answer(201, '{"_id": "id-'),
    "nothing": lambda: answer(204),
    "not an integration": lambda: answer(201, {"ok": True}),
    "chunks": lambda: Answer(201, {}, IncompleteRead(b"")),
}
LOST = {**ANSWERED, **SILENT}
lost = pytest.mark.parametrize("lose", LOST.values(), ids=list(LOST))
answered = pytest.mark.parametrize("lose", ANSWERED.values(), ids=list(ANSWERED))
silent = pytest.mark.parametrize("lose", SILENT.values(), ids=list(SILENT))


@lost
def test_a_lost_post_that_worked_is_found_and_not_repeated(
    client: Client, script: Script, lose: Callable[[], Any]
) -> None:
    script.answers = [NOT_THERE, lose(), THERE, THERE, GOT]
    outcome = ensure_present(client, DESIRED)
    assert script.calls == ["GET list", "POST redis", "GET list", "GET list", "GET id-1"]
    assert (outcome.changed, outcome.plan.action, outcome.plan.before) == (True, Action.CREATE, {})
    assert outcome.integration
    assert outcome.integration.id == "id-1"
    assert outcome.warnings == ()


@answered
def test_a_lost_post_that_did_not_work_is_repeated(client: Client, script: Script, lose: Callable[[], Any]) -> None:
    script.answers = [NOT_THERE, lose(), NOT_THERE, NOT_THERE, answer(201, redis_item())]
    outcome = ensure_present(client, DESIRED)
    assert script.calls == ["GET list", "POST redis", "GET list", "GET list", "POST redis", "GET list"]
    assert script.body(1) == script.body(4)
    assert (outcome.changed, outcome.plan.action) == (True, Action.CREATE)


@pytest.mark.parametrize("look", [1, 2, 3])
def test_a_post_that_arrives_late_is_waited_for(
    client: Client, script: Script, clock: FakeClock, waits: list[Wait], look: int
) -> None:
    script.answers = [NOT_THERE, timed_out(), *[NOT_THERE] * (look - 1), THERE, THERE, GOT]
    outcome = ensure_present(client, DESIRED)
    assert script.calls == ["GET list", "POST redis", *["GET list"] * look, "GET list", "GET id-1"]
    assert clock.slept == [1, 2, 4][:look]
    assert (outcome.changed, outcome.plan.action) == (True, Action.CREATE)
    assert waits[0].text.startswith("LaunchDarkly did not respond within 30 s for POST /api/v2/")
    assert waits[0].text.endswith("; reading the integration again in 1.0 s.")
    assert PASSWORD not in "".join(wait.text for wait in waits)


@silent
def test_a_post_that_may_still_arrive_is_never_repeated(
    client: Client, script: Script, clock: FakeClock, lose: Callable[[], Any]
) -> None:
    """There would be two, however long it was waited for: how late it can arrive is not known."""
    script.answers = [NOT_THERE, lose(), NOT_THERE, NOT_THERE, NOT_THERE]
    with pytest.raises(
        errors.OutcomeUnknown, match="not retried, because a late success would create a duplicate"
    ) as caught:
        ensure_present(client, DESIRED)
    assert script.calls == ["GET list", "POST redis", "GET list", "GET list", "GET list"]
    assert clock.slept == [1, 2, 4]
    assert caught.value.request.startswith("POST ")
    assert "Run again in a minute" in caught.value.message


@silent
def test_a_post_that_may_still_arrive_is_not_repeated_after_looks_that_fail(
    client: Client, script: Script, lose: Callable[[], Any]
) -> None:
    script.answers = [NOT_THERE, lose(), error(403), error(403), error(403)]
    with pytest.raises(errors.OutcomeUnknown):
        ensure_present(client, DESIRED)
    assert script.calls.count("POST redis") == 1


def test_a_post_after_one_that_was_answered_may_still_arrive(client: Client, script: Script) -> None:
    """The second one counts as well."""
    script.answers = [NOT_THERE, error(500), NOT_THERE, NOT_THERE, timed_out(), NOT_THERE, NOT_THERE, NOT_THERE]
    with pytest.raises(errors.OutcomeUnknown):
        ensure_present(client, DESIRED)
    assert script.calls.count("POST redis") == 2


def test_a_look_that_fails_is_no_sign_of_arrival(client: Client, script: Script, clock: FakeClock) -> None:
    script.answers = [NOT_THERE, timed_out(), error(403), THERE, THERE, GOT]
    assert ensure_present(client, DESIRED).changed
    assert script.calls == ["GET list", "POST redis", "GET list", "GET list", "GET list", "GET id-1"]
    assert clock.slept == [1, 2]


def test_a_post_that_never_left_needs_no_look(client: Client, script: Script) -> None:
    script.answers = [NOT_THERE, never_connected(), answer(201, redis_item())]
    ensure_present(client, DESIRED)
    assert script.calls == ["GET list", "POST redis", "POST redis", "GET list"]


def test_what_arrived_but_differs_is_set_right(client: Client, script: Script) -> None:
    """It counts as one change, from nothing to the current state."""
    wrong = redis_item(on=False)
    script.answers = [NOT_THERE, error(500), THERE, THERE, answer(200, wrong), GOT]
    outcome = ensure_present(client, DESIRED)
    assert script.calls[-3:] == ["GET list", "GET id-1", "PATCH id-1"]
    assert (outcome.changed, outcome.plan.action, outcome.plan.before) == (True, Action.CREATE, {})
    assert [drift.field for drift in outcome.plan.drift] == ["integration"]
    assert outcome.plan.after["enabled"] is True


def test_two_lost_answers_are_one_change_from_what_was_there_first(client: Client, script: Script) -> None:
    script.answers = [NOT_THERE, error(500), THERE, THERE, answer(200, redis_item(on=False)), error(500), THERE, GOT]
    outcome = ensure_present(client, DESIRED)
    assert [call for call in script.calls if not call.startswith("GET")] == ["POST redis", "PATCH id-1"]
    assert (outcome.changed, outcome.plan.action, outcome.plan.before) == (True, Action.CREATE, {})


def test_two_that_arrived_are_told_apart_by_nobody(client: Client, script: Script) -> None:
    both = listing(redis_item(), redis_item(_id="id-2"))
    script.answers = [NOT_THERE, error(500), *[both] * 5]
    with pytest.raises(errors.OutcomeUnknown, match=r"its response was lost, and then: .* has 2 integrations"):
        ensure_present(client, DESIRED)


def test_one_that_arrived_beside_another_that_goes(client: Client, script: Script) -> None:
    both = listing(redis_item(), redis_item(_id="id-2"))
    script.answers = [NOT_THERE, error(500), both, both, THERE, GOT]
    outcome = ensure_present(client, DESIRED)
    assert (outcome.changed, outcome.plan.action) == (True, Action.CREATE)


@lost
def test_a_lost_patch_that_worked(client: Client, script: Script, lose: Callable[[], Any]) -> None:
    script.answers = [THERE, GOT, lose(), THERE, GOT_RENAMED]
    outcome = ensure_present(client, RENAMED)
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1", "GET list", "GET id-1"]
    assert (outcome.changed, outcome.plan.action) == (True, Action.UPDATE)
    assert [drift.field for drift in outcome.plan.drift] == ["name"]
    assert (outcome.plan.before["name"], outcome.plan.after["name"]) == ("main", "new")
    assert outcome.integration
    assert outcome.integration.version == 2


@lost
def test_a_lost_patch_that_did_not_work_is_repeated(client: Client, script: Script, lose: Callable[[], Any]) -> None:
    script.answers = [THERE, GOT, lose(), THERE, GOT, GOT_RENAMED]
    outcome = ensure_present(client, RENAMED)
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1"] * 2
    assert (outcome.changed, outcome.plan.action) == (True, Action.UPDATE)


def test_a_secret_that_is_always_sent_is_sent_again(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, error(500), THERE, GOT, GOT]
    assert ensure_present(client, DESIRED, update_secrets=UpdateSecrets.ALWAYS).changed
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1"] * 2


def test_a_patch_without_an_answer_in_time_waits_a_moment(client: Client, script: Script, clock: FakeClock) -> None:
    script.answers = [THERE, GOT, timed_out(), THERE, GOT_RENAMED]
    ensure_present(client, RENAMED)
    assert clock.slept == [1]


REMOVAL_LOST = {name: lose for name, lose in LOST.items() if name not in ("not an integration", "nothing")}


@pytest.mark.parametrize("lose", REMOVAL_LOST.values(), ids=list(REMOVAL_LOST))
@pytest.mark.parametrize("by_id", [False, True])
def test_a_lost_delete_that_worked(client: Client, script: Script, lose: Callable[[], Any], by_id: bool) -> None:
    target = TARGET._replace(integration_id="id-1") if by_id else TARGET
    script.answers = [GOT, lose(), GONE] if by_id else [THERE, GOT, lose(), NOT_THERE]
    outcome = ensure_absent(client, target)
    assert script.answers == []
    assert (outcome.changed, outcome.plan.action, outcome.integration, outcome.after()) == (
        True,
        Action.DELETE,
        None,
        None,
    )
    assert outcome.plan.before["name"] == "main"


def test_a_lost_delete_that_did_not_work_is_repeated(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, error(500), THERE, GOT, answer(204)]
    assert ensure_absent(client, TARGET).changed
    assert script.calls == ["GET list", "GET id-1", "DELETE id-1"] * 2


def test_a_lost_delete_that_took_effect_between_two_looks(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, timed_out(), THERE, GOT, GONE, NOT_THERE]
    outcome = ensure_absent(client, TARGET)
    assert (outcome.changed, outcome.plan.action) == (True, Action.DELETE)


def test_answers_that_are_lost_for_ever_end(client: Client, script: Script) -> None:
    script.answers = [NOT_THERE, error(500), NOT_THERE] * 5
    with pytest.raises(errors.OutcomeUnknown) as caught:
        ensure_present(client, DESIRED)
    assert script.calls.count("POST redis") == 5
    assert caught.value.status == 500


@pytest.mark.parametrize(
    "fail", [lambda: error(403, "forbidden"), lambda: error(401, "unauthorized"), lambda: answer(404, "<html>")]
)
def test_a_lost_answer_and_then_no_look(client: Client, script: Script, fail: Callable[[], Any]) -> None:
    """Nobody knows what happened, so the error must not be that of the look."""
    script.answers = [THERE, GOT, error(500), fail()]
    with pytest.raises(errors.OutcomeUnknown, match=r"^A change was sent, its response was lost, and then: ") as caught:
        ensure_present(client, RENAMED)
    assert caught.value.failure == "outcome_unknown"


def test_the_deadline_ends_the_waiting(client: Client, script: Script, clock: FakeClock) -> None:
    def slow(_request: Any) -> Exception:
        clock.now += 58.5
        return timed_out()

    script.answers = [NOT_THERE, slow, NOT_THERE]
    with pytest.raises(errors.OutcomeUnknown, match="did not respond"):
        ensure_present(client, DESIRED)
    assert script.calls == ["GET list", "POST redis", "GET list"]
    assert clock.slept == [1]


def test_a_conflict_is_resolved_by_reading_and_planning_again(
    client: Client, script: Script, waits: list[Wait]
) -> None:
    other = answer(200, redis_item(tags=["theirs"], version=2))
    script.answers = [THERE, GOT, CONFLICT, THERE, other, GOT_RENAMED]
    outcome = ensure_present(client, RENAMED)
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1"] * 2
    assert outcome.changed
    assert outcome.plan.before["tags"] == ["theirs"]
    assert [wait.seconds for wait in waits] == [0.75]


def test_somebody_else_made_the_same_change(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, CONFLICT, THERE, GOT_RENAMED]
    outcome = ensure_present(client, RENAMED)
    assert (outcome.changed, outcome.plan.action) == (False, Action.NOTHING)
    assert outcome.integration
    assert outcome.integration.version == 2


def test_somebody_else_made_it_necessary_to_have_the_secret(client: Client, script: Script) -> None:
    settings = Settings("shop", "live", "redis", {"host": "redis.example.com"}, name="new")
    script.answers = [THERE, GOT, CONFLICT, THERE, answer(200, with_config(host="theirs"))]
    with pytest.raises(errors.SecretRequired):
        ensure_present(client, settings)


@pytest.mark.parametrize("work", ["present", "absent"])
def test_conflicts_for_ever_end(client: Client, script: Script, clock: FakeClock, work: str) -> None:
    script.answers = [THERE, GOT, CONFLICT] * 6
    with pytest.raises(errors.Conflict) as caught:
        ensure_present(client, RENAMED) if work == "present" else ensure_absent(client, TARGET)
    assert len(script.sent) == 15
    assert [seconds - 0.25 for seconds in clock.slept] == [0.5, 1, 2, 4]
    assert caught.value.code == "optimistic_locking_error"


def test_a_conflict_at_the_deadline(client: Client, script: Script, clock: FakeClock) -> None:
    def slow(_request: Any) -> Any:
        clock.now += 59.5
        return CONFLICT

    script.answers = [THERE, GOT, slow]
    with pytest.raises(errors.Conflict):
        ensure_present(client, RENAMED)
    assert clock.slept == []


def test_a_conflict_of_a_new_one(client: Client, script: Script) -> None:
    script.answers = [NOT_THERE, CONFLICT, THERE, GOT]
    assert not ensure_present(client, DESIRED).changed
    assert script.calls == ["GET list", "POST redis", "GET list", "GET id-1"]


def test_removed_between_list_and_get(client: Client, script: Script) -> None:
    script.answers = [THERE, GONE, answer(201, redis_item(_id="id-2"))]
    outcome = ensure_present(client, DESIRED)
    assert script.calls == ["GET list", "GET id-1", "POST redis", "GET list"]
    assert outcome.plan.action is Action.CREATE
    script.answers = [THERE, GONE, GONE]
    assert not ensure_absent(client, TARGET).changed


def test_removed_between_get_and_patch(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, GONE, NOT_THERE, answer(201, redis_item(_id="id-2"))]
    outcome = ensure_present(client, RENAMED)
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1", "GET list", "POST redis", "GET list"]
    assert (outcome.changed, outcome.plan.action) == (True, Action.CREATE)


def test_removed_between_get_and_patch_by_id(client: Client, script: Script) -> None:
    """It was meant, and no other: nothing is created in its place."""
    script.answers = [GOT, GONE, GONE]
    with pytest.raises(errors.NotFound):
        ensure_present(client, RENAMED, integration_id="id-1")
    assert script.calls == ["GET id-1", "PATCH id-1", "GET id-1"]


def test_removed_by_somebody_else(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, GONE, NOT_THERE, GONE]
    outcome = ensure_absent(client, TARGET)
    assert (outcome.changed, outcome.plan.action) == (False, Action.NOTHING)


def test_a_post_to_an_unknown_environment_is_not_repeated(client: Client, script: Script) -> None:
    script.answers = [NOT_THERE, GONE]
    with pytest.raises(errors.NotFound):
        ensure_present(client, DESIRED)
    assert script.calls == ["GET list", "POST redis"]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_write_that_is_refused_is_not_repeated(client: Client, script: Script, status: int) -> None:
    script.answers = [THERE, GOT, error(status)]
    with pytest.raises(errors.ApiError) as caught:
        ensure_present(client, RENAMED)
    assert caught.value.status == status
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1"]


def test_a_lost_answer_after_a_conflict(client: Client, script: Script) -> None:
    script.answers = [THERE, GOT, CONFLICT, THERE, GOT, error(500), THERE, GOT_RENAMED]
    outcome = ensure_present(client, RENAMED)
    assert (outcome.changed, outcome.plan.action) == (True, Action.UPDATE)


def test_a_conflict_after_a_lost_answer(client: Client, script: Script) -> None:
    """The conflict may well be with what was sent before: it counts as a change."""
    script.answers = [THERE, GOT, timed_out(), THERE, GOT, CONFLICT, THERE, GOT_RENAMED]
    outcome = ensure_present(client, RENAMED)
    assert (outcome.changed, outcome.plan.action) == (True, Action.UPDATE)


def test_a_lost_answer_and_then_a_refusal(client: Client, script: Script) -> None:
    """The first of the two may have been carried out: a failure that says nothing of it would say "unchanged"."""
    script.answers = [THERE, GOT, error(500), THERE, GOT, error(403, "forbidden")]
    with pytest.raises(errors.OutcomeUnknown, match=r"^A change was sent, its response was lost, and then: "):
        ensure_present(client, RENAMED)
    assert [call for call in script.calls if call.startswith("PATCH")] == ["PATCH id-1"] * 2
