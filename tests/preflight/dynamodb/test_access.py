# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The preflight's way to AWS: settings, credentials, network. Each failure is provoked for real."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ld_segment_store.core.errors import InvalidSettings, MissingDependency
from ld_segment_store.preflight.checks import Check, Outcome, worst
from ld_segment_store.preflight.dynamodb.store import preflight_dynamodb
from tests.support.aws_server import ACCOUNT, ALLOW_ALL, REGION
from tests.support.dynamodb_preflight import NAMES, PREFIX, Store, seen


class TestSettings:
    def test_all_that_is_wrong_is_told(self) -> None:
        with pytest.raises(InvalidSettings) as caught:
            preflight_dynamodb({"table_name": "a b", "role_arn": "nonsense", "tablename": "x"}, prefix=None)
        fields = {finding.field for finding in caught.value.findings}
        assert fields == {"dynamodb.table_name", "dynamodb.region", "dynamodb.role_arn", "dynamodb.tablename"}

    def test_an_sdk_key_is_no_prefix(self) -> None:
        with pytest.raises(InvalidSettings) as caught:
            preflight_dynamodb({"table_name": "segments", "region": REGION}, prefix="sdk-MARKER-secret")
        assert "MARKER" not in str(caught.value)

    def test_without_a_role_the_table_is_checked(self, store: Store) -> None:
        store.make()
        del store.config["role_arn"], store.config["external_id"]
        checks = store.preflight()
        assert checks["table"].outcome is checks["last_sync"].outcome is Outcome.PASS
        assert seen(checks["role"]) == ("skipped", "no role_arn was given")
        assert seen(checks["trust_policy"]) == ("skipped", "no role_arn was given")
        assert seen(checks["permissions"]) == ("skipped", "no role_arn was given")

    def test_without_boto3(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "boto3", None)
        with pytest.raises(MissingDependency, match="pip install --upgrade boto3"):
            preflight_dynamodb({"table_name": "segments", "region": REGION}, prefix=None)


