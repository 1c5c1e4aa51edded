# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Preflight of a DynamoDB store: the table, and the role that LaunchDarkly assumes to write to it.

It uses the caller's own AWS credentials, as the AWS SDK finds them, and changes nothing. What the caller may not read is skipped
with the reason. It never assumes the role: only LaunchDarkly can.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Callable
from urllib.parse import urlsplit

from ...core.errors import InvalidSettings, require_no_errors
from ...core.model.client_side_id import checked_prefix
from ...core.model.form_variables import DYNAMODB
from ...core.model.settings import check_settings
from ..checks import Check, OnCheck, Step, Verdict, passed, require_timeout, run_steps, skipped, warning
from .aws import Aws, Unanswered, require_boto3
from .role import RoleArn, RoleChecks
from .table import TableChecks

# Connection and response of two requests that depend on each other, with a retry after throttling.
_WAITS = 8
_MAY_BE_MISSING = {"roleArn": "role_arn", "externalId": "external_id"}


def preflight_dynamodb(
    config: Mapping[str, Any],
    *,
    prefix: str | None,
    endpoint_url: str | None = None,
    timeout: float = 3.0,
    on_check: OnCheck = None,
    session: Any = None,
    prompt: bool = False,
    now: Callable[[], float] = time.time,
) -> list[Check]:
    """Check a table and a role, and change nothing.

    `config` has the integration's options in snake_case; without `role_arn` or `external_id` their checks are skipped. `prefix`
    is the environment's client-side ID, or None. `endpoint_url` replaces every AWS endpoint, for tests. `timeout` bounds each
    wait for the network, in seconds. `session` is a boto3 session to use instead of the default one. `prompt` says that AWS's
    SDK may ask for an MFA code on the terminal, in the caller's thread. `now` gives epoch seconds. Raises InvalidSettings, and
    MissingDependency without boto3.
    """
    values = _checked(config)
    require_timeout(timeout)
    if prefix is not None:
        checked_prefix(prefix)
    _check_endpoint(endpoint_url)
    require_boto3()
    aws = Aws(values["region"], endpoint_url, timeout, session, prompt)
    aws.find_credentials()
    role_arn = RoleArn(values.get("role_arn", ""))
    table = TableChecks(aws, values["table_name"], prefix, now)
    role = RoleChecks(aws, role_arn, values.get("external_id", ""), values["table_name"])

    def answered(check: Callable[[], Verdict]) -> Callable[[], Verdict]:
        return lambda: _answered(check, aws, role_arn)

    steps = [
        Step("credentials", "AWS credentials", lambda: _credentials(aws, role_arn), waits=_WAITS),
        Step("table", "Table", answered(table.table), waits=_WAITS),
        Step("key_schema", "Key schema", answered(table.key_schema), ("table",), _WAITS),
        Step("table_status", "Table status", answered(table.status), ("table",), _WAITS),
        Step("capacity", "Capacity", answered(table.capacity), ("table",), _WAITS),
        Step("encryption", "Encryption", answered(table.encryption), ("table",), _WAITS),
        Step("resource_policy", "Table policy", answered(table.resource_policy), ("table",), _WAITS),
        Step("role", "Role", answered(role.role), waits=_WAITS),
        Step("trust_policy", "Trust policy", answered(role.trust_policy), ("role",), _WAITS),
        Step("permissions", "Permissions", answered(role.permissions), waits=_WAITS),
        Step("last_sync", "Last sync", answered(table.last_sync), waits=_WAITS),
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


def _check_endpoint(url: str | None) -> None:
    """Raise InvalidSettings for an endpoint that is not a URL."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise InvalidSettings.for_field("aws_endpoint", "is not a URL", "give one such as http://127.0.0.1:8000")


def _credentials(aws: Aws, role_arn: RoleArn) -> Verdict:
    """Whether AWS knows the caller, and whether the caller belongs to the role's account."""
    try:
        identity = aws.identity()
    except Unanswered as unanswered:
        return unanswered.failure if unanswered.by_credentials else unanswered.verdict
    if role_arn.account and identity["Account"] != role_arn.account:
        return warning(
            f"{identity['Arn']} is of account {identity['Account']}, but role_arn of account {role_arn.account}",
            f"run this with credentials of account {role_arn.account}: LaunchDarkly looks for the table in the role's account",
        )
    return passed(f"{identity['Arn']} of account {identity['Account']}")


def _answered(check: Callable[[], Verdict], aws: Aws, role_arn: RoleArn) -> Verdict:
    """The check's verdict, or the reason that it has none."""
    try:
        verdict = check()
    except Unanswered as unanswered:
        verdict = unanswered.verdict
    try:
        account = aws.identity()["Account"]
    except Unanswered as unanswered:
        return skipped(f"not checked: {unanswered.verdict.seen}") if unanswered.by_credentials else verdict
    if role_arn.account and account != role_arn.account:
        return skipped(f"not checked: the credentials are of account {account}, not {role_arn.account}")
    return verdict
