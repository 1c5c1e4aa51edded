# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the tests of redis_store share: a Redis with an administrator, an emulator that writes to it, and the variables.

The conftest imports the fixtures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import MARKER, TOKEN
from tests.support.redis_server import RedisServer
from tests.support.sync import options, seed

USER = "launchdarkly"
PASSWORD = f"writer-{MARKER}-pass"
# With what would need quoting.
ADMIN_PASSWORD = f"admin \"{MARKER}\\ pass'"
# The same password's end and beginning: LaunchDarkly's mask can't tell the two apart.
NEW_PASSWORD = f"writer-new-{MARKER}-pass"
ADMIN = "boss"
ALLOW_SHORT = "redis_store_allow_short_password"
REMOVE_INTEGRATION, REMOVE_USER = "Remove the integration from LaunchDarkly", "Change the ACL user: remove it"
COMPARE, SET, CHECK, TELL, COMPLETE = (
    "Compare the ACL user",
    "Change the ACL user: set it",
    "Check the store",
    "Create or update the integration in LaunchDarkly",
    "Change the ACL user: remove the previous passwords",
)


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """With TLS, an ACL file, and an administrator."""
    with RedisServer(tls=True, acl=[f"user {ADMIN} on >initial ~* &* +@all"]) as server:
        with server.admin() as admin:
            admin.acl_setuser(ADMIN, enabled=True, reset_passwords=True, passwords=["+" + ADMIN_PASSWORD])
        yield server


@pytest.fixture
def ld(server: RedisServer) -> Iterator[Emulator]:
    with Emulator(seed=seed(), access_tokens=[TOKEN], sync=options(0.5, redis_ca_file=server.ca_path)) as ld:
        yield ld


def settings(server: RedisServer, **others: Any) -> dict[str, Any]:
    named = {
        "project_key": "shop",
        "environment_key": "live",
        "host": server.host,
        "port": server.port,
        "password": PASSWORD,
        "wait_timeout": 20,
        **({"tls_enabled": True, "ca_path": server.ca_path} if server.ca_path else {}),
        **others,
    }
    return {"redis_store_" + name: value for name, value in named.items() if value is not None}


def secured(server: RedisServer, **others: Any) -> dict[str, Any]:
    return settings(server, **{"admin_username": ADMIN, "admin_password": ADMIN_PASSWORD, **others})


def user(server: RedisServer, name: str = USER) -> Any:
    with server.admin() as admin:
        return admin.acl_getuser(name)


def hashes(server: RedisServer, name: str = USER) -> list[str]:
    """The hashes of the user's passwords."""
    return list(user(server, name)["passwords"])


def sha256(*passwords: str) -> list[str]:
    return [hashlib.sha256(password.encode()).hexdigest() for password in passwords]
