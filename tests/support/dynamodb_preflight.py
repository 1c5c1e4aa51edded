# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A store in moto's AWS that passes the preflight, to be broken by tests, and what holds for every run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable, cast

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from ld_segment_store.core.documents import new_external_id, permission_policy, trust_policy
from ld_segment_store.preflight.checks import Check, render
from ld_segment_store.preflight.dynamodb.store import preflight_dynamodb
from tests.support.aws_server import ACCOUNT, LAUNCHDARKLY, REGION, AwsServer

TABLE = "segments"
TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
PREFIX = "64c0ffee64c0ffee64c0ffee"
NAMES = [
    "credentials",
    "table",
    "key_schema",
    "table_status",
    "capacity",
    "encryption",
    "resource_policy",
    "role",
    "trust_policy",
    "permissions",
    "last_sync",
]


@dataclass
class Store:
    """A store, and how its preflight is run. `config` is the integration's."""

    aws: AwsServer
    external_id: str = field(default_factory=new_external_id)
    config: dict[str, Any] = field(default_factory=dict)

    def make(
        self,
        *,
        table: dict[str, Any] | None = None,
        trust: dict[str, Any] | None = None,
        permissions: dict[str, Any] | None = None,
    ) -> Store:
        """Make table and role as the generated documents say, but for what is given."""
        self.aws.make_table(TABLE, **(table or {}))
        role_arn = self.aws.make_role(
            trust or trust_policy(self.external_id, LAUNCHDARKLY),
            permissions or permission_policy(TABLE, REGION, ACCOUNT),
        )
        self.config = {
            "table_name": TABLE,
            "region": REGION,
            "external_id": self.external_id,
            "role_arn": role_arn,
        }
        return self

    def preflight(self, session: boto3.Session | None = None, **options: Any) -> dict[str, Check]:
        """Run it as `session`'s user, `admin` by default, and return the checks by name.

        Holds for all: the names and their order, an end in time, a remedy for what went wrong, no secret anywhere.
        """
        session = session or self.aws.admin
        arguments = {"prefix": PREFIX, "endpoint_url": self.aws.url, "session": session, **options}
        start = time.monotonic()
        checks = preflight_dynamodb(self.config, **arguments)
        assert time.monotonic() - start < 20  # the first one also loads models of services
        assert [check.name for check in checks] == NAMES
        for check in checks:
            assert check.remedy or check.outcome.value not in {"failure", "warning"}, check
        credentials = session.get_credentials()
        if credentials:
            shown = render(checks) + repr(checks) + repr([check.as_dict() for check in checks])
            assert credentials.secret_key not in shown
        return {check.name: check for check in checks}


def seen(check: Check) -> tuple[str, str]:
    """Outcome and sentence, to compare."""
    return check.outcome.value, check.seen


def instead(session: boto3.Session, operation: str, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Have botocore take `answer(parameters)` for AWS's answer, where moto can't give it. With `Error` in it, it is one.

    `operation` is a service, or service and operation: `iam.GetRole`.
    """

    def short_circuit(params: dict[str, Any], **_: Any) -> Any:
        parsed = answer(params["body"])
        return AWSResponse("", 400 if "Error" in parsed else 200, HTTPHeaders(), None), parsed

    # What the handler returns is botocore's way; its stubs don't know it.
    session.events.register("before-call." + operation, cast("Any", short_circuit))
