# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Plans: what drifts, what is sent, and what is shown of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings, SecretRequired
from ld_segment_store.core.flow.plan import (
    Action,
    Drift,
    Plan,
    UpdateSecrets,
    find_drift,
    plan_absent,
    plan_nothing,
    plan_present,
)
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.core.secret import Secret
from tests.support.scripted import (
    PASSWORD,
    applied,
    created,
    dynamodb_item,
    integration,
    redis_item,
    with_config,
)

SAME_ENDS = "sup********123"
OTHER_ENDS = "abc********xyz"
STARS = "********"
# Masks of a kind that nobody has seen, which only their equality tells.
ODD_MASK, ODD_STARS = "supMARKER*123", "*"


def redis(config: Any = None, **more: Any) -> Settings:
    options: Any = {"host": "redis.example.com", **(config or {})}
    return Settings("shop", "live", "redis", options, clear_secrets=True, **more)


def plan(settings: Settings, item: dict[str, Any] | None, policy: str = "if_different") -> Plan:
    return plan_present(settings, None if item is None else integration(item), UpdateSecrets(policy))


def fields(made: Plan) -> list[str]:
    return [drift.field for drift in made.drift]


def as_is(item: dict[str, Any], **more: Any) -> Settings:
    """Settings that ask for the current state already."""
    names = {"tlsEnabled": "tls_enabled", "tableName": "table_name", "externalId": "external_id", "roleArn": "role_arn"}
    config: Any = {names.get(key, key): value for key, value in item["config"].items() if key != "password"}
    given = {"name": item["name"], "tags": item["tags"], "enabled": item["on"], **more}
    return Settings("shop", "live", item["integrationKey"], config, **given)


@pytest.mark.parametrize("item", [redis_item(), dynamodb_item()], ids=["redis", "dynamodb"])
def test_nothing_to_do(item: dict[str, Any]) -> None:
    made = plan(as_is(item), item)
    assert (made.action, made.drift, made.warnings, made.request) == (Action.NOTHING, (), (), None)
    assert made.before is made.after  # a run keeps the plans of thousands of stores
    assert made.target == integration(item)
    assert made.key == ("shop", "live", item["integrationKey"])


CHANGES = [
    ("redis", "host", "host", "new.example.com"),
    ("redis", "port", "port", "6380"),
    ("redis", "username", "username", "somebody"),
    ("redis", "tls_enabled", "tlsEnabled", True),
    ("dynamodb", "table_name", "tableName", "other"),
    ("dynamodb", "region", "region", "us-east-1"),
    ("dynamodb", "external_id", "externalId", "11111111-0000-4000-8000-000000000000"),
    ("dynamodb", "role_arn", "roleArn", "arn:aws:iam::123456789012:role/other"),
]


@pytest.mark.parametrize(("key", "option", "api_name", "value"), CHANGES, ids=[change[1] for change in CHANGES])
def test_drift_of_each_field_of_a_store(key: str, option: str, api_name: str, value: Any) -> None:
    item = with_config(password="") if key == "redis" else dynamodb_item()
    settings = as_is({**item, "config": {**item["config"], api_name: value}})
    made = plan(settings, item)
    before = item["config"][api_name]
    reason = "not set" if before == "" else "differs"
    assert made.drift == (Drift(f"{key}.{option}", reason, before, value),)
    assert made.drift[0].as_dict() == {"field": f"{key}.{option}", "reason": reason, "before": before, "after": value}
    assert (made.before["config"][option], made.after["config"][option]) == (before, value)
    (operation,) = made.request
    assert (operation["op"], operation["path"]) == ("replace", "/config")
    assert operation["value"] == {
        name: value if name == api_name else old for name, old in item["config"].items() if name != "password"
    }


@pytest.mark.parametrize(
    ("field", "path", "before", "value", "sent"),
    [
        ("name", "/name", "main", "other", "other"),
        ("name", "/name", "main", "", ""),
        ("enabled", "/on", True, False, False),
        ("tags", "/tags", ["a", "b"], ["b", "c"], ["b", "c"]),
        ("tags", "/tags", ["a", "b"], ["c", "b", "c"], ["b", "c"]),
        ("tags", "/tags", ["a", "b"], [], []),
    ],
)
def test_drift_beside_the_store_needs_no_secret(field: str, path: str, before: Any, value: Any, sent: Any) -> None:
    item = redis_item()
    made = plan(as_is(item, **{field: value}), item)
    assert made.action is Action.UPDATE
    assert made.request == [{"op": "replace", "path": path, "value": sent}]
    assert made.drift == (Drift(field, "differs", before, sent),)
    assert made.after == {**made.before, field: sent}
    assert made.before[field] == before


