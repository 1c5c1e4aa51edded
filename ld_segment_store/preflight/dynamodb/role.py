# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Checks of the role that LaunchDarkly assumes: existence, trust policy, permissions on the table."""

from __future__ import annotations

import re
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
    decide_trust,
    statements,
    texts,
)

_EXTERNAL_ID = "sts:ExternalId"
# IAM replaces the ARN of a deleted user or role in a trust policy by its unique ID.
_DELETED = re.compile(r"A(RO|ID)A[A-Z0-9]{12,}")


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
                    f"there is no role {self._role.name!r} in account {self._role.account}",
                    "create it with the generated trust and permission policies, or correct role_arn",
                )
            raise
        if found["Arn"] != self._role.arn:
            return failure(
                f"the role {self._role.name!r} has another ARN than role_arn: {found['Arn']}",
                "give the ARN with its path, as AWS shows it",
            )
        partition = self._aws.partition()
        if partition != self._role.partition:
            return failure(
                f"the role is in the partition {self._role.partition}, but the region {self._aws.region} in {partition}",
                "use a role and a region of the same partition",
            )
        return passed(f"{self._role.arn} exists")

    def trust_policy(self) -> Verdict:
        """Whether the role can be assumed with the configured external ID, and not without it."""
        if not self._external_id:
            return skipped("no external_id was given")
        policy = self._about_others(self._found()["AssumeRolePolicyDocument"])
        principals = [principal for item in _allowing(policy) for principal in aws_principals(item)]
        unusable = self._unusable_principals(principals)
        if unusable:
            return unusable
        trusted = ", ".join(sorted({_spoken(principal) for principal in principals}))
        right = decide_trust(policy, self._external_id)
        if right is Decision.UNKNOWN:
            return warning(
                f"whether the trust policy lets {trusted} in depends on {', '.join(condition_keys(policy))}",
                "check that these conditions fit LaunchDarkly's requests; they cannot be evaluated here",
            )
        if right is not Decision.ALLOWED:
            return self._not_assumable(policy, right)
        # Any UUID other than the right one shows whether the policy requires it at all.
        others = {decide_trust(policy, str(uuid.uuid4())), decide_trust(policy, None)}
        if Decision.ALLOWED in others:
            return _open_to_all(trusted) if "*" in principals else _no_external_id(trusted)
        return _weakness(policy, principals, trusted, Decision.UNKNOWN in others) or self._trusts(policy, trusted)

    def _trusts(self, policy: Mapping[str, Any], trusted: str) -> Verdict:
        if all(self._only_own(item) for item in _allowing(policy)):
            return warning(
                f"the trust policy requires the external ID, but trusts only the role's own {trusted}",
                "name LaunchDarkly's AWS account as the principal",
            )
        return passed(f"requires the configured external ID of {trusted}; compare that with LaunchDarkly's account")

    def _about_others(self, policy: Mapping[str, Any]) -> Mapping[str, Any]:
        """The policy without what it allows its own account, such as administrators, unless nothing else is allowed."""
        others = [item for item in statements(policy) if item.get("Effect") != "Allow" or not self._only_own(item)]
        lets_in = any(item.get("Effect") == "Allow" and aws_principals(item) for item in others)
        return {"Statement": others} if lets_in else policy

    def _unusable_principals(self, principals: list[str]) -> Verdict | None:
        """A failure if no principal can ever assume the role."""
        if not principals:
            return failure(
                "the trust policy lets no AWS account assume the role",
                "use the generated trust policy, with LaunchDarkly's account",
            )
        if all(_DELETED.fullmatch(principal) for principal in principals):
            return failure(
                f"the trust policy names only a deleted user or role ({', '.join(principals)})",
                "name LaunchDarkly's AWS account as the principal again",
            )
        partitions = {principal.split(":")[1] for principal in principals if principal.startswith("arn:")}
        if partitions and self._role.partition not in partitions and all(p.startswith("arn:") for p in principals):
            return failure(
                f"the trust policy names principals of the partition {', '.join(sorted(partitions))}, but the role is in"
                f" {self._role.partition}",
                "name a principal of the role's own partition: a role cannot be assumed from another one",
            )
        return None

    def _only_own(self, statement: Mapping[str, Any]) -> bool:
        principals = aws_principals(statement)
        return bool(principals) and all(_account_of(principal) == self._role.account for principal in principals)

    def _not_assumable(self, policy: Mapping[str, Any], decision: Decision) -> Verdict:
        demanded = sorted(set(condition_values(policy, _EXTERNAL_ID)) - {self._external_id})
        if demanded:
            return failure(
                f"the trust policy requires the external ID {' or '.join(demanded)}, not {self._external_id}",
                "give the same external ID in both places",
            )
        return failure(
            f"the trust policy does not let LaunchDarkly in with this external ID: sts:AssumeRole is {decision.value}",
            "use the generated trust policy",
        )

    def permissions(self) -> Verdict:
        """Whether AWS's simulation allows on the table what a writer uses."""
        if not self._role.arn:
            return skipped("no role_arn was given")
        arn = table_arn(self._table_name, self._aws.region, self._role.account, self._role.partition)
        try:
            answer = self._aws.ask(
                "iam",
                "simulate_principal_policy",
                PolicySourceArn=self._role.arn,
                ActionNames=list(DYNAMODB_WRITER_ACTIONS),
                ResourceArns=[arn],
            )
        except Unanswered as unanswered:
            if unanswered.code == "NoSuchEntity":
                return skipped("not checked, because the role does not exist")
            if unanswered.by_credentials or not unanswered.code:
                raise
            remedy = "allow the caller iam:SimulatePrincipalPolicy, which is all that this check needs"
            return skipped(
                f"not decided: {unanswered.verdict.seen}", remedy if denied(unanswered) else unanswered.verdict.remedy
            )
        return _judged(answer["EvaluationResults"], arn)


