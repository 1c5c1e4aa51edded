# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The path for DynamoDB, in JupyterLab's dark theme, against a real table and role of moto's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ld_segment_store.core.documents import permission_policy, trust_policy
from ld_segment_store.emulator import Emulator
from tests.notebook.conftest import SEED
from tests.notebook.live.conftest import ShowForm
from tests.notebook.live.shared_lab import DARK
from tests.support.aws_server import ACCOUNT, REGION, AwsServer
from tests.support.sync import options
from tests.support.sync_dynamodb import CALLER, LAUNCHDARKLY_MAY, role_policy, take_credentials

pytestmark = pytest.mark.slow

TABLE = "segments"
# Who stands for LaunchDarkly in this AWS.
PRINCIPAL = f"arn:aws:iam::{ACCOUNT}:user/{CALLER}"
CELL = """import os
os.environ.update({environ})
from ld_segment_store.notebook import BigSegmentStoreForm
form = BigSegmentStoreForm(api_host={{api_host!r}}, watch_interval=1, aws_endpoint_url={url!r})
form"""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AwsServer]:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with AwsServer() as server:
        take_credentials(server.user(CALLER, LAUNCHDARKLY_MAY), monkeypatch)  # the emulator's
        yield server


@pytest.fixture
def ld(aws: AwsServer) -> Iterator[Emulator]:
    with Emulator(seed=SEED, sync=options(0.2, aws_endpoint=aws.url)) as emulator:
        yield emulator


def test_dynamodb(aws: AwsServer, ld: Emulator, show_form: ShowForm) -> None:
    user = aws.admin.get_credentials()
    assert user is not None
    environ = {
        "LAUNCHDARKLY_ACCESS_TOKEN": ld.access_token,
        "AWS_ACCESS_KEY_ID": user.access_key,
        "AWS_SECRET_ACCESS_KEY": user.secret_key,
    }
    variables = ", ".join(f"{name}={value!r}" for name, value in environ.items())
    form = show_form(CELL.format(url=aws.url, environ=variables), theme=DARK)
    page = form.page
    form.connect()
    form.open("shop", "test", "DynamoDB")
    form.button("Generate").click()
    external_id = form.field("External ID *")
    expect(external_id).not_to_have_value("")
    form.field("DynamoDB table name *").fill(TABLE)
    form.field("AWS region *").fill(REGION)
    # The form's own documents are what the store is set up with.
    form.field("Document").select_option("Trust policy")
    form.field("LaunchDarkly's account").fill(PRINCIPAL)
    form.field("LaunchDarkly's account").press("Tab")
    trust = json.loads(page.locator("pre.ldss-code").first.inner_text())
    assert trust == trust_policy(external_id.input_value(), PRINCIPAL)
    form.field("Document").select_option("Permission policy")
    form.field("Your AWS account").fill(ACCOUNT)
    form.field("Your AWS account").press("Tab")
    expect(page.locator("pre.ldss-code").first).to_contain_text("dynamodb:PutItem")
    permission = json.loads(page.locator("pre.ldss-code").first.inner_text())
    assert permission == permission_policy(TABLE, REGION, ACCOUNT)
    aws.make_table(TABLE)
    form.field("AWS role ARN *").fill(aws.make_role(trust, role_policy()))
    form.check()
    form.create()
    assert "external_id: " in form.exported("Ansible task")