@pytest.mark.parametrize("tags", [["a", "b"], ["b", "a"], ["b", "a", "b"]])
def test_tags_are_a_set(tags: list[str]) -> None:
    assert plan(redis(tags=tags), redis_item()).action is Action.NOTHING
    assert plan(redis(tags=["a", "b"]), redis_item(tags=tags)).action is Action.NOTHING


def test_everything_at_once() -> None:
    settings = redis({"port": 6380, "password": PASSWORD, "tls_enabled": True}, name="n", tags=["x"], enabled=False)
    item = redis_item()
    made = plan(settings, item)
    assert fields(made) == ["redis.port", "redis.tls_enabled", "name", "enabled", "tags"]
    assert [operation["path"] for operation in made.request] == ["/config", "/name", "/on", "/tags"]
    again = applied(item, made.request)
    assert plan(settings, again).action is Action.NOTHING


def test_what_is_omitted_is_left_alone() -> None:
    item = with_config(username="u", port="6380", tlsEnabled=True, password=None)
    made = plan(redis({"host": "new"}), item)
    assert fields(made) == ["redis.host"]
    assert made.request[0]["value"] == {"host": "new", "port": "6380", "username": "u", "tlsEnabled": True}


def test_what_is_explicitly_empty_is_cleared() -> None:
    item = with_config(username="u", port="6380")
    settings = redis({"username": "", "port": "", "password": ""})
    made = plan(settings, item)
    assert fields(made) == ["redis.port", "redis.username", "redis.password"]
    assert made.request[0]["value"] == {
        "host": "redis.example.com", "port": "6379", "username": "", "password": Secret(""), "tlsEnabled": False,
    }  # fmt: skip
    assert made.after["config"]["password"] == "not set"
    assert plan(settings, applied(item, made.request)).action is Action.NOTHING


@pytest.mark.parametrize(
    "stored", [{}, {"port": None, "username": None, "tlsEnabled": None}, {"port": "", "username": ""}]
)
def test_defaults_equal_absent(stored: dict[str, Any]) -> None:
    item = redis_item(config={"host": "redis.example.com", **stored})
    settings = redis({"port": 6379, "username": "", "password": "", "tls_enabled": False})
    assert plan(settings, item).action is Action.NOTHING


@pytest.mark.parametrize("stored", [6380, "6380"])
@pytest.mark.parametrize("wanted", [6380, "6380"])
def test_a_port_is_compared_as_text(stored: Any, wanted: Any) -> None:
    assert plan(redis({"port": wanted}), with_config(port=stored)).action is Action.NOTHING
    assert fields(plan(redis({"port": 6381}), with_config(port=stored, password=None))) == ["redis.port"]


@pytest.mark.parametrize(
    ("stored", "enabled"), [(True, True), ("true", True), ("True", True), (False, False), ("false", False)]
)
def test_a_boolean_is_read_from_text_too(stored: Any, enabled: bool) -> None:
    item = with_config(tlsEnabled=stored, password=None)
    assert plan(redis({"tls_enabled": enabled}), item).action is Action.NOTHING
    assert fields(plan(redis({"tls_enabled": not enabled}), item)) == ["redis.tls_enabled"]


def test_what_is_left_alone_is_sent_back_in_the_type_that_the_api_takes() -> None:
    """It was observed to refuse a port that is a number."""
    item = with_config(port=6380, tlsEnabled="true", username=None, password=None, newField=5)
    item["config"]["username"] = None
    (operation,) = plan(redis({"host": "new"}), item).request
    assert operation["value"] == {"host": "new", "port": "6380", "username": "", "tlsEnabled": True, "newField": 5}


# For each desired password and each stored one: what happens without and with another difference in `config`, under each
# policy. "-" nothing, "?" nothing and a warning, "c" the other difference alone, "s" the password (and the other), "!" an error.
SECRETS = {
    #                     if_different  always        on_create
    (None, None): (       ("-", "c"),   ("-", "c"),   ("-", "c")),
    (None, SAME_ENDS): (  ("-", "!"),   ("-", "!"),   ("-", "!")),
    (None, STARS): (      ("-", "!"),   ("-", "!"),   ("-", "!")),
    ("", None): (         ("-", "c"),   ("-", "c"),   ("-", "c")),
    ("", ""): (           ("-", "c"),   ("-", "c"),   ("-", "c")),
    ("", SAME_ENDS): (    ("s", "s"),   ("s", "s"),   ("-", "!")),
    ("", STARS): (        ("s", "s"),   ("s", "s"),   ("-", "!")),
    (PASSWORD, None): (   ("s", "s"),   ("s", "s"),   ("-", "!")),
    (PASSWORD, ""): (     ("s", "s"),   ("s", "s"),   ("-", "!")),
    (PASSWORD, SAME_ENDS): (("-", "c"), ("s", "s"),   ("-", "c")),
    (PASSWORD, OTHER_ENDS): (("s", "s"), ("s", "s"),  ("-", "!")),
    (PASSWORD, STARS): (  ("?", "c"),   ("s", "s"),   ("-", "c")),
    (ODD_MASK, ODD_MASK): (("!", "!"), ("!", "!"),  ("!", "!")),
    (ODD_STARS, ODD_STARS): (     ("!", "!"),   ("!", "!"),   ("!", "!")),
}  # fmt: skip


