# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How policies are read, after the rules of the IAM user guide."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.preflight.dynamodb.policies import Decision, decide_trust

ID = "9b0a0bd4-7a0c-4d5c-8a1e-0a4f5c3c3b2a"


def trusted(condition: dict[str, Any], external_id: str | None) -> Decision:
    policy = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "999999999999"},
            "Action": "sts:AssumeRole",
            "Condition": condition,
        }
    }
    return decide_trust(policy, external_id)


@pytest.mark.parametrize(
    ("condition", "right", "wrong", "none"),
    [
        # Conditions, then whether they let in the right external ID, a wrong one, none.
        ({}, True, True, True),
        ({"StringEquals": {"sts:ExternalId": ID}}, True, False, False),
        ({"StringEquals": {"STS:externalid": [ID, "another"]}}, True, False, False),
        ({"StringEquals": {"sts:ExternalId": ID.upper()}}, False, False, False),
        ({"StringEqualsIgnoreCase": {"sts:ExternalId": ID.upper()}}, True, False, False),
        ({"StringEqualsIfExists": {"sts:ExternalId": ID}}, True, False, True),
        ({"StringLike": {"sts:ExternalId": ID[:8] + "*"}}, True, False, False),
        ({"StringNotEquals": {"sts:ExternalId": ID}}, False, True, True),
        ({"StringNotLike": {"sts:ExternalId": "9b*"}}, False, True, True),
        ({"ForAnyValue:StringEquals": {"sts:ExternalId": ID}}, True, False, False),
        ({"ForAllValues:StringEquals": {"sts:ExternalId": ID}}, True, False, True),
        ({"Null": {"sts:ExternalId": "false"}}, True, True, False),
        ({"Null": {"sts:ExternalId": True}}, False, False, True),
        ({"StringEquals": {"sts:ExternalId": ID}, "Null": {"sts:ExternalId": "true"}}, False, False, False),
        ({"StringEquals": {"sts:ExternalId": "${aws:username}"}}, None, None, False),
        ({"StringEquals": {"sts:ExternalId": ID, "aws:PrincipalOrgID": "o-1"}}, None, False, False),
        ({"DateLessThan": {"sts:ExternalId": ID}}, None, None, None),
    ],
)
def test_external_ids(condition: dict[str, Any], right: Any, wrong: Any, none: Any) -> None:
    words = {True: Decision.ALLOWED, False: Decision.NOT_ALLOWED, None: Decision.UNKNOWN}
    assert trusted(condition, ID) is words[right]
    assert trusted(condition, "another-external-id") is words[wrong]
    assert trusted(condition, None) is words[none]


@pytest.mark.parametrize(
    ("principal", "decision"),
    [
        ("*", Decision.ALLOWED),
        ({"AWS": "*"}, Decision.ALLOWED),
        ({"AWS": ["arn:aws:iam::999999999999:root"]}, Decision.ALLOWED),
        ({"Service": "ec2.amazonaws.com"}, Decision.NOT_ALLOWED),
        ({"Federated": "cognito-identity.amazonaws.com"}, Decision.NOT_ALLOWED),
    ],
)
def test_principals(principal: Any, decision: Decision) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:*"}]}
    assert decide_trust(policy, ID) is decision


def test_a_deny_of_somebody_may_be_about_launchdarkly() -> None:
    allowed = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}
    denied = {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    assert decide_trust({"Statement": [allowed, denied]}, ID) is Decision.UNKNOWN
    everybody = {**denied, "Principal": "*"}
    assert decide_trust({"Statement": [allowed, everybody]}, ID) is Decision.DENIED
    others = {"Effect": "Deny", "NotPrincipal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}
    assert decide_trust({"Statement": [allowed, others]}, ID) is Decision.UNKNOWN
