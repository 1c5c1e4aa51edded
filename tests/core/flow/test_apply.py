# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Requests counted: nothing to change, create, update, remove, check mode, and several that match."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ld_segment_store.core import errors
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import RetryPolicy
from ld_segment_store.core.flow.apply import ensure_absent, ensure_present
from ld_segment_store.core.flow.apply_plan import apply_plan
from ld_segment_store.core.flow.lookup import Target, find_integrations, observe
from ld_segment_store.core.flow.plan import Action, UpdateSecrets, plan_nothing
from ld_segment_store.core.flow.rounds import Outcome
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.core.secret import Secret
from tests.support.scripted import (
    PASSWORD,
    TOKEN,
    FakeClock,
    Script,
    answer,
    dynamodb_item,
    error,
    listing,
    redis_item,
    with_config,
)

TARGET = Target("shop", "live", "redis")


def redis(config: Any = None, **more: Any) -> Settings:
    options: Any = {"host": "redis.example.com", **(config or {})}
    return Settings("shop", "live", "redis", options, **more)


def environments(*keys: str) -> Any:
    return answer(200, {"items": [{"key": key, "name": key, "_id": f"id-of-{key}"} for key in keys]})


def got(item: dict[str, Any] | None = None) -> Any:
    return answer(200, redis_item() if item is None else item)


@pytest.mark.parametrize("check", [False, True])
def test_no_change_takes_exactly_two_requests(client: Client, script: Script, check: bool) -> None:
    script.answers = [listing(dynamodb_item(), redis_item()), got()]
    outcome = ensure_present(
        client, redis({"password": PASSWORD}, name="main", tags=["b", "a"], enabled=True), check=check
    )
    assert script.calls == ["GET list", "GET id-1"]
    assert (outcome.changed, outcome.plan.action, outcome.warnings) == (False, Action.NOTHING, ())
    assert outcome.integration
    assert outcome.after() == outcome.integration.redacted()


@pytest.mark.parametrize("check", [False, True])
def test_no_change_takes_one_request_where_the_id_is_known(client: Client, script: Script, check: bool) -> None:
    script.answers = [got()]
    assert not ensure_present(client, redis(), integration_id="id-1", check=check).changed
    assert script.calls == ["GET id-1"]


def test_creating_one(client: Client, script: Script) -> None:
    made = redis_item(_id="id-9", version=1)
    script.answers = [listing(dynamodb_item(), redis_item(environmentKey="test")), answer(201, made)]
    outcome = ensure_present(client, redis({"password": PASSWORD}, name="main", tags=["a", "b"], enabled=True))
    assert script.calls == ["GET list", "POST redis", "GET list"]
    assert script.body(1) == {
        "config": {"host": "redis.example.com", "password": PASSWORD}, "name": "main", "tags": ["a", "b"], "on": True
    }  # fmt: skip
    assert (outcome.changed, outcome.plan.action, outcome.plan.before) == (True, Action.CREATE, {})
    after = outcome.after()
    assert after
    assert (after["id"], after["config"]["password"]) == ("id-9", "set")
    assert outcome.warnings == ()


def test_a_new_one_that_nobody_switched_on_is_warned_of(client: Client, script: Script) -> None:
    script.answers = [listing(), answer(201, redis_item(on=False))]
    assert ensure_present(client, redis()).warnings == (
        "The new integration is disabled, because `enabled` was not given.",
    )


def test_updating_one(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), got(), answer(200, redis_item(tags=["c"], version=2))]
    outcome = ensure_present(client, redis(tags=["c"]))
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1"]
    assert script.body(2) == [{"op": "replace", "path": "/tags", "value": ["c"]}]
    assert (outcome.changed, outcome.plan.action) == (True, Action.UPDATE)
    assert outcome.integration
    assert outcome.integration.version == 2


def test_removing_one(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), got(), answer(204)]
    outcome = ensure_absent(client, TARGET)
    assert script.calls == ["GET list", "GET id-1", "DELETE id-1"]
    assert (outcome.changed, outcome.plan.action, outcome.integration, outcome.after()) == (
        True,
        Action.DELETE,
        None,
        None,
    )
    assert outcome.plan.before["config"]["host"] == "redis.example.com"


