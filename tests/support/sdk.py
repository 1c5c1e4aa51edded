# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What LaunchDarkly's real server SDK says of a store: `evaluate(redis_store(...), member, other)`."""

from __future__ import annotations

from typing import Any

import boto3
from ldclient.integrations import DynamoDB, Redis
from ldclient.interfaces import BigSegmentStore

from demo.evaluate_flag import Evaluation, evaluate
from tests.support.aws_server import AwsServer
from tests.support.dynalite import Dynalite
from tests.support.redis_server import RedisServer

__all__ = ["STALE", "WORKS", "dynamodb_store", "evaluate", "redis_store"]

# All is well.
WORKS = Evaluation(True, False, True, "HEALTHY", False, "HEALTHY")
# Nobody has written under the SDK's prefix: it can read the store, takes it for stale and everybody for a non-member.
STALE = Evaluation(True, True, False, "STALE", False, "STALE")


def redis_store(
    server: RedisServer, prefix: str, username: str = "", password: str = "", **others: Any
) -> BigSegmentStore:
    """The SDK's store for a Redis, with TLS where the server has it. `others` are options of redis-py."""
    options = {"username": username or None, "password": password or None, **others}
    if server.ca_path:
        options["ssl_ca_certs"] = server.ca_path
    url = "{}://{}:{}".format("rediss" if server.ca_path else "redis", server.host, server.port)
    return Redis.new_big_segment_store(url=url, prefix=prefix, redis_opts=options)


def dynamodb_store(aws: AwsServer | Dynalite, session: boto3.Session, table: str, prefix: str) -> BigSegmentStore:
    """The SDK's store for a table, read with the credentials of `session`."""
    credentials = session.get_credentials()
    assert credentials is not None
    options = {
        "endpoint_url": aws.url,
        "region_name": session.region_name,
        "aws_access_key_id": credentials.access_key,
        "aws_secret_access_key": credentials.secret_key,
        "aws_session_token": credentials.token,
    }
    store: BigSegmentStore = DynamoDB.new_big_segment_store(table, prefix=prefix, dynamodb_opts=options)
    return store
