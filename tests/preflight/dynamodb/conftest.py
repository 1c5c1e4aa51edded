# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A store in moto's AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.aws_server import AwsServer
from tests.support.dynamodb_preflight import Store


@pytest.fixture(scope="session")
def aws_server() -> Iterator[AwsServer]:
    with AwsServer() as server:
        yield server


@pytest.fixture
def store(aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty AWS, to make a store in, and no AWS settings of the machine's."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "DEFAULT_PROFILE"):
        monkeypatch.delenv("AWS_" + name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    aws_server.reset()
    return Store(aws_server)
