# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One request to the API: headers, time-outs, retries, and errors by cause."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import errors
from ..secret import Secret
from ..version import __version__
from .connection_checks import check_access_token, check_api_host, check_ca_path, check_timeout, is_loopback
from .retry import SYSTEM_CLOCK, Clock, Deadline, RetryPolicy, Wait, wait_asked_for
from .session import Limit, new_session

if TYPE_CHECKING:
    # A single task has no use for it, and loads this file anew.
    from .rate_limit import Gate

_BY_STATUS: dict[int, type[errors.ApiError]] = {
    401: errors.BadToken,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
}


class Request(NamedTuple):
    """A request as its faces see it. `body` may hold `Secret` objects. `beta` asks for the beta API version.

    `repeatable` requests are sent again after 5xx, network errors and nonsense. For the others such an end means
    that nobody knows whether the write took effect: OutcomeUnknown.
    """

    method: str
    path: str
    params: Mapping[str, str | int] | None = None
    body: Any = None
    beta: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice is the same as sending it once, whatever happens in between."""
        return self.method == "GET"

    @property
    def text(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.path}"

    @property
    def route(self) -> str:
        """What has a rate limit of its own: the method, and how deep the path is, whatever the keys in it."""
        return f"{self.method} {self.path.count('/')}"


class Transport:
    """Sends requests to one LaunchDarkly instance with one access token. Not for use from several threads at once."""

    def __init__(
        self,
        api_host: str,
        access_token: Secret,
        *,
        timeout: float,
        verify: bool | str,
        allow_http: bool,
        retry: RetryPolicy,
        clock: Clock = SYSTEM_CLOCK,
        on_wait: Callable[[Wait], None] | None = None,
        gate: Gate | None = None,
    ) -> None:
        findings = [*check_api_host(api_host, allow_http), *check_access_token(access_token)]
        findings += [*check_timeout(timeout), *check_ca_path(verify)]
        if findings:
            raise errors.InvalidSettings(findings)
        self.api_host = api_host.rstrip("/")
        self._token = access_token
        self._timeout = timeout
        self._verify = verify
        self._retry = retry
        self.clock = clock
        self._on_wait = on_wait
        self._gate = gate
        self._limit = Limit(self.deadline())
        self._session = new_session(self._limit, trust_env=not is_loopback(api_host))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def deadline(self) -> Deadline:
        """A new deadline for one operation."""
        return Deadline(self.clock, self._retry.deadline)

    def send(self, request: Request, deadline: Deadline) -> Any:
        """Send until there is an answer: the decoded JSON, or None for an answer without content. Raises ApiError."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._send_once(request, deadline)
            except _Again as again:
                self._wait_or_raise(again, request, attempt, deadline)

    def pause(self, seconds: float, reason: str, request: str, deadline: Deadline) -> bool:
        """Wait, tell of it, and return True; or return False at once when the deadline comes first, or the run is stopped."""
        if seconds >= deadline.left():
            return False
        if self._on_wait:
            self._on_wait(Wait(seconds, reason, request))
        if self._gate:
            return self._gate.pause(seconds)
        self.clock.sleep(seconds)
        return True

    def backoff(self, attempt: int) -> float:
        """The wait after this attempt (from 1) where nothing says more."""
        return self._retry.backoff(attempt)

    def _wait_or_raise(self, again: _Again, request: Request, attempt: int, deadline: Deadline) -> None:
        if not again.until_deadline and attempt >= self._retry.attempts:
            raise again.error from None
        seconds = self.backoff(attempt)
        if again.asked:
            # Obeyed to the letter, jitter on top. A reset that lies in the past asks for no wait: the backoff remains,
            # or the requests that follow would use up what is left for everybody.
            seconds = again.asked + self._retry.jitter * self._retry.random()
        if self._gate and again.until_deadline:
            # All wait, not this worker alone; it does so at the gate, with the others.
            if not self._gate.hold(Wait(seconds, again.reason, request.text), deadline):
                raise again.error from None
            return
        if not self.pause(seconds, again.reason, request.text, deadline):
            raise again.error from None

    def _send_once(self, request: Request, deadline: Deadline) -> Any:
        if self._gate is None:
            return self._read(self._exchange(request, deadline), request)
        if not self._gate.enter(request.route, request.text, deadline):
            what = f"No time was left for {request.text}, since the rate limit left no room for it."
            raise errors.RateLimited(what, request=request.text)
        headers = None
        try:
            answer = self._exchange(request, deadline)
            headers = answer.headers
        finally:
            self._gate.leave(request.route, headers)
        return self._read(answer, request)

    def _exchange(self, request: Request, deadline: Deadline) -> Any:
        left = deadline.left()
        if left <= 0:
            raise errors.NetworkError(f"No time was left for {request.text}.", request=request.text)
        timeout = min(self._timeout, left)
        self._limit.deadline = deadline
        try:
            prepared = self._prepare(request)
            return self._session.send(
                prepared,
                timeout=(timeout, timeout),
                # A redirect would carry the token along; api_host must name the right host in the first place.
                allow_redirects=False,
                **self._session.merge_environment_settings(prepared.url, {}, None, self._verify, None),
            )
        except (OSError, ValueError) as error:
            # All of requests' errors are OSErrors; it lets a ValueError about a URL through.
            failure = _network_error(error, request, timeout)
        # Out here it does not keep the original, whose text may hold a proxy's password, and whose traceback holds a connection.
        raise failure

    def _prepare(self, request: Request) -> Any:
        """What to send. `Session.request` would merge each part with the session's own, which takes a tenth of the time that
        a request takes, and replace the Authorization header by an entry of a .netrc file."""
        from requests import PreparedRequest

        prepared = PreparedRequest()
        prepared.prepare(
            method=request.method,
            url=self.api_host + request.path,
            headers=self._headers(request),
            data=None if request.body is None else json.dumps(request.body, default=_reveal).encode(),
            params=request.params,
            cookies=self._session.cookies,
        )
        return prepared

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {
            **self._session.headers,
            "Authorization": self._token.reveal(),
            "User-Agent": f"ld-segment-store/{__version__}",
            "Accept": "application/json",
        }
        if request.beta:
            headers["LD-API-Version"] = "beta"
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        return headers

    def _read(self, answer: Any, request: Request) -> Any:
        status = answer.status_code
        if status == 204 and request.method == "DELETE":
            return None
        content = _decode(answer)
        if 200 <= status < 300:
            if isinstance(content, Mapping):
                return content
            what = f"LaunchDarkly's answer to {request.text} is not the JSON object it should be."
            raise _doubtful(
                errors.NonsenseAnswer(what, request=request.text, status=status), request, "unreadable answer"
            )
        said = self._what_it_says(content, request)
        what = _sentence(request, status, said["api_message"])
        common: dict[str, Any] = {"request": request.text, "status": status, **said}
        if 300 <= status < 400:
            hint = "Give the host that it leads to as api_host, if you trust it: redirects are not followed."
            raise errors.NonsenseAnswer(what, hint=hint, **common)
        if status == 429:
            asked = wait_asked_for(answer.headers, self.clock.time())
            raise _Again(errors.RateLimited(what, **common), "rate limited", asked=asked, until_deadline=True)
        if status >= 500:
            # Of a gateway that gave up, the server behind it may still be at work. Words of its own the API has at the end.
            late = status == 504 or not said["code"]
            raise _doubtful(errors.ServerError(what, **common), request, f"server error {status}", late=late)
        if status in (404, 409) and not said["code"] and not said["api_message"]:
            # "Not found" from a proxy must not be taken for "is not set up".
            raise errors.NonsenseAnswer(what, **common)
        cause = _BY_STATUS.get(status, errors.BadRequest)
        # How LaunchDarkly words this is not documented; that it is a 403 was observed.
        if cause is errors.Forbidden and request.beta and "ld-api-version" in said["api_message"].lower():
            cause = errors.BetaHeaderMissing
        raise cause(what, **common)

    def _what_it_says(self, content: Any, request: Request) -> dict[str, str]:
        """`code`, `message` and `id` of an error, without any secret that was sent (a message may quote it)."""
        if not isinstance(content, Mapping):
            content = {}
        # The longest first: one may begin with another.
        secrets = sorted(
            [self._token, *_secrets_in(request.body)], key=lambda secret: len(secret.reveal()), reverse=True
        )
        said = {}
        for field, key in (("code", "code"), ("api_message", "message"), ("request_id", "id")):
            text = content.get(key) if isinstance(content.get(key), str) else ""
            for secret in secrets:
                if secret:
                    text = text.replace(secret.reveal(), "********")
            said[field] = " ".join(text.split())[:500]
        return said


