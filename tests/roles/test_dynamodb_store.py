# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""dynamodb_store on moto's AWS: in check mode, done, done again, repaired, and written to by the emulator."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from ld_segment_store.core.documents import permission_policy, reader_policy, trust_policy
from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import TOKEN, Playbooks
from tests.roles.application import Applied, apply
from tests.support.aws_server import ACCOUNT, ALLOW_ALL, LAUNCHDARKLY, REGION, AwsServer
from tests.support.sync import PREFIX, options, seed
from tests.support.sync_dynamodb import CALLER

TABLE = "segments"
ARN = f"arn:aws:iam::{ACCOUNT}:role/{TABLE}"
POLICY = "big-segment-store"
MAKE_TABLE, MAKE_ROLE, ALLOW = (
    "Create the table",
    "Create or update the role that LaunchDarkly assumes",
    "Allow the role to write to the table",
)
REMOVE_INTEGRATION, REMOVE_ROLE, REMOVE_TABLE = (
    "Remove the integration from LaunchDarkly",
    "Remove the role that LaunchDarkly assumes",
    "Remove the table",
)
CHECK, TELL = "Check table and role", "Create or update the integration in LaunchDarkly"


class Aws:
    """The server, and how the role is applied to it as its administrator."""

    def __init__(self, server: AwsServer, playbooks: Playbooks) -> None:
        self.server = server
        self._playbooks = playbooks

    def apply(
        self,
        ld: Emulator,
        *,
        check: bool = False,
        may_fail: bool = False,
        texts: Mapping[str, str] | None = None,
        **others: Any,
    ) -> Applied:
        named = {
            "project_key": "shop",
            "environment_key": "live",
            "table_name": TABLE,
            "region": REGION,
            "principal": LAUNCHDARKLY,
            "client_side_id": PREFIX,
            "wait": False,
            **others,
        }
        keys = self.server.admin.get_credentials()
        assert keys is not None
        applied = apply(
            self._playbooks,
            "dynamodb_store",
            {"dynamodb_store_" + name: value for name, value in named.items() if value is not None},
            ld,
            check=check,
            may_fail=may_fail,
            texts=texts,
            AWS_ENDPOINT_URL=self.server.url,
            AWS_ACCESS_KEY_ID=keys.access_key,
            AWS_SECRET_ACCESS_KEY=keys.secret_key,
            AWS_EC2_METADATA_DISABLED="true",
        )
        assert keys.secret_key not in applied.run.output
        return applied

    @property
    def iam(self) -> Any:
        return self.server.client("iam")

    @property
    def trust(self) -> Any:
        return self.iam.get_role(RoleName=TABLE)["Role"]["AssumeRolePolicyDocument"]

    @property
    def external_id(self) -> str:
        (statement,) = self.trust["Statement"]
        return str(statement["Condition"]["StringEquals"]["sts:ExternalId"])

    @property
    def permissions(self) -> Any:
        return self.iam.get_role_policy(RoleName=TABLE, PolicyName=POLICY)["PolicyDocument"]

    @property
    def table(self) -> Any:
        return self.server.client("dynamodb").describe_table(TableName=TABLE)["Table"]


@pytest.fixture
def account(aws: AwsServer, playbooks: Playbooks, tables_have_an_id: None) -> Aws:
    return Aws(aws, playbooks)


