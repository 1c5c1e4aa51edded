# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The preflight's checks of the role, each failure provoked against moto's AWS with IAM enforced."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ld_segment_store.core.documents import (
    DYNAMODB_WRITER_ACTIONS,
    new_external_id,
    trust_policy,
)
from ld_segment_store.preflight.checks import Check, Outcome
from tests.support.aws_server import ACCOUNT, LAUNCHDARKLY
from tests.support.dynamodb_preflight import TABLE_ARN, Store, instead, seen

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
        assert seen(checks["role"]) == ("pass", f"arn:aws:iam::{ACCOUNT}:role/launchdarkly exists")
        assert seen(checks["trust_policy"]) == (
            "pass",
            "requires the configured external ID of account 999999999999; compare that with LaunchDarkly's account",
        )

    def test_missing(self, store: Store) -> None:
        store.make()
        store.config["role_arn"] += "x"
        checks = store.preflight()
        assert seen(checks["role"]) == ("failure", f"there is no role 'launchdarklyx' in account {ACCOUNT}")
        assert checks["role"].remedy == (
            "create it with the generated trust and permission policies, or correct role_arn"
        )
        assert seen(checks["trust_policy"]) == ("skipped", "not checked, because 'Role' failed")
        assert checks["permissions"].outcome is Outcome.SKIPPED

    def test_under_another_path(self, store: Store) -> None:
        store.make()
        store.config["role_arn"] = store.config["role_arn"].replace("role/", "role/some/path/")
        assert seen(store.preflight()["role"]) == (
            "failure",
            f"the role 'launchdarkly' has another ARN than role_arn: arn:aws:iam::{ACCOUNT}:role/launchdarkly",
        )

    def test_caller_may_not_look(self, store: Store) -> None:
        session = store.make().aws.user("no-iam", policy(allow("dynamodb:*", "kms:*")))
        checks = store.preflight(session)
        assert seen(checks["role"]) == ("skipped", "the caller may not use iam:GetRole")
        assert checks["role"].remedy == "allow the caller iam:GetRole, or run this with credentials that may"
        assert seen(checks["trust_policy"]) == ("skipped", "the caller may not use iam:GetRole")
        assert seen(checks["permissions"])[0] == "skipped"
        assert checks["permissions"].seen.startswith("not decided: ")
        assert checks["table"].outcome is Outcome.PASS


