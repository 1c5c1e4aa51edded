# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The preflight's checks of the table and its last sync, each failure provoked against moto's AWS."""

from __future__ import annotations

from typing import Any

import pytest
from moto.dynamodb.models.table import Table

from ld_segment_store.preflight.checks import Check, Outcome
from tests.support.aws_server import ACCOUNT, REGION, attribute, key
from tests.support.dynamodb_preflight import NAMES, PREFIX, TABLE, TABLE_ARN, Store, instead, seen

NOW = 1_790_000_000.0


def allow(*actions: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def put_sync(store: Store, prefix: str, seconds: float) -> None:
    name = f"{prefix}:big_segments_metadata" if prefix else "big_segments_metadata"
    item = {"namespace": {"S": name}, "key": {"S": name}, "synchronizedOn": {"N": str(int(seconds * 1000))}}
    store.aws.client("dynamodb").put_item(TableName=TABLE, Item=item)


class TestAllWell:
    def test_every_check_passes(self, store: Store) -> None:
        checks = store.make().preflight()
        # moto does not simulate.
        assert {name for name, check in checks.items() if check.outcome is not Outcome.PASS} == {"permissions"}
        assert checks["credentials"].seen == f"arn:aws:iam::{ACCOUNT}:user/admin of account {ACCOUNT}"
        assert checks["table"].seen == TABLE_ARN + " exists"
        assert checks["key_schema"].seen == "partition key 'namespace' (S) and sort key 'key' (S)"
        assert checks["table_status"].seen == "the table is ACTIVE"
        assert checks["capacity"].seen == "billed by request, without a fixed limit"
        assert checks["encryption"].seen == "encrypted with a key that AWS owns"
        assert checks["last_sync"].seen == f"never synced under the prefix {PREFIX!r}"

    def test_progress_comes_check_by_check(self, store: Store) -> None:
        reported: list[Check] = []
        checks = store.make().preflight(on_check=reported.append)
        assert sorted(check.name for check in reported) == sorted(NAMES)
        assert {check.name: check for check in reported} == checks

    def test_nothing_is_changed(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        store.make()
        session = store.aws.user("watched", allow("*"))
        asked: list[str] = []
        session.events.register("before-call", lambda model, **_: asked.append(model.name))
        store.preflight(session)
        assert asked
        assert all(name.startswith(("Get", "List", "Describe", "Scan", "Simulate")) for name in asked)


class TestTable:
    def test_missing(self, store: Store) -> None:
        store.make()
        store.config["table_name"] = "segmnets"
        checks = store.preflight()
        assert seen(checks["table"]) == (
            "failure",
            f"there is no table 'segmnets' in {REGION} of account {ACCOUNT}",
        )
        assert checks["table"].remedy == "create it there, or correct table_name or region"
        assert seen(checks["capacity"]) == ("skipped", "not checked, because 'Table' failed")
        assert seen(checks["last_sync"]) == ("skipped", "there is no table to look into")
        assert checks["role"].outcome is Outcome.PASS

    def test_in_another_region(self, store: Store) -> None:
        store.make()
        store.config["region"] = "us-east-1"
        checks = store.preflight()
        assert checks["table"].seen == f"there is no table 'segments' in us-east-1 of account {ACCOUNT}"

    def test_caller_may_not_look(self, store: Store) -> None:
        session = store.make().aws.user("blind", allow("iam:*"))
        checks = store.preflight(session)
        # moto answers in XML, of which botocore reads no more than the status.
        assert seen(checks["table"]) == ("skipped", "dynamodb:DescribeTable was rejected with HTTP status 403")
        assert checks["table"].remedy == "allow the caller dynamodb:DescribeTable, or check the proxies"
        assert seen(checks["key_schema"]) == ("skipped", "dynamodb:DescribeTable was rejected with HTTP status 403")
        assert seen(checks["last_sync"]) == ("skipped", "dynamodb:GetItem was rejected with HTTP status 403")
        assert checks["role"].outcome is Outcome.PASS

    def test_caller_may_not_look_in_aws_own_words(self, store: Store) -> None:
        session = store.make().aws.user("blind", allow("*"))
        instead(session, "dynamodb", lambda _: {"Error": {"Code": "AccessDeniedException"}})
        checks = store.preflight(session)
        assert seen(checks["table"]) == ("skipped", "the caller may not use dynamodb:DescribeTable")
        assert (
            checks["table"].remedy == "allow the caller dynamodb:DescribeTable, or run this with credentials that may"
        )

    def test_too_many_requests(self, store: Store) -> None:
        session = store.make().aws.user("eager", allow("*"))
        instead(session, "dynamodb", lambda _: {"Error": {"Code": "ThrottlingException"}})
        assert seen(store.preflight(session)["table"]) == (
            "failure",
            "AWS answered dynamodb:DescribeTable with ThrottlingException",
        )

    @pytest.mark.parametrize(
        ("attributes", "keys", "found"),
        [
            (
                [attribute("id"), attribute("key")],
                [key("id"), key("key", "RANGE")],
                "its partition key is 'id' (S)",
            ),
            (
                [attribute("namespace"), attribute("key", "N")],
                [key("namespace"), key("key", "RANGE")],
                "its sort key is 'key' (N)",
            ),
            ([attribute("namespace")], [key("namespace")], "it has no sort key"),
            (
                [attribute("namespace", "B"), attribute("sort")],
                [key("namespace"), key("sort", "RANGE")],
                "its partition key is 'namespace' (B) and its sort key is 'sort' (S)",
            ),
            (
                [attribute("namespace"), attribute("key")],
                [key("key"), key("namespace", "RANGE")],
                "its partition key is 'key' (S) and its sort key is 'namespace' (S)",
            ),
        ],
        ids=["name", "type", "no sort key", "both", "swapped"],
    )
    def test_wrong_keys(self, store: Store, attributes: Any, keys: Any, found: str) -> None:
        checks = store.make(table={"AttributeDefinitions": attributes, "KeySchema": keys}).preflight()
        assert seen(checks["key_schema"]) == (
            "failure",
            found + ", where LaunchDarkly needs the partition key 'namespace' (S) and the sort key 'key' (S)",
        )
        assert checks["key_schema"].remedy == "create a new table: the keys of a table cannot be changed"

    @pytest.mark.parametrize(
        ("status", "outcome"),
        [
            ("CREATING", "failure"),
            ("DELETING", "failure"),
            ("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "failure"),
            ("UPDATING", "pass"),
        ],
    )
    def test_status(self, store: Store, monkeypatch: pytest.MonkeyPatch, status: str, outcome: str) -> None:
        # moto knows no status but ACTIVE.
        describe = Table.describe

        def described(table: Table, *arguments: Any, **named: Any) -> dict[str, Any]:
            answer: dict[str, Any] = describe(table, *arguments, **named)
            next(iter(answer.values()))["TableStatus"] = status
            return answer

        store.make()
        monkeypatch.setattr(Table, "describe", described)
        assert seen(store.preflight()["table_status"]) == (outcome, f"the table is {status}")

    def test_low_capacity(self, store: Store) -> None:
        throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        store.make(table={"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput})
        check = store.preflight()["capacity"]
        assert seen(check) == (
            "warning",
            (
                "provisioned for 5 reads and 5 writes a second:"
                " a segment of 15,000 members would take about 100 minutes to arrive"
            ),
        )
        assert "PAY_PER_REQUEST" in check.remedy

    def test_enough_capacity(self, store: Store) -> None:
        throughput = {"ReadCapacityUnits": 100, "WriteCapacityUnits": 100}
        store.make(table={"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput})
        assert seen(store.preflight()["capacity"]) == ("pass", "provisioned for 100 reads and 100 writes a second")


class TestEncryption:
    @pytest.fixture
    def kms_key(self, store: Store) -> str:
        arn: str = store.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        store.make(table={"SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": arn}})
        return arn

    def test_customer_managed(self, store: Store, kms_key: str) -> None:
        check = store.preflight()["encryption"]
        assert seen(check) == ("warning", f"encrypted with a customer managed key, {kms_key}")
        assert "kms:Decrypt" in check.remedy

    def test_key_is_disabled(self, store: Store, kms_key: str) -> None:
        store.aws.client("kms").disable_key(KeyId=kms_key.rpartition("/")[2])
        check = store.preflight()["encryption"]
        assert seen(check) == ("failure", f"encrypted with the KMS key {kms_key}, which is Disabled")

    def test_caller_may_not_look_at_the_key(self, store: Store, kms_key: str) -> None:
        session = store.aws.user("no-kms", allow("dynamodb:*", "iam:*"))
        check = store.preflight(session)["encryption"]
        assert seen(check) == (
            "warning",
            f"encrypted with the KMS key {kms_key}; kms:DescribeKey was rejected with HTTP status 403",
        )

    def test_managed_by_aws(self, store: Store, kms_key: str) -> None:
        # moto says CUSTOMER of every key.
        session = store.aws.user("someone", allow("*"))
        instead(session, "kms", lambda _: {"KeyMetadata": {"KeyState": "Enabled", "KeyManager": "AWS"}})
        assert seen(store.preflight(session)["encryption"]) == (
            "pass",
            "encrypted with the key that AWS manages for DynamoDB in this account",
        )


class TestLastSync:
    @pytest.fixture(autouse=True)
    def made(self, store: Store) -> None:
        store.make()

    def last_sync(self, store: Store, **options: Any) -> Check:
        return store.preflight(now=lambda: NOW, **options)["last_sync"]

    def test_fresh(self, store: Store) -> None:
        put_sync(store, PREFIX, NOW - 45)
        assert seen(self.last_sync(store)) == ("pass", f"last synced under the prefix {PREFIX!r} 45 s ago")

    def test_stale(self, store: Store) -> None:
        put_sync(store, PREFIX, NOW - 3 * 3600)
        check = self.last_sync(store)
        assert seen(check) == (
            "warning",
            f"last synced under the prefix {PREFIX!r} 3 h ago; an SDK calls that stale",
        )

    def test_under_other_prefixes(self, store: Store) -> None:
        put_sync(store, "launchdarkly", NOW - 60)
        put_sync(store, "", NOW - 6000)
        check = self.last_sync(store)
        assert seen(check) == (
            "warning",
            f"never synced under the prefix {PREFIX!r}, but under 'launchdarkly' (60 s ago), '' (100 min ago)",
        )
        assert "client-side ID" in check.remedy

    def test_search_for_other_prefixes_is_bounded(self, store: Store) -> None:
        database = store.aws.client("dynamodb")
        members = [{"namespace": {"S": "x:big_segments_user"}, "key": {"S": f"{n:04}"}} for n in range(600)]
        for start in range(0, len(members), 25):
            puts = [{"PutRequest": {"Item": item}} for item in members[start : start + 25]]
            database.batch_write_item(RequestItems={TABLE: puts})
        assert seen(self.last_sync(store)) == (
            "pass",
            f"never synced under the prefix {PREFIX!r}, nor under another one in the first 500 items",
        )

    def test_caller_may_not_scan(self, store: Store) -> None:
        session = store.aws.user("no-scan", allow("dynamodb:GetItem", "dynamodb:DescribeTable"))
        assert seen(self.last_sync(store, session=session)) == (
            "pass",
            (
                f"never synced under the prefix {PREFIX!r}; whether under another one is not known:"
                " dynamodb:Scan was rejected with HTTP status 403"
            ),
        )

    def test_prefix_is_not_known(self, store: Store) -> None:
        assert seen(self.last_sync(store, prefix=None)) == ("skipped", "the environment's client-side ID is not known")


def test_last_sync_of_a_table_with_other_keys(store: Store) -> None:
    store.make(table={"AttributeDefinitions": [attribute("id")], "KeySchema": [key("id")]})
    assert seen(store.preflight()["last_sync"]) == ("skipped", "the table's keys are not those of a big segment store")
