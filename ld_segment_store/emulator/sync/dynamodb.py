# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Writing big segments to DynamoDB as the integration's role, in the layout of LaunchDarkly's public Relay Proxy."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from ...core.errors import MissingDependency
from ..account.segments import Change
from .store_error import StoreError

# A role is assumed for an hour, and again when this much of the hour is left.
_RENEWAL = timedelta(minutes=5)
_ROLE_SESSION = "launchdarkly-emulator"
# Items of one BatchWriteItem, as many as DynamoDB takes; attempts and first pause (seconds) for those that it returns.
_BATCH = 25
_ATTEMPTS = 7
_PAUSE = 0.05

# AWS's error codes by meaning; they differ from service to service.
_DENIED = ("AccessDenied", "AccessDeniedException", "403")  # the last if the response has no code, as moto's
_BAD_CREDENTIALS = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "ExpiredToken",
    "ExpiredTokenException",
)


class DynamoDBStore:
    """The table of an integration. `config` has the API's names, `prefix` is the environment's client-side ID."""

    def __init__(self, config: Mapping[str, Any], prefix: str, timeout: float, endpoint_url: str | None) -> None:
        self._table = str(config["tableName"])
        self._region = str(config["region"])
        self._role_arn = str(config["roleArn"])
        self._external_id = str(config["externalId"])
        self._prefix = prefix
        self._timeout = timeout
        self._endpoint_url = endpoint_url
        self._client: Any = None
        self._renew_at = datetime.min.replace(tzinfo=timezone.utc)

    @contextmanager
    def open(self) -> Iterator[DynamoDBSession]:
        """The table, with the role's credentials. After an error the role is assumed again."""
        try:
            from botocore.exceptions import BotoCoreError, ClientError
            from botocore.parsers import ResponseParserError
        except ImportError:
            raise MissingDependency("boto3") from None
        try:
            if datetime.now(timezone.utc) >= self._renew_at:
                self._assume_role()
            yield DynamoDBSession(self._client, self._table, self._prefix)
        except ClientError as error:
            self._forget_role()
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            raise StoreError(self._refusal(error), status) from None
        except (BotoCoreError, ResponseParserError) as error:
            self._forget_role()
            raise StoreError(self._no_answer(error)) from None

    def _assume_role(self) -> None:
        import boto3
        from botocore.config import Config

        # One attempt: the next synchronisation is the next attempt.
        config = Config(
            connect_timeout=self._timeout,
            read_timeout=self._timeout,
            retries={"total_max_attempts": 1, "mode": "standard"},
        )
        options: dict[str, Any] = {"region_name": self._region, "endpoint_url": self._endpoint_url, "config": config}
        # A session of its own: they can't be shared by threads.
        session = boto3.Session()
        given = session.client("sts", **options).assume_role(
            RoleArn=self._role_arn, RoleSessionName=_ROLE_SESSION, ExternalId=self._external_id
        )["Credentials"]
        self._client = session.client(
            "dynamodb",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            **options,
        )
        self._renew_at = given["Expiration"] - _RENEWAL

    def _forget_role(self) -> None:
        self._renew_at = datetime.min.replace(tzinfo=timezone.utc)

    def _refusal(self, error: Any) -> str:
        """AWS's error code with the emulator's own sentence."""
        code = str(error.response.get("Error", {}).get("Code", "")) or "an error without a code"
        operation = error.operation_name
        if operation == "AssumeRole" and code in _DENIED:
            why = f"the role {self._role_arn} may not be assumed: its trust policy must name the caller and the external ID"
        elif code in _DENIED:
            why = f"the role may not use dynamodb:{operation} on the table {self._table}"
        elif code in _BAD_CREDENTIALS:
            whose = "the emulator" if operation == "AssumeRole" else "the role"
            why = f"AWS does not accept the credentials of {whose}"
        elif code == "ResourceNotFoundException":
            why = f"there is no table {self._table} in {self._region}"
        elif code == "ValidationException":
            why = f"the table {self._table} does not have the partition key 'namespace' and the sort key 'key', both strings"
        else:
            why = f"AWS refuses {operation}"
        return f"{code}: {why}"

    def _no_answer(self, error: Exception) -> str:
        from botocore.exceptions import ConnectTimeoutError, NoCredentialsError, ReadTimeoutError

        place = f"AWS in {self._region}"
        if self._endpoint_url:
            place = urlsplit(self._endpoint_url).netloc.rpartition("@")[2]
        if isinstance(error, NoCredentialsError):
            return "the emulator has no AWS credentials to assume the role with"
        if isinstance(error, (ConnectTimeoutError, ReadTimeoutError)):
            return f"no answer from {place} within {self._timeout:g} s"
        return f"no connection to {place} ({type(error).__name__})"


class DynamoDBSession:
    """The table, with the role's permissions."""

    def __init__(self, client: Any, table: str, prefix: str) -> None:
        self._client = client
        self._table = table
        self._contexts = prefix + ":big_segments_user"
        metadata = prefix + ":big_segments_metadata"
        self._metadata = _key(metadata, metadata)

    def synchronized_on(self) -> int | None:
        """The last synchronisation, in epoch milliseconds; None if there is none."""
        answer = self._client.get_item(TableName=self._table, Key=self._metadata, ConsistentRead=True)
        found = answer.get("Item", {}).get("synchronizedOn", {}).get("N")
        return int(found) if found is not None and found.isdigit() else None

    def write(self, some: list[Change], now: int) -> None:
        """Replace or delete the item of each changed context, 25 in a request, then write `now`."""
        requests = [self._request(change) for change in some]
        for start in range(0, len(requests), _BATCH):
            self._write_batch(requests[start : start + _BATCH])
        attributes = {"synchronizedOn": {"N": str(now)}}
        if some:
            attributes["lastVersion"] = {"S": str(now)}  # the Relay Proxy's cursor
        self._update(attributes)

    def _request(self, change: Change) -> dict[str, Any]:
        key = _key(self._contexts, change.context_hash)
        sets = {name: {"SS": sorted(segments)} for name, segments in change.wanted._asdict().items() if segments}
        return {"PutRequest": {"Item": {**key, **sets}}} if sets else {"DeleteRequest": {"Key": key}}

    def _write_batch(self, requests: list[dict[str, Any]]) -> None:
        """DynamoDB may take a part only and return the others, to be sent again after a pause."""
        for attempt in range(_ATTEMPTS):
            answer = self._client.batch_write_item(RequestItems={self._table: requests})
            requests = answer.get("UnprocessedItems", {}).get(self._table, [])
            if not requests:
                return
            time.sleep(_PAUSE * 2**attempt)
        raise StoreError(f"the table {self._table} does not take writes as fast as they come")

    def _update(self, attributes: Mapping[str, Mapping[str, Any]]) -> None:
        places = {f"#{number}": name for number, name in enumerate(attributes)}
        self._client.update_item(
            TableName=self._table,
            Key=self._metadata,
            UpdateExpression="SET " + ", ".join(f"{place} = :{place[1:]}" for place in places),
            ExpressionAttributeNames=places,
            ExpressionAttributeValues={":" + place[1:]: attributes[name] for place, name in places.items()},
        )


def _key(partition: str, sort: str) -> dict[str, dict[str, str]]:
    """The table's keys, documented by LaunchDarkly: `namespace` and `key`, both strings."""
    return {"namespace": {"S": partition}, "key": {"S": sort}}
