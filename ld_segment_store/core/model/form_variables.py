# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The form variables of each store type: the one table that schema, options, form fields and emulator follow.

Source: the `formVariables` of LaunchDarkly's manifests for the `redis` and `dynamodb` integrations (version 1.0.0 of
each). Patterns and remedies are ours; each names its source. To add a field, add it here and let the tests tell you
the rest.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple, Union

Scalar = Union[str, bool]

# How findings name a field: as the API does, or as the option that the user typed.
API_NAMES = "api"
OPTION_NAMES = "option"


class FormVariable(NamedTuple):
    """One field of a store's `config`.

    `key` is its name in the API (camelCase), `option` its name everywhere else (snake_case). `kind` is `string`,
    `boolean`, `enum` or `generated`, as in the manifest. `default` is what an absent value means, or None where there
    is none. `problem` and `remedy` complete the sentence "FIELD problem: remedy." and never contain the value.
    """

    key: str
    label: str
    kind: str
    help: str
    problem: str
    remedy: str
    optional: bool = False
    secret: bool = False
    default: Scalar | None = None
    placeholder: str = ""
    pattern: str = ""
    allowed_values: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """The name in snake_case: `tlsEnabled` is `tls_enabled`."""
        return snake_case(self.key)


@cache  # asked for some dozen times for each store, of which there may be thousands
def snake_case(key: str) -> str:
    """An API name as an option has it: `tlsEnabled` is `tls_enabled`."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower()


class StoreType(NamedTuple):
    """A kind of store: `integration_key` is `redis` or `dynamodb`, `label` its name in sentences."""

    integration_key: str
    label: str
    variables: tuple[FormVariable, ...]

    def variable(self, key: str) -> FormVariable:
        """The variable with this API name. Raises KeyError."""
        found = self.by_key(key)
        if found is None:
            raise KeyError(key)
        return found

    def by_key(self, key: str) -> FormVariable | None:
        """The variable with this API name, or None."""
        return next((variable for variable in self.variables if variable.key == key), None)

    def by_option(self, option: str) -> FormVariable | None:
        """The variable with this snake_case name, or None."""
        return next((variable for variable in self.variables if variable.option == option), None)


# Where JSON Schema's `$` would let a last line break pass (Python's `re` does), this does not.
_END = r"(?![\s\S])"
# A host: no scheme, path, user or white space; one colon alone, or one after a bracket, would be host:port.
# A quote or a comma comes from a list or a dictionary that was turned into text; no host has a wildcard or a sign of a shell.
_HOST = r"^(?![^:]*:[^:]*$)(?!.*\]:)[^\s/@?#'\x22,;{}()*<>|\\`$]+" + _END
# 1 to 65535 without leading zeros. The API takes the port as a string and refuses a number (observed).
_PORT = r"^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])" + _END
# AWS, "Naming rules" of the DynamoDB developer guide.
_TABLE_NAME = r"^[A-Za-z0-9_.-]{3,255}" + _END
# Wide on purpose: LaunchDarkly's list of regions moves. A well-formed one outside it is only a warning.
_REGION = r"^[a-z]{2,}(-[a-z]+)+-[0-9]+" + _END
# AWS, "IAM ARNs" of the IAM user guide; aws, aws-cn and aws-us-gov are its partitions.
_ROLE_ARN = r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+" + _END
_UUID = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}" + _END
_NO_LINE_BREAK = r"^[^\r\n]*" + _END

REDIS = StoreType(
    "redis",
    "Redis",
    (
        FormVariable(
            key="host",
            label="Host",
            kind="string",
            help="The host name or address of Redis, as LaunchDarkly reaches it.",
            placeholder="redis.example.com",
            pattern=_HOST,
            problem="is not a host name or address",
            remedy="give the host alone, such as redis.example.com, without scheme, user, port or path",
        ),
        FormVariable(
            key="port",
            label="Port",
            kind="string",
            help="The port of Redis.",
            optional=True,
            default="6379",
            placeholder="6379",
            pattern=_PORT,
            problem="is not a port",
            remedy="give a whole number from 1 to 65535, such as 6379; the API takes it as a string",
        ),
        FormVariable(
            key="username",
            label="Username",
            kind="string",
            help="The Redis ACL user. Leave it out where Redis has no users configured.",
            optional=True,
            default="",
            placeholder="default",
            pattern=_NO_LINE_BREAK,
            problem="is not a user name",
            remedy="give the name of the Redis ACL user on one line, or leave it out",
        ),
        FormVariable(
            key="password",
            label="Password",
            kind="string",
            help="The password of the Redis user.",
            optional=True,
            secret=True,
            default="",
            pattern=_NO_LINE_BREAK,
            problem="is not a password",
            remedy="give a string on one line, without a line break at its end, or leave it out",
        ),
        FormVariable(
            key="tlsEnabled",
            label="Connect with TLS",
            kind="boolean",
            help="Whether LaunchDarkly connects to Redis with TLS.",
            optional=True,
            default=False,
            problem="is neither true nor false",
            remedy="give true where Redis expects TLS, else false",
        ),
    ),
)

DYNAMODB = StoreType(
    "dynamodb",
    "DynamoDB",
    (
        FormVariable(
            key="tableName",
            label="DynamoDB table name",
            kind="string",
            help="The table's name. It must exist, with partition key 'namespace' and sort key 'key', both strings.",
            placeholder="launchdarkly-big-segments",
            pattern=_TABLE_NAME,
            problem="is not a DynamoDB table name",
            remedy="give the table's name alone: 3 to 255 letters, digits, '_', '-' or '.'",
        ),
        FormVariable(
            key="region",
            label="AWS region",
            kind="enum",
            help="The AWS region of the table.",
            placeholder="us-east-1",
            pattern=_REGION,
            problem="is not an AWS region",
            remedy="give its code, such as us-east-1",
            allowed_values=(
                "us-east-1",
                "us-east-2",
                "us-west-1",
                "us-west-2",
                "ap-south-1",
                "ap-northeast-1",
                "ap-northeast-2",
                "ap-northeast-3",
                "ap-southeast-1",
                "ap-southeast-2",
                "ca-central-1",
                "eu-central-1",
                "eu-west-1",
                "eu-west-2",
                "eu-west-3",
                "eu-north-1",
                "sa-east-1",
            ),
        ),
        FormVariable(
            key="externalId",
            label="External ID",
            kind="generated",
            help="The external ID that the role's trust policy demands, a UUID.",
            placeholder="00000000-0000-4000-8000-000000000000",
            pattern=_UUID,
            problem="is not a UUID",
            remedy="give the external ID of the role's trust policy, such as 00000000-0000-4000-8000-000000000000",
        ),
        FormVariable(
            key="roleArn",
            label="AWS role ARN",
            kind="string",
            help="The ARN of the IAM role that LaunchDarkly assumes to write to the table.",
            placeholder="arn:aws:iam::123456789012:role/launchdarkly-big-segments",
            pattern=_ROLE_ARN,
            problem="is not the ARN of an IAM role",
            remedy="give the whole ARN, such as arn:aws:iam::123456789012:role/launchdarkly-big-segments",
        ),
    ),
)

STORE_TYPES: dict[str, StoreType] = {store.integration_key: store for store in (REDIS, DYNAMODB)}
