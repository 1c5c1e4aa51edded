# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Requests to AWS, bounded in time, and a sentence for every error.

AWS's error texts are not passed on, only its error codes.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from ...core.errors import MissingDependency
from ..checks import Once, Verdict, failure, skipped
from .credentials import CredentialsError, find_credentials

# AWS's codes for the same three things, which differ from service to service.
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
# What botocore says when a refusal has no code in it that it can read; whether of AWS's or of a proxy's, is unknown.
_FORBIDDEN = "403"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_NOT_VALID = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure", "InvalidToken"}
)
_BAD_SIGNATURE = frozenset({"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"})


_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "LimitExceededException",
        "SlowDown",
    }
)
_PAUSES = (0.2, 0.4, 0.8)  # seconds before another attempt after throttling
_CREDENTIALS_WAITS = 5
# Where STS is enabled in every account, by partition.
_FIRST_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
# What AWS's text on a denied request names as the reason ("Access denied error messages", IAM user guide).
_DENIED_BY = {
    "service control policy": "a service control policy of the AWS organization",
    "resource control policy": "a resource control policy of the AWS organization",
    "permissions boundary": "a permissions boundary",
    "session policy": "a session policy",
    "VPC endpoint policy": "the policy of a VPC endpoint",
    "resource-based policy": "the resource's own policy",
    "kms:": "the KMS key of the table",
    "KMS key": "the KMS key of the table",
}


