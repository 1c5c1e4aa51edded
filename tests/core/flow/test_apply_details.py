# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Plans of one of several integrations, the state that makes a plan stale, and the words of warnings and errors."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.errors import NotFound, StalePlan
from ld_segment_store.core.flow.apply import ensure_absent, ensure_present, reconcile_present
from ld_segment_store.core.flow.apply_plan import apply_plan
from ld_segment_store.core.flow.lookup import Target
from ld_segment_store.core.flow.plan import plan_present
from ld_segment_store.core.model.settings import Settings
from tests.core.fleet.memory import Account, there
from tests.support.scripted import PASSWORD, Script, answer, error, integration, listing, redis_item

TARGET = Target("shop", "live", "redis")
SECOND = redis_item(_id="id-2", name="second")


def settings(**options: Any) -> Settings:
    return Settings("shop", "live", "redis", {"host": "redis.example.com"}, **options)


def test_a_plan_is_applied_to_its_own_of_several(client: Client, script: Script) -> None:
    script.answers = [answer(200, SECOND), answer(200, {**SECOND, "name": "new"})]
    changed = apply_plan(client, plan_present(settings(name="new"), integration(SECOND)))
    assert changed is not None
    assert (changed.id, changed.name) == ("id-2", "new")
    assert script.calls == ["GET id-2", "PATCH id-2"]


def test_a_run_of_many_looks_for_duplicates_itself(client: Client, script: Script) -> None:
    script.answers = [listing(), answer(201, redis_item())]
    outcome = reconcile_present(client, settings(), None, "if_different", check=False, settles=False)
    assert outcome.changed
    assert script.calls == ["GET list", "POST redis"]


def test_a_plan_without_changes_returns_the_current_integration(client: Client, script: Script) -> None:
    script.answers = [answer(200, redis_item(_status={"available": False}))]
    current = apply_plan(client, plan_present(settings(), integration()))
    assert current is not None
    assert current.status.available is False


@pytest.mark.parametrize(("tags", "stale"), [(["b", "a"], False), (["a"], True), (["a", "c"], True), ([], True)])
def test_tags_that_make_a_plan_stale(client: Client, script: Script, tags: list[str], stale: bool) -> None:
    script.answers = [answer(200, redis_item(tags=tags)), answer(200, redis_item())]
    plan = plan_present(settings(name="new"), integration())
    if not stale:
        assert apply_plan(client, plan)
        return
    with pytest.raises(StalePlan) as caught:
        apply_plan(client, plan)
    assert caught.value.message == (
        "shop/live redis: the integration was changed after the plan was made. Nothing was sent. Make a new plan."
    )


OTHER_MASK = redis_item(config={**redis_item()["config"], "password": "abc********xyz"})
NOT_TAKEN = ("LaunchDarkly accepted the change, but redis.password still differs.",)


def test_a_secret_that_was_sent_and_not_taken(client: Client, script: Script) -> None:
    """Where it was not sent, another one is no failure of the change."""
    password: Any = {"host": "redis.example.com", "password": PASSWORD}
    wanted = Settings("shop", "live", "redis", password, enabled=True, tags=["a", "b"])
    script.answers = [listing(), answer(201, OTHER_MASK)]
    assert ensure_present(client, wanted).warnings == NOT_TAKEN
    script.answers = [answer(200, OTHER_MASK), answer(200, OTHER_MASK)]
    assert ensure_present(client, wanted, integration_id="id-1").warnings == NOT_TAKEN
    script.answers = [answer(200, {**OTHER_MASK, "tags": []}), answer(200, OTHER_MASK)]
    assert ensure_present(client, wanted, integration_id="id-1", update_secrets="on_create").warnings == ()


def test_a_secret_that_was_cleared(client: Client, script: Script) -> None:
    cleared: Any = {"host": "redis.example.com", "password": ""}
    wanted = Settings("shop", "live", "redis", cleared, clear_secrets=True)
    item = redis_item(config={**redis_item()["config"], "password": ""})
    script.answers = [answer(200, redis_item()), answer(200, item)]
    outcome = ensure_present(client, wanted, integration_id="id-1")
    assert (outcome.changed, outcome.warnings) == (True, ())


STALE = "shop/live redis: the integration was {0} after the plan was made. Nothing was sent. Make a new plan."