def test_recipe(account: Aws) -> None:
    with Emulator(seed=seed(), access_tokens=[TOKEN], sync=options(0.5, aws_endpoint=account.server.url)) as ld:
        # The emulator takes the role as this user of the same account.
        principal = f"arn:aws:iam::{ACCOUNT}:user/{CALLER}"

        planned = account.apply(ld, principal=principal, check=True)
        assert planned.changed == [MAKE_TABLE, MAKE_ROLE, TELL]
        assert planned[TELL]["integration"]["config"]["role_arn"] == ARN
        assert account.server.client("dynamodb").list_tables()["TableNames"] == []
        assert account.iam.list_roles()["Roles"] == []
        assert not ld.account.integrations

        done = account.apply(ld, principal=principal)
        assert done.changed == [MAKE_TABLE, MAKE_ROLE, ALLOW, TELL]
        assert {check["outcome"] for check in done[CHECK]["checks"]} <= {"pass", "warning", "skipped"}
        assert account.table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert account.trust == trust_policy(account.external_id, principal)
        assert account.permissions == permission_policy(TABLE, REGION, ACCOUNT)
        assert done[TELL]["integration"]["config"] == {
            "table_name": TABLE,
            "region": REGION,
            "external_id": account.external_id,
            "role_arn": ARN,
        }

        # moto grants actions on DynamoDB by policies for every resource only. It does check the external ID.
        account.iam.put_role_policy(RoleName=TABLE, PolicyName="for-moto", PolicyDocument=json.dumps(ALLOW_ALL))
        again = account.apply(ld, principal=principal, wait=True, wait_timeout=20)
        assert again.changed == []
        assert again[TELL]["integration"]["status"]["available"] is True


def test_drift_is_repaired(account: Aws) -> None:
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        account.apply(ld)
        external_id = account.external_id
        throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        account.server.client("dynamodb").update_table(
            TableName=TABLE, BillingMode="PROVISIONED", ProvisionedThroughput=throughput
        )
        other = trust_policy(external_id, ACCOUNT)
        account.iam.update_assume_role_policy(RoleName=TABLE, PolicyDocument=json.dumps(other))
        account.iam.put_role_policy(
            RoleName=TABLE, PolicyName=POLICY, PolicyDocument=json.dumps(reader_policy(TABLE, REGION, ACCOUNT))
        )
        (integration,) = ld.account.integrations
        ld.account.update(integration.id, on=False)

        found = account.apply(ld, check=True)
        assert found.changed == [MAKE_ROLE, ALLOW, TELL]
        assert account.trust == other
        assert account.apply(ld).changed == found.changed
        # The capacity is the owner's decision.
        assert account.table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
        assert account.table["ProvisionedThroughput"]["WriteCapacityUnits"] == 5
        assert account.trust == trust_policy(external_id, LAUNCHDARKLY)
        assert account.permissions == permission_policy(TABLE, REGION, ACCOUNT)


def test_tables_need_a_role_each(account: Aws) -> None:
    """A table of the same name in another region has the same default name of the role."""
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        account.apply(ld)
        made = account.permissions, account.trust, [each.version for each in ld.account.integrations]
        for check in (True, False):
            refused = account.apply(ld, region="us-west-2", check=check, may_fail=True)
            ((task, said),) = refused.failed.items()
            assert task == "Stop if the role is used for another table"
            arn = account.table["TableArn"]
            assert f"dynamodb_store_role_name: the IAM role {TABLE} is used for another table, {arn}." in said
            assert refused.changed == []
        assert (account.permissions, account.trust, [each.version for each in ld.account.integrations]) == made


def test_tags_path_and_boundary(account: Aws) -> None:
    document = json.dumps(ALLOW_ALL)
    boundary = account.iam.create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
    given = {"tags": {"team": "shop"}, "role_path": "/ld/", "role_boundary": boundary}
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        planned = account.apply(ld, check=True, **given)
        done = account.apply(ld, **given)
        assert account.apply(ld, **given).changed == []
    role = account.iam.get_role(RoleName=TABLE)["Role"]
    assert (role["Path"], role["PermissionsBoundary"]["PermissionsBoundaryArn"]) == ("/ld/", boundary)
    for run in (planned, done):
        assert run[TELL]["integration"]["config"]["role_arn"] == role["Arn"]
    tags = {tag["Key"]: tag["Value"] for tag in role["Tags"]}
    assert tags == {"team": "shop", "created-by": "featureops.launchdarkly.dynamodb_store"}


def test_absent_removes_what_the_role_created(account: Aws) -> None:
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        account.apply(ld)
        planned = account.apply(ld, state="absent", principal=None, check=True)
        assert planned.changed == [REMOVE_INTEGRATION, REMOVE_ROLE]
        assert ld.account.integrations
        assert account.trust
        assert account.apply(ld, state="absent", principal=None).changed == planned.changed
        assert not ld.account.integrations
        assert account.iam.list_roles()["Roles"] == []
        assert account.table
        assert account.apply(ld, state="absent", remove_table=True).changed == [REMOVE_TABLE]
        assert account.server.client("dynamodb").list_tables()["TableNames"] == []
        assert account.apply(ld, state="absent", remove_table=True).changed == []


