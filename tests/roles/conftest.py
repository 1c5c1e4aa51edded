# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The collection as a user installs it, and a fresh AWS."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from moto.dynamodb.models.table import Table

from tests.collection.conftest import installed  # noqa: F401 - a fixture
from tests.collection.playbooks import Playbooks
from tests.roles.redis_store import ld, server  # noqa: F401 - fixtures
from tests.support.sync_dynamodb import aws, module_aws  # noqa: F401 - fixtures


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these start Ansible."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def playbooks(installed: Path, tmp_path: Path) -> Playbooks:  # noqa: F811 - a fixture
    return Playbooks(installed, tmp_path)


@pytest.fixture
def tables_have_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in AWS, and as community.aws wants; moto leaves it out."""
    describe = Table.describe

    def with_id(table: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        described: dict[str, Any] = describe(table, base_key)
        described[base_key]["TableId"] = str(uuid.uuid5(uuid.NAMESPACE_DNS, table.name))
        return described

    monkeypatch.setattr(Table, "describe", with_id)
