# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Checks of the role that LaunchDarkly assumes: that it exists, whom it trusts, what it may do with the table."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...core.documents import DYNAMODB_WRITER_ACTIONS, LIST_SOURCE, table_arn
from ..checks import Once, Verdict, failure, passed, skipped, warning
from .aws import Aws, Unanswered, denied
from .policies import (
    Decision,
    aws_principals,
    condition_keys,
    condition_values,
    decide,
    decide_trust,
    matches,
    statements,
    texts,
)

_EXTERNAL_ID = "sts:ExternalId"


@dataclass(frozen=True)
class RoleArn:
    """The parts of a role's ARN, such as `arn:aws:iam::123456789012:role/path/name`. Empty where no role is given."""

    arn: str

    @property
    def partition(self) -> str:
        """Such as `aws`."""
        return self.arn.split(":")[1] if self.arn else ""

    @property
    def account(self) -> str:
        """The twelve digits of the role's AWS account."""
        return self.arn.split(":")[4] if self.arn else ""

    @property
    def name(self) -> str:
        """The role's name, without its path."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True)
class _Reading:
    """What the role may do with the table: a decision for each action, how it was found, and what that way can't see."""

    decisions: Mapping[str, Decision]
    how: str
    blocked_by: str = ""
    unseen: str = ""
    elsewhere: tuple[str, ...] = ()


