# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Every request of one operation is bound by the operation's one deadline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import Deadline
from ld_segment_store.core.flow.apply import ensure_absent, ensure_present
from ld_segment_store.core.flow.apply_plan import apply_plan
from ld_segment_store.core.flow.lookup import Target, find_integrations, observe
from ld_segment_store.core.flow.plan import plan_absent, plan_nothing, plan_present
from ld_segment_store.core.flow.wait import wait_until_available
from ld_segment_store.core.model.settings import Settings
from tests.support.scripted import PASSWORD, Script, answer, error, integration, listing, redis_item

TARGET = Target("shop", "live", "redis")
SETTINGS = Settings("shop", "live", "redis", {"host": "redis.example.com"}, name="main")
CHANGED = Settings("shop", "live", "redis", {"host": "new.example.com", "password": PASSWORD})
OBSERVED = integration()
ITEM = redis_item()
NOTHING, LISTED, GOT, GONE = listing(), listing(ITEM), answer(200, ITEM), error(404, "not_found")
CREATED, UPDATED, DELETED = answer(201, redis_item(_id="id-9")), answer(200, ITEM), answer(204)
WITHOUT_CONFIG = answer(200, redis_item(config=None))
ENVIRONMENTS = answer(200, {"items": [{"key": "live", "name": "Live", "_id": "64c0"}]})
BOTH = listing(ITEM, redis_item(_id="id-9"))

OPERATIONS: dict[str, tuple[Callable[[Client], Any], list[Any]]] = {
    "nothing to change": (lambda client: ensure_present(client, SETTINGS), [LISTED, GOT]),
    "create": (lambda client: ensure_present(client, SETTINGS), [NOTHING, CREATED]),
    "create, a lost response": (
        lambda client: ensure_present(client, SETTINGS), [NOTHING, error(504), NOTHING, LISTED, LISTED, GOT],
    ),
    "check a creation": (lambda client: ensure_present(client, SETTINGS, check=True), [NOTHING, ENVIRONMENTS]),
    "update": (lambda client: ensure_present(client, CHANGED), [LISTED, GOT, UPDATED]),
    "update, read again": (lambda client: ensure_present(client, CHANGED), [LISTED, GOT, WITHOUT_CONFIG, GOT]),
    "by ID": (lambda client: ensure_present(client, SETTINGS, integration_id="id-1"), [GOT]),
    "remove": (lambda client: ensure_absent(client, TARGET), [LISTED, GOT, DELETED]),
    "nothing to remove": (lambda client: ensure_absent(client, TARGET), [NOTHING, ENVIRONMENTS]),
    "removed since a list": (lambda client: ensure_absent(client, TARGET, listed=[OBSERVED]), [GONE, NOTHING]),
    "apply a creation": (lambda client: apply_plan(client, plan_present(SETTINGS, None)), [NOTHING, CREATED]),
    "apply an update": (lambda client: apply_plan(client, plan_present(CHANGED, OBSERVED)), [GOT, UPDATED]),
    "apply a removal": (lambda client: apply_plan(client, plan_absent(OBSERVED)), [GOT, DELETED]),
    "apply nothing": (lambda client: apply_plan(client, plan_nothing(OBSERVED.key)), [NOTHING]),
    "find": (find_integrations, [LISTED, GOT]),
    "observe": (lambda client: observe(client, TARGET), [LISTED, GOT]),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "answers"), OPERATIONS.values(), ids=list(OPERATIONS))
def test_one_deadline(
    client: Client,
    script: Script,
    monkeypatch: pytest.MonkeyPatch,
    operation: Callable[[Client], Any],
    answers: list[Any],
) -> None:
    made: list[Deadline] = []
    original = client.deadline

    def deadline() -> Deadline:
        made.append(original())
        return made[-1]

    monkeypatch.setattr(client, "deadline", deadline)
    script.answers = list(answers)
    operation(client)
    assert not script.answers
    assert len(made) == 1


def test_a_wait_has_its_own(client: Client, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "deadline", lambda: pytest.fail("the deadline of the client"))
    script.answers = [GOT]
    assert wait_until_available(client, integration(redis_item(_status={"available": False}))).status.available
