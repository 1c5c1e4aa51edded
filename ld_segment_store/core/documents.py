# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Documents for setting up a store: IAM policies, the DynamoDB table, Redis ACL lines, LaunchDarkly's role policy.

Pure functions of the settings; none of them sees or holds a secret. LaunchDarkly does not publish the permissions that its
service needs in a store: the documents allow what the public source of the Relay Proxy uses, which writes the same layout.
Compare them with the instructions that LaunchDarkly shows when an integration is added. `DOCUMENTS` lists them all, each with
what it rests on.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .errors import InvalidSettings
from .model.client_side_id import PLAIN_WORD, checked_prefix
from .model.form_variables import STORE_TYPES

# The source of the lists of permissions, for documents that have room for a comment.
LIST_SOURCE = "This list follows the public source of LaunchDarkly's Relay Proxy, not a list by LaunchDarkly"

# What a writer of the layout uses: source of Relay Proxy 8 and its DynamoDB store.
DYNAMODB_WRITER_ACTIONS = (
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
)
# What an SDK needs: LaunchDarkly's documentation of SDKs with DynamoDB.
DYNAMODB_READER_ACTIONS = ("dynamodb:GetItem", "dynamodb:Query")
# The Relay Proxy's Redis client sends UNWATCH at the end of each transaction; DISCARD ends one that is given up.
REDIS_WRITER_COMMANDS = ("PING", "GET", "SET", "SADD", "SREM", "WATCH", "UNWATCH", "MULTI", "EXEC", "DISCARD")
# Only the pools of the Go and Java SDKs need PING. The Node SDK tries INFO too, and does without when it is refused.
REDIS_READER_COMMANDS = ("PING", "GET", "SMEMBERS")

# The table's keys, documented by LaunchDarkly; both are strings.
TABLE_PARTITION_KEY = "namespace"
TABLE_SORT_KEY = "key"

# The place of the password in an ACL line.
PASSWORD_PLACEHOLDER = "REPLACE-BY-THE-PASSWORD"

_ACCOUNT = re.compile(r"[0-9]{12}")
_PRINCIPAL = re.compile(r"arn:aws(-[a-z]+)*:(iam|sts)::[0-9]{12}:[A-Za-z0-9_+=,.@/-]+")
_PARTITION = re.compile(r"aws(-[a-z]+)*")
# Regions outside the partition `aws` have names of their own: "Partitions" in AWS's reference of ARNs.
_REGION_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-isob-": "aws-iso-b",
    "us-iso-": "aws-iso",
    "eusc-": "aws-eusc",
}


def new_external_id() -> str:
    """A new external ID: a random UUID in lower case."""
    return str(uuid.uuid4())


def partition_of(region: str) -> str:
    """The AWS partition of a region.

    >>> partition_of("cn-north-1"), partition_of("eu-west-1")
    ('aws-cn', 'aws')
    """
    return next((found for start, found in _REGION_PARTITIONS.items() if region.startswith(start)), "aws")


def trust_policy(external_id: str, principal: str, partition: str = "aws") -> dict[str, Any]:
    """The role's trust policy: `principal` may assume the role when it names the external ID.

    `principal` is LaunchDarkly's AWS account, twelve digits, or the ARN of a role or user in it. LaunchDarkly shows it when an
    integration is added; it is not known here. Raises InvalidSettings.
    """
    checked("dynamodb", "external_id", external_id)
    if _ACCOUNT.fullmatch(principal):
        principal = f"arn:{_checked_partition(partition)}:iam::{principal}:root"
    elif not _PRINCIPAL.fullmatch(principal):
        raise InvalidSettings.for_field(
            "principal",
            "is neither an AWS account nor an ARN",
            "give LaunchDarkly's account, twelve digits, or an IAM ARN",
        )
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def permission_policy(table_name: str, region: str, account_id: str, partition: str | None = None) -> dict[str, Any]:
    """The role's permission policy: what a writer uses, on this table and nothing else.

    The statement's `Sid` names the source of the list. `partition` is by default that of the region. Raises InvalidSettings.
    """
    arn = table_arn(table_name, region, account_id, partition)
    return _allow("WriterActionsAsInPublicRelaySource", DYNAMODB_WRITER_ACTIONS, arn)


def reader_policy(table_name: str, region: str, account_id: str, partition: str | None = None) -> dict[str, Any]:
    """The permission policy of an application: what an SDK uses to read this table. Raises InvalidSettings."""
    return _allow("SdkReaderActions", DYNAMODB_READER_ACTIONS, table_arn(table_name, region, account_id, partition))


