# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What holds for every plan, whatever is desired and whatever is there."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import assume, given, target
from hypothesis import strategies as st

from ld_segment_store.core.errors import SecretRequired
from ld_segment_store.core.flow.plan import Action, Plan, UpdateSecrets, plan_present
from ld_segment_store.core.model.form_variables import STORE_TYPES
from ld_segment_store.core.model.integration import normal
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.secret import Secret
from tests.core.model.test_validation import GOOD, PASS
from tests.support.scripted import applied, created, dynamodb_item, integration, masked, redis_item

MARKER = "MARKER"


def passwords() -> st.SearchStrategy[str]:
    """Some of them alike at their ends, some short enough to be masked completely."""
    end = st.sampled_from(["", "a", "abc", "xyz", "*", "ü"])
    return st.sampled_from(["", "a", "short", "pass word"]) | st.builds(
        "{}{}{}{}".format, end, end, st.just(MARKER), end
    )


def build(project: str, environment: str, kind: Any, config: Any, **more: Any) -> Settings:
    return Settings(project, environment, kind, config, clear_secrets=True, **more)


def wanted(store: str) -> st.SearchStrategy[Settings]:
    """Valid settings of a store."""
    options = {}
    for variable in STORE_TYPES[store].variables:
        values = (
            passwords()
            if variable.secret
            else st.sampled_from(PASS[store][variable.key] + [GOOD[store].get(variable.key)])
        )
        options[variable.option] = values
    required = {v.option: options[v.option] for v in STORE_TYPES[store].variables if not v.optional}
    optional = {v.option: options[v.option] for v in STORE_TYPES[store].variables if v.optional}
    return st.builds(
        build,
        st.just("shop"),
        st.just("live"),
        st.just(store),
        st.fixed_dictionaries(required, optional=optional),
        name=st.none() | st.sampled_from(["", "main", "other"]),
        tags=st.none() | st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
        enabled=st.none() | st.booleans(),
    )


