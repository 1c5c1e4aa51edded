# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a failed attempt means: which error it is, and whether sending the request again is safe and useful."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Any

from .. import errors
from .rate_limit_headers import requested_wait
from .request import Request
from .retry import Failure, Words

_BY_STATUS: dict[int, type[errors.ApiError]] = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
}


def response_failure(request: Request, status: int, headers: Mapping[str, str], words: Words, now: float) -> Failure:
    """The failure that a response outside 2xx stands for. `now` is in seconds since the epoch."""
    reported = f": {words.message.rstrip('.')}" if words.message else ""
    problem = f"LaunchDarkly responded {status} to {request.text}{reported}."
    common: dict[str, Any] = {
        "request": request.text,
        "status": status,
        "code": words.code,
        "api_message": words.message,
        "request_id": words.request_id,
    }
    if status < 200:
        # 101 and 103 promise another response, which does not come.
        return doubtful(errors.UnexpectedResponse(problem, **common), request, f"status {status}", late=True)
    if 300 <= status < 400:
        hint = "If you trust the host that it redirects to, give that as api_host. Redirects are not followed."
        return Failure(errors.UnexpectedResponse(problem, hint=hint, **common))
    if status == 429:
        asked = requested_wait(headers, now)
        return Failure(errors.RateLimited(problem, **common), "rate limited", True, asked, until_deadline=True)
    if status == 408:
        # A server that timed out while it waited for the request has not carried it out (RFC 9110, 15.5.9).
        return doubtful(errors.ServerError(problem, **common), request, "the server timed out")
    if status >= 500:
        # Behind a gateway that gave up, the server may still be at work. The API's own words come when it is done.
        late = status == 504 or not words.code
        return doubtful(errors.ServerError(problem, **common), request, f"server error {status}", late=late)
    if status in (404, 409) and not words.code and not words.message:
        # "Not found" from a proxy must not be taken for "does not exist".
        return Failure(errors.UnexpectedResponse(problem, **common))
    return Failure(_cause(request, status, words)(problem, **common))


def _cause(request: Request, status: int, words: Words) -> type[errors.ApiError]:
    cause = _BY_STATUS.get(status, errors.BadRequest)
    # How LaunchDarkly words this is not documented; that it is a 403 was observed.
    if cause is errors.Forbidden and request.beta and "ld-api-version" in words.message.lower():
        return errors.BetaHeaderMissing
    # Observed on other routes of the API. The documented code of this route is optimistic_locking_error.
    if cause is errors.Conflict and words.code == "key_exists":
        return errors.KeyExists
    return cause


def doubtful(error: errors.ApiError, request: Request, reason: str, *, late: bool = False) -> Failure:
    """The failure where the request may have taken effect; `late` where it may still do so."""
    if request.repeatable:
        return Failure(error, reason, retry=True)
    unknown = errors.OutcomeUnknown(
        error.problem, request=error.request, status=error.status, code=error.code, request_id=error.request_id
    )
    unknown.may_arrive_late = late
    return Failure(unknown)


def network_failure(error: Exception, request: Request, timeout: float, *, sent: bool) -> Failure:
    """The failure that an exception of urllib3, requests or the system stands for."""
    from urllib3 import exceptions as kinds

    where = f"for {request.text}"
    causes = list(_causes(error))

    def network(problem: str, hint: str = "") -> errors.NetworkError:
        return errors.NetworkError(problem, request=request.text, hint=hint)

    ca_hint = "Check api_host. If its certificate is signed by your own CA, give that CA as ca_path."
    refused = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if refused:
        reason = f"its certificate could not be verified ({refused.verify_message})"
        return Failure(network(f"The TLS connection to api_host failed {where}: {reason}.", ca_hint))
    if isinstance(error, kinds.SSLError):
        # With TLS 1.3 the server may reject the connection after the request was sent.
        failed = network(f"The TLS connection to api_host failed {where}: the two sides could not agree.", ca_hint)
        return doubtful(failed, request, "TLS failed", late=True) if sent else Failure(failed, "TLS failed", retry=True)
    proxy = isinstance(error, kinds.ProxyError)
    if not sent:
        return _not_sent(error, request, timeout, network, proxy=proxy)
    # A timeout may be wrapped where the response began in time and did not end.
    if isinstance(error, kinds.TimeoutError) or any("timed out" in str(cause) for cause in causes):
        failed = network(f"LaunchDarkly did not respond within {timeout:g} s {where}.")
        return doubtful(failed, request, "no response in time", late=True)
    # Old urllib3 raises ProxyError also when a proxy breaks off in the middle.
    problem = "The proxy failed" if proxy else "The connection ended before the response was complete"
    return doubtful(network(f"{problem} {where}."), request, "proxy error" if proxy else "connection lost", late=True)


def _not_sent(error: Exception, request: Request, timeout: float, network: Any, *, proxy: bool) -> Failure:
    from urllib3 import exceptions as kinds

    where = f"for {request.text}"
    if "Missing dependencies for SOCKS" in str(error):
        hint = (
            "The proxy in the environment is a SOCKS proxy. Install PySocks: python -m pip install 'requests[socks]'."
        )
        return Failure(network(f"The SOCKS proxy could not be used {where}.", hint))
    if isinstance(error, ValueError) or not isinstance(error, kinds.HTTPError):
        hint = "Check api_host, and the proxy and the CA file that the environment names (HTTPS_PROXY, REQUESTS_CA_BUNDLE)."
        return Failure(network(f"No request could be made {where}.", hint))
    # In urllib3 1 a refused connection is a ConnectTimeoutError, too.
    if isinstance(error, kinds.ConnectTimeoutError) and not isinstance(error, kinds.NewConnectionError):
        problem = f"api_host did not accept a connection within {timeout:g} s {where}."
    else:
        problem = f"{'The proxy could not be used' if proxy else 'api_host could not be reached'} {where}."
    return Failure(network(problem), "no connection", retry=True)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and what it wraps: urllib3 nests causes in `args` and `reason`."""
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo and len(seen) < 20:
        cause = todo.pop()
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            todo.extend([*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__])