@pytest.mark.parametrize("check", [False, True])
def test_removing_what_is_not_there(client: Client, script: Script, check: bool) -> None:
    script.answers = [listing(dynamodb_item()), answer(200, {"items": [{"key": "live", "name": "L", "_id": "1"}]})]
    outcome = ensure_absent(client, TARGET, check=check)
    assert script.calls == ["GET list", "GET environments"]
    assert outcome.warnings == ()
    assert (outcome.changed, outcome.plan.action, outcome.after()) == (False, Action.NOTHING, None)


@pytest.mark.parametrize(
    ("environments", "warning"),
    [
        (error(404, "not_found", "Unknown project key"), "LaunchDarkly responded 404 to GET .*: Unknown project key"),
        (answer(200, {"items": []}), "Project 'shop' has no environment 'live'"),
        (error(403), None),
        (error(500), None),
    ],
)
def test_removing_from_an_environment_that_does_not_exist_is_warned_of(
    client: Client, script: Script, environments: Any, warning: str | None
) -> None:
    script.answers = [listing(), *[environments] * 4]
    outcome = ensure_absent(client, TARGET)
    assert not outcome.changed
    assert [bool(re.match(warning or "", text)) for text in outcome.warnings] == [True] * bool(warning)


@pytest.mark.parametrize("check", [False, True])
def test_removing_an_id_that_is_not_there(client: Client, script: Script, check: bool) -> None:
    script.answers = [error(404, "not_found")]
    outcome = ensure_absent(client, TARGET._replace(integration_id="id-7"), check=check)
    assert script.calls == ["GET id-7"]
    assert (outcome.changed, outcome.plan.action) == (False, Action.NOTHING)


def test_a_404_that_is_not_the_apis_does_not_mean_absent(client: Client, script: Script) -> None:
    script.answers = [answer(404, "<html>no such page</html>")]
    with pytest.raises(errors.UnexpectedResponse):
        ensure_absent(client, TARGET._replace(integration_id="id-7"))


def test_a_list_that_is_not_found_does_not_mean_absent(client: Client, script: Script) -> None:
    script.answers = [error(404, "not_found")]
    with pytest.raises(errors.NotFound):
        ensure_absent(client, TARGET)


def test_an_id_that_is_not_there_is_not_created(client: Client, script: Script) -> None:
    script.answers = [error(404, "not_found")]
    with pytest.raises(errors.NotFound):
        ensure_present(client, redis(), integration_id="id-7")
    assert script.calls == ["GET id-7"]


def test_an_id_that_is_not_there_counts_before_what_a_new_one_would_lack(client: Client, script: Script) -> None:
    script.answers = [error(404, "not_found")]
    with pytest.raises(errors.NotFound):
        ensure_present(client, Settings("shop", "live", "redis", {"port": "6380"}), integration_id="id-7")


def test_check_mode_of_a_new_one_only_reads(client: Client, script: Script) -> None:
    script.answers = [listing(), environments("live-2", "live")]
    outcome = ensure_present(client, redis({"password": PASSWORD}, name="n", enabled=True), check=True)
    assert script.calls == ["GET list", "GET environments"]
    assert (outcome.changed, outcome.check, outcome.plan.action, outcome.warnings) == (True, True, Action.CREATE, ())
    assert outcome.after() == {
        "id": None, "version": None, "status": None,
        "project_key": "shop", "environment_key": "live", "integration_key": "redis",
        "name": "n", "enabled": True, "tags": [], "config": {"host": "redis.example.com", "password": "set"},
    }  # fmt: skip


def test_check_mode_of_a_change_only_reads(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), got()]
    outcome = ensure_present(client, redis({"port": 6380, "password": PASSWORD}), check=True)
    assert script.calls == ["GET list", "GET id-1"]
    assert (outcome.changed, outcome.plan.action) == (True, Action.UPDATE)
    assert outcome.integration
    before, after = outcome.integration.redacted(), outcome.after()
    assert after == {**before, "config": {**before["config"], "port": "6380"}}


def test_check_mode_of_a_removal_only_reads(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), got()]
    outcome = ensure_absent(client, TARGET, check=True)
    assert script.calls == ["GET list", "GET id-1"]
    assert (outcome.changed, outcome.plan.action, outcome.after()) == (True, Action.DELETE, None)


def test_the_keys_are_the_same_in_check_mode_and_live(client: Client, script: Script) -> None:
    script.answers = [listing(), environments("live"), listing(), answer(201, redis_item())]
    checked, live = (ensure_present(client, redis(), check=check).after() for check in (True, False))
    assert checked
    assert live
    assert set(checked) == set(live)


