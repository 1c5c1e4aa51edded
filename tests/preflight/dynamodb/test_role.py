# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The preflight's checks of the role, each failure provoked against moto's AWS with IAM enforced."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from ld_segment_store.core.documents import (
    DYNAMODB_WRITER_ACTIONS,
    new_external_id,
    permission_policy,
    trust_policy,
)
from ld_segment_store.preflight.checks import Check, Outcome
from tests.support.aws_server import ACCOUNT, LAUNCHDARKLY, REGION
from tests.support.dynamodb_preflight import TABLE, TABLE_ARN, Store, instead, seen

UNSEEN = "; the organisation's policies and the table's own policy were not looked at"
LIST_SOURCE = "This list follows the public source of LaunchDarkly's Relay Proxy, not a list by LaunchDarkly"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def external_id(value: str, operator: str = "StringEquals") -> dict[str, Any]:
    return {operator: {"sts:ExternalId": value}}


class TestRole:
    def test_all_well(self, store: Store) -> None:
        checks = store.make().preflight()
        assert seen(checks["role"]) == ("pass", "arn:aws:iam::{0}:role/launchdarkly exists".format(ACCOUNT))
        assert seen(checks["trust_policy"]) == (
            "pass",
            "demands the configured external ID of account 999999999999; compare that with LaunchDarkly's account",
        )
        assert seen(checks["permissions"]) == (
            "pass",
            "by its policies, the role may do what a writer uses on {0}{1}".format(TABLE_ARN, UNSEEN),
        )

    def test_missing(self, store: Store) -> None:
        store.make()
        store.config["role_arn"] += "x"
        checks = store.preflight()
        assert seen(checks["role"]) == ("failure", "there is no role 'launchdarklyx' in account {0}".format(ACCOUNT))
        assert checks["role"].remedy == (
            "create it with the generated trust and permission policies, or correct role_arn"
        )
        assert seen(checks["trust_policy"]) == ("skipped", "not checked, because 'Role' failed")
        assert seen(checks["permissions"]) == ("skipped", "not checked, because the role doesn't exist")

    def test_under_another_path(self, store: Store) -> None:
        store.make()
        store.config["role_arn"] = store.config["role_arn"].replace("role/", "role/some/path/")
        assert seen(store.preflight()["role"]) == (
            "failure",
            "the role 'launchdarkly' has another ARN than role_arn: arn:aws:iam::{0}:role/launchdarkly".format(ACCOUNT),
        )

    def test_caller_may_not_look(self, store: Store) -> None:
        session = store.make().aws.user("no-iam", policy(allow("dynamodb:*", "kms:*")))
        checks = store.preflight(session)
        assert seen(checks["role"]) == ("skipped", "the caller may not use iam:GetRole")
        assert checks["role"].remedy == "allow the caller iam:GetRole, or run this with credentials that may"
        assert seen(checks["trust_policy"]) == ("skipped", "the caller may not use iam:GetRole")
        assert seen(checks["permissions"]) == ("skipped", "the caller may not use iam:ListRolePolicies")
        assert checks["permissions"].remedy.startswith("allow the caller iam:SimulatePrincipalPolicy")
        assert checks["table"].outcome is Outcome.PASS

    def test_caller_may_only_get_the_role(self, store: Store) -> None:
        session = store.make().aws.user("little-iam", policy(allow("dynamodb:*", "iam:GetRole", "iam:List*")))
        checks = store.preflight(session)
        assert checks["role"].outcome is checks["trust_policy"].outcome is Outcome.PASS
        assert seen(checks["permissions"]) == ("skipped", "the caller may not use iam:GetRolePolicy")


