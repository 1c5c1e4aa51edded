# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The documents that people need to set a store up: IAM policies, the DynamoDB table, Redis ACL lines.

Pure functions of the settings; none of them sees or holds a secret. LaunchDarkly's own list of the permissions it needs could
not be read: what is allowed here follows the public source of LaunchDarkly's Relay Proxy, which writes the same layout. Take
it as a starting point and compare it with what LaunchDarkly shows when an integration is made.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from .errors import InvalidSettings
from .model.client_side_id import PLAIN_WORD, checked_prefix
from .model.form_variables import STORE_TYPES

# How documents that have room for a comment tell where their list comes from.
LIST_SOURCE = "This list follows the public source of LaunchDarkly's Relay Proxy, not a list by LaunchDarkly"

# What a writer of the layout uses. Read in the source of Relay Proxy 8 and its DynamoDB store.
DYNAMODB_WRITER_ACTIONS = (
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
)
# Its Redis client sends UNWATCH at the end of each transaction; DISCARD ends one that is given up.
REDIS_WRITER_COMMANDS = ("PING", "GET", "SET", "SADD", "SREM", "WATCH", "UNWATCH", "MULTI", "EXEC", "DISCARD")
# Only the pools of the Go and Java SDKs need PING. The Node SDK tries INFO too, and does without when it is refused.
REDIS_READER_COMMANDS = ("PING", "GET", "SMEMBERS")

# The table's keys, documented by LaunchDarkly; both are strings.
TABLE_PARTITION_KEY = "namespace"
TABLE_SORT_KEY = "key"

# What stands for the password in an ACL line.
PASSWORD_PLACEHOLDER = "REPLACE-BY-THE-PASSWORD"

_ACCOUNT = re.compile(r"[0-9]{12}")
_PRINCIPAL = re.compile(r"arn:aws(-[a-z]+)*:(iam|sts)::[0-9]{12}:[A-Za-z0-9_+=,.@/-]+")
_PARTITION = re.compile(r"aws(-[a-z]+)*")


def new_external_id() -> str:
    """A new external ID: a random UUID in lower case."""
    return str(uuid.uuid4())


def trust_policy(external_id: str, principal: str, partition: str = "aws") -> dict[str, Any]:
    """The role's trust policy: `principal` may assume the role when it names the external ID.

    `principal` is LaunchDarkly's AWS account, twelve digits, or the ARN of a role or user in it. LaunchDarkly shows it when an
    integration is made; it is not known here. Raises InvalidSettings.
    """
    checked("dynamodb", "external_id", external_id)
    if _ACCOUNT.fullmatch(principal):
        principal = "arn:{0}:iam::{1}:root".format(_checked_partition(partition), principal)
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


def permission_policy(table_name: str, region: str, account_id: str, partition: str = "aws") -> dict[str, Any]:
    """The role's permission policy: what a writer uses, on this table and nothing else.

    The statement's `Sid` says that the list of actions follows Relay's source. Raises InvalidSettings.
    """
    statement = {
        "Sid": "WriterActionsAsInPublicRelaySource",
        "Effect": "Allow",
        "Action": list(DYNAMODB_WRITER_ACTIONS),
        "Resource": table_arn(table_name, region, account_id, partition),
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def table_arn(table_name: str, region: str, account_id: str, partition: str = "aws") -> str:
    """The ARN of the table. Raises InvalidSettings.

    >>> table_arn("segments", "eu-west-1", "123456789012")
    'arn:aws:dynamodb:eu-west-1:123456789012:table/segments'
    """
    checked("dynamodb", "table_name", table_name)
    checked("dynamodb", "region", region)
    if not _ACCOUNT.fullmatch(account_id):
        raise InvalidSettings.for_field("account_id", "is not an AWS account", "give its twelve digits, as a string")
    return "arn:{0}:dynamodb:{1}:{2}:table/{3}".format(_checked_partition(partition), region, account_id, table_name)


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
    return """\
# The table of a LaunchDarkly big segment store: both keys are strings, billed by request.
aws dynamodb create-table \\
  --region {region} \\
  --table-name={table_name} \\
  --attribute-definitions AttributeName={partition},AttributeType=S AttributeName={sort},AttributeType=S \\
  --key-schema AttributeName={partition},KeyType=HASH AttributeName={sort},KeyType=RANGE \\
  --billing-mode PAY_PER_REQUEST
aws dynamodb wait table-exists --region {region} --table-name={table_name}
""".format(region=region, table_name=table_name, partition=TABLE_PARTITION_KEY, sort=TABLE_SORT_KEY)


def redis_acl_line(username: str, prefix: str) -> str:
    """The Redis command that makes the user LaunchDarkly writes with: its commands, on the keys under `prefix` only.

    `prefix` is the environment's client-side ID. PASSWORD_PLACEHOLDER stands for the password. The user's former rights and
    passwords are taken away first. The commands follow Relay's source. Raises InvalidSettings.
    """
    return _acl_line(username, prefix, REDIS_WRITER_COMMANDS)


def redis_reader_acl_line(username: str, prefix: str) -> str:
    """The Redis command that makes a user for SDKs, which only read. See `redis_acl_line`."""
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
        # `reset` would take the rights of every client that logs in without a name.
        raise InvalidSettings.for_field(
            "username", "is Redis's default user", "give LaunchDarkly and the SDKs users of their own"
        )
    if not PLAIN_WORD.fullmatch(username):
        raise InvalidSettings.for_field(
            "username", "can't stand in an ACL line", "give letters, digits and any of _ . @ : / + = - alone"
        )
    allowed = " ".join("+{0}".format(command.lower()) for command in commands)
    return "ACL SETUSER {0} reset on >{1} ~{2}:* {3}".format(
        username, PASSWORD_PLACEHOLDER, checked_prefix(prefix), allowed
    )


def _checked_partition(partition: str) -> str:
    if not _PARTITION.fullmatch(partition):
        raise InvalidSettings.for_field("partition", "is not an AWS partition", "give aws, aws-cn or aws-us-gov")
    return partition