class _Again(Exception):
    """An attempt failed and may be repeated; `error` is raised when it isn't. Never leaves this file."""

    def __init__(
        self, error: errors.ApiError, reason: str, *, asked: float | None = None, until_deadline: bool = False
    ) -> None:
        super().__init__(reason)
        self.error = error
        self.reason = reason
        self.asked = asked
        self.until_deadline = until_deadline


def _reveal(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"can't be sent as JSON: {type(value).__name__}")


def _secrets_in(body: Any) -> list[Secret]:
    if isinstance(body, Secret):
        return [body]
    values = body.values() if isinstance(body, Mapping) else body if isinstance(body, (list, tuple)) else ()
    return [secret for value in values for secret in _secrets_in(value)]


def _decode(answer: Any) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _sentence(request: Request, status: int, api_message: str) -> str:
    said = f": {api_message.rstrip('.')}" if api_message else ""
    return f"LaunchDarkly answered {status} to {request.text}{said}."


def _doubtful(error: errors.ApiError, request: Request, reason: str, *, late: bool = False) -> Exception:
    """What to raise when an answer doesn't tell whether the request took effect; `late` where it may still do so."""
    if request.repeatable:
        return _Again(error, reason)
    unknown = errors.OutcomeUnknown(
        error.what, request=error.request, status=error.status, code=error.code, request_id=error.request_id
    )
    unknown.may_arrive_late = late
    return unknown