def _allow(sid: str, actions: Sequence[str], resource: str) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def table_arn(table_name: str, region: str, account_id: str, partition: str | None = None) -> str:
    """The ARN of the table. Raises InvalidSettings.

    >>> table_arn("segments", "eu-west-1", "123456789012")
    'arn:aws:dynamodb:eu-west-1:123456789012:table/segments'
    """
    checked("dynamodb", "table_name", table_name)
    checked("dynamodb", "region", region)
    if not _ACCOUNT.fullmatch(account_id):
        raise InvalidSettings.for_field("account_id", "is not an AWS account", "give its twelve digits, as a string")
    partition = _checked_partition(partition or partition_of(region))
    return f"arn:{partition}:dynamodb:{region}:{account_id}:table/{table_name}"


def table_cloudformation(table_name: str) -> dict[str, Any]:
    """A CloudFormation template of the table: billed by request, kept when the stack is deleted. Raises InvalidSettings."""
    checked("dynamodb", "table_name", table_name)
    table = {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TableName": table_name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": TABLE_PARTITION_KEY, "AttributeType": "S"},
                {"AttributeName": TABLE_SORT_KEY, "AttributeType": "S"},
            ],
            "KeySchema": [
                {"AttributeName": TABLE_PARTITION_KEY, "KeyType": "HASH"},
                {"AttributeName": TABLE_SORT_KEY, "KeyType": "RANGE"},
            ],
        },
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The table of a LaunchDarkly big segment store",
        "Resources": {"BigSegmentStore": table},
        "Outputs": {"TableArn": {"Value": {"Fn::GetAtt": ["BigSegmentStore", "Arn"]}}},
    }


def table_aws_cli(table_name: str, region: str) -> str:
    """The same table as AWS CLI commands for a POSIX shell. Raises InvalidSettings."""
    # Neither a table's name nor a region can hold a character that a shell would read.
    checked("dynamodb", "table_name", table_name)
    checked("dynamodb", "region", region)
    return f"""\
# The table of a LaunchDarkly big segment store: both keys are strings, billed by request.
aws dynamodb create-table \\
  --region {region} \\
  --table-name={table_name} \\
  --attribute-definitions AttributeName={TABLE_PARTITION_KEY},AttributeType=S AttributeName={TABLE_SORT_KEY},AttributeType=S \\
  --key-schema AttributeName={TABLE_PARTITION_KEY},KeyType=HASH AttributeName={TABLE_SORT_KEY},KeyType=RANGE \\
  --billing-mode PAY_PER_REQUEST
aws dynamodb wait table-exists --region {region} --table-name={table_name}
"""


def table_terraform(table_name: str) -> str:
    """The same table for Terraform, with the provider hashicorp/aws. Raises InvalidSettings."""
    checked("dynamodb", "table_name", table_name)
    return f"""\
# The table of a LaunchDarkly big segment store: both keys are strings, billed by request.
resource "aws_dynamodb_table" "big_segment_store" {{
  name         = "{table_name}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "{TABLE_PARTITION_KEY}"
  range_key    = "{TABLE_SORT_KEY}"

  attribute {{
    name = "{TABLE_PARTITION_KEY}"
    type = "S"
  }}

  attribute {{
    name = "{TABLE_SORT_KEY}"
    type = "S"
  }}

  lifecycle {{
    prevent_destroy = true
  }}
}}
"""


def launchdarkly_role_policy() -> list[dict[str, Any]]:
    """The policy of a LaunchDarkly role for the access token: to change integrations, and to read projects.

    The resource and the actions are those of LaunchDarkly's archived pages about roles: a guess for this beta API.
    """
    integrations = ["createIntegration", "deleteIntegration", "updateName", "updateConfiguration", "updateOn"]
    return [
        {"effect": "allow", "resources": ["integration/*"], "actions": integrations},
        {"effect": "allow", "resources": ["proj/*"], "actions": ["viewProject"]},
    ]


def firewall_list(outbound_addresses: Sequence[str], source: str) -> str:
    """The addresses that LaunchDarkly connects from, one a line, for the firewall of a store. `source` is the URL of the list."""
    return """\
# LaunchDarkly's outbound addresses, from {source}
# LaunchDarkly does not document whether synchronization connects from these addresses. Watch the firewall's log when the
# integration is switched on, and read the list again from time to time: it can change.
{addresses}
""".format(source=source, addresses="\n".join(sorted(outbound_addresses)))


