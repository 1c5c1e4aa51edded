# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Preflight of a DynamoDB store: the table, and the role that LaunchDarkly assumes to write to it.

It asks with the caller's own AWS credentials, from where the AWS SDK looks for them, and changes nothing. What the caller may
not look at is skipped with a reason. It never assumes the role: only LaunchDarkly can.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Callable

from ...core.errors import require_no_errors
from ...core.model.client_side_id import checked_prefix
from ...core.model.form_variables import DYNAMODB
from ...core.model.settings import check_settings
from ..checks import Check, OnCheck, Step, Verdict, passed, run_steps, skipped, warning
from .aws import Aws, Unanswered, require_boto3
from .role import RoleArn, RoleChecks
from .table import TableChecks

_MAY_BE_MISSING = {"roleArn": "role_arn", "externalId": "external_id"}


def preflight_dynamodb(
    config: Mapping[str, Any],
    *,
    prefix: str | None,
    endpoint_url: str | None = None,
    timeout: float = 3.0,
    on_check: OnCheck = None,
    session: Any = None,
    now: Callable[[], float] = time.time,
) -> list[Check]:
    """Look at a table and a role before LaunchDarkly is told of them.

    `config` has the integration's options in snake_case; without `role_arn` or `external_id` their checks are skipped. `prefix`
    is the environment's client-side ID, or None when it isn't known. `endpoint_url` stands for all of AWS, for tests. `timeout`
    is in seconds, for each check; they run side by side. `session` is a boto3 session to use in place of the default one, `now`
    the clock in epoch seconds. Raises InvalidSettings, and MissingDependency without boto3.
    """
    values = _checked(config)
    if prefix is not None:
        checked_prefix(prefix)
    require_boto3()
    aws = Aws(values["region"], endpoint_url, timeout, session)
    role_arn = RoleArn(values.get("role_arn", ""))
    table = TableChecks(aws, values["table_name"], prefix, now)
    role = RoleChecks(aws, role_arn, values.get("external_id", ""), values["table_name"])

    def answered(check: Callable[[], Verdict]) -> Callable[[], Verdict]:
        return lambda: _answered(check, aws, role_arn)

    steps = [
        Step("credentials", "AWS credentials", lambda: _credentials(aws, role_arn)),
        Step("table", "Table", answered(table.table)),
        Step("key_schema", "Key schema", answered(table.key_schema), needs=("table",)),
        Step("table_status", "Table status", answered(table.status), needs=("table",)),
        Step("capacity", "Capacity", answered(table.capacity), needs=("table",)),
        Step("encryption", "Encryption", answered(table.encryption), needs=("table",)),
        Step("role", "Role", answered(role.role)),
        Step("trust_policy", "Trust policy", answered(role.trust_policy), needs=("role",)),
        Step("permissions", "Permissions", answered(role.permissions)),
        Step("last_sync", "Last sync", answered(table.last_sync)),
    ]
    return run_steps(steps, timeout=timeout, on_check=on_check)


def _checked(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The given options, each well-formed. Raises InvalidSettings."""
    given = {option: value for option, value in config.items() if value is not None}
    findings = check_settings("any-project", "any-environment", DYNAMODB.integration_key, given, creating=True)
    # Who prepares a table need not have the role yet.
    require_no_errors(
        finding for finding in findings if finding.key not in _MAY_BE_MISSING or given.get(_MAY_BE_MISSING[finding.key])
    )
    return given


def _credentials(aws: Aws, role_arn: RoleArn) -> Verdict:
    """Whether AWS knows the caller, and whether the caller looks into the right account."""
    try:
        identity = aws.identity()
    except Unanswered as unanswered:
        return unanswered.failure if unanswered.by_credentials else unanswered.verdict
    if role_arn.account and identity["Account"] != role_arn.account:
        return warning(
            "{0} is of account {1}, but role_arn of account {2}".format(
                identity["Arn"], identity["Account"], role_arn.account
            ),
            "run this with credentials of account {0}: LaunchDarkly looks for the table in the role's account".format(
                role_arn.account
            ),
        )
    return passed("{0} of account {1}".format(identity["Arn"], identity["Account"]))


def _answered(check: Callable[[], Verdict], aws: Aws, role_arn: RoleArn) -> Verdict:
    """The check's verdict, or why it could not come to one that means something."""
    try:
        verdict = check()
    except Unanswered as unanswered:
        verdict = unanswered.verdict
    try:
        account = aws.identity()["Account"]
    except Unanswered as unanswered:
        return skipped("not checked: {0}".format(unanswered.verdict.seen)) if unanswered.by_credentials else verdict
    if role_arn.account and account != role_arn.account:
        return skipped("not checked: the credentials are of account {0}, not {1}".format(account, role_arn.account))
    return verdict