class TestTrustPolicy:
    def check(self, store: Store, *statements: dict[str, Any]) -> Check:
        return store.make(trust=policy(*statements)).preflight()["trust_policy"]

    def test_wrong_external_id(self, store: Store) -> None:
        other = new_external_id()
        check = store.make(trust=trust_policy(other, LAUNCHDARKLY)).preflight()["trust_policy"]
        assert seen(check) == (
            "failure",
            f"the trust policy requires the external ID {other}, not {store.external_id}",
        )
        assert check.remedy == "give the same external ID in both places"

    def test_denied_without_another_external_id(self, store: Store) -> None:
        other = new_external_id()
        deny = trust("*", Effect="Deny", Condition=external_id(other, "StringNotEquals"))
        check = self.check(store, trust({"AWS": LAUNCHDARKLY}), deny)
        assert check.seen == f"the trust policy requires the external ID {other}, not {store.external_id}"

    def test_no_external_id(self, store: Store) -> None:
        check = self.check(store, trust({"AWS": f"arn:aws:iam::{LAUNCHDARKLY}:root"}))
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

    @pytest.mark.parametrize("pattern", ["*", "{0}*", "????????-*"])
    def test_a_pattern_of_external_ids(self, store: Store, pattern: str) -> None:
        pattern = pattern.format(store.external_id[:20])
        check = self.check(store, trust({"AWS": LAUNCHDARKLY}, Condition=external_id(pattern, "StringLike")))
        assert check.outcome is Outcome.WARNING

    def test_everybody_who_knows_the_external_id(self, store: Store) -> None:
        check = self.check(store, trust({"AWS": "*"}, Condition=external_id(store.external_id)))
        assert seen(check) == (
            "warning",
            "the trust policy lets everybody who knows the external ID assume the role",
        )

    @pytest.mark.parametrize("principal", ["AROAEXAMPLEID1234567", "AIDAEXAMPLEID1234567"])
    def test_a_deleted_principal(self, store: Store, principal: str) -> None:
        check = self.check(store, trust({"AWS": principal}, Condition=external_id(store.external_id)))
        assert seen(check) == ("failure", f"the trust policy names only a deleted user or role ({principal})")

    def test_a_principal_of_another_partition(self, store: Store) -> None:
        arn = f"arn:aws-cn:iam::{LAUNCHDARKLY}:root"
        check = self.check(store, trust({"AWS": arn}, Condition=external_id(store.external_id)))
        assert seen(check) == (
            "failure",
            "the trust policy names principals of the partition aws-cn, but the role is in aws",
        )

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
            f"the trust policy requires the external ID, but trusts only the role's own account {ACCOUNT}",
        )

    def test_its_own_account_beside_launchdarkly(self, store: Store) -> None:
        """Administrators who may assume the role without the external ID are nobody's worry."""
        role = f"arn:aws:iam::{LAUNCHDARKLY}:role/writer"
        check = self.check(
            store,
            trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
            trust({"AWS": [role]}, Condition=external_id(store.external_id)),
        )
        assert check.outcome is Outcome.PASS
        assert check.seen.startswith(f"requires the configured external ID of {role};")

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
            f"the role may use what a writer needs on {TABLE_ARN} (by AWS's simulation)",
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
            f"the role may not use dynamodb:GetItem on {TABLE_ARN}",
        )
        assert LIST_SOURCE in check.remedy

    def test_denied(self, store: Store) -> None:
        check, _ = self.check(store, EvalDecision="explicitDeny")
        assert seen(check) == (
            "failure",
            f"a policy explicitly denies the role dynamodb:GetItem on {TABLE_ARN}",
        )

    @pytest.mark.parametrize(
        ("detail", "words"),
        [
            (
                {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
                "the role's permissions boundary",
            ),
            (
                {"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
                "a service control policy of the AWS organization",
            ),
        ],
    )
    def test_blocked_from_above(self, store: Store, detail: dict[str, Any], words: str) -> None:
        check, _ = self.check(store, EvalDecision="implicitDeny", **detail)
        assert check.seen == f"{words} denies the role dynamodb:GetItem on {TABLE_ARN}"

    def test_depends(self, store: Store) -> None:
        check, _ = self.check(store, EvalDecision="implicitDeny", MissingContextValues=["aws:SourceVpc"])
        assert check.outcome is Outcome.WARNING

    @pytest.mark.parametrize(
        ("code", "remedy"),
        [("AccessDenied", "iam:SimulatePrincipalPolicy"), ("ServiceFailure", "retry")],
    )
    def test_not_decided(self, store: Store, code: str, remedy: str) -> None:
        session = store.make().aws.user("simulating", policy(allow("*")))
        instead(session, "iam.SimulatePrincipalPolicy", lambda _: {"Error": {"Code": code, "Message": ""}})
        check = store.preflight(session)["permissions"]
        assert check.outcome is Outcome.SKIPPED
        assert check.seen.startswith("not decided: ")
        assert remedy in check.remedy


class TestTablePolicy:
    def check(self, store: Store, answer: dict[str, Any]) -> Check:
        session = store.make().aws.user("looking", policy(allow("*")))
        instead(session, "dynamodb.GetResourcePolicy", lambda _: answer)
        return store.preflight(session)["resource_policy"]

    def test_none(self, store: Store) -> None:
        check = self.check(store, {"Error": {"Code": "PolicyNotFoundException", "Message": ""}})
        assert seen(check) == ("pass", "the table has no policy of its own")

    def test_without_knowing_the_account(self, store: Store) -> None:
        """As with a local DynamoDB that has no STS, and without a role."""
        session = store.make().aws.user("local", policy(allow("*")))
        del store.config["role_arn"], store.config["external_id"]
        instead(session, "sts.GetCallerIdentity", lambda _: {"Error": {"Code": "NotImplemented", "Message": ""}})
        instead(session, "dynamodb.GetResourcePolicy", lambda _: {"Error": {"Code": "UnknownOperationException"}})
        checks = store.preflight(session)
        assert seen(checks["resource_policy"]) == (
            "skipped",
            "AWS answered dynamodb:GetResourcePolicy with UnknownOperationException",
        )
        assert checks["table"].outcome is Outcome.PASS

    def test_one_that_denies(self, store: Store) -> None:
        document = json.dumps(policy({"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}))
        check = self.check(store, {"Policy": document})
        assert check.outcome is Outcome.WARNING
        assert check.seen.startswith("the table's own policy has a Deny")

    def test_one_that_allows(self, store: Store) -> None:
        check = self.check(store, {"Policy": json.dumps(policy({"Effect": "Allow", "Principal": "*"}))})
        assert seen(check) == ("pass", "the table's own policy denies nothing")


class TestDenials:
    """AWS names in its text what denies a request. The text itself is not shown."""

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("with an explicit deny in a service control policy", "a service control policy of the AWS organization"),
            ("because no permissions boundary allows the action", "a permissions boundary"),
            ("with an explicit deny in a VPC endpoint policy", "the policy of a VPC endpoint"),
            ("is not authorized to perform: kms:Decrypt on resource", "the KMS key of the table"),
        ],
    )
    def test_reason(self, store: Store, text: str, words: str) -> None:
        session = store.make().aws.user("denied", policy(allow("*")))
        error = {"Code": "AccessDeniedException", "Message": f"User: MARKER {text}"}
        instead(session, "dynamodb.GetItem", lambda _: {"Error": error})
        check = store.preflight(session)["last_sync"]
        assert seen(check) == ("skipped", f"the caller may not use dynamodb:GetItem: {words} denies it")

    def test_throttling_is_retried(self, store: Store) -> None:
        session = store.make().aws.user("throttled", policy(allow("*")))
        asked: list[Any] = []

        def answer(question: dict[str, Any]) -> dict[str, Any]:
            asked.append(question)
            if len(asked) < 3:
                return {"Error": {"Code": "ThrottlingException", "Message": ""}}
            return {"Item": {}}

        instead(session, "dynamodb.GetItem", answer)
        assert store.preflight(session)["last_sync"].outcome is Outcome.PASS
        assert len(asked) == 3
