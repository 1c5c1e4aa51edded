# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What can be the prefix of a store, and the look-up of an environment's client-side ID."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.errors import ApiError, InvalidSettings
from ld_segment_store.core.flow.client_side_id import find_client_side_id, known_client_side_id
from ld_segment_store.core.model.client_side_id import checked_prefix
from tests.support.scripted import Script, answer, error

REMEDY = "Give the environment's client-side ID, which is public and begins with none of sdk-, mob- and api-."


@pytest.mark.parametrize("prefix", ["64c0ffee", "a", "A9_.@:/+=-z", "asdk-1"])
def test_prefixes(prefix: str) -> None:
    assert checked_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", [None, 7, "", "a b", "a*", "a\n", "'a'", "MARKER\\"])
def test_what_is_no_word(prefix: Any) -> None:
    with pytest.raises(InvalidSettings) as caught:
        checked_prefix(prefix)
    assert caught.value.message == f"prefix: is not a client-side ID. {REMEDY}"


@pytest.mark.parametrize("kind", ["sdk-", "mob-", "api-"])
def test_other_keys(kind: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        checked_prefix(kind + "MARKER")
    assert caught.value.message == f"prefix: is another kind of key. {REMEDY}"


@pytest.fixture
def two(client: Client, script: Script) -> Client:
    """The client of an account with a project of two environments."""
    keys = {"live": "64c0", "live-eu": "64c1"}
    items = [{"key": key, "name": key, "_id": client_side_id, "tags": []} for key, client_side_id in keys.items()]
    script.answers = [answer(200, {"items": items})]
    return client


@pytest.mark.parametrize(("key", "found"), [("live", "64c0"), ("live-eu", "64c1")])
def test_found(two: Client, script: Script, key: str, found: str) -> None:
    assert find_client_side_id(two, "shop", key) == found
    (sent,) = script.sent
    assert sent.path_url.startswith("/api/v2/projects/shop/environments?")
    assert key in sent.path_url


@pytest.mark.parametrize(("project", "environment"), [("..", "live"), ("", "live"), (None, "live"), ("shop", "/")])
def test_what_is_no_key(client: Client, script: Script, project: Any, environment: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^(project|environment)_key: is "):
        find_client_side_id(client, project, environment)
    assert script.sent == []


def test_given(two: Client) -> None:
    assert find_client_side_id(two, "shop", "live", "64c0") == "64c0"


def test_given_another(two: Client) -> None:
    with pytest.raises(InvalidSettings) as caught:
        find_client_side_id(two, "shop", "live", "sdk-MARKER")
    assert caught.value.message == (
        "client_side_id: is not that of shop/live, which is 64c0. Correct it, or leave it out."
    )


def test_unknown_environment(two: Client) -> None:
    with pytest.raises(InvalidSettings) as caught:
        find_client_side_id(two, "shop", "Live")
    assert caught.value.message == (
        "environment_key: does not exist in project 'shop'. Check the key; keys are case-sensitive."
    )


def test_known(two: Client, script: Script) -> None:
    assert known_client_side_id(two, "shop", "live-eu") == "64c1"
    assert "/shop/environments?" in script.sent[0].path_url
    script.answers = [answer(200, {"items": []})]
    assert known_client_side_id(two, "shop", "live") is None


@pytest.mark.parametrize(("status", "raised"), [(401, False), (403, False), (404, False), (400, True)])
def test_known_to_a_token_that_may_not_read_it(client: Client, script: Script, status: int, raised: bool) -> None:
    script.answers = [error(status)]
    if not raised:
        assert known_client_side_id(client, "shop", "live") is None
        return
    with pytest.raises(ApiError):
        known_client_side_id(client, "shop", "live")
