# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The module's exact requests: it only reads."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.featureops.launchdarkly.plugins.modules import ld_big_segment_store_info as module

from .launchdarkly import STORES, TOKEN, Call, Run, listing, reading, redis_item


def test_configs_are_read_of_what_matches_only(run: Run) -> None:
    there, other = redis_item(), redis_item(_id="id-2", projectKey="blog")
    done = run(module, {"access_token": TOKEN, "project_key": "shop"}, listing(there, other), reading(there))
    assert done.code == 0
    assert [found["id"] for found in done["integrations"]] == ["id-1"]
    assert done["integrations"][0]["config"]["password"] == "set"
    assert "fir***" not in done.output


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [
        (
            {"items": [{"key": "live", "name": "Live", "_id": "64c0f1a2b3c4d5e6f7a8b9c0", "tags": []}]},
            200,
            "64c0f1a2b3c4d5e6f7a8b9c0",
        ),
        ({"items": []}, 200, None),
        ({"code": "forbidden", "message": "no"}, 403, None),
    ],
    ids=["known", "unknown", "not allowed"],
)
def test_the_client_side_id_of_one_environment(
    run: Run, answer: dict[str, Any], status: int, expected: str | None
) -> None:
    environments = Call("GET", "/api/v2/projects/shop/environments", answer, status=status)
    options = {"access_token": TOKEN, "project_key": "shop", "environment_key": "live"}
    done = run(module, options, listing(), environments)
    assert (done.code, done["integrations"], done["client_side_id"]) == (0, [], expected)


def test_a_token_that_is_refused_is_not_shown(run: Run) -> None:
    refused = {"code": "unauthorized", "message": "no such token: " + TOKEN}
    done = run(module, {"access_token": TOKEN}, Call("GET", STORES, refused, status=401))
    assert done.code == 1
    assert done["failure"]["status"] == 401
