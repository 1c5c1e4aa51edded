# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The pages whose playbooks need other collections, run as tests/docs runs the others."""

from __future__ import annotations

import math
import uuid
from pathlib import Path
from typing import Any

import pytest
from moto.dynamodb.models.table import Table

from tests.docs.markdown import NEED_COLLECTIONS
from tests.docs.runner import fresh_world
from tests.support.aws_server import AwsServer


@pytest.mark.parametrize("page", NEED_COLLECTIONS)
def test_page(installed: Path, tmp_path: Path, aws: AwsServer, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    # moto grants actions on DynamoDB by policies for every resource only; here it grants all to everybody.
    aws._moto("reset-auth", str(math.inf))
    give_tables_an_id(monkeypatch)
    keys = aws.admin.get_credentials()
    assert keys is not None
    environ = {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with fresh_world(installed, tmp_path, aws.url, **environ) as world:
        world.run(page)


def give_tables_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they have in AWS, and as community.aws wants; moto leaves it out."""
    describe = Table.describe

    def with_id(table: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        described: dict[str, Any] = describe(table, base_key)
        described[base_key]["TableId"] = str(uuid.uuid5(uuid.NAMESPACE_DNS, table.name))
        return described

    monkeypatch.setattr(Table, "describe", with_id)