def stored(store: str) -> st.SearchStrategy[dict[str, Any]]:
    """Items as the API may give them: fields that are null or missing, a port that is a number, fields nobody knows."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for variable in STORE_TYPES[store].variables:
        fields[variable.key] = st.sampled_from([*PASS[store][variable.key], GOOD[store].get(variable.key)])
    if store == "redis":
        fields["port"] |= st.sampled_from([6379, 6380, None])
        fields["tlsEnabled"] |= st.sampled_from([None, "true"])
        fields["password"] = passwords() | st.none()
    fields["newField"] = st.sampled_from([None, "x", 5, {"a": [1]}])
    fields["newSecret"] = st.sampled_from(["", "ne********et", ["**"]])
    base = redis_item() if store == "redis" else dynamodb_item()
    required = {
        variable.key: fields.pop(variable.key) for variable in STORE_TYPES[store].variables if not variable.optional
    }
    return st.builds(
        lambda config, on, tags, name: masked({**base, "config": config, "on": on, "tags": tags, "name": name}),
        st.fixed_dictionaries(required, optional=fields),
        st.booleans(),
        st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
        st.sampled_from(["", "main", "x"]),
    )


stored_items = {store: stored(store) for store in STORE_TYPES}
pairs = st.one_of([st.tuples(wanted(store), items) for store, items in stored_items.items()])
policies = st.sampled_from(UpdateSecrets)


def view(item: dict[str, Any]) -> dict[str, Any]:
    """What a plan may show of an item."""
    redacted = integration(item).redacted()
    return {**{name: redacted[name] for name in ("name", "enabled", "config")}, "tags": sorted(set(item["tags"]))}


def shown(plan: Plan) -> str:
    """Everything of a plan that a face may print."""
    drift = [drift.as_dict() for drift in plan.drift]
    return repr(plan) + json.dumps([plan.before, plan.after, drift, plan.warnings], ensure_ascii=False)


def revealed(request: Any) -> Any:
    return json.loads(json.dumps(request, default=lambda secret: secret.reveal()))


def try_plan(settings: Settings, item: dict[str, Any], policy: UpdateSecrets) -> Plan | None:
    """The plan, or None where it needs a secret. Checks that nothing given was changed and that no secret is shown."""
    observed = integration(item)
    kept = copy.deepcopy((settings, item, observed))
    plan, told = None, ""
    try:
        plan = plan_present(settings, observed, policy)
    except SecretRequired as error:
        told = str(error)
    assert (settings, item, observed) == kept
    for text in (told, shown(plan) if plan else ""):
        assert MARKER not in text
        assert "**" not in text
    return plan


@given(pairs, policies)
def test_applied_once_nothing_is_left_to_do(pair: tuple[Settings, dict[str, Any]], policy: UpdateSecrets) -> None:
    settings, item = pair
    plan = try_plan(settings, item, policy)
    assume(plan is not None)
    assert plan is not None
    assert (plan.action is Action.NOTHING) is (not plan.drift) is (plan.request is None)
    target(float(len(plan.drift)))
    after = applied(item, plan.request or [])
    again = try_plan(settings, after, UpdateSecrets.IF_DIFFERENT if policy is UpdateSecrets.ALWAYS else policy)
    assert again is not None
    assert (again.action, again.drift, again.before) == (Action.NOTHING, (), again.after)


@given(pairs, policies)
def test_after_is_what_a_new_look_shows(pair: tuple[Settings, dict[str, Any]], policy: UpdateSecrets) -> None:
    settings, item = pair
    plan = try_plan(settings, item, policy)
    assume(plan is not None)
    assert plan is not None
    for shape, at_that_time in ((plan.before, item), (plan.after, applied(item, plan.request or []))):
        flat = {**shape, "tags": sorted(set(shape["tags"])), "config": dict(shape["config"])}
        if flat["config"].get("password") == "set (new value)":
            flat["config"]["password"] = "set"
        # A field that isn't there and one that is empty are the same.
        empty = {"password": "not set"}
        assert {**flat, "config": {**empty, **flat["config"]}} == {
            **view(at_that_time),
            "config": {**empty, **view(at_that_time)["config"]},
        }


@given(pairs, policies)
def test_what_was_not_asked_for_stays(pair: tuple[Settings, dict[str, Any]], policy: UpdateSecrets) -> None:
    settings, item = pair
    plan = try_plan(settings, item, policy)
    assume(plan is not None)
    assert plan is not None
    after, store, asked = (
        applied(item, plan.request or []),
        STORE_TYPES[settings.integration_key],
        settings.api_config,
    )
    for name, value in (("name", settings.name), ("on", settings.enabled), ("tags", settings.tags)):
        assert value is not None or after[name] == item[name]
    for key in {*item["config"], *after["config"]} - {*asked}:
        variable = store.by_key(key)
        old, new = item["config"].get(key), after["config"].get(key)
        if variable is None:
            assert old == new
        elif variable.secret:
            assert (old or None) == (new or None)
        else:
            assert normal(variable, old) == normal(variable, new)


@given(pairs, policies)
def test_no_mask_is_ever_sent(pair: tuple[Settings, dict[str, Any]], policy: UpdateSecrets) -> None:
    settings, item = pair
    plan = try_plan(settings, item, policy)
    assume(plan is not None)
    assert plan is not None
    sent = {operation["path"]: operation["value"] for operation in revealed(plan.request or [])}
    config = sent.get("/config", {})
    asked = settings.api_config.get("password")
    if "password" in config:
        assert isinstance(asked, Secret)
        assert config.pop("password") == asked.reveal()
    assert MARKER not in json.dumps(sent)
    assert "**" not in json.dumps(sent)


@given(pairs)
def test_a_new_one_is_as_desired(pair: tuple[Settings, dict[str, Any]]) -> None:
    settings, item = pair
    plan = plan_present(settings, None)
    assert plan.action is Action.CREATE
    assert MARKER not in shown(plan)
    again = try_plan(settings, created(plan.request, item), UpdateSecrets.IF_DIFFERENT)
    assert again is None or again.action is Action.NOTHING
    # None only where a password of stars is its own mask.
    assert again is not None or set(settings.api_config["password"].reveal()) == {"*"}


@given(st.one_of(list(stored_items.values())), policies)
def test_asking_for_what_is_there_changes_nothing(item: dict[str, Any], policy: UpdateSecrets) -> None:
    """As somebody does who writes down the current state, secrets left out."""
    shown_config = integration(item).redacted()["config"]
    known = {v.option for v in STORE_TYPES[item["integrationKey"]].variables if not v.secret}
    config: Any = {option: value for option, value in shown_config.items() if option in known}
    settings = Settings("shop", "live", item["integrationKey"], config, item["name"], tuple(item["tags"]), item["on"])
    plan = try_plan(settings, item, policy)
    assert plan is not None
    assert plan.action is Action.NOTHING
