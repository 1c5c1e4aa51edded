# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Checks of the table itself, and of what is in it."""

from __future__ import annotations

import json
from typing import Any, Callable

from ...core.documents import TABLE_PARTITION_KEY, TABLE_SORT_KEY
from ..checks import Once, Verdict, failure, passed, skipped, warning
from ..layout import STALE_AFTER_SECONDS
from .aws import Aws, Unanswered, denied
from .policies import statements

_METADATA = "big_segments_metadata"
_SYNCED_ON = "synchronizedOn"
# How many items to look through for a sync under another prefix. One request, of 1 MB at most.
_SCANNED_ITEMS = 500

# LaunchDarkly calls a segment big from 15,000 members on; Relay writes each in a transaction, which takes two write units.
_BIG_SEGMENT = 15_000
_UNITS_PER_MEMBER = 2
_PATIENCE_SECONDS = 600

# What DynamoDB asks of whoever uses a table under a customer managed key: "Encryption at rest", DynamoDB developer guide.
_KMS_ACTIONS = "kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey and kms:CreateGrant"

_UNUSABLE = {
    "CREATING": "wait until it is ACTIVE",
    "DELETING": "create it again when it is gone, or give another table",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS": "enable its KMS key again, and let DynamoDB use it",
    "ARCHIVING": "its KMS key was unreachable for a week: restore the table from the backup that AWS made",
    "ARCHIVED": "its KMS key was unreachable for a week: restore the table from the backup that AWS made",
}


