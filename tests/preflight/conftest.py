# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Redis servers that several tests share. A test that changes one's settings starts its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.redis_preflight import PASSWORD, PREFIX
from tests.support.redis_server import RedisServer

_KEYS = f"~{PREFIX}:big_segments_* ~{PREFIX}:big_segment_include:* ~{PREFIX}:big_segment_exclude:*"
_COMMANDS = "+ping +get +set +sadd +srem +watch +unwatch +multi +exec +discard"
_USERS = {
    "writer": f"{_KEYS} {_COMMANDS}",
    "dryrunner": f"{_KEYS} {_COMMANDS} +acl|dryrun",
    "strict": f"{_KEYS} +ping +get +set +sadd +srem +watch +multi +exec",
    "reader": f"{_KEYS} +ping +get +smembers +watch +multi",
    "no-multi": "~* +ping +get +set +sadd +srem +watch +exec",
    "no-exec": f"{_KEYS} {_COMMANDS} -exec",
    "elsewhere": f"~other:* {_COMMANDS}",
    "half": f"~{PREFIX}:big_segments_* {_COMMANDS}",
    "observer": f"{_KEYS} {_COMMANDS} +info",
    "owner": "~* +@all",
}


@pytest.fixture(autouse=True)
def no_well_known_authorities(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """OpenSSL knows no authority but those that a test names, whatever this machine trusts; reading them takes long."""
    empty = tmp_path_factory.getbasetemp() / "no-authorities"
    empty.mkdir(exist_ok=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(empty / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(empty))


@pytest.fixture(scope="session")
def secured() -> Iterator[RedisServer]:
    """Redis with TLS and users, all of whom have PASSWORD; `default` is off."""
    acl = [f"user {name} on >{PASSWORD} resetchannels {rules}" for name, rules in _USERS.items()]
    with RedisServer(tls=True, acl=acl) as server:
        yield server


@pytest.fixture(scope="session")
def guarded() -> Iterator[RedisServer]:
    """Plain Redis whose default user has PASSWORD."""
    with RedisServer(password=PASSWORD) as server:
        yield server


@pytest.fixture(scope="session")
def bare() -> Iterator[RedisServer]:
    """Plain Redis without any password."""
    with RedisServer() as server:
        yield server
