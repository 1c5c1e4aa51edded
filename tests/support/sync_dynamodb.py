# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A table in moto's AWS, and a role that an emulator has to assume to write it.

An area's conftest imports the fixtures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from ld_segment_store.core.documents import new_external_id, permission_policy, trust_policy
from ld_segment_store.emulator.account.segments import hash_of
from tests.support.aws_server import ACCOUNT, REGION, AwsServer
from tests.support.sync import PREFIX

TABLE = "segments"
METADATA = PREFIX + ":big_segments_metadata"
CALLER = "stands-for-launchdarkly"
USERS = PREFIX + ":big_segments_user"
LAUNCHDARKLY_MAY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
}


@dataclass
class Store:
    """A table and a role, made as the generated documents say, and the credentials that stand for LaunchDarkly's."""

    aws: AwsServer
    external_id: str = field(default_factory=new_external_id)

    def __post_init__(self) -> None:
        # As LaunchDarkly's principal; moto does not see that a user belongs to an account that is named.
        trust = trust_policy(self.external_id, f"arn:aws:iam::{ACCOUNT}:user/{CALLER}")
        self.role_arn = self.aws.make_role(trust, role_policy())

    def config(self, **others: str) -> dict[str, str]:
        config = {"tableName": TABLE, "region": REGION, "externalId": self.external_id, "roleArn": self.role_arn}
        return {**config, **others}

    def items(self) -> list[dict[str, Any]]:
        return list(self.aws.client("dynamodb").scan(TableName=TABLE)["Items"])

    def members(self) -> dict[str, dict[str, set[str]]]:
        """By hash: what includes and what excludes that context. Contexts without either are left out."""
        found: dict[str, dict[str, set[str]]] = {
            item["key"]["S"]: {name: set(item[name]["SS"]) for name in ("included", "excluded") if name in item}
            for item in self.items()
            if item["namespace"]["S"] == USERS
        }
        return {context: sets for context, sets in found.items() if sets}

    def allow(self, *actions: str) -> None:
        """Let the role use these actions and no others."""
        self.aws.client("iam").put_role_policy(
            RoleName="launchdarkly", PolicyName="table", PolicyDocument=json.dumps(role_policy(*actions))
        )


def role_policy(*actions: str) -> dict[str, Any]:
    """The generated policy, or the same with other actions. moto does not see which table a request is about."""
    policy = permission_policy(TABLE, REGION, ACCOUNT)
    policy["Statement"][0].update({"Resource": "*", **({"Action": list(actions)} if actions else {})})
    return policy


SEEDED = {
    hash_of("user-1"): {"included": {"big-one.g1"}},
    hash_of("user-2"): {"included": {"big-one.g1"}},
    hash_of("user-3"): {"excluded": {"big-one.g1"}},
}


@pytest.fixture(scope="module")
def module_aws() -> Iterator[AwsServer]:
    with AwsServer() as server:
        yield server


@pytest.fixture
def aws(module_aws: AwsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsServer:
    """A fresh AWS, and credentials of a user who may assume roles in the environment."""
    module_aws.reset()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    take_credentials(module_aws.user(CALLER, LAUNCHDARKLY_MAY), monkeypatch)
    return module_aws


def take_credentials(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = session.get_credentials()
    assert credentials is not None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)


@pytest.fixture
def store(aws: AwsServer) -> Store:
    aws.make_table(TABLE)
    return Store(aws)
