# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Verdicts on tables of dynalite, a DynamoDB independent of moto, and what the emulator's writer and the SDK then do.

dynalite has no IAM and no STS, so there the checks of credentials, role and table policy are skipped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ld_segment_store.emulator.account.segments import changes, memberships, parse_segments
from ld_segment_store.emulator.sync.dynamodb import DynamoDBSession
from ld_segment_store.preflight.checks import Check, Outcome, worst
from ld_segment_store.preflight.dynamodb.store import preflight_dynamodb
from tests.support.aws_server import REGION, attribute, key
from tests.support.dynalite import Dynalite
from tests.support.sdk import WORKS, dynamodb_store, evaluate
from tests.support.sync import PREFIX, SEGMENTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dynalite() -> Iterator[Dynalite]:
    with Dynalite() as server:
        yield server


def preflight(dynalite: Dynalite, table: str) -> dict[str, Check]:
    config = {"table_name": table, "region": REGION}
    checks = preflight_dynamodb(config, prefix=PREFIX, endpoint_url=dynalite.url, session=dynalite.admin)
    return {check.name: check for check in checks}


def write(dynalite: Dynalite, table: str) -> None:
    """What the emulator writes once it has assumed the role."""
    wanted = memberships(parse_segments(SEGMENTS))
    session = DynamoDBSession(dynalite.client("dynamodb"), table, PREFIX)
    session.write(changes(wanted, {}, {}), int(time.time() * 1000))


def test_a_good_table_is_green_and_is_written_and_read(dynalite: Dynalite) -> None:
    dynalite.make_table("good")
    before = preflight(dynalite, "good")
    write(dynalite, "good")
    after = preflight(dynalite, "good")
    assert worst(before.values()) is worst(after.values()) is Outcome.PASS
    assert before["last_sync"].seen == f"never synced under the prefix {PREFIX!r}"
    assert after["last_sync"].seen.startswith(f"last synced under the prefix {PREFIX!r} ")
    said = evaluate(dynamodb_store(dynalite, dynalite.admin, "good", PREFIX), "user-1", "user-9")
    assert said == WORKS


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("other-names", [("pk", "S", "HASH"), ("sk", "S", "RANGE")]),
        ("no-sort-key", [("namespace", "S", "HASH")]),
        ("a-number", [("namespace", "S", "HASH"), ("key", "N", "RANGE")]),
        ("missing", []),
    ],
)
def test_a_bad_table_is_red_and_the_writer_fails(dynalite: Dynalite, name: str, keys: list[Any]) -> None:
    if keys:
        dynalite.client("dynamodb").create_table(
            TableName=name,
            AttributeDefinitions=[attribute(each, kind) for each, kind, _ in keys],
            KeySchema=[key(each, use) for each, _, use in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        dynalite.client("dynamodb").get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    checks = preflight(dynalite, name)
    assert checks["key_schema" if keys else "table"].outcome is Outcome.FAILURE
    with pytest.raises(ClientError):
        write(dynalite, name)
