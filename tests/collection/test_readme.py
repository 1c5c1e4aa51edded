# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The README's playbook works as it stands there."""

from __future__ import annotations

import re

import yaml

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import PASSWORD, ROOT, Playbooks


def test_playbook(playbooks: Playbooks, ld: Emulator) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (play,) = yaml.safe_load(text)
    tasks = {task.pop("name"): task for task in play["tasks"]}
    ran = playbooks.run(
        tasks,
        defaults={},
        variables={"redis_password": PASSWORD},
        environ={"LAUNCHDARKLY_API_HOST": ld.url, "LAUNCHDARKLY_ACCESS_TOKEN": ld.access_token},
    )
    assert all(ran[name]["changed"] for name in tasks)
    assert [integration.name for integration in ld.account.integrations] == ["Redis of shop/live"]
