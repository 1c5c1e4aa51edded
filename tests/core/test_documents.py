# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The generated documents, each given to what it is for: IAM, DynamoDB, Redis, the SDK."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import redis

from ld_segment_store.core.documents import (
    DOCUMENTS,
    DYNAMODB_READER_ACTIONS,
    DYNAMODB_WRITER_ACTIONS,
    PASSWORD_PLACEHOLDER,
    REDIS_READER_COMMANDS,
    firewall_list,
    launchdarkly_role_policy,
    new_external_id,
    partition_of,
    permission_policy,
    reader_policy,
    redis_acl_line,
    redis_reader_acl_line,
    table_arn,
    table_aws_cli,
    table_cloudformation,
    table_terraform,
    trust_policy,
)
from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.preflight.checks import Outcome, worst
from ld_segment_store.preflight.dynamodb.store import preflight_dynamodb
from tests.support.aws_server import ACCOUNT, LAUNCHDARKLY, REGION, AwsServer
from tests.support.redis_server import RedisServer

PREFIX = "64c0ffee64c0ffee64c0ffee"
TABLE = "segments"
PASSWORD = "correct-horse"


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsServer]:
    with AwsServer() as server:
        yield server


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


class TestAws:
    def test_external_ids_are_new_uuids(self) -> None:
        first, second = new_external_id(), new_external_id()
        assert first != second
        assert str(uuid.UUID(first)) == first

    @pytest.mark.parametrize("way", ["cloudformation", "cli", "terraform"])
    def test_what_the_documents_make_passes_the_preflight(self, aws: AwsServer, way: str) -> None:
        aws.reset()
        database = aws.client("dynamodb")
        if way == "cloudformation":
            resource = table_cloudformation(TABLE)["Resources"]["BigSegmentStore"]
            assert resource["Type"] == "AWS::DynamoDB::Table"
            # CloudFormation's properties have the names of CreateTable's parameters.
            database.create_table(**resource["Properties"])
        elif way == "cli":
            database.create_table(**_parameters(table_aws_cli(TABLE, REGION)))
        else:
            database.create_table(**_terraform_parameters(table_terraform(TABLE)))
        external_id = new_external_id()
        permissions = permission_policy(TABLE, REGION, ACCOUNT)
        config = {
            "table_name": TABLE,
            "region": REGION,
            "external_id": external_id,
            "role_arn": aws.make_role(trust_policy(external_id, LAUNCHDARKLY), permissions),
        }
        checks = preflight_dynamodb(config, prefix=PREFIX, endpoint_url=aws.url, session=aws.admin)
        assert worst(checks) is Outcome.PASS, checks

    def test_the_role_lets_in_who_names_the_external_id(self, aws: AwsServer) -> None:
        """By moto's own reading, which compares principals word by word and lets in who names no external ID at all."""
        aws.reset()
        assume = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}
        launchdarkly = aws.user("launchdarkly", assume)
        sts = aws.client("sts", launchdarkly)
        external_id = new_external_id()
        trust = trust_policy(external_id, sts.get_caller_identity()["Arn"])
        role = aws.make_role(trust, permission_policy(TABLE, REGION, ACCOUNT))
        with pytest.raises(sts.exceptions.ClientError, match="AccessDenied"):
            sts.assume_role(RoleArn=role, RoleSessionName="sync", ExternalId=new_external_id())
        assumed = sts.assume_role(RoleArn=role, RoleSessionName="sync", ExternalId=external_id)
        assert assumed["AssumedRoleUser"]["Arn"].endswith("assumed-role/launchdarkly/sync")

    def test_a_reader_reads_and_does_not_write(self, aws: AwsServer) -> None:
        aws.reset()
        aws.make_table(TABLE)
        policy = reader_policy(TABLE, REGION, ACCOUNT)
        assert policy["Statement"][0]["Action"] == list(DYNAMODB_READER_ACTIONS)
        policy["Statement"][0]["Resource"] = "*"  # moto does not see which table a request is about
        database = aws.client("dynamodb", aws.user("application", policy))
        item = {"namespace": {"S": "a"}, "key": {"S": "b"}}
        assert "Item" not in database.get_item(TableName=TABLE, Key=item)
        with pytest.raises(database.exceptions.ClientError, match="AccessDenied"):
            database.put_item(TableName=TABLE, Item=item)

    @pytest.mark.parametrize(
        ("region", "partition"),
        [
            ("eu-west-1", "aws"),
            ("cn-northwest-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("us-east-1", "aws"),
        ],
    )
    def test_the_partition_is_the_regions(self, region: str, partition: str) -> None:
        assert partition_of(region) == partition
        for policy in (permission_policy, reader_policy):
            (statement,) = policy(TABLE, region, ACCOUNT)["Statement"]
            assert statement["Resource"].startswith(f"arn:{partition}:dynamodb:{region}:")
        assert boto3.Session().get_partition_for_region(region) == partition

    def test_policies_are_json(self) -> None:
        external_id = "9b0a0bd4-7a0c-4d5c-8a1e-0a4f5c3c3b2a"
        statement = trust_policy(external_id, LAUNCHDARKLY, "aws-us-gov")["Statement"][0]
        assert statement["Principal"] == {"AWS": f"arn:aws-us-gov:iam::{LAUNCHDARKLY}:root"}
        assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": external_id}}
        policy = permission_policy(TABLE, REGION, ACCOUNT)
        assert json.loads(json.dumps(policy)) == policy
        (statement,) = policy["Statement"]
        assert statement["Resource"] == table_arn(TABLE, REGION, ACCOUNT)
        assert statement["Action"] == list(DYNAMODB_WRITER_ACTIONS)
        # A policy has no comments: its name says where the list comes from.
        assert statement["Sid"] == "WriterActionsAsInPublicRelaySource"

    def test_a_deleted_stack_keeps_the_table(self) -> None:
        resource = table_cloudformation(TABLE)["Resources"]["BigSegmentStore"]
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"

    @pytest.mark.parametrize(
        ("make", "text"),
        [
            (lambda: trust_policy("not-a-uuid", LAUNCHDARKLY), "external_id: is not a UUID"),
            (lambda: trust_policy(new_external_id(), "12345"), "principal: is neither an AWS account nor an ARN"),
            (lambda: trust_policy(new_external_id(), "*"), "principal: is neither an AWS account nor an ARN"),
            (lambda: trust_policy(new_external_id(), LAUNCHDARKLY, "azure"), "partition: is not an AWS partition"),
            (lambda: permission_policy("a table", REGION, ACCOUNT), "table_name: is not a DynamoDB table name"),
            (lambda: permission_policy(TABLE, "Ireland", ACCOUNT), "region: is not an AWS region"),
            (lambda: permission_policy(TABLE, REGION, "*"), "account_id: is not an AWS account"),
            (lambda: table_cloudformation(""), "table_name: is missing"),
            (lambda: table_aws_cli("x; rm -rf /", REGION), "table_name: is not a DynamoDB table name"),
        ],
    )
    def test_what_can_not_be_right_is_refused(self, make: Any, text: str) -> None:
        with pytest.raises(InvalidSettings, match=text):
            make()


def _parameters(script: str) -> dict[str, Any]:
    """CreateTable's parameters as in the AWS CLI's command, in its shorthand for lists of structures."""
    command, waiting = script.replace("\\\n", " ").strip().splitlines()[1:]
    assert shlex.split(waiting)[:4] == ["aws", "dynamodb", "wait", "table-exists"]
    words = shlex.split(command)
    assert words[:3] == ["aws", "dynamodb", "create-table"]
    options: dict[str, list[str]] = {}
    for option in " ".join(words[3:]).split("--")[1:]:
        name, *values = option.replace("table-name=", "table-name ").split()
        options[name] = values
    assert options.pop("region") == [REGION]
    parameters: dict[str, Any] = {}
    for name, values in options.items():
        structures = [dict(pair.split("=") for pair in value.split(",")) for value in values if "=" in value]
        parameters[name.replace("-", " ").title().replace(" ", "")] = structures or values[0]
    return parameters


def _terraform_parameters(text: str) -> dict[str, Any]:
    """CreateTable's parameters from the resource of hashicorp/aws, whose arguments have other names."""
    values = dict(re.findall(r"^  (\w+) += \"([^\"]+)\"$", text, re.MULTILINE))
    attributes = re.findall(r'attribute {\s+name = "(\w+)"\s+type = "(\w)"\s+}', text)
    assert "prevent_destroy = true" in text
    return {
        "TableName": values["name"],
        "BillingMode": values["billing_mode"],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in attributes],
        "KeySchema": [
            {"AttributeName": values["hash_key"], "KeyType": "HASH"},
            {"AttributeName": values["range_key"], "KeyType": "RANGE"},
        ],
    }


