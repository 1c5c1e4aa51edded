# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The pages whose playbooks need other collections, run as tests/docs runs the others."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.docs.markdown import NEED_COLLECTIONS
from tests.docs.runner import fresh_world
from tests.support.aws_server import AwsServer


@pytest.mark.usefixtures("tables_have_an_id")
@pytest.mark.parametrize("page", NEED_COLLECTIONS)
def test_page(installed: Path, tmp_path: Path, aws: AwsServer, page: str) -> None:
    # moto grants actions on DynamoDB by policies for every resource only; here it grants all to everybody.
    aws._moto("reset-auth", str(math.inf))
    keys = aws.admin.get_credentials()
    assert keys is not None
    environ = {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with fresh_world(installed, tmp_path, aws.url, **environ) as world:
        world.run(page)