def test_a_plan_of_one_that_was_created_or_deleted_since(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), answer(200, redis_item()), error(404, "not_found")]
    for plan, change in (
        (plan_present(settings(enabled=True), None), "created"),
        (plan_present(settings(name="new"), integration()), "deleted"),
    ):
        with pytest.raises(StalePlan) as caught:
            apply_plan(client, plan)
        assert caught.value.message == STALE.format(change)
    assert script.calls == ["GET list", "GET id-1", "GET id-1"]


def test_a_plan_whose_list_is_not_found(client: Client, script: Script) -> None:
    script.answers = [error(404, "not_found")]
    with pytest.raises(NotFound):
        apply_plan(client, plan_present(settings(enabled=True), None))


@pytest.mark.parametrize("deleted", [False, True])
def test_a_planned_creation_that_another_run_makes_too(deleted: bool) -> None:
    account = Account()

    def change(sent: str) -> None:
        if sent == "POST live" and deleted:
            del account.integrations["new-live"]
        elif sent == "POST live":
            account.integrations["another"] = there("live", "another")

    account.after = change
    with pytest.raises(StalePlan) as caught:
        apply_plan(account, plan_present(settings(enabled=True), None))
    assert caught.value.message == (
        "shop/live redis: another run created or deleted the integration at the same time. The duplicate new-live of this"
        " run is deleted. Make a new plan."
    )
    assert list(account.integrations) == ([] if deleted else ["another"])


def test_a_planned_creation_beside_a_deleted_one_that_is_still_listed() -> None:
    account = Account()
    account.deleted = [there("live", "deleted")]
    made = apply_plan(account, plan_present(settings(enabled=True), None))
    assert made == there("live", "new-live")
    assert account.time.slept == []


def test_a_planned_creation_that_another_run_leaves_alone() -> None:
    """The other one is given time to go."""
    account = Account()
    original = account.time.sleep

    def change(sent: str) -> None:
        if sent == "POST live":
            account.integrations["zzz"] = there("live", "zzz")

    def sleep(seconds: float) -> None:
        original(seconds)
        account.integrations.pop("zzz", None)

    account.after = change
    account.time.sleep = sleep  # type: ignore[method-assign]
    made = apply_plan(account, plan_present(settings(enabled=True), None))
    assert made == there("live", "new-live")
    assert account.time.slept == [1.0]


def test_check_mode_does_not_report_what_differs_still(client: Client, script: Script) -> None:
    script.answers = [answer(200, redis_item())]
    outcome = ensure_present(client, settings(name="new"), integration_id="id-1", check=True)
    assert (outcome.changed, outcome.warnings) == (True, ())


def test_every_warning_of_a_change(client: Client, script: Script) -> None:
    item = redis_item(tags=["a"])
    script.answers = [answer(200, item), answer(200, item)]
    outcome = ensure_present(client, settings(tags=["not allowed"]), integration_id="id-1")
    assert outcome.warnings == (
        "tags[0]: may be rejected by LaunchDarkly. Use 1 to 64 letters, digits, '_', '.' and '-'.",
        "LaunchDarkly accepted the change, but tags still differs.",
    )


def test_every_warning_of_check_mode(client: Client, script: Script) -> None:
    script.answers = [listing(), error(403, "forbidden")]
    assert ensure_present(client, settings(), check=True).warnings == (
        "The new integration is disabled, because `enabled` was not given.",
        "The access token cannot list environments, so it is unknown whether the environment exists.",
    )


def test_the_warning_of_the_federal_instance(script: Script) -> None:
    script.answers = [answer(200, redis_item())]
    with Client("api-x", "https://app.launchdarkly.us") as client:
        script.mount(client)
        assert ensure_present(client, settings(), integration_id="id-1").warnings == (
            "LaunchDarkly documents that the Redis integration is not available in federal environments.",
        )


def test_an_unknown_environment(client: Client, script: Script) -> None:
    script.answers = [listing(), answer(200, {"items": []})]
    with pytest.raises(NotFound) as caught:
        ensure_present(client, settings(), check=True)
    assert caught.value.problem == "Project 'shop' has no environment 'live'."
    assert caught.value.request == "GET /api/v2/projects/shop/environments"
    assert "live" in script.sent[1].path_url


def test_nothing_to_remove_is_a_plan_of_that_store(client: Client, script: Script) -> None:
    script.answers = [listing(), answer(200, {"items": []})]
    outcome = ensure_absent(client, TARGET)
    assert outcome.plan.key == TARGET.key
    assert outcome.warnings == ("Project 'shop' has no environment 'live'.",)