def _network_error(error: Exception, request: Request, timeout: float) -> Exception:
    """Sort an exception of requests by whether the request can have arrived."""
    import requests
    from urllib3.exceptions import NewConnectionError, ReadTimeoutError

    kinds = requests.exceptions
    where = f"for {request.text}"

    def network(what: str, hint: str = "") -> errors.NetworkError:
        return errors.NetworkError(what, request=request.text, hint=hint)

    if isinstance(error, ValueError) or not isinstance(error, kinds.RequestException):
        hint = "Check api_host, and the proxy and the CA file that the environment names (HTTPS_PROXY, REQUESTS_CA_BUNDLE)."
        return network(f"No request could be made {where}.", hint)
    causes = _causes(error)
    if isinstance(error, kinds.SSLError):
        hint = "Check api_host; where its certificate is signed by a CA of your own, give that CA as ca_path."
        refused = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
        if refused:
            reason = f"its certificate could not be verified ({refused.verify_message})"
            return network(f"The TLS connection to api_host failed {where}: {reason}.", hint)
        # It may have failed after the request was sent.
        failed = network(f"The TLS connection to api_host failed {where}: the two sides could not agree.", hint)
        return _doubtful(failed, request, "TLS failed", late=True)
    proxy = isinstance(error, kinds.ProxyError)
    if isinstance(error, kinds.ConnectTimeout):
        return _Again(network(f"api_host did not accept a connection within {timeout:g} s {where}."), "no connection")
    # The second is http.client's word for a proxy that refused to lead any further.
    if any(isinstance(c, NewConnectionError) or str(c).startswith("Tunnel connection failed") for c in causes):
        what = "The proxy could not be used" if proxy else "api_host could not be reached"
        return _Again(network(f"{what} {where}."), "no connection")
    # The second where the answer began in time and did not end.
    if isinstance(error, kinds.Timeout) or any(isinstance(cause, ReadTimeoutError) for cause in causes):
        what = f"LaunchDarkly did not answer within {timeout:g} s {where}."
        return _doubtful(network(what), request, "no answer in time", late=True)
    # Old urllib3 says ProxyError also when a proxy breaks off in the middle.
    what = "The proxy could not be used" if proxy else "The connection ended before the answer was complete"
    # A server that has begun to answer has done its work; where nothing came, it may not even have begun.
    late = not isinstance(error, (kinds.ChunkedEncodingError, kinds.ContentDecodingError))
    return _doubtful(network(f"{what} {where}."), request, "proxy error" if proxy else "connection lost", late=late)


def _causes(error: Any) -> list[BaseException]:
    """An exception and what it wraps: requests and urllib3 nest causes in `args` and `reason`."""
    found: list[BaseException] = []
    todo = [error]
    while todo and len(found) < 20:
        cause = todo.pop()
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            todo.extend([*cause.args, getattr(cause, "reason", None), cause.__cause__])
    return found
