# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a real Redis holds, shown in the notebook."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ld_segment_store import Secret, Settings
from ld_segment_store.inspect.layout import hash_context
from ld_segment_store.notebook import InspectView
from tests.support.redis_server import RedisServer

PREFIX = "64c0ffee64c0ffee64c0ffee"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        with server.admin() as admin:
            admin.set(f"{PREFIX}:big_segments_synchronized_on", "1790000000000")
            admin.sadd(f"{PREFIX}:big_segment_include:{hash_context('user-1')}", "beta.g1")
        yield server


@pytest.fixture
def view(redis: RedisServer) -> Iterator[InspectView]:
    settings = Settings("shop", "live", "redis", {"host": redis.host, "port": redis.port})
    made = InspectView(settings, PREFIX)
    yield made
    made.close()


def test_contents(view: InspectView) -> None:
    view.read_button.click()
    assert view.worker.wait(20)
    assert view.message == ("ok", "Read.")
    assert view.contents is not None
    assert "beta generation 1: 1 included" in view._found.value


def test_a_context(view: InspectView) -> None:
    view.context.value, view.segment.value = " user-1 ", "beta"
    view.find_button.click()
    assert view.worker.wait(20)
    assert view.answer is not None
    assert "included: the context is in the segment" in view._found.value


def test_what_is_missing_is_said(view: InspectView) -> None:
    view.find_button.click()
    assert view.worker.wait(20)
    assert view.message[0] == "error"
    assert "context_key" in view.message[1]
    view._prefix = None
    view.read_button.click()
    assert view.worker.wait(20)
    assert "client-side ID: is unknown." in view.message[1]


def test_a_wrong_password_is_not_shown(view: InspectView) -> None:
    view._config = {**view._config, "username": "nobody", "password": Secret("PLANTED-hunter2")}
    view.read_button.click()
    assert view.worker.wait(30)
    assert view.message[0] == "error"
    assert "PLANTED" not in view.text() + view._found.value
