# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Which integration is meant: by key, by ID, by name, and where a list has items that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.errors import AmbiguousIntegration, InvalidSettings, NotFound, UnexpectedResponse
from ld_segment_store.core.flow.lookup import Target, find_integrations, matching, narrow, observe
from ld_segment_store.core.model.integration import Integration
from tests.support.scripted import Script, answer, dynamodb_item, error, integration, listing, redis_item

TARGET = Target("shop", "live", "redis")
ONE = integration()
SECOND = replace(ONE, id="id-2", name="second", enabled=False)
TABLE = integration(dynamodb_item())
UNREADABLE = replace(ONE, id="odd", problem="No usable `version`.")


def unreadable(field: str, value: str) -> Integration:
    fields: dict[str, Any] = {field: value}
    return replace(UNREADABLE, **fields)


def test_none_one_and_several() -> None:
    assert narrow([], TARGET) is None
    assert narrow([TABLE], TARGET) is None
    assert narrow([TABLE, ONE], TARGET) is ONE
    with pytest.raises(AmbiguousIntegration) as caught:
        narrow([ONE, TABLE, SECOND], TARGET)
    assert caught.value.details == ("id-1 ('main', on)", "id-2 ('second', off)")
    assert caught.value.message == (
        "Project 'shop', environment 'live' has 2 integrations of type redis: id-1 ('main', on); id-2 ('second', off)."
        " Choose one with integration_id, or with the name of one of them."
    )


def test_several_by_preferred_name() -> None:
    assert narrow([ONE, SECOND], TARGET._replace(preferred_name="second")) is SECOND
    # A single one is adopted, whatever its name.
    assert narrow([ONE], TARGET._replace(preferred_name="second")) is ONE
    for name in ("third", None):
        with pytest.raises(AmbiguousIntegration, match="has 2 integrations"):
            narrow([ONE, SECOND], TARGET._replace(preferred_name=name))


def test_by_name() -> None:
    assert narrow([ONE, SECOND], TARGET._replace(name="second")) is SECOND
    assert narrow([ONE], TARGET._replace(name="second")) is None
    assert narrow([ONE, SECOND], TARGET._replace(name="third")) is None
    assert narrow([ONE], TARGET._replace(name="")) is None


@pytest.mark.parametrize("field", ["name", "preferred_name"])
def test_several_of_one_name(field: str) -> None:
    with pytest.raises(AmbiguousIntegration) as caught:
        narrow([ONE, SECOND, replace(ONE, id="id-3")], TARGET._replace(**{field: "main"}))
    assert [text.split()[0] for text in caught.value.details] == ["id-1", "id-3"]


@pytest.mark.parametrize("missing", ["id", "project_key", "environment_key", "integration_key"])
def test_an_unreadable_one_that_may_be_it(missing: str) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        narrow([ONE, unreadable(missing, "")], TARGET)
    assert caught.value.problem == "No usable `version`. It may be the redis store of shop/live."


@pytest.mark.parametrize("key", ["project_key", "environment_key", "integration_key"])
def test_an_unreadable_one_of_another_store(key: str) -> None:
    other = unreadable(key, "other")
    assert narrow([other, replace(other, id="")], TARGET) is None


def test_an_unreadable_one_whose_id_and_keys_are_known() -> None:
    assert narrow([UNREADABLE], TARGET) is UNREADABLE
    assert narrow([UNREADABLE], TARGET._replace(name="main")) is UNREADABLE
    assert narrow([UNREADABLE], TARGET._replace(name="second")) is None


def test_an_unreadable_one_that_may_have_the_name() -> None:
    nameless = unreadable("name", "")
    assert narrow([nameless], TARGET) is nameless
    with pytest.raises(UnexpectedResponse, match="It may be the redis store of shop/live"):
        narrow([nameless], TARGET._replace(name="main"))


def test_one_that_was_removed_since_an_old_list(client: Client, script: Script) -> None:
    """Another one may exist by now."""
    script.answers = [error(404, "not_found"), listing(redis_item(_id="id-2")), answer(200, redis_item(_id="id-2"))]
    found = observe(client, TARGET, listed=[ONE])
    assert found is not None
    assert found.id == "id-2"
    assert script.calls == ["GET id-1", "GET list", "GET id-2"]


def test_one_that_was_removed_since_a_new_list(client: Client, script: Script) -> None:
    script.answers = [listing(redis_item()), error(404, "not_found")]
    assert observe(client, TARGET) is None
    assert script.calls == ["GET list", "GET id-1"]


def test_an_id_that_does_not_exist(client: Client, script: Script) -> None:
    script.answers = [error(404, "not_found")]
    with pytest.raises(NotFound):
        observe(client, TARGET._replace(integration_id="id-7"), listed=[ONE])
    assert script.calls == ["GET id-7"]


def test_an_empty_list_is_not_listed_again(client: Client, script: Script) -> None:
    assert observe(client, TARGET, listed=[]) is None
    assert script.calls == []


def test_matching() -> None:
    everything = [ONE, SECOND, TABLE, replace(ONE, id="id-4", environment_key="test")]
    assert matching(everything) == everything
    assert [each.id for each in matching(everything, "shop", "live", "redis")] == ["id-1", "id-2"]
    assert [each.id for each in matching(everything, environment_key="test")] == ["id-4"]
    assert matching(everything, project_key="other") == []
    assert [each.id for each in matching(everything, integration_id="id-2")] == ["id-2", "id-2"]


def test_finding_goes_on_after_what_cannot_be_read_or_is_gone(client: Client, script: Script) -> None:
    odd = redis_item(_id="odd", version=None)
    script.answers = [
        listing(odd, redis_item(), dynamodb_item(), redis_item(_id="id-3", environmentKey="test")),
        *(error(404, "not_found"), answer(200, dynamodb_item())),
    ]
    found = find_integrations(client, "shop", "live")
    assert [(each.id, bool(each.problem)) for each in found] == [("odd", True), ("id-2", False)]
    assert script.calls == ["GET list", "GET id-1", "GET id-2"]


@pytest.mark.parametrize("field", ["project_key", "environment_key", "integration_key", "integration_id"])
def test_an_empty_filter_is_refused(client: Client, script: Script, field: str) -> None:
    """An unset variable. It would match nothing, and a check of what was found would pass."""
    script.answers = [listing()]
    with pytest.raises(InvalidSettings, match=f"{field}: is empty"):
        find_integrations(client, **{field: ""})
    assert script.calls == []