def redis_acl_line(username: str, prefix: str) -> str:
    """The Redis command that creates the user LaunchDarkly writes with: its commands, on the keys under `prefix` only.

    `prefix` is the environment's client-side ID. The pattern covers the Relay Proxy's keys `<prefix>:big_segments_lock` and
    `<prefix>:big_segments_cursor` too. Replace PASSWORD_PLACEHOLDER by the password. The user's former rights and passwords are
    removed first. Raises InvalidSettings.
    """
    return _acl_line(username, prefix, REDIS_WRITER_COMMANDS)


def redis_reader_acl_line(username: str, prefix: str) -> str:
    """The Redis command that creates a user for SDKs, which only read. See `redis_acl_line`."""
    return _acl_line(username, prefix, REDIS_READER_COMMANDS)


def checked(integration_key: str, option: str, value: Any) -> str:
    """The value of a store's option, well-formed. Raises InvalidSettings."""
    variable = {variable.option: variable for variable in STORE_TYPES[integration_key].variables}[option]
    if value is None or value == "":
        raise InvalidSettings.for_field(option, "is missing", variable.remedy)
    if not isinstance(value, str) or not re.search(variable.pattern, value):
        raise InvalidSettings.for_field(option, variable.problem, variable.remedy)
    return value


def _acl_line(username: str, prefix: str, commands: tuple[str, ...]) -> str:
    if username == "default":
        # `reset` would remove the rights of every client that logs in without a name.
        raise InvalidSettings.for_field(
            "username", "is Redis's default user", "give LaunchDarkly and the SDKs users of their own"
        )
    if not PLAIN_WORD.fullmatch(username):
        raise InvalidSettings.for_field(
            "username", "can't stand in an ACL line", "give letters, digits and any of _ . @ : / + = - alone"
        )
    allowed = " ".join(f"+{command.lower()}" for command in commands)
    return f"ACL SETUSER {username} reset on >{PASSWORD_PLACEHOLDER} ~{checked_prefix(prefix)}:* {allowed}"


def _checked_partition(partition: str) -> str:
    if not _PARTITION.fullmatch(partition):
        raise InvalidSettings.for_field("partition", "is not an AWS partition", "give aws, aws-cn or aws-us-gov")
    return partition


class Document(NamedTuple):
    """A document by name: `make` takes the `options`, of which `optional` may be missing. `basis` says what it rests on."""

    summary: str
    basis: str
    make: Callable[..., Any]
    options: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


_RELAY = (
    "The public source of LaunchDarkly's Relay Proxy, which writes the same layout. LaunchDarkly publishes no list."
)
_TABLE_KEYS = "LaunchDarkly's documentation of the table's keys."
_TABLE = ("table_name", "region", "account_id")

DOCUMENTS: Mapping[str, Document] = {
    "external_id": Document(
        "a new external ID, a random UUID", "LaunchDarkly's manifest: a generated UUID.", new_external_id
    ),
    "trust_policy": Document(
        "IAM trust policy of the role that LaunchDarkly assumes",
        "AWS's documentation of external IDs. LaunchDarkly shows its AWS account when an integration is added.",
        trust_policy,
        ("external_id", "principal"),
        ("partition",),
    ),
    "permission_policy": Document(
        "IAM permission policy of that role", _RELAY, permission_policy, _TABLE, ("partition",)
    ),
    "reader_policy": Document(
        "IAM permission policy of an application with an SDK",
        "LaunchDarkly's documentation of SDKs with DynamoDB.",
        reader_policy,
        _TABLE,
        ("partition",),
    ),
    "table_cloudformation": Document(
        "the table as a CloudFormation template", _TABLE_KEYS, table_cloudformation, ("table_name",)
    ),
    "table_aws_cli": Document("the table as AWS CLI commands", _TABLE_KEYS, table_aws_cli, ("table_name", "region")),
    "table_terraform": Document("the table for Terraform", _TABLE_KEYS, table_terraform, ("table_name",)),
    "redis_acl_line": Document(
        "the Redis ACL user that LaunchDarkly writes with", _RELAY, redis_acl_line, ("username", "prefix")
    ),
    "redis_reader_acl_line": Document(
        "the Redis ACL user of an application with an SDK",
        "The public sources of LaunchDarkly's server SDKs.",
        redis_reader_acl_line,
        ("username", "prefix"),
    ),
    "launchdarkly_role_policy": Document(
        "policy of a LaunchDarkly role for the access token",
        "Archived pages of LaunchDarkly's documentation of roles. A guess for this beta API.",
        launchdarkly_role_policy,
    ),
}
