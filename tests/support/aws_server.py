# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""moto's server on loopback: DynamoDB, IAM, STS and KMS in memory, with signatures checked and IAM policies enforced."""

from __future__ import annotations

import json
import math
import urllib.request
from collections.abc import Mapping
from types import TracebackType
from typing import Any, cast

import boto3
import botocore.session
from botocore.loaders import create_loader
from moto.server import ThreadedMotoServer

ACCOUNT = "123456789012"
REGION = "eu-west-1"

# Stands for LaunchDarkly's AWS account, which nobody outside knows.
LAUNCHDARKLY = "999999999999"

ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class AwsServer:
    """A server for use in `with`. moto keeps its state by process: one server at a time.

    It grants an action on DynamoDB or KMS only by policies whose `Resource` is `*`: it doesn't look at the table or key.

    Attributes: `url`, and `admin`, a boto3 session whose user may do everything.
    """

    def __init__(self) -> None:
        # Without ip_address it would listen on every address.
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._loader = create_loader()
        self._clients: dict[tuple[boto3.Session, str], Any] = {}
        self.url = ""
        self.admin: boto3.Session

    def __enter__(self) -> AwsServer:
        self._server.start()
        self.url = "http://{}:{}".format(*self._server.get_host_and_port())
        self.reset()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # moto's settings outlive the server.
        self._moto("reset-auth", str(math.inf))
        self._server.stop()

    def reset(self) -> None:
        """Forget everything, and create `admin` again. From here on each request needs a signature and a permission."""
        self._moto("reset")
        self._moto("reset-auth", str(math.inf))
        self._clients.clear()
        self.admin = self.session("anyone", "before-enforcement")
        self.admin = self.user("admin", ALLOW_ALL)
        self._moto("reset-auth", "0")

    def client(self, service: str, session: boto3.Session | None = None) -> Any:
        """A client of the server, for `admin` unless another session is given."""
        session = session or self.admin
        if (session, service) not in self._clients:
            self._clients[session, service] = cast("Any", session).client(service, endpoint_url=self.url)
        return self._clients[session, service]

    def session(self, access_key: str, secret_key: str, token: str | None = None) -> boto3.Session:
        """A session with these keys. All share what they read from boto3's large model files."""
        core = botocore.session.Session()
        core.register_component("data_loader", self._loader)
        return boto3.Session(access_key, secret_key, token, region_name=REGION, botocore_session=core)

    def user(self, name: str, policy: Mapping[str, Any] | None = None) -> boto3.Session:
        """The session of a new IAM user with this policy, or with none."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        if policy is not None:
            iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return self.session(key["AccessKeyId"], key["SecretAccessKey"])

    def make_table(self, name: str = "segments", **changes: Any) -> None:
        """A table as LaunchDarkly needs it; `changes` are parameters of CreateTable that replace these defaults."""
        parameters = {
            "AttributeDefinitions": [attribute("namespace"), attribute("key")],
            "KeySchema": [key("namespace"), key("key", "RANGE")],
            "BillingMode": "PAY_PER_REQUEST",
        }
        self.client("dynamodb").create_table(TableName=name, **{**parameters, **changes})

    def make_role(
        self, trust: Mapping[str, Any], permissions: Mapping[str, Any] | None, name: str = "launchdarkly"
    ) -> str:
        """A role with these policies; its ARN."""
        iam = self.client("iam")
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        if permissions is not None:
            iam.put_role_policy(RoleName=name, PolicyName="table", PolicyDocument=json.dumps(permissions))
        return arn

    def _moto(self, what: str, body: str = "") -> None:
        # As a form, urllib's default, moto would not find the body.
        headers = {"Content-Type": "text/plain"}
        request = urllib.request.Request(f"{self.url}/moto-api/{what}", body.encode(), headers)
        with urllib.request.urlopen(request, timeout=10):
            pass


def attribute(name: str, kind: str = "S") -> dict[str, str]:
    """An item of a table's `AttributeDefinitions`."""
    return {"AttributeName": name, "AttributeType": kind}


def key(name: str, kind: str = "HASH") -> dict[str, str]:
    """An item of a table's `KeySchema`."""
    return {"AttributeName": name, "KeyType": kind}
