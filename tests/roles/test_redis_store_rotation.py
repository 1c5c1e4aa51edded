# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""redis_store rotates the password: without a gap, when it is stopped, from several hosts, and without a wait."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator, Integration
from tests.collection.playbooks import COLLECTION, TOKEN, Playbooks, Run, forking
from tests.roles.application import apply
from tests.roles.redis_store import (
    COMPARE,
    COMPLETE,
    NEW_PASSWORD,
    PASSWORD,
    REMOVE_USER,
    SET,
    TELL,
    hashes,
    secured,
    sha256,
    user,
)
from tests.support.redis_server import RedisServer


def test_a_rotation_has_no_gap(playbooks: Playbooks, server: RedisServer, ld: Emulator) -> None:
    """LaunchDarkly writes many times during the rotation, and each time it can log in."""
    apply(playbooks, "redis_store", secured(server), ld)
    during: list[list[str]] = []

    def look(event: str, _integration: Integration) -> None:
        if event == "changed":
            during.append(hashes(server))

    ld.account.observe(look)
    rotation = secured(server, password=NEW_PASSWORD)
    assert apply(playbooks, "redis_store", rotation, ld, check=True).changed == [COMPARE, TELL]
    assert hashes(server) == sha256(PASSWORD)
    rotated = apply(playbooks, "redis_store", rotation, ld)
    assert rotated.changed == [SET, TELL, COMPLETE]
    assert [drift["field"] for drift in rotated[TELL]["drift"]] == ["redis.password"]
    assert rotated[TELL]["integration"]["status"]["available"] is True
    assert [sorted(each) for each in during] == [sorted(sha256(PASSWORD, NEW_PASSWORD))]
    assert hashes(server) == sha256(NEW_PASSWORD)
    assert sha256(PASSWORD)[0] not in Path(server.directory / "users.acl").read_text()
    assert apply(playbooks, "redis_store", rotation, ld).changed == []
    (integration,) = ld.account.integrations
    assert integration.status["errors"] == []


def test_a_rotation_that_stops_is_completed_by_the_next_run(
    playbooks: Playbooks, server: RedisServer, ld: Emulator
) -> None:
    """The mask hides the difference, so that only Redis shows what is left to do."""

    def rotate(old: str, new: str) -> None:
        rotation = secured(server, password=new)
        stopped = apply(playbooks, "redis_store", rotation, ld, may_fail=True)
        ld.faults.clear()
        assert stopped.changed[0] == SET
        assert list(stopped.failed) == [TELL]
        assert sorted(hashes(server)) == sorted(sha256(old, new))
        assert apply(playbooks, "redis_store", rotation, ld, check=True).changed == [COMPARE, TELL]
        assert apply(playbooks, "redis_store", rotation, ld).changed == [TELL, COMPLETE]
        assert hashes(server) == sha256(new)
        assert apply(playbooks, "redis_store", rotation, ld).changed == []

    def patched() -> list[int | None]:
        return [each.status for each in ld.requests if each.operation == "patchBigSegmentStoreIntegration"]

    apply(playbooks, "redis_store", secured(server), ld)
    # Before LaunchDarkly has the password.
    ld.faults.add(403, operation="patchBigSegmentStoreIntegration")
    rotate(PASSWORD, NEW_PASSWORD)
    assert patched() == [403, 200]
    # Before it has synchronized: the look-ups of three tasks pass, and the wait cannot read the integration.
    ld.faults.add("delay", operation="getBigSegmentStoreIntegration", seconds=0.01, times=3)
    ld.faults.add(403, operation="getBigSegmentStoreIntegration", times=9)
    rotate(NEW_PASSWORD, PASSWORD)
    assert patched() == [403, 200, 200, 200]


def test_several_hosts_rotate_and_remove_together(playbooks: Playbooks, server: RedisServer, ld: Emulator) -> None:
    """One host completes what the others find complete."""
    hosts: dict[str, dict[str, Any]] = {
        name: {"ansible_python_interpreter": forking(sys.executable)} for name in ("a", "b", "c")
    }

    def go(**others: Any) -> Run:
        variables = secured(server, **others)
        task = {"block": [{"name": "Apply", "include_role": {"name": f"{COLLECTION}.redis_store"}, "vars": variables}]}
        defaults = {"api_host": ld.url, "access_token": TOKEN}
        run = playbooks.run({"Role": task}, hosts=hosts, defaults=defaults, arguments=["-vvvv"])
        assert not [each for each in sha256(PASSWORD, NEW_PASSWORD) if each in run.output]
        return run

    def changed(run: Run, name: str) -> int:
        return sum(run.at(f"{COLLECTION}.redis_store : {name}", host)["changed"] for host in hosts)

    go()
    rotated = go(password=NEW_PASSWORD)
    assert changed(rotated, COMPLETE) == 1
    assert hashes(server) == sha256(NEW_PASSWORD)
    assert changed(go(state="absent"), REMOVE_USER) == 1
    assert user(server) is None


@pytest.mark.parametrize("others", [{"wait": False}, {"enabled": False}])
def test_without_a_wait_the_previous_password_ends_when_launchdarkly_has_the_new_one(
    playbooks: Playbooks, server: RedisServer, ld: Emulator, others: dict[str, Any]
) -> None:
    apply(playbooks, "redis_store", secured(server, **others), ld)
    rotation = secured(server, password=NEW_PASSWORD, **others)
    ld.faults.add(403, operation="patchBigSegmentStoreIntegration")
    stopped = apply(playbooks, "redis_store", rotation, ld, may_fail=True)
    assert list(stopped.failed) == [TELL]
    assert sorted(hashes(server)) == sorted(sha256(PASSWORD, NEW_PASSWORD))
    assert apply(playbooks, "redis_store", rotation, ld).changed == [TELL, COMPLETE]
    assert hashes(server) == sha256(NEW_PASSWORD)
