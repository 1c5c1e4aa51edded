# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a purge removes and skips, and the sentences about both. The runs that purge are in test_run.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ld_segment_store.core.errors import PurgeRefused
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.purge import Purge, check_purge, find_undeclared
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from tests.support.scripted import integration

ONE = integration()  # id-1 in shop/live, with the tags a and b
TEST = replace(ONE, id="id-2", environment_key="test", tags=("c",))
OTHER = replace(ONE, id="id-3", project_key="other", tags=())
SHOP = Purge(projects=["shop"])
ABSENT = Declaration.absent(ONE.key)


def found(
    integrations: Sequence[Integration], declarations: Sequence[Declaration], purge: Purge
) -> tuple[list[str], list[str]]:
    """The IDs to remove, and the warnings."""
    listed: dict[StoreKey, list[Integration]] = {}
    for each in integrations:
        listed.setdefault(each.key, []).append(each)
    warnings: list[str] = []
    extra = find_undeclared(listed, declarations, purge, warnings.append)
    return [each.id for each in extra], warnings


NO_LIST = "must be a list of non-empty text. Give a list with"
MAXIMUM = "purge.maximum: is not a whole number, 0 or more. Give the maximum number of integrations to remove."
WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "projects": ({"projects": ["shop"]}, []),
    "tags": ({"tags": {"a"}, "maximum": 0}, []),
    "no scope": ({}, [
        "purge: has no scope. Give projects, tags or both, so that it is clear what may be removed.",
    ]),
    "empty": ({"projects": [], "tags": ()}, [
        "purge.projects: is empty. Name at least one, or leave it out so that it limits nothing.",
        "purge.tags: is empty. Name at least one, or leave it out so that it limits nothing.",
    ]),
    "text": ({"projects": "shop", "tags": "a"}, [
        f"purge.projects: {NO_LIST} keys in quotes.", f"purge.tags: {NO_LIST} tags in quotes.",
    ]),
    "no text in it": ({"projects": ["shop", 7], "tags": ["a", ""]}, [
        f"purge.projects: {NO_LIST} keys in quotes.", f"purge.tags: {NO_LIST} tags in quotes.",
    ]),
    "negative": ({"tags": ["a"], "maximum": -1}, [MAXIMUM]),
    "truth": ({"tags": ["a"], "maximum": True}, [MAXIMUM]),
    "fraction": ({"tags": ["a"], "maximum": 1.5}, [MAXIMUM]),
}  # fmt: skip


@pytest.mark.parametrize(("options", "sentences"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_with_a_purge(options: dict[str, Any], sentences: list[str]) -> None:
    purge = Purge(**options)
    assert [finding.text for finding in purge.findings()] == sentences
    assert check_purge(purge, [ABSENT]) == purge.findings()
    assert all(finding.level == "error" for finding in purge.findings())


def test_a_purge_without_declarations() -> None:
    (finding,) = check_purge(SHOP, [])
    assert finding.level == "error"
    assert finding.text == (
        "stores: is empty, and purge would remove every integration in its scope. Declare at least one store, or remove"
        " integrations with state: absent."
    )
    assert check_purge(None, []) == []


@pytest.mark.parametrize(
    ("purge", "ids"),
    [
        (SHOP, ["id-1", "id-2"]),
        (Purge(tags=["a", "x"]), ["id-1"]),
        (Purge(projects=["shop", "other"], tags=["c"]), ["id-2"]),
        (Purge(projects=["other"], tags=["c"]), []),
        (Purge(projects=("other",)), ["id-3"]),
    ],
)
def test_scopes(purge: Purge, ids: list[str]) -> None:
    assert found([ONE, TEST, OTHER], [], purge)[0] == ids


def test_what_is_declared_stays() -> None:
    same = replace(ONE, id="id-4")
    assert found([ONE, TEST], [ABSENT], SHOP) == (["id-2"], [])
    assert found([ONE, same, TEST], [Declaration.absent(ONE.key, integration_id="id-4")], SHOP)[0] == ["id-1", "id-2"]


def test_several_that_may_be_declared() -> None:
    several = [ONE, replace(ONE, id="id-4"), replace(ONE, id="id-5")]
    assert found(several, [ABSENT], SHOP) == (
        [],
        ["shop/live redis is there 3 times and declared without integration_id: none of them is purged."],
    )
    assert found(several[:2], [ABSENT], SHOP)[1] == [
        "shop/live redis is there 2 times and declared without integration_id: none of them is purged."
    ]
    assert found(several, [ABSENT], Purge(projects=["other"]))[1] == [
        "purge.projects names 'other', which no integration has: look whether it is misspelled."
    ]


def test_an_unknown_store_type() -> None:
    unknown = replace(ONE, integration_key="cassandra")
    assert found([unknown, TEST], [], SHOP) == (
        ["id-2"],
        ["shop/live cassandra is of a store type that this version does not know: it is not purged."],
    )
    assert found([replace(unknown, project_key="other")], [ABSENT], SHOP) == ([], [])


def test_one_that_could_not_be_read() -> None:
    unreadable = replace(ONE, problem="No usable `version`.")
    assert found([unreadable, TEST], [], SHOP) == (
        ["id-2"],
        ["An integration is not purged, because it could not be read. No usable `version`."],
    )


def test_a_scope_that_nothing_has() -> None:
    """Declared stores count too: they may be created by the same run."""
    settings = Settings("new", "live", "redis", {"host": "h"}, tags=["declared"])
    purge = Purge(projects=["shop", "new", "Shop"], tags=["a", "declared", "A"])
    assert found([ONE], [Declaration.present(settings)], purge)[1] == [
        "purge.projects names 'Shop', which no integration has: look whether it is misspelled.",
        "purge.tags names 'A', which no integration has: look whether it is misspelled.",
    ]


def test_more_than_the_maximum() -> None:
    many = [replace(ONE, id=f"id-{number}", environment_key=f"env-{number}") for number in range(22)]
    assert len(found(many, [], replace(SHOP, maximum=22))[0]) == 22
    with pytest.raises(PurgeRefused) as caught:
        found(many, [], replace(SHOP, maximum=21))
    each = [f"shop/env-{number} redis (id-{number})" for number in range(22)]
    assert caught.value.details == tuple(each)
    assert caught.value.message == (
        "22 integrations are not declared and would be removed, and purge.maximum is 21. Nothing was changed. They are: "
        + "; ".join(each[:20])
        + "."
    )
    with pytest.raises(PurgeRefused) as caught:
        found(many[:1], [], replace(SHOP, maximum=0))
    assert caught.value.message == (
        "1 integration is not declared and would be removed, and purge.maximum is 0. Nothing was changed. It is: "
        "shop/env-0 redis (id-0)."
    )
    assert Purge().maximum == 10