@pytest.mark.parametrize("answer_", [environments("live-2", "LIVE"), environments(), error(404, "not_found")])
def test_check_mode_tells_of_an_unknown_environment(client: Client, script: Script, answer_: Any) -> None:
    """The POST would: without it nobody notices."""
    script.answers = [listing(), answer_]
    with pytest.raises(errors.NotFound):
        ensure_present(client, redis(), check=True)
    assert script.calls == ["GET list", "GET environments"]


def test_check_mode_where_environments_may_not_be_listed(client: Client, script: Script) -> None:
    script.answers = [listing(), error(403, "forbidden")]
    outcome = ensure_present(client, redis(enabled=True), check=True)
    (warning,) = outcome.warnings
    assert warning.startswith("The access token cannot list environments")
    assert outcome.changed


def test_all_requests_of_check_mode_share_one_deadline(client: Client, script: Script, clock: FakeClock) -> None:
    def late(_request: Any) -> Any:
        clock.now += 60
        return listing()

    script.answers = [late]
    with pytest.raises(errors.NetworkError, match="No time was left"):
        ensure_present(client, redis(), check=True)


def test_settings_that_are_wrong_are_found_before_anything_is_sent(client: Client, script: Script) -> None:
    config: Any = {"host": "", "hots": "x"}
    with pytest.raises(errors.InvalidSettings) as caught:
        ensure_present(client, Settings("a/b", "live", "redis", config))
    assert [finding.field for finding in caught.value.findings] == ["project_key", "redis.host", "redis.hots"]
    with pytest.raises(errors.InvalidSettings, match="integration_id"):
        ensure_present(client, redis(), integration_id="../../x")
    with pytest.raises(errors.InvalidSettings, match="environment_key"):
        ensure_absent(client, Target("shop", "..", "redis"))
    assert script.sent == []


def test_a_secret_that_is_needed_stops_it_before_anything_is_written(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), got()]
    with pytest.raises(errors.SecretRequired):
        ensure_present(client, redis({"port": 6380}))
    assert script.calls == ["GET list", "GET id-1"]


@pytest.mark.parametrize(("policy", "writes"), [("if_different", 0), ("always", 1), ("on_create", 0)])
def test_the_policy_for_secrets_is_obeyed(client: Client, script: Script, policy: str, writes: int) -> None:
    script.answers = [listing(redis_item()), got(), got()]
    ensure_present(client, redis({"password": PASSWORD}), update_secrets=UpdateSecrets(policy))
    assert len(script.sent) == 2 + writes


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("https://app.launchdarkly.us", True),
        ("https://app.launchdarkly.us:443/", True),
        ("https://APP.LAUNCHDARKLY.US", True),
        ("https://app.launchdarkly.com", False),
        ("https://app.eu.launchdarkly.com", False),
        ("https://ld.example.us", False),
    ],
)
def test_redis_on_the_federal_instance_is_warned_of(script: Script, host: str, warned: bool) -> None:
    script.answers = [listing(redis_item()), got()]
    with Client(TOKEN, host, clock=FakeClock(), retry=RetryPolicy()) as client:
        script.mount(client)
        outcome = ensure_present(client, redis())
    assert [warning for warning in outcome.warnings if "federal" in warning] == list(outcome.warnings)
    assert bool(outcome.warnings) is warned


def test_dynamodb_on_the_federal_instance_is_fine(script: Script) -> None:
    config: Any = {
        "table_name": "segments",
        "region": "eu-west-1",
        "external_id": dynamodb_item()["config"]["externalId"],
    }
    config["role_arn"] = dynamodb_item()["config"]["roleArn"]
    settings = Settings("shop", "live", "dynamodb", config)
    script.answers = [listing(dynamodb_item()), answer(200, dynamodb_item())]
    with Client(TOKEN, "https://app.launchdarkly.us") as client:
        script.mount(client)
        assert ensure_present(client, settings).warnings == ()


def test_what_launchdarkly_does_not_take_is_warned_of(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), got(), answer(200, with_config(port="6379"))]
    outcome = ensure_present(client, redis({"port": 6380, "password": PASSWORD}, tags=["a", "b"]))
    assert outcome.warnings == ("LaunchDarkly accepted the change, but redis.port still differs.",)


