# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A task for each host of a play, all of them delegated to the controller."""

from __future__ import annotations

from typing import Any

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import PASSWORD, REDIS, Playbooks, store

HOSTS: dict[str, dict[str, Any]] = {f"host-{number}": {} for number in range(5)}


def test_five_hosts_make_one_integration(playbooks: Playbooks, ld: Emulator) -> None:
    redis = {**REDIS, "password": PASSWORD}
    task = store(project_key="shop", environment_key="live", redis=redis, enabled=True)
    run = playbooks.run({"create": {**task, "delegate_to": "localhost"}}, ld=ld, hosts=HOSTS)
    assert len(ld.account.integrations) == 1
    results = [run.at("create", host) for host in HOSTS]
    assert sorted(result["changed"] for result in results) == [False] * 4 + [True]
    assert {result["integration"]["id"] for result in results} == {ld.account.integrations[0].id}