@pytest.mark.parametrize("other_difference", [False, True], ids=["alone", "with another"])
@pytest.mark.parametrize("policy", ["if_different", "always", "on_create"])
@pytest.mark.parametrize(("desired", "stored"), SECRETS, ids=str)
def test_secrets(desired: str | None, stored: str | None, policy: str, other_difference: bool) -> None:
    column = ["if_different", "always", "on_create"].index(policy)
    expected = SECRETS[desired, stored][column][other_difference]
    item = with_config(password=stored)
    settings = redis({"password": desired, "port": 6380 if other_difference else 6379})
    if expected == "!":
        with pytest.raises(SecretRequired, match=r"^redis\.password: .*\. Nothing was changed\.$") as caught:
            plan(settings, item, policy)
        assert PASSWORD not in str(caught.value)
        assert "sup" not in str(caught.value)
        return
    made = plan(settings, item, policy)
    expected_fields = [*["redis.port"] * other_difference, *["redis.password"] * (expected == "s")]
    assert fields(made) == expected_fields
    assert bool(made.warnings) is (expected == "?")
    if made.action is Action.NOTHING:
        assert made.request is None
        return
    sent = made.request[0]["value"]
    # Not given and none stored: none is sent. Else exactly the one that was given.
    assert sent.get("password") == (None if desired is None else Secret(desired))
    assert (made.before["config"].get("password"), made.after["config"].get("password")) == (
        None if stored is None else "set" if stored else "not set",
        shown_after(desired, stored, sent=expected == "s"),
    )


def test_a_secret_that_is_not_sent_is_not_shown_as_set() -> None:
    made = plan(redis({"password": PASSWORD}, name="new"), with_config(password=""), "on_create")
    assert made.request == [{"op": "replace", "path": "/name", "value": "new"}]
    assert made.before["config"]["password"] == made.after["config"]["password"] == "not set"


def shown_after(desired: str | None, stored: str | None, *, sent: bool) -> str | None:
    if desired is None:
        return None if stored is None else "not set"
    return "not set" if not desired else "set (new value)" if sent and stored else "set"


@pytest.mark.parametrize(
    ("desired", "stored", "policy", "reason"),
    [
        (PASSWORD, None, "if_different", "not set"),
        (PASSWORD, OTHER_ENDS, "if_different", "the visible ends of the stored secret differ"),
        ("", SAME_ENDS, "if_different", "to be cleared"),
        (PASSWORD, SAME_ENDS, "always", "update_secrets is always"),
        (PASSWORD, OTHER_ENDS, "always", "the visible ends of the stored secret differ"),
    ],
)
def test_why_a_secret_is_sent(desired: str, stored: str | None, policy: str, reason: str) -> None:
    (drift,) = plan(redis({"password": desired}), with_config(password=stored), policy).drift
    assert (drift.field, drift.reason) == ("redis.password", reason)
    assert drift.before == ("set" if stored else "not set")


def test_the_error_names_what_is_needed_and_for_what() -> None:
    with pytest.raises(SecretRequired) as caught:
        plan(redis({"host": "new", "port": 1}), redis_item())
    assert str(caught.value).startswith(
        "redis.password: is needed to change redis.host, redis.port, because LaunchDarkly replaces"
    )
    with pytest.raises(SecretRequired) as caught:
        plan(redis({"port": 1, "password": "other"}), redis_item(), "on_create")
    assert str(caught.value).startswith(
        "redis.password: differs from the stored secret, and changing redis.port would send it, because LaunchDarkly"
    )


@pytest.mark.parametrize("extra", ["ab********yz", {"key": "**"}, ["x", "a**"], {"a": [{"b": "x**y"}]}])
def test_an_unknown_field_with_a_mask_is_never_sent_back(extra: Any) -> None:
    item = with_config(newSecret=extra)
    with pytest.raises(SecretRequired, match=r"^redis\.newSecret: is needed to change redis\.port, ") as caught:
        plan(redis({"port": 1, "password": PASSWORD}), item)
    assert "**" not in str(caught.value)
    assert plan(redis(name="new"), item).request == [{"op": "replace", "path": "/name", "value": "new"}]
    assert plan(redis(name="new"), item).before["config"]["new_secret"] == "set"