@pytest.mark.parametrize("config", [None, {}])
def test_an_answer_without_config_is_read_again(client: Client, script: Script, config: Any) -> None:
    written = answer(200, redis_item(config=config))
    script.answers = [listing(redis_item()), got(), written, answer(200, with_config(port="6380"))]
    outcome = ensure_present(client, redis({"port": 6380, "password": PASSWORD}))
    assert (outcome.changed, outcome.warnings) == (True, ())
    assert outcome.integration
    assert outcome.integration.config
    assert outcome.integration.config["port"] == "6380"


@pytest.mark.parametrize("config", [None, {}])
def test_a_write_without_config_in_its_answer_is_a_success_though_reading_fails(
    client: Client, script: Script, config: Any
) -> None:
    written = answer(200, redis_item(config=config))
    script.answers = [listing(redis_item()), got(), written, error(403)]
    outcome = ensure_present(client, redis({"port": 6380, "password": PASSWORD}))
    assert (outcome.changed, outcome.warnings) == (True, ())


def test_findings_that_are_warnings_are_told(client: Client, script: Script) -> None:
    config = {**dynamodb_item()["config"], "region": "mx-central-1"}
    options: Any = {"table_name": "segments", "region": "mx-central-1", "external_id": config["externalId"]}
    options["role_arn"] = config["roleArn"]
    settings = Settings("shop", "live", "dynamodb", options)
    script.answers = [listing(dynamodb_item()), answer(200, dynamodb_item(config=config))]
    (warning,) = ensure_present(client, settings).warnings
    assert warning.startswith("dynamodb.region: is not in LaunchDarkly's published list")


def test_a_single_one_is_adopted_and_renamed(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), got(), got(redis_item(name="other"))]
    outcome = ensure_present(client, redis(name="other"))
    assert script.calls == ["GET list", "GET id-1", "PATCH id-1"]
    assert [drift.field for drift in outcome.plan.drift] == ["name"]


@pytest.mark.parametrize(
    "other", [{"projectKey": "x"}, {"environmentKey": "x"}, {"integrationKey": "dynamodb"}, {"projectKey": "Shop"}]
)
def test_those_of_others_do_not_match(client: Client, script: Script, other: dict[str, str]) -> None:
    script.answers = [listing(redis_item(**other))]
    assert observe(client, TARGET) is None


def test_finding_all_that_match(client: Client, script: Script) -> None:
    other, table = redis_item(_id="id-3", projectKey="other"), dynamodb_item()
    everything = listing(redis_item(), other, table)
    script.answers = [everything, got(), got(other), got(table), everything, got(), got(table), everything, got(table)]
    assert [found.id for found in find_integrations(client)] == ["id-1", "id-3", "id-2"]
    assert [found.id for found in find_integrations(client, project_key="shop", environment_key="live")] == [
        "id-1",
        "id-2",
    ]
    assert [found.id for found in find_integrations(client, integration_id="id-2")] == ["id-2"]
    script.answers = [everything]
    assert find_integrations(client, integration_key="redis", integration_id="id-2") == []


def test_one_that_is_removed_after_it_was_listed_is_not_found(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item(), dynamodb_item()), error(404), got(dynamodb_item())]
    assert [found.id for found in find_integrations(client)] == ["id-2"]


def test_applying_nothing_sends_nothing(client: Client, script: Script) -> None:
    script.answers = [listing()]
    assert apply_plan(client, plan_nothing(StoreKey("shop", "live", "redis"))) is None
    assert script.calls == ["GET list"]


def test_no_secret_in_an_outcome(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), got(), got()]
    outcome = ensure_present(client, redis({"port": 6380, "password": Secret(PASSWORD)}))
    assert PASSWORD not in repr(outcome)
    assert "sup****" not in repr(outcome) + repr(outcome.after())


def test_when_it_was_last_synchronized_before_a_change_of_config(client: Client, script: Script) -> None:
    def change(status: Any, config: dict[str, Any], **more: Any) -> Outcome:
        script.answers = [listing(redis_item()), got(redis_item(_status=status)), got()]
        return ensure_present(client, redis(config), **more)

    port = {"port": 6380, "password": PASSWORD}
    assert change({"lastSync": 5}, port).last_sync_before() == 5
    assert change({}, port).last_sync_before() == 0
    assert change({"lastSync": 5}, port, check=True).last_sync_before() is None
    assert change({"lastSync": 5}, {}).last_sync_before() is None
