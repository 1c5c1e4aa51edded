# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Questions to AWS: one attempt each, bounded in time, asked once, and every refusal told in a sentence.

AWS's own error texts are not passed on, only its error codes.
"""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

from ...core.errors import MissingDependency
from ..checks import Once, Verdict, failure, skipped

# AWS's codes for the same three things, which differ from service to service.
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
# What botocore says when a refusal has no code in it that it can read; whether of AWS's or of a proxy's, is unknown.
_FORBIDDEN = "403"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_NOT_VALID = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure", "InvalidToken"}
)
_BAD_SIGNATURE = frozenset({"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"})


_NO_CREDENTIALS = skipped(
    "no AWS credentials were found here",
    "give them where the AWS SDK looks for them (AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, 'aws sso login'),"
    " or run this on a host with a role",
)


class Unanswered(Exception):
    """A question that AWS didn't answer.

    `code` is AWS's error code, or "" when nothing came back. `verdict` tells why, as a skipped check. `by_credentials` says
    that the caller's credentials are the cause, so that no other question will be answered either.
    """

    def __init__(self, code: str, verdict: Verdict, by_credentials: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.verdict = verdict
        self.by_credentials = by_credentials

    @property
    def failure(self) -> Verdict:
        """The verdict as a failure, for the check that is about this very question."""
        return failure(self.verdict.seen, self.verdict.remedy)


def require_boto3() -> None:
    """Raise MissingDependency unless boto3 can be imported."""
    try:
        import boto3  # noqa: F401
    except ImportError:
        raise MissingDependency("boto3") from None


class Aws:
    """AWS as seen with the caller's credentials, in one region. `timeout` is what one check may take, in seconds."""

    def __init__(self, region: str, endpoint_url: str | None, timeout: float, session: Any = None) -> None:
        self.region = region
        self._endpoint_url = endpoint_url
        self._timeout = timeout
        self._session = session
        self._ready: Once[Any] = Once(self._find_credentials)
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._identity: Once[dict[str, Any]] = Once(lambda: self.ask("sts", "get_caller_identity"))

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
        """The answer to one request, such as `ask("dynamodb", "describe_table", TableName=...)`. Raises Unanswered."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        client = self._client(service)
        action = "{0}:{1}".format(service, client.meta.method_to_api_mapping[operation])
        try:
            answer: dict[str, Any] = getattr(client, operation)(**parameters)
            return answer
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "")) or "an error without a code"
            raise Unanswered(code, _refused(action, code), code in _EXPIRED | _NOT_VALID | _BAD_SIGNATURE) from None
        except ResponseParserError:
            raise Unanswered("unreadable answer", _refused(action, "what is not an answer of AWS's")) from None
        except BotoCoreError as error:
            raise Unanswered(
                "", _no_answer(action, error, client.meta.endpoint_url, bool(self._endpoint_url))
            ) from None

    def _find_credentials(self) -> Any:
        """The session, with credentials. Not found earlier, since a role or a login may have to be asked for them."""
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            session = self._session or boto3.Session()
            credentials = session.get_credentials()
            if credentials is not None:
                credentials.get_frozen_credentials()
        except (BotoCoreError, ClientError) as error:
            why = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            raise Unanswered("", _unusable_credentials(why), by_credentials=True) from None
        if credentials is None:
            raise Unanswered("", _NO_CREDENTIALS, by_credentials=True)
        return session

    def _client(self, service: str) -> Any:
        """The client of a service. A session may make only one at a time; clients may be shared."""
        from botocore.config import Config

        session = self._ready()
        # Two waits, for the connection and for the answer, fit into the time of a check.
        wait = 0.4 * self._timeout
        config = Config(connect_timeout=wait, read_timeout=wait, retries={"total_max_attempts": 1, "mode": "standard"})
        with self._lock:
            if service not in self._clients:
                self._clients[service] = session.client(
                    service, region_name=self.region, endpoint_url=self._endpoint_url, config=config
                )
            return self._clients[service]


def denied(unanswered: Unanswered) -> bool:
    """Whether the caller was not allowed to ask."""
    return unanswered.code in _DENIED or unanswered.code == _FORBIDDEN


def _unusable_credentials(why: str) -> Verdict:
    return skipped(
        "the AWS credentials found here can't be used ({0})".format(why),
        "check the profile's name, its keys and its role, or log in again, for instance with 'aws sso login'",
    )


def _refused(action: str, code: str) -> Verdict:
    """What to say of an error code that the asking check has no words of its own for."""
    if code in _DENIED:
        return skipped(
            "the caller may not use {0}".format(action),
            "allow the caller {0}, or run this with credentials that may".format(action),
        )
    if code == _FORBIDDEN:
        return skipped(
            "{0} was refused with HTTP status 403".format(action),
            "allow the caller {0}, or look for a proxy that refuses it".format(action),
        )
    if code in _EXPIRED:
        return skipped("AWS says that the credentials have expired ({0})".format(code), "log in again or renew them")
    if code in _NOT_VALID:
        return skipped(
            "AWS doesn't know these credentials ({0})".format(code),
            "check the access key ID and whether it is still active; temporary ones need their session token too",
        )
    if code in _BAD_SIGNATURE:
        return skipped(
            "AWS refuses the credentials' signature ({0})".format(code),
            "check the secret access key, and the clock of this host",
        )
    return skipped("AWS answered {0} with {1}".format(action, code), "try again; if it stays, look the code up at AWS")


def _no_answer(action: str, error: Exception, url: str, url_given: bool) -> Verdict:
    """What to say of a request that brought no answer of AWS's."""
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError, SSLError

    causes = {
        ConnectTimeoutError: "no connection in time",
        ReadTimeoutError: "no answer in time",
        SSLError: "TLS failed",
        EndpointConnectionError: "no connection",
    }
    cause = next((text for kind, text in causes.items() if isinstance(error, kind)), type(error).__name__)
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]  # without a user and password that someone may have put there
    remedy = (
        "check endpoint_url"
        if url_given
        else "check the region, and the firewall, proxy or VPC endpoint where this runs"
    )
    return skipped("{0} could not be asked at {1}://{2}: {3}".format(action, parts.scheme, host, cause), remedy)