def test_a_known_field_with_a_mask_is_never_sent_back() -> None:
    with pytest.raises(SecretRequired, match=r"^redis\.username: is needed"):
        plan(redis({"port": 1, "password": PASSWORD}), with_config(username="us****er"))
    stored = dynamodb_item()
    stored["config"]["tableName"] = "se****ts"
    with pytest.raises(SecretRequired, match=r"^dynamodb\.table_name: is needed"):
        plan(Settings("shop", "live", "dynamodb", {"region": "eu-west-3"}), stored)


@pytest.mark.parametrize("extra", ["x", "", 5, None, True, {"a": [1]}, "one * star"])
def test_an_unknown_field_without_a_mask_is_kept(extra: Any) -> None:
    item = redis_item(config={**redis_item()["config"], "newField": extra})
    made = plan(redis({"port": 1, "password": PASSWORD}), item)
    assert made.request[0]["value"]["newField"] == extra
    assert made.before["config"]["new_field"] == made.after["config"]["new_field"] == extra


def test_a_new_one() -> None:
    settings = redis({"port": 6380, "password": PASSWORD}, name="n", tags=["b", "a"], enabled=True)
    made = plan(settings, None)
    assert (made.action, made.target, made.before, made.warnings) == (Action.CREATE, None, {}, ())
    assert made.request == {
        "config": {"host": "redis.example.com", "port": "6380", "password": Secret(PASSWORD)},
        "on": True,
        "name": "n",
        "tags": ["b", "a"],
    }
    assert made.after == {
        "name": "n",
        "enabled": True,
        "tags": ["a", "b"],
        "config": {"host": "redis.example.com", "port": "6380", "password": "set"},
    }
    assert made.drift == (Drift("integration", "it does not exist", None, "created"),)
    assert plan(settings, created(made.request, redis_item())).action is Action.NOTHING


def test_a_new_one_that_nobody_switched_on_is_warned_of() -> None:
    made = plan(redis(), None)
    assert made.request == {"config": {"host": "redis.example.com"}}
    assert made.warnings == ("The new integration is disabled, because `enabled` was not given.",)
    assert made.after["enabled"] is False
    assert plan(redis(enabled=False), None).warnings == ()


def test_removing_one() -> None:
    made = plan_absent(integration())
    assert (made.action, made.target, made.after, made.drift) == (Action.DELETE, integration(), {}, ())
    assert made.before["config"]["password"] == "set"
    assert made.key == ("shop", "live", "redis")


def test_nothing_there_and_nothing_wanted() -> None:
    made = plan_nothing(StoreKey("shop", "live", "redis"))
    assert (made.action, made.before, made.after, made.target) == (Action.NOTHING, {}, {}, None)


def test_drift_alone_leaves_secrets_out() -> None:
    settings = redis({"password": "other", "port": 1}, name="n")
    assert [drift.field for drift in find_drift(settings, integration())] == ["redis.port", "name"]


def test_a_plan_needs_the_config() -> None:
    with pytest.raises(
        ValueError, match=r"^a plan needs the integration's config: read the integration by its ID first$"
    ):
        plan(redis(), redis_item(config=None))


def test_the_inputs_are_left_as_they_are() -> None:
    settings, item = redis({"port": 6380, "password": PASSWORD}, tags=["x"]), redis_item()
    observed = integration(item)
    kept = copy.deepcopy((settings, observed, item))
    made = plan_present(settings, observed)
    made.request[0]["value"]["host"] = "changed"
    assert (settings, observed, item) == kept


def test_a_partial_declaration_updates_and_does_not_create() -> None:
    switched_off = Settings("shop", "live", "redis", enabled=False)
    assert plan(switched_off, redis_item()).request == [{"op": "replace", "path": "/on", "value": False}]
    with pytest.raises(InvalidSettings, match=r"^redis\.host: is missing\. "):
        plan(switched_off, None)


@pytest.mark.parametrize("word", ["Always", "", "never", None, True])
def test_an_unknown_policy_is_refused(word: Any) -> None:
    with pytest.raises(
        InvalidSettings, match=r"^update_secrets: is not a policy\. Give one of if_different, always, on_create"
    ):
        plan_present(redis(), integration(), word)


def test_a_policy_may_be_a_word() -> None:
    assert plan_present(redis({"password": PASSWORD}), integration(), "always").action is Action.UPDATE