class TestCredentials:
    def all_skipped(self, checks: dict[str, Check], reason: str) -> None:
        for name in NAMES[1:]:
            assert checks[name].outcome is Outcome.SKIPPED
            assert reason in checks[name].seen

    def test_none(self, store: Store) -> None:
        checks = store.make().preflight(boto3.Session())
        assert seen(checks["credentials"]) == ("failure", "no AWS credentials were found here")
        assert "AWS_PROFILE" in checks["credentials"].remedy
        self.all_skipped(checks, "no AWS credentials were found here")

    def test_none_and_no_metadata_service(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{closed.getsockname()[1]}")
            monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
            checks = store.make().preflight(boto3.Session())
        assert seen(checks["credentials"]) == ("failure", "no AWS credentials were found here")

    def test_from_the_environment(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        credentials = store.make().aws.admin.get_credentials()
        assert credentials
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)
        checks = preflight_dynamodb(store.config, prefix=PREFIX, endpoint_url=store.aws.url)
        assert worst(checks) is Outcome.PASS

    def test_unknown_profile(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        store.make()
        monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
        checks = preflight_dynamodb(store.config, prefix=PREFIX, endpoint_url=store.aws.url)
        assert seen(checks[0]) == (
            "failure",
            "the AWS credentials are not usable: the profile does not exist (ProfileNotFound)",
        )
        self.all_skipped({check.name: check for check in checks}, "the profile does not exist (ProfileNotFound)")

    def test_a_role_that_may_not_be_assumed(self, store: Store) -> None:
        """The profile names a role; whose turn it is to say no is STS's, in the middle of finding credentials."""

        class Session(boto3.Session):  # type: ignore[misc]
            def get_credentials(self) -> Any:
                raise ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole")

        store.make()
        checks = preflight_dynamodb(store.config, prefix=PREFIX, endpoint_url=store.aws.url, session=Session())
        assert seen(checks[0]) == (
            "failure",
            "the AWS credentials are not usable: the profile's role may not be assumed (AccessDenied)",
        )

    def test_incomplete(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        store.make()
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMARKERMARKER")
        checks = preflight_dynamodb(store.config, prefix=PREFIX, endpoint_url=store.aws.url)
        assert seen(checks[0]) == (
            "failure",
            "the AWS credentials are not usable: the access key is incomplete (PartialCredentialsError)",
        )

    def test_unknown_access_key(self, store: Store) -> None:
        checks = store.make().preflight(store.aws.session("AKIAUNKNOWNUNKNOWN", "MARKER-s3cret-key"))
        assert seen(checks["credentials"]) == (
            "failure",
            "AWS does not know these credentials (InvalidClientTokenId)",
        )
        self.all_skipped(checks, "AWS does not know these credentials")

    def test_wrong_secret_key(self, store: Store) -> None:
        credentials = store.make().aws.admin.get_credentials()
        assert credentials
        checks = store.preflight(store.aws.session(credentials.access_key, "MARKER-s3cret-key"))
        assert seen(checks["credentials"]) == (
            "failure",
            "AWS rejects the signature of the credentials (SignatureDoesNotMatch)",
        )
        assert "clock" in checks["credentials"].remedy
        self.all_skipped(checks, "AWS rejects the signature of the credentials")

    def test_of_another_account_than_the_role(self, store: Store) -> None:
        store.make()
        store.config["role_arn"] = "arn:aws:iam::111122223333:role/launchdarkly"
        checks = store.preflight()
        assert seen(checks["credentials"]) == (
            "warning",
            f"arn:aws:iam::{ACCOUNT}:user/admin is of account {ACCOUNT}, but role_arn of account 111122223333",
        )
        assert "LaunchDarkly looks for the table in the role's account" in checks["credentials"].remedy
        self.all_skipped(checks, f"not checked: the credentials are of account {ACCOUNT}, not 111122223333")


def redirect(request: Any, url: str) -> None:
    request.url = url


class TestWay:
    """Where AWS, or what stands for it, doesn't answer."""

    @pytest.fixture
    def silent(self) -> Iterator[str]:
        """A listener that takes connections and never answers."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"

    @pytest.fixture
    def closed(self) -> Iterator[str]:
        """A port that nobody listens on."""
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"

    def test_closed(self, store: Store, closed: str) -> None:
        checks = store.make().preflight(endpoint_url=closed)
        assert seen(checks["table"]) == (
            "failure",
            f"dynamodb:DescribeTable failed at {closed}: no connection",
        )
        assert checks["table"].remedy == "check the endpoint"
        assert seen(checks["key_schema"]) == ("skipped", "not checked, because 'Table' failed")
        assert seen(checks["credentials"]) == (
            "skipped",
            f"sts:GetCallerIdentity failed at {closed}: no connection",
        )
        assert checks["role"].outcome is checks["permissions"].outcome is Outcome.SKIPPED

    def test_silent(self, store: Store, silent: str) -> None:
        checks = store.make().preflight(endpoint_url=silent, timeout=0.4)
        assert seen(checks["table"]) == (
            "failure",
            f"dynamodb:DescribeTable failed at {silent}: no response in time",
        )
        assert checks["permissions"].seen.endswith("no response in time")

    def test_no_connection_in_time(self, store: Store) -> None:
        with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            for filler in (first, second):  # a full backlog: further connections hang
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            checks = store.make().preflight(endpoint_url=url, timeout=0.4)
        assert seen(checks["table"]) == (
            "failure",
            f"dynamodb:DescribeTable failed at {url}: no connection in time",
        )

    def test_plain_where_tls_belongs(self, store: Store) -> None:
        url = store.make().aws.url.replace("http:", "https:")
        checks = store.preflight(endpoint_url=url)
        assert seen(checks["table"]) == (
            "failure",
            f"dynamodb:DescribeTable failed at {url}: TLS failed",
        )

    def test_something_else_answers(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "index.html").write_text("<html>It works</html>")
        with subprocess.Popen(
            [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout
            port = process.stdout.readline().split(" port ")[1].split()[0]
            checks = store.make().preflight(endpoint_url="http://127.0.0.1:" + port)
            process.terminate()
        assert checks["table"].outcome is Outcome.FAILURE
        assert checks["table"].seen.startswith("AWS answered dynamodb:DescribeTable with ")

    def test_only_sts_is_out_of_reach(self, store: Store, silent: str) -> None:
        """As in a VPC that has an endpoint for DynamoDB alone."""
        session = store.make().aws.user("inside", ALLOW_ALL)
        session.events.register("before-send.sts", lambda request, **_: redirect(request, silent))
        checks = store.preflight(session, timeout=0.5)
        assert checks["credentials"].outcome is Outcome.SKIPPED
        assert checks["credentials"].seen.endswith("no response in time")
        assert checks["table"].outcome is checks["trust_policy"].outcome is Outcome.PASS

    def test_a_user_and_password_in_the_url_are_not_repeated(self, store: Store, closed: str) -> None:
        checks = store.make().preflight(endpoint_url=closed.replace("//", "//me:MARKER-secret@"))
        assert "MARKER" not in repr(checks)