class TestTrustPolicy:
    def check(self, store: Store, *statements: dict[str, Any]) -> Check:
        return store.make(trust=policy(*statements)).preflight()["trust_policy"]

    def test_wrong_external_id(self, store: Store) -> None:
        other = new_external_id()
        check = store.make(trust=trust_policy(other, LAUNCHDARKLY)).preflight()["trust_policy"]
        assert seen(check) == (
            "failure",
            "the trust policy demands the external ID {0}, not {1}".format(other, store.external_id),
        )
        assert check.remedy == "give the same external ID in both places"

    def test_denied_without_another_external_id(self, store: Store) -> None:
        other = new_external_id()
        deny = trust("*", Effect="Deny", Condition=external_id(other, "StringNotEquals"))
        check = self.check(store, trust({"AWS": LAUNCHDARKLY}), deny)
        assert check.seen == "the trust policy demands the external ID {0}, not {1}".format(other, store.external_id)

    def test_no_external_id(self, store: Store) -> None:
        check = self.check(store, trust({"AWS": "arn:aws:iam::{0}:root".format(LAUNCHDARKLY)}))
        assert seen(check) == (
            "warning",
            "the trust policy lets account 999999999999 assume the role without the external ID",
        )
        assert "another customer of LaunchDarkly" in check.remedy

    def test_no_external_id_and_everybody(self, store: Store) -> None:
        check = self.check(store, trust({"AWS": "*"}))
        assert seen(check) == ("failure", "the trust policy lets everybody assume the role without the external ID")

    def test_external_id_only_if_there_is_one(self, store: Store) -> None:
        condition = external_id(store.external_id, "StringEqualsIfExists")
        check = self.check(store, trust({"AWS": LAUNCHDARKLY}, Condition=condition))
        assert seen(check) == (
            "warning",
            "the trust policy lets account 999999999999 assume the role without the external ID",
        )

    def test_any_external_id(self, store: Store) -> None:
        check = self.check(store, trust({"AWS": LAUNCHDARKLY}, Condition=external_id("*", "StringLike")))
        assert check.outcome is Outcome.WARNING

    def test_a_service_is_no_account(self, store: Store) -> None:
        check = self.check(store, trust({"Service": "lambda.amazonaws.com"}))
        assert seen(check) == ("failure", "the trust policy lets no AWS account assume the role")

    def test_another_action(self, store: Store) -> None:
        condition = external_id(store.external_id)
        statement = trust({"AWS": LAUNCHDARKLY}, Condition=condition, Action="sts:TagSession")
        check = self.check(store, statement)
        assert seen(check) == (
            "failure",
            "the trust policy does not let LaunchDarkly in with this external ID: sts:AssumeRole is not allowed",
        )

    def test_only_its_own_account(self, store: Store) -> None:
        check = self.check(store, trust({"AWS": ACCOUNT}, Condition=external_id(store.external_id)))
        assert seen(check) == (
            "warning",
            "the trust policy demands the external ID, but trusts only the role's own account {0}".format(ACCOUNT),
        )

    def test_its_own_account_beside_launchdarkly(self, store: Store) -> None:
        """Administrators who may assume the role without the external ID are nobody's worry."""
        role = "arn:aws:iam::{0}:role/writer".format(LAUNCHDARKLY)
        check = self.check(
            store,
            trust({"AWS": "arn:aws:iam::{0}:root".format(ACCOUNT)}),
            trust({"AWS": [role]}, Condition=external_id(store.external_id)),
        )
        assert check.outcome is Outcome.PASS
        assert check.seen.startswith("demands the configured external ID of {0};".format(role))

    def test_other_conditions(self, store: Store) -> None:
        condition = {**external_id(store.external_id), "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
        check = self.check(store, trust({"AWS": LAUNCHDARKLY}, Condition=condition))
        assert seen(check) == (
            "warning",
            "whether the trust policy lets account 999999999999 in depends on aws:SourceIp, sts:ExternalId",
        )

    def test_no_external_id_in_the_settings(self, store: Store) -> None:
        del store.make().config["external_id"]
        assert seen(store.preflight()["trust_policy"]) == ("skipped", "no external_id was given")


class TestPermissions:
    """Read from the role's policies, since moto doesn't simulate."""

    def check(self, store: Store, *statements: dict[str, Any], session: boto3.Session | None = None) -> Check:
        return store.make(permissions=policy(*statements)).preflight(session)["permissions"]

    def test_an_action_is_missing(self, store: Store) -> None:
        actions = [action for action in DYNAMODB_WRITER_ACTIONS if action != "dynamodb:ConditionCheckItem"]
        check = self.check(store, allow(*actions, resource=TABLE_ARN))
        assert seen(check) == (
            "failure",
            "by its policies, the role may not use dynamodb:ConditionCheckItem on {0}".format(TABLE_ARN),
        )
        assert check.remedy == "allow them on this table. {0}".format(LIST_SOURCE)

    def test_of_another_table(self, store: Store) -> None:
        check = store.make(permissions=permission_policy("other", REGION, ACCOUNT)).preflight()["permissions"]
        assert check.outcome is Outcome.FAILURE
        assert "may not use {0} on {1}".format(", ".join(DYNAMODB_WRITER_ACTIONS), TABLE_ARN) in check.seen
        assert check.seen.endswith("it has DynamoDB permissions on {0}".format(TABLE_ARN.replace(TABLE, "other")))

    def test_none_at_all(self, store: Store) -> None:
        check = self.check(store, allow("s3:*"))
        assert check.seen == "by its policies, the role may not use {0} on {1}".format(
            ", ".join(DYNAMODB_WRITER_ACTIONS), TABLE_ARN
        )

    def test_an_explicit_deny(self, store: Store) -> None:
        deny = {"Effect": "Deny", "Action": "dynamodb:Delete*", "Resource": "*"}
        check = self.check(store, allow("dynamodb:*"), deny)
        assert seen(check) == (
            "failure",
            "by its policies, the role is explicitly denied dynamodb:DeleteItem on {0}".format(TABLE_ARN),
        )

    def test_a_condition(self, store: Store) -> None:
        condition = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
        check = self.check(store, allow("dynamodb:*", resource=TABLE_ARN, Condition=condition))
        assert check.outcome is Outcome.WARNING
        assert check.seen.endswith("depends on conditions that can't be evaluated from here")

    def test_wildcards(self, store: Store) -> None:
        assert (
            self.check(store, allow("dynamodb:*", resource="arn:aws:dynamodb:*:*:table/seg*")).outcome is Outcome.PASS
        )

    def test_of_an_attached_policy(self, store: Store) -> None:
        store.make(permissions=policy(allow("s3:*")))
        iam = store.aws.client("iam")
        first = json.dumps(policy(allow("s3:*")))
        arn = iam.create_policy(PolicyName="writer", PolicyDocument=first)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="launchdarkly", PolicyArn=arn)
        assert store.preflight()["permissions"].outcome is Outcome.FAILURE
        second = json.dumps(permission_policy(TABLE, REGION, ACCOUNT))
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=second, SetAsDefault=True)
        assert store.preflight()["permissions"].outcome is Outcome.PASS

    def test_of_many_policies(self, store: Store) -> None:
        """More than IAM tells in one answer."""
        store.make(permissions=policy(allow("s3:*")))
        iam = store.aws.client("iam")
        document = json.dumps(permission_policy(TABLE, REGION, ACCOUNT))
        iam.put_role_policy(RoleName="launchdarkly", PolicyName="the-last", PolicyDocument=document)
        session = store.aws.user("patient", policy(allow("*")))
        # moto tells all at once.
        first = {"PolicyNames": ["table"], "IsTruncated": True, "Marker": "second"}
        second = {"PolicyNames": ["the-last"], "IsTruncated": False}
        instead(session, "iam.ListRolePolicies", lambda asked: second if asked.get("Marker") == "second" else first)
        assert store.preflight(session)["permissions"].outcome is Outcome.PASS

    def test_under_a_boundary(self, store: Store) -> None:
        iam = store.make().aws.client("iam")
        document = json.dumps(policy(allow("s3:*")))
        arn = iam.create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
        iam.put_role_permissions_boundary(RoleName="launchdarkly", PermissionsBoundary=arn)
        check = store.preflight()["permissions"]
        assert check.outcome is Outcome.WARNING
        assert "its permissions boundary, " in check.seen
        assert "iam:SimulatePrincipalPolicy" in check.remedy