class TableChecks:
    """The checks of one table. `prefix` is the environment's client-side ID, or None."""

    def __init__(self, aws: Aws, table_name: str, prefix: str | None, now: Callable[[], float]) -> None:
        self._aws = aws
        self._name = table_name
        self._prefix = prefix
        self._now = now
        self._found: Once[dict[str, Any]] = Once(
            lambda: aws.ask("dynamodb", "describe_table", TableName=table_name)["Table"]
        )

    def table(self) -> Verdict:
        """Whether the table exists in this region, for the caller's account."""
        try:
            found = self._found()
        except Unanswered as unanswered:
            if unanswered.code == "ResourceNotFoundException":
                account = self._aws.account()
                of_account = f" of account {account}" if account else ""
                return failure(
                    f"there is no table {self._name!r} in {self._aws.region}{of_account}",
                    "create it there, or correct table_name or region",
                )
            if unanswered.by_credentials or denied(unanswered):
                raise
            return unanswered.failure  # DynamoDB is unreachable or does not respond
        return passed(f"{found['TableArn']} exists")

    def key_schema(self) -> Verdict:
        """Whether the keys are `namespace` and `key`, both strings."""
        found = self._found()
        types = {item["AttributeName"]: item["AttributeType"] for item in found["AttributeDefinitions"]}
        keys = {item["KeyType"]: item["AttributeName"] for item in found["KeySchema"]}
        wrong = []
        for kind, words, wanted in (
            ("HASH", "partition key", TABLE_PARTITION_KEY),
            ("RANGE", "sort key", TABLE_SORT_KEY),
        ):
            name = keys.get(kind)
            if name is None:
                wrong.append(f"it has no {words}")
            elif name != wanted or types.get(name) != "S":
                wrong.append(f"its {words} is {name!r} ({types.get(name)})")
        if wrong:
            return failure(
                f"{' and '.join(wrong)}, where LaunchDarkly needs the partition key {TABLE_PARTITION_KEY!r} (S) and the sort"
                f" key {TABLE_SORT_KEY!r} (S)",
                "create a new table: the keys of a table cannot be changed",
            )
        return passed(f"partition key {TABLE_PARTITION_KEY!r} (S) and sort key {TABLE_SORT_KEY!r} (S)")

    def status(self) -> Verdict:
        """Whether the table can be used now."""
        status = self._found()["TableStatus"]
        if status in _UNUSABLE:
            return failure(f"the table is {status}", _UNUSABLE[status])
        return passed(f"the table is {status}")

    def capacity(self) -> Verdict:
        """Whether a first sync gets through in reasonable time. Auto scaling isn't visible here."""
        found = self._found()
        if found.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
            return passed("billed by request, without a fixed limit")
        units = found.get("ProvisionedThroughput", {})
        reads, writes = units.get("ReadCapacityUnits", 0), units.get("WriteCapacityUnits", 0)
        seen = f"provisioned for {reads} reads and {writes} writes a second"
        seconds = _BIG_SEGMENT * _UNITS_PER_MEMBER / max(writes, 1)
        if seconds > _PATIENCE_SECONDS:
            return warning(
                f"{seen}: a segment of {_BIG_SEGMENT:,} members would take about {seconds / 60:.0f} minutes to arrive",
                "bill the table by request (PAY_PER_REQUEST) or give it more write capacity, unless auto scaling raises it",
            )
        return passed(seen)

    def encryption(self) -> Verdict:
        """Whose key encrypts the table. Under a customer managed key the role needs permissions for the key too."""
        description = self._found().get("SSEDescription") or {}
        key = description.get("KMSMasterKeyArn")
        if not key:
            return passed("encrypted with a key that AWS owns")
        try:
            metadata = self._aws.ask("kms", "describe_key", KeyId=key)["KeyMetadata"]
        except Unanswered as unanswered:
            return warning(
                f"encrypted with the KMS key {key}; {unanswered.verdict.seen}",
                f"if the key is your own, let the role use it: {_KMS_ACTIONS}",
            )
        if metadata.get("KeyState") != "Enabled":
            return failure(
                f"encrypted with the KMS key {key}, which is {metadata.get('KeyState')}",
                "enable the key again",
            )
        if metadata.get("KeyManager") == "AWS":
            return passed("encrypted with the key that AWS manages for DynamoDB in this account")
        return warning(
            f"encrypted with a customer managed key, {key}",
            f"let the role use it, in the key's policy or the role's: {_KMS_ACTIONS}",
        )

    def resource_policy(self) -> Verdict:
        """Whether the table's own policy has a Deny, which AWS's simulation of the role does not see."""
        try:
            text = self._aws.ask("dynamodb", "get_resource_policy", ResourceArn=self._found()["TableArn"])["Policy"]
        except Unanswered as unanswered:
            if unanswered.code == "PolicyNotFoundException":
                return passed("the table has no policy of its own")
            raise
        if any(statement.get("Effect") == "Deny" for statement in statements(json.loads(text))):
            return warning(
                "the table's own policy has a Deny, which AWS's simulation of the role does not cover",
                "check that the Deny does not apply to the role that LaunchDarkly assumes",
            )
        return passed("the table's own policy denies nothing")

    def last_sync(self) -> Verdict:
        """When the table was last synced under the prefix, or under which other one."""
        if self._prefix is None:
            return skipped("the environment's client-side ID is not known")
        name = f"{self._prefix}:{_METADATA}"
        try:
            key = {TABLE_PARTITION_KEY: {"S": name}, TABLE_SORT_KEY: {"S": name}}
            item = self._aws.ask("dynamodb", "get_item", TableName=self._name, Key=key).get("Item", {})
            synced = _seconds(item)
            if synced is None:
                return self._never()
        except Unanswered as unanswered:
            if unanswered.code == "ResourceNotFoundException":
                return skipped("there is no table to look into")
            if unanswered.code == "ValidationException":
                return skipped("the table's keys are not those of a big segment store")
            raise
        age = max(0.0, self._now() - synced)
        seen = f"last synced under the prefix {self._prefix!r} {_duration(age)} ago"
        if age > STALE_AFTER_SECONDS:
            return warning(
                f"{seen}; an SDK calls that stale",
                "see what the integration's status in LaunchDarkly says, if it is meant to be on",
            )
        return passed(seen)

    def _never(self) -> Verdict:
        """Look whether somebody else syncs into the table."""
        seen = f"never synced under the prefix {self._prefix!r}"
        try:
            answer = self._aws.ask(
                "dynamodb",
                "scan",
                TableName=self._name,
                FilterExpression="attribute_exists(#synced)",
                ProjectionExpression="#namespace, #synced",
                ExpressionAttributeNames={"#synced": _SYNCED_ON, "#namespace": TABLE_PARTITION_KEY},
                Limit=_SCANNED_ITEMS,
            )
        except Unanswered as unanswered:
            return passed(f"{seen}; whether under another one is not known: {unanswered.verdict.seen}")
        others = sorted(
            (self._now() - synced, item[TABLE_PARTITION_KEY]["S"][: -len(_METADATA)].rstrip(":"))
            for item in answer["Items"]
            for synced in [_seconds(item)]
            if synced is not None
        )
        if not others:
            more = (
                f", nor under another one in the first {_SCANNED_ITEMS} items" if "LastEvaluatedKey" in answer else ""
            )
            return passed(f"{seen}{more}")
        synced_prefixes = ", ".join(f"{prefix!r} ({_duration(max(0.0, age))} ago)" for age, prefix in others)
        return warning(
            f"{seen}, but under {synced_prefixes}",
            "give the client-side ID of the environment that this table is for, or give each environment a table of its own",
        )


def _seconds(item: dict[str, Any]) -> float | None:
    """The epoch seconds of an item's `synchronizedOn`, which is in milliseconds, or None."""
    number = item.get(_SYNCED_ON, {}).get("N")
    return None if number is None else float(number) / 1000


def _duration(seconds: float) -> str:
    """A time span for people.

    >>> _duration(75), _duration(5400), _duration(200_000)
    ('75 s', '90 min', '56 h')
    """
    if seconds < 2 * 60:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
