# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Ten hosts at once, each with its own environment of one account."""

from __future__ import annotations

from typing import Any

from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.account.account import unseal
from tests.collection.playbooks import PASSWORD, TOKEN, Playbooks, store

NUMBER = 10


def test_ten_environments(playbooks: Playbooks) -> None:
    hosts: dict[str, dict[str, Any]] = {f"env-{number}": {} for number in range(NUMBER)}
    options = {"host": "redis.{{ inventory_hostname }}.example.com", "password": PASSWORD}
    task = store(project_key="shop", environment_key="{{ inventory_hostname }}", redis=options, enabled=True)
    with Emulator(seed={"projects": {"shop": {"environments": hosts}}}, access_tokens=[TOKEN]) as ld:
        # Some of the requests meet a limit on their way.
        ld.faults.rate(0.2, [429], seed=1, retry_after=0.1)
        run = playbooks.run({"create": task, "again": task}, ld=ld, hosts=hosts, strategy="free")
        made = ld.account.integrations
    assert {integration.environment_key for integration in made} == set(hosts)
    assert len(made) == NUMBER
    for integration in made:
        host = integration.environment_key
        config = unseal(integration.config)
        assert config == {"host": f"redis.{host}.example.com", "password": PASSWORD}
        assert run.at("create", host)["integration"]["id"] == integration.id
        assert (run.at("create", host)["changed"], run.at("again", host)["changed"]) == (True, False)