class RoleChecks:
    """The checks of one role for one table."""

    def __init__(self, aws: Aws, role: RoleArn, external_id: str, table_name: str) -> None:
        self._aws = aws
        self._role = role
        self._external_id = external_id
        self._table_name = table_name
        self._found: Once[dict[str, Any]] = Once(lambda: aws.ask("iam", "get_role", RoleName=role.name)["Role"])

    def role(self) -> Verdict:
        """Whether the role exists, under exactly this ARN."""
        if not self._role.arn:
            return skipped("no role_arn was given")
        try:
            found = self._found()
        except Unanswered as unanswered:
            if unanswered.code == "NoSuchEntity":
                return failure(
                    "there is no role {0!r} in account {1}".format(self._role.name, self._role.account),
                    "create it with the generated trust and permission policies, or correct role_arn",
                )
            raise
        if found["Arn"] != self._role.arn:
            return failure(
                "the role {0!r} has another ARN than role_arn: {1}".format(self._role.name, found["Arn"]),
                "give the ARN with its path, as AWS shows it",
            )
        return passed("{0} exists".format(self._role.arn))

    def trust_policy(self) -> Verdict:
        """Whether the role can be assumed with the configured external ID, and not without it."""
        if not self._external_id:
            return skipped("no external_id was given")
        policy = self._about_others(self._found()["AssumeRolePolicyDocument"])
        right = decide_trust(policy, self._external_id)
        # Any UUID that isn't the right one shows whether the policy asks for it at all.
        others = {decide_trust(policy, str(uuid.uuid4())), decide_trust(policy, None)}
        allowing = [item for item in statements(policy) if item.get("Effect") == "Allow"]
        principals = [principal for item in allowing for principal in aws_principals(item)]
        if not principals:
            return failure(
                "the trust policy lets no AWS account assume the role",
                "use the generated trust policy, with LaunchDarkly's account",
            )
        trusted = ", ".join(sorted({_spoken(principal) for principal in principals}))
        if right is Decision.UNKNOWN:
            return warning(
                "whether the trust policy lets {0} in depends on {1}".format(
                    trusted, ", ".join(condition_keys(policy))
                ),
                "make sure that these conditions fit LaunchDarkly's requests; from here they can't be evaluated",
            )
        if right is not Decision.ALLOWED:
            return self._not_assumable(policy, right)
        if Decision.ALLOWED in others:
            return _open_to_all(trusted) if "*" in principals else _no_external_id(trusted)
        if Decision.UNKNOWN in others:
            return warning(
                "the trust policy lets {0} in, but it may not insist on the external ID".format(trusted),
                'demand it with "StringEquals": {"sts:ExternalId": ...}, as in the generated trust policy',
            )
        if all(self._only_own(item) for item in allowing):
            return warning(
                "the trust policy demands the external ID, but trusts only the role's own {0}".format(trusted),
                "name LaunchDarkly's AWS account as the principal",
            )
        return passed(
            "demands the configured external ID of {0}; compare that with LaunchDarkly's account".format(trusted)
        )

    def _about_others(self, policy: Mapping[str, Any]) -> Mapping[str, Any]:
        """The policy without what it allows its own account, such as administrators, unless nothing else is allowed."""
        others = [item for item in statements(policy) if item.get("Effect") != "Allow" or not self._only_own(item)]
        lets_in = any(item.get("Effect") == "Allow" and aws_principals(item) for item in others)
        return {"Statement": others} if lets_in else policy

    def _only_own(self, statement: Mapping[str, Any]) -> bool:
        principals = aws_principals(statement)
        return bool(principals) and all(_account_of(principal) == self._role.account for principal in principals)

    def _not_assumable(self, policy: Mapping[str, Any], decision: Decision) -> Verdict:
        demanded = sorted(set(condition_values(policy, _EXTERNAL_ID)) - {self._external_id})
        if demanded:
            return failure(
                "the trust policy demands the external ID {0}, not {1}".format(
                    " or ".join(demanded), self._external_id
                ),
                "give the same external ID in both places",
            )
        return failure(
            "the trust policy does not let LaunchDarkly in with this external ID: sts:AssumeRole is {0}".format(
                decision.value
            ),
            "use the generated trust policy",
        )

    def permissions(self) -> Verdict:
        """Whether the role's policies allow on the table what a writer uses."""
        if not self._role.arn:
            return skipped("no role_arn was given")
        arn = table_arn(self._table_name, self._aws.region, self._role.account, self._role.partition)
        try:
            return _judged(self._reading(arn), arn)
        except Unanswered as unanswered:
            if unanswered.code == "NoSuchEntity":
                return skipped("not checked, because the role doesn't exist")
            if denied(unanswered):
                remedy = "allow the caller iam:SimulatePrincipalPolicy, which is all that this check needs"
                return skipped(unanswered.verdict.seen, remedy)
            raise

    def _reading(self, arn: str) -> _Reading:
        try:
            return self._simulated(arn)
        except Unanswered as unanswered:
            if unanswered.by_credentials or unanswered.code in {"", "NoSuchEntity"}:
                raise
        return self._read(arn)

    def _simulated(self, arn: str) -> _Reading:
        """What AWS itself says, with permissions boundaries and the organisation's policies."""
        answer = self._aws.ask(
            "iam",
            "simulate_principal_policy",
            PolicySourceArn=self._role.arn,
            ActionNames=list(DYNAMODB_WRITER_ACTIONS),
            ResourceArns=[arn],
        )
        results = answer["EvaluationResults"]
        blocked_by = []
        if any(not _allowed_by(result, "PermissionsBoundary") for result in results):
            blocked_by.append("the role's permissions boundary")
        if any(not _allowed_by(result, "Organizations") for result in results):
            blocked_by.append("a policy of the AWS organisation")
        return _Reading(
            {result["EvalActionName"]: _simulated_decision(result) for result in results},
            "by AWS's simulation",
            blocked_by=" and ".join(blocked_by),
        )

    def _read(self, arn: str) -> _Reading:
        """What the role's policies say when read here."""
        policies = self._policies()
        unseen = "the organisation's policies and the table's own policy were not looked at"
        try:
            if "PermissionsBoundary" in self._found():
                unseen = "its permissions boundary, " + unseen
        except Unanswered:
            unseen = "a permissions boundary, " + unseen
        decisions = {action: decide(policies, action, arn, {}) for action in DYNAMODB_WRITER_ACTIONS}
        elsewhere = {
            resource
            for policy in policies
            for statement in statements(policy)
            if statement.get("Effect") == "Allow"
            for resource in texts(statement.get("Resource", []))
            if ":dynamodb:" in resource and matches(resource, arn) is False
        }
        return _Reading(decisions, "by its policies", unseen=unseen, elsewhere=tuple(sorted(elsewhere)))

    def _policies(self) -> list[Mapping[str, Any]]:
        name = self._role.name
        found = [
            self._aws.ask("iam", "get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in self._all("list_role_policies", "PolicyNames")
        ]
        for attached in self._all("list_attached_role_policies", "AttachedPolicies"):
            arn = attached["PolicyArn"]
            version = self._aws.ask("iam", "get_policy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
            answer = self._aws.ask("iam", "get_policy_version", PolicyArn=arn, VersionId=version)
            found.append(answer["PolicyVersion"]["Document"])
        return found

    def _all(self, operation: str, key: str) -> list[Any]:
        """What IAM lists, page by page."""
        items: list[Any] = []
        page: dict[str, Any] = {"IsTruncated": True}
        while page.get("IsTruncated"):
            marker = {"Marker": page["Marker"]} if items else {}
            page = self._aws.ask("iam", operation, RoleName=self._role.name, **marker)
            items += page[key]
        return items


def _judged(reading: _Reading, arn: str) -> Verdict:
    def actions(decision: Decision) -> str:
        return ", ".join(action for action, found in reading.decisions.items() if found is decision)

    refused, missing, unknown = (actions(d) for d in (Decision.DENIED, Decision.NOT_ALLOWED, Decision.UNKNOWN))
    if refused:
        return failure(
            "{0}, the role is explicitly denied {1} on {2}".format(reading.how, refused, arn),
            "take the Deny away, or except this table from it",
        )
    if missing:
        seen = "{0}, the role may not use {1} on {2}".format(reading.how, missing, arn)
        if reading.blocked_by:
            return failure("{0}: {1} stands in the way".format(seen, reading.blocked_by), "allow them there too")
        if reading.elsewhere:
            seen += "; it has DynamoDB permissions on {0}".format(", ".join(reading.elsewhere))
        return failure(seen, "allow them on this table. {0}".format(LIST_SOURCE))
    if unknown:
        return warning(
            "{0}, whether the role may use {1} depends on conditions that can't be evaluated from here".format(
                reading.how, unknown
            ),
            "make sure that the conditions fit LaunchDarkly's requests, or allow the actions without them",
        )
    seen = "{0}, the role may do what a writer uses on {1}".format(reading.how, arn)
    if "permissions boundary" in reading.unseen:
        return warning(
            "{0}; {1}".format(seen, reading.unseen),
            "make sure that they allow it too, or let the caller use iam:SimulatePrincipalPolicy",
        )
    return passed("{0}; {1}".format(seen, reading.unseen) if reading.unseen else seen)


def _allowed_by(result: Mapping[str, Any], kind: str) -> bool:
    detail = result.get(kind + "DecisionDetail") or {}
    return bool(detail.get("AllowedBy" + kind, True))


def _simulated_decision(result: Mapping[str, Any]) -> Decision:
    if result["EvalDecision"] == "allowed":
        return Decision.ALLOWED
    if result["EvalDecision"] == "explicitDeny":
        return Decision.DENIED
    return Decision.UNKNOWN if result.get("MissingContextValues") else Decision.NOT_ALLOWED


def _open_to_all(trusted: str) -> Verdict:
    return failure(
        "the trust policy lets {0} assume the role without the external ID".format(trusted),
        "name LaunchDarkly's AWS account as the principal and demand the external ID, as in the generated trust policy",
    )


def _no_external_id(trusted: str) -> Verdict:
    return warning(
        "the trust policy lets {0} assume the role without the external ID".format(trusted),
        "demand sts:ExternalId, as in the generated trust policy: without it, another customer of LaunchDarkly who knows the"
        " role's ARN could have LaunchDarkly write to this table",
    )


def _account_of(principal: str) -> str:
    return principal.split(":")[4] if principal.startswith("arn:") else principal


def _spoken(principal: str) -> str:
    """A principal for people: `account 123456789012`, `everybody`, or its ARN."""
    if principal == "*":
        return "everybody"
    if principal.isdigit() or principal.endswith(":root"):
        return "account {0}".format(_account_of(principal))
    return principal