class TestSimulation:
    """With what AWS's own simulation would answer; moto has none, so the answers are put in at botocore."""

    def check(self, store: Store, **changes: Any) -> tuple[Check, list[dict[str, Any]]]:
        session = store.make(permissions=policy(allow("s3:*"))).aws.user("simulating", policy(allow("*")))
        results = [{"EvalActionName": action, "EvalDecision": "allowed"} for action in DYNAMODB_WRITER_ACTIONS]
        results[0].update(changes)
        asked: list[dict[str, Any]] = []

        def simulate(question: dict[str, Any]) -> dict[str, Any]:
            asked.append(question)
            return {"EvaluationResults": results, "IsTruncated": False}

        instead(session, "iam.SimulatePrincipalPolicy", simulate)
        return store.preflight(session)["permissions"], asked

    def test_allowed(self, store: Store) -> None:
        check, asked = self.check(store)
        assert seen(check) == (
            "pass",
            "by AWS's simulation, the role may do what a writer uses on {0}".format(TABLE_ARN),
        )
        (question,) = asked
        assert question["PolicySourceArn"] == store.config["role_arn"]
        assert question["ResourceArns.member.1"] == TABLE_ARN
        actions = [value for name, value in question.items() if name.startswith("ActionNames.")]
        assert actions == list(DYNAMODB_WRITER_ACTIONS)

    def test_not_allowed(self, store: Store) -> None:
        check, _ = self.check(store, EvalDecision="implicitDeny")
        assert seen(check) == (
            "failure",
            "by AWS's simulation, the role may not use dynamodb:GetItem on {0}".format(TABLE_ARN),
        )
        assert LIST_SOURCE in check.remedy

    def test_denied(self, store: Store) -> None:
        check, _ = self.check(store, EvalDecision="explicitDeny")
        assert seen(check) == (
            "failure",
            "by AWS's simulation, the role is explicitly denied dynamodb:GetItem on {0}".format(TABLE_ARN),
        )

    @pytest.mark.parametrize(
        ("detail", "words"),
        [
            (
                {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
                "the role's permissions boundary stands in the way",
            ),
            (
                {"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
                "a policy of the AWS organisation stands in the way",
            ),
        ],
    )
    def test_blocked_from_above(self, store: Store, detail: dict[str, Any], words: str) -> None:
        check, _ = self.check(store, EvalDecision="implicitDeny", **detail)
        assert check.seen.endswith(words)

    def test_depends(self, store: Store) -> None:
        check, _ = self.check(store, EvalDecision="implicitDeny", MissingContextValues=["aws:SourceVpc"])
        assert check.outcome is Outcome.WARNING
