# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Redis servers that several tests share. A test that changes one's settings starts its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.redis_preflight import PASSWORD, PREFIX
from tests.support.redis_server import RedisServer

_KEYS = "~{0}:big_segments_* ~{0}:big_segment_include:* ~{0}:big_segment_exclude:*".format(PREFIX)
_COMMANDS = "+ping +get +set +sadd +srem +watch +unwatch +multi +exec +discard"
_USERS = {
    "writer": "{0} {1}".format(_KEYS, _COMMANDS),
    "dryrunner": "{0} {1} +acl|dryrun".format(_KEYS, _COMMANDS),
    "strict": "{0} +ping +get +set +sadd +srem +watch +multi +exec".format(_KEYS),
    "reader": "{0} +ping +get +smembers +watch +multi".format(_KEYS),
    "no-multi": "~* +ping +get +set +sadd +srem +watch +exec",
    "no-exec": "{0} {1} -exec".format(_KEYS, _COMMANDS),
    "elsewhere": "~other:* {0}".format(_COMMANDS),
    "half": "~{0}:big_segments_* {1}".format(PREFIX, _COMMANDS),
    "observer": "{0} {1} +info".format(_KEYS, _COMMANDS),
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
    acl = ["user {0} on >{1} resetchannels {2}".format(name, PASSWORD, rules) for name, rules in _USERS.items()]
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