class Unanswered(Exception):
    """A request that failed.

    `code` is AWS's error code, or "" without a response. `verdict` says why, as a skipped check. `by_credentials` says that the
    caller's credentials are the cause, so that every other request fails too.
    """

    def __init__(self, code: str, verdict: Verdict, by_credentials: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.verdict = verdict
        self.by_credentials = by_credentials

    @property
    def failure(self) -> Verdict:
        """The verdict as a failure, for the check that is about this very request."""
        return failure(self.verdict.seen, self.verdict.remedy)


def require_boto3() -> None:
    """Raise MissingDependency unless boto3 can be imported."""
    try:
        import boto3  # noqa: F401
    except ImportError:
        raise MissingDependency("boto3") from None


class Aws:
    """AWS as seen with the caller's credentials, in one region. `timeout` bounds each wait for the network, in seconds."""

    def __init__(
        self, region: str, endpoint_url: str | None, timeout: float, session: Any = None, prompt: bool = False
    ) -> None:
        self.region = region
        self._endpoint_url = endpoint_url
        self._timeout = timeout
        self._session = session
        self._prompt = prompt
        self._ready: Once[Any] = Once(self._find_credentials)
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self._identity: Once[dict[str, Any]] = Once(self._ask_identity)

    def find_credentials(self) -> None:
        """Find the credentials in the caller's thread, where an MFA code can be typed. Errors are kept for the checks."""
        with contextlib.suppress(Unanswered):
            self._ready()

    def partition(self) -> str:
        """The partition of the region, such as `aws-cn`; `aws` for a region that the SDK does not know."""
        from botocore.exceptions import UnknownRegionError

        try:
            return str(self._ready().get_partition_for_region(self.region))
        except UnknownRegionError:
            return "aws"

    def identity(self) -> dict[str, Any]:
        """Who the caller is: `Account` and `Arn`. Raises Unanswered."""
        return self._identity()

    def account(self) -> str:
        """The caller's AWS account, or "" where STS gives no answer."""
        try:
            return str(self.identity()["Account"])
        except Unanswered:
            return ""

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """The response to one request, such as `ask("dynamodb", "describe_table", TableName=...)`. Raises Unanswered."""
        for pause in _PAUSES:
            try:
                return self._ask(service, operation, self.region, parameters)
            except Unanswered as unanswered:
                if unanswered.code not in _THROTTLED:
                    raise
            time.sleep(pause)
        return self._ask(service, operation, self.region, parameters)

    def _ask(self, service: str, operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        client = self._client(service, region)
        action = f"{service}:{client.meta.method_to_api_mapping[operation]}"
        try:
            answer: dict[str, Any] = getattr(client, operation)(**parameters)
            return answer
        except ClientError as error:
            details = error.response.get("Error", {})
            code = str(details.get("Code", "")) or "an error without a code"
            reason = next((by for text, by in _DENIED_BY.items() if text in str(details.get("Message", ""))), "")
            by_credentials = code in _EXPIRED | _NOT_VALID | _BAD_SIGNATURE
            raise Unanswered(code, _refused(action, code, reason), by_credentials) from None
        except ResponseParserError:
            verdict = _refused(action, "a response that is not AWS's", "")
            raise Unanswered("unreadable response", verdict) from None
        except BotoCoreError as error:
            raise Unanswered(
                "", _no_answer(action, error, client.meta.endpoint_url, bool(self._endpoint_url))
            ) from None

    def _ask_identity(self) -> dict[str, Any]:
        try:
            return self.ask("sts", "get_caller_identity")
        except Unanswered as unanswered:
            if unanswered.code not in _NOT_VALID or not self._known_elsewhere():
                raise
        verdict = skipped(
            f"the region {self.region} is not enabled in this AWS account",
            "enable the region in the AWS account settings, or correct the region",
        )
        raise Unanswered("", verdict, by_credentials=True)

    def _known_elsewhere(self) -> bool:
        """Whether the credentials are valid in another region. In a region that is not enabled, AWS rejects all."""
        region = _FIRST_REGIONS.get(self.partition(), self.region)
        try:
            return region != self.region and bool(self._ask("sts", "get_caller_identity", region, {}))
        except Unanswered:
            return False

    def _find_credentials(self) -> Any:
        try:
            return find_credentials(self._session, self._timeout * _CREDENTIALS_WAITS, self._prompt)
        except CredentialsError as error:
            raise Unanswered("", error.verdict, by_credentials=True) from None

    def _client(self, service: str, region: str) -> Any:
        """The client of a service. A session can create only one at a time; clients can be shared."""
        from botocore.config import Config

        session = self._ready()
        config = Config(
            connect_timeout=self._timeout,
            read_timeout=self._timeout,
            retries={"total_max_attempts": 1, "mode": "standard"},
        )
        with self._lock:
            if (service, region) not in self._clients:
                try:
                    client = session.client(service, region_name=region, endpoint_url=self._endpoint_url, config=config)
                except ValueError:
                    verdict = skipped(
                        f"the endpoint of {service} is not a URL",
                        "correct AWS_ENDPOINT_URL, or endpoint_url in the AWS config file",
                    )
                    raise Unanswered("", verdict) from None
                self._clients[service, region] = client
            return self._clients[service, region]


def denied(unanswered: Unanswered) -> bool:
    """Whether the caller was not allowed to ask."""
    return unanswered.code in _DENIED or unanswered.code == _FORBIDDEN


def _refused(action: str, code: str, reason: str) -> Verdict:
    """The verdict for an error code that the check has no words of its own for. `reason` is what denies the request."""
    if code in _DENIED:
        return skipped(
            f"the caller may not use {action}{f': {reason} denies it' if reason else ''}",
            f"allow the caller {action}, or run this with credentials that may",
        )
    if code == _FORBIDDEN:
        return skipped(
            f"{action} was rejected with HTTP status 403",
            f"allow the caller {action}, or check the proxies",
        )
    if code in _EXPIRED:
        return skipped(f"the AWS credentials have expired ({code})", "log in again or renew them")
    if code in _NOT_VALID:
        return skipped(
            f"AWS does not know these credentials ({code})",
            "check the access key ID and whether it is still active; temporary ones need their session token too",
        )
    if code in _BAD_SIGNATURE:
        return skipped(
            f"AWS rejects the signature of the credentials ({code})",
            "check the secret access key, and the clock of this host",
        )
    return skipped(
        f"AWS answered {action} with {code}", "retry; if it persists, look up the code in the documentation of AWS"
    )


def _no_answer(action: str, error: Exception, url: str, url_given: bool) -> Verdict:
    """The verdict for a request without a response of AWS."""
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError, SSLError

    causes = {
        ConnectTimeoutError: "no connection in time",
        ReadTimeoutError: "no response in time",
        SSLError: "TLS failed",
        EndpointConnectionError: "no connection",
    }
    cause = next((text for kind, text in causes.items() if isinstance(error, kind)), type(error).__name__)
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]  # without a user and password that someone may have put there
    remedy = (
        "check the endpoint"
        if url_given
        else "check the region, and the firewall, proxy or VPC endpoint where this runs"
    )
    return skipped(f"{action} failed at {parts.scheme}://{host}: {cause}", remedy)