def test_booleans_from_the_command_line(account: Aws) -> None:
    """They are text there, and "false" is no empty one."""
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        texts = {f"dynamodb_store_{name}": "false" for name in ("preflight", "enabled", "wait")}
        done = account.apply(ld, texts=texts, wait=None)
        assert done.run.results[done.prefix + CHECK, "localhost"].outcome == "skipped"
        (integration,) = ld.account.integrations
        assert integration.on is False
        kept = account.apply(ld, state="absent", texts={"dynamodb_store_remove_table": "false"})
        assert kept.changed == [REMOVE_INTEGRATION, REMOVE_ROLE]
        assert account.table
        removed = account.apply(ld, state="absent", texts={"dynamodb_store_remove_table": "true"})
        assert removed.changed == [REMOVE_TABLE]


def test_wrong_variables_are_told_before_aws_changes(account: Aws) -> None:
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        for others in ({"principal": None}, {"principal": 123456789012}, {"integration_tags": [""]}):
            assert list(account.apply(ld, may_fail=True, **others).failed) == ["Check the variables"]
        late = account.apply(ld, may_fail=True, wait_timeout=-1).failed
        assert list(late) == ["Check the settings of the integration"]
    assert account.server.client("dynamodb").list_tables()["TableNames"] == []


def test_absent_leaves_what_others_created(account: Aws) -> None:
    account.server.make_table(TABLE)
    account.server.make_role(trust_policy(str(uuid.uuid4()), LAUNCHDARKLY), None, name=TABLE)
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        account.apply(ld)
        assert account.apply(ld, state="absent", remove_table=True).changed == [REMOVE_INTEGRATION]
    assert account.table
    assert account.trust


def test_the_external_id_is_the_given_one_or_random(account: Aws) -> None:
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        account.apply(ld)
        made, given = account.external_id, str(uuid.uuid4())
        changed = account.apply(ld, external_id=given)
        assert changed.changed == [MAKE_ROLE, TELL]
        assert account.external_id == given
        assert [drift["field"] for drift in changed[TELL]["drift"]] == ["dynamodb.external_id"]

        account.iam.delete_role_policy(RoleName=TABLE, PolicyName=POLICY)
        account.iam.delete_role(RoleName=TABLE)
        assert account.apply(ld).changed == [MAKE_ROLE, ALLOW, TELL]
        assert len({made, given, account.external_id}) == 3
        assert uuid.UUID(account.external_id).version == 4


def test_a_role_that_was_there_keeps_its_path_and_external_id(account: Aws) -> None:
    name = "ld-role"
    trust = trust_policy(str(uuid.uuid4()), LAUNCHDARKLY)
    made = account.iam.create_role(RoleName=name, Path="/team/", AssumeRolePolicyDocument=json.dumps(trust))
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        done = account.apply(ld, role_name=name)
    config = done[TELL]["integration"]["config"]
    assert config["role_arn"] == made["Role"]["Arn"]
    assert [config["external_id"]] == [
        statement["Condition"]["StringEquals"]["sts:ExternalId"] for statement in trust["Statement"]
    ]


def test_what_goes_wrong_is_told_before_launchdarkly_is(account: Aws) -> None:
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        wrong = account.apply(ld, principal="nobody", may_fail=True).failed
        assert "principal: is neither an AWS account nor an ARN" in str(wrong)
        missing = account.apply(ld, principal=None, may_fail=True).failed
        assert "dynamodb_store_principal: is missing." in str(missing)
        account.server.client("dynamodb").delete_table(TableName=TABLE)

        account.server.make_table(
            TABLE,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        wrong = account.apply(ld, may_fail=True).failed
        assert list(wrong) == [MAKE_TABLE]
        assert "does not support updating the Primary keys" in str(wrong)
        assert not ld.account.integrations
