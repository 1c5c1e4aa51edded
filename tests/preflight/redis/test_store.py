# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The function that people call: what it accepts, and what it never shows."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.secret import Secret
from ld_segment_store.preflight.checks import render
from ld_segment_store.preflight.redis.access import Access
from ld_segment_store.preflight.redis.network import Endpoint
from ld_segment_store.preflight.redis.store import preflight_redis
from tests.support.redis_preflight import PASSWORD, PREFIX, reported, run_on
from tests.support.redis_server import RedisServer


@pytest.mark.parametrize(
    ("config", "prefix", "expected"),
    [
        ({"host": "rediss://default:" + PASSWORD + "@redis.example.com:6379/0"}, PREFIX, "redis.host: is not a host"),
        ({"host": "redis.example.com", "port": PASSWORD}, PREFIX, "redis.port: is not a port"),
        ({"host": "redis.example.com", "tlsEnabled": True}, PREFIX, "Did you mean `tls_enabled`?"),
        (
            {"host": "redis.example.com", "password": Secret(PASSWORD + "\n")},
            PREFIX,
            "redis.password: is not a password",
        ),
        ({"host": "redis.example.com"}, "sdk-" + PASSWORD, "prefix: is another kind of key"),
        ({"host": "redis.example.com"}, "", "prefix: is not a client-side ID"),
        ({"host": "redis.example.com"}, "two words " + PASSWORD, "prefix: is not a client-side ID"),
    ],
)
def test_what_cannot_be_right_is_refused_without_repeating_it(
    config: dict[str, Any], prefix: str, expected: str
) -> None:
    with pytest.raises(InvalidSettings) as caught:
        preflight_redis(config, prefix=prefix)
    assert expected in str(caught.value)
    assert PASSWORD not in "".join(traceback.format_exception(caught.type, caught.value, caught.tb))
    assert PASSWORD not in repr(caught.value.__context__)


def test_a_password_as_text_is_taken_as_well(guarded: RedisServer) -> None:
    checks = preflight_redis(
        {"host": guarded.host, "port": guarded.port, "username": "", "password": PASSWORD}, prefix=PREFIX
    )
    assert {check.name: reported(check)[0] for check in checks}["authenticate"] == "pass"
    assert PASSWORD not in render(checks)


def test_what_is_left_out_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoints: list[Endpoint] = []

    def access(endpoint: Endpoint, *login: Any) -> Access:
        endpoints.append(endpoint)
        return Access(endpoint, *login)

    monkeypatch.setattr("ld_segment_store.preflight.redis.store.run_steps", lambda *_, **__: [])
    monkeypatch.setattr("ld_segment_store.preflight.redis.store.Access", access)
    preflight_redis({"host": "redis.example.com", "port": "", "tls_enabled": None}, prefix=None)
    assert (endpoints[0].port, endpoints[0].tls) == (6379, False)


def test_no_object_shows_the_password() -> None:
    access = Access(Endpoint("redis.example.com", 6379, True, None, 1.0), "writer", Secret(PASSWORD))
    assert PASSWORD not in repr(access) + str(vars(access))


def test_a_server_killed_and_started_again_on_its_port() -> None:
    with RedisServer(password=PASSWORD) as server:
        assert reported(run_on(server)["authenticate"])[0] == "pass"
        server.stop()
        assert reported(run_on(server)["connect"])[0] == "failure"
        server.start()
        assert reported(run_on(server)["authenticate"])[0] == "pass"