def test_the_role_policy_of_the_token() -> None:
    """A guess, from LaunchDarkly's archived pages: a resource of its own at the top level."""
    integrations, projects = launchdarkly_role_policy()
    assert integrations["resources"] == ["integration/*"]
    assert set(integrations["actions"]) > {"createIntegration", "updateConfiguration", "updateOn"}
    assert projects == {"effect": "allow", "resources": ["proj/*"], "actions": ["viewProject"]}


def test_the_firewall_list() -> None:
    *comment, first, second = firewall_list(["52.0.0.2/32", "52.0.0.1/32"], "https://example.com/list").splitlines()
    assert (first, second) == ("52.0.0.1/32", "52.0.0.2/32")
    assert all(line.startswith("# ") for line in comment)
    assert "LaunchDarkly does not document whether synchronization connects from these addresses." in comment[1]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_says_what_it_does_and_what_it_rests_on(name: str) -> None:
    document = DOCUMENTS[name]
    assert document.basis.endswith(".")
    taken = inspect.signature(document.make).parameters
    assert set(taken) == {*document.options, *document.optional}
    required = [key for key, parameter in taken.items() if parameter.default is inspect.Parameter.empty]
    assert required == list(document.options)


class TestRedis:
    def make(self, server: RedisServer, line: str) -> redis.Redis:
        """Paste the line into Redis, with a password, and log in as the new user."""
        with socket.create_connection((server.host, server.port), timeout=5) as pasted:
            pasted.sendall(line.replace(PASSWORD_PLACEHOLDER, PASSWORD).encode() + b"\r\n")
            assert pasted.recv(1000) == b"+OK\r\n"
        name = shlex.split(line)[2]
        return redis.Redis(
            server.host, server.port, username=name, password=PASSWORD, decode_responses=True, protocol=2
        )

    def test_a_writer_can_do_what_relay_does(self, redis_server: RedisServer) -> None:
        line = redis_acl_line("launchdarkly", PREFIX)
        for added in (1, 0):  # to paste it again does no harm
            with self.make(redis_server, line) as writer, writer.pipeline() as transaction:
                assert writer.ping()
                transaction.watch(PREFIX + ":big_segments_lock")
                transaction.get(PREFIX + ":big_segments_cursor")
                transaction.multi()
                transaction.set(PREFIX + ":big_segments_cursor", "1")
                transaction.sadd(PREFIX + ":big_segment_include:hash", "segment.g1")
                transaction.srem(PREFIX + ":big_segment_exclude:hash", "segment.g1")
                assert transaction.execute() == [True, added, 0]
                transaction.watch(PREFIX + ":big_segments_lock")
                transaction.unwatch()
                writer.set(PREFIX + ":big_segments_synchronized_on", "1790000000000")

    @pytest.mark.parametrize(
        "command",
        [
            ["SET", "other:big_segments_synchronized_on", "1"],
            ["GET", "launchdarkly:features"],
            ["SMEMBERS", PREFIX + ":big_segment_include:hash"],
            ["DEL", PREFIX + ":big_segments_cursor"],
            ["KEYS", "*"],
            ["FLUSHALL"],
            ["CONFIG", "GET", "requirepass"],
            ["ACL", "LIST"],
            ["PUBLISH", "channel", "message"],
        ],
        ids=" ".join,
    )
    def test_a_writer_can_do_nothing_else(self, redis_server: RedisServer, command: list[str]) -> None:
        with (
            self.make(redis_server, redis_acl_line("launchdarkly", PREFIX)) as writer,
            pytest.raises(redis.exceptions.NoPermissionError),
        ):
            writer.execute_command(*command)

    def test_a_reader_only_reads(self, redis_server: RedisServer) -> None:
        with self.make(redis_server, redis_reader_acl_line("sdk", PREFIX)) as reader:
            assert reader.ping()
            reader.get(PREFIX + ":big_segments_synchronized_on")
            reader.smembers(PREFIX + ":big_segment_include:hash")
            for command in (["SET", PREFIX + ":x", "1"], ["GET", "other:x"]):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    reader.execute_command(*command)

    def test_former_rights_and_passwords_go(self, redis_server: RedisServer) -> None:
        admin: Any = redis_server.admin()
        admin.execute_command("ACL", "SETUSER", "upgraded", "on", ">former", "~*", "&*", "+@all")
        self.make(redis_server, redis_acl_line("upgraded", PREFIX)).close()
        (rule,) = (rule for rule in admin.execute_command("ACL", "LIST") if rule.startswith("user upgraded "))
        words = rule.split()
        assert len([word for word in words if word.startswith("#")]) == 1
        assert [word for word in words if word[0] in "~&"] == [f"~{PREFIX}:*"]
        assert "resetchannels" in words
        assert "+@all" not in words

    def test_lines_as_text(self) -> None:
        assert redis_acl_line("launchdarkly", "abc") == (
            "ACL SETUSER launchdarkly reset on >REPLACE-BY-THE-PASSWORD ~abc:*"
            " +ping +get +set +sadd +srem +watch +unwatch +multi +exec +discard"
        )
        assert redis_reader_acl_line("sdk", "abc").endswith("~abc:* +ping +get +smembers")
        assert set(REDIS_READER_COMMANDS) == {"PING", "GET", "SMEMBERS"}

    @pytest.mark.parametrize(
        ("username", "prefix", "text"),
        [
            ("default", PREFIX, "username: is Redis's default user"),
            ("", PREFIX, "username: can't stand in an ACL line"),
            ("two words", PREFIX, "username: can't stand in an ACL line"),
            ("x\r\nFLUSHALL", PREFIX, "username: can't stand in an ACL line"),
            ("launchdarkly", "", "prefix: is not a client-side ID"),
            ("launchdarkly", "*", "prefix: is not a client-side ID"),
            ("launchdarkly", "a ~b", "prefix: is not a client-side ID"),
            ("launchdarkly", "sdk-MARKER-secret", "prefix: is another kind of key"),
        ],
    )
    def test_what_can_not_stand_in_a_line(self, username: str, prefix: str, text: str) -> None:
        with pytest.raises(InvalidSettings, match=text) as caught:
            redis_acl_line(username, prefix)
        assert "MARKER" not in str(caught.value)