def _judged(results: list[Mapping[str, Any]], arn: str) -> Verdict:
    def actions(decision: Decision) -> str:
        return ", ".join(result["EvalActionName"] for result in results if _decision(result) is decision)

    refused, missing, unknown = (actions(d) for d in (Decision.DENIED, Decision.NOT_ALLOWED, Decision.UNKNOWN))
    blocked_by = " and ".join(
        name
        for kind, name in (
            ("PermissionsBoundary", "the role's permissions boundary"),
            ("Organizations", "a service control policy of the AWS organization"),
        )
        if any(not _allowed_by(result, kind) for result in results)
    )
    if blocked_by and (refused or missing):
        return failure(
            f"{blocked_by} denies the role {', '.join(filter(None, (refused, missing)))} on {arn}",
            "allow these actions there too",
        )
    if refused:
        return failure(
            f"a policy explicitly denies the role {refused} on {arn}", "remove the Deny, or except this table"
        )
    if missing:
        return failure(f"the role may not use {missing} on {arn}", f"allow these actions on this table. {LIST_SOURCE}")
    if unknown:
        return warning(
            f"whether the role may use {unknown} depends on conditions that the simulation does not know",
            "check that the conditions fit LaunchDarkly's requests, or allow the actions without them",
        )
    return passed(f"the role may use what a writer needs on {arn} (by AWS's simulation)")


def _allowed_by(result: Mapping[str, Any], kind: str) -> bool:
    detail = result.get(f"{kind}DecisionDetail") or {}
    return bool(detail.get(f"AllowedBy{kind}", True))


def _decision(result: Mapping[str, Any]) -> Decision:
    if result["EvalDecision"] == "allowed":
        return Decision.ALLOWED
    if result["EvalDecision"] == "explicitDeny":
        return Decision.DENIED
    return Decision.UNKNOWN if result.get("MissingContextValues") else Decision.NOT_ALLOWED


def _allowing(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in statements(policy) if item.get("Effect") == "Allow"]


def _weakness(policy: Mapping[str, Any], principals: list[str], trusted: str, uncertain: bool) -> Verdict | None:
    """A warning if the policy requires the external ID, but in a way that lets others in."""
    if "*" in principals:
        return warning(
            "the trust policy lets everybody who knows the external ID assume the role",
            "name LaunchDarkly's AWS account as the principal, as in the generated trust policy",
        )
    if _has_wildcard(_allowing(policy)):
        return warning(
            f"the trust policy lets {trusted} in with every external ID that fits a pattern",
            'require the complete ID with "StringEquals", as in the generated trust policy',
        )
    if uncertain:
        return warning(
            f"the trust policy lets {trusted} in, but it may not insist on the external ID",
            'require it with "StringEquals": {"sts:ExternalId": ...}, as in the generated trust policy',
        )
    return None


def _has_wildcard(allowing: list[Mapping[str, Any]]) -> bool:
    """Whether an external ID is compared with a pattern."""
    return any(
        "Like" in operator and key.lower() == _EXTERNAL_ID.lower() and re.search(r"[*?]", value)
        for statement in allowing
        for operator, block in (statement.get("Condition") or {}).items()
        for key, values in block.items()
        for value in texts(values)
    )


def _open_to_all(trusted: str) -> Verdict:
    return failure(
        f"the trust policy lets {trusted} assume the role without the external ID",
        "name LaunchDarkly's AWS account as the principal and require the external ID, as in the generated trust policy",
    )


def _no_external_id(trusted: str) -> Verdict:
    return warning(
        f"the trust policy lets {trusted} assume the role without the external ID",
        "require sts:ExternalId, as in the generated trust policy: without it, another customer of LaunchDarkly who knows the"
        " role's ARN could have LaunchDarkly write to this table",
    )


def _account_of(principal: str) -> str:
    return principal.split(":")[4] if principal.startswith("arn:") else principal


def _spoken(principal: str) -> str:
    """A principal for people: `account 123456789012`, `everybody`, or its ARN."""
    if principal == "*":
        return "everybody"
    if principal.isdigit() or principal.endswith(":root"):
        return f"account {_account_of(principal)}"
    return principal
