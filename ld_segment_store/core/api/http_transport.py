# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Send requests to the API: headers, timeouts, retries, and errors by cause."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Optional
from urllib.parse import urlencode

from .. import errors
from ..scrub import scrub
from ..secret import Secret
from ..version import __version__
from .connection_checks import check_access_token, check_api_host, check_ca_path, check_timeout, is_loopback
from .http_connections import Connections
from .request import Request
from .retry import Clock, Deadline, Failure, RetryPolicy, Wait, Words

if TYPE_CHECKING:
    # A single task does not need it, and each task compiles what it imports.
    from .rate_limit import Gate

_MAX_WORDS = 500
# Gets each request that got a response, also one that is sent again, with the response's status, headers and content.
OnResponse = Optional[Callable[[Request, int, Mapping[str, str], bytes], None]]


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
        clock: Clock,
        on_wait: Callable[[Wait], None] | None = None,
        on_response: OnResponse = None,
        gate: Gate | None = None,
    ) -> None:
        findings = [*check_api_host(api_host, allow_http), *check_access_token(access_token)]
        findings += [*check_timeout(timeout), *check_ca_path(verify)]
        errors.require_no_errors(findings)
        self._token = access_token
        self._timeout = timeout
        self._retry = retry
        self._clock = clock
        self._on_wait = on_wait
        self._on_response = on_response
        self._gate = gate
        # A proxy that environment variables name would get the token of what goes to loopback.
        self._connections = Connections(api_host, verify=verify, trust_env=not is_loopback(api_host))

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def deadline(self) -> Deadline:
        """A new deadline for one operation."""
        return Deadline(self._clock, self._retry.deadline)

    def send(self, request: Request, deadline: Deadline) -> Any:
        """Send until there is a response: the decoded JSON, or None for a response without content. Raises ApiError."""
        attempt = 0
        while True:
            attempt += 1
            result = self._attempt(request, deadline)
            if not isinstance(result, Failure):
                return result
            if not self._waits_to_retry(result, request, attempt, deadline):
                raise result.error

    def pause(self, wait: Wait, deadline: Deadline) -> bool:
        """Announce the wait, wait, and return True; return False at once when the deadline comes first or the run is stopped."""
        if wait.seconds >= deadline.left():
            return False
        if self._on_wait:
            self._on_wait(wait)
        return self.sleep(wait.seconds)

    def sleep(self, seconds: float) -> bool:
        """Wait and return True; return False at once when the run is stopped."""
        if self._gate:
            return self._gate.pause(seconds)
        self._clock.sleep(seconds)
        return True

    def backoff(self, attempt: int) -> float:
        """The wait after this attempt (from 1) where no header says more."""
        return self._retry.backoff(attempt)

    def _waits_to_retry(self, failure: Failure, request: Request, attempt: int, deadline: Deadline) -> bool:
        """Wait until the request may be sent again. False where it must not be."""
        if not failure.retry or (not failure.until_deadline and attempt >= self._retry.attempts):
            return False
        seconds = self.backoff(attempt)
        if failure.asked:
            # Obeyed to the letter, jitter on top. A reset that lies in the past asks for no wait: the backoff remains, or
            # the requests that follow would use up what is left for everybody.
            seconds = failure.asked + self._retry.jitter * self._retry.random()
        wait = Wait(seconds, failure.reason, request.text)
        if self._gate and failure.until_deadline:
            # All threads wait, not this one alone; it does so at the gate, with the others.
            return self._gate.hold(wait, deadline)
        return self.pause(wait, deadline)

    def _attempt(self, request: Request, deadline: Deadline) -> Any:
        """The decoded content, None for a response without content, or a Failure."""
        if self._gate is None:
            return self._exchange(request, deadline)[0]
        if not self._gate.enter(request.route, request.text, deadline):
            problem = f"No time was left for {request.text}, because of the rate limit."
            return Failure(errors.RateLimited(problem, request=request.text))
        headers = None
        try:
            result, headers = self._exchange(request, deadline)
        finally:
            self._gate.leave(request.route, headers)
        return result

    def _exchange(self, request: Request, deadline: Deadline) -> tuple[Any, Mapping[str, str] | None]:
        """The result of one exchange, and the headers of the response."""
        left = deadline.left()
        if left <= 0:
            failure = Failure(errors.NetworkError(f"No time was left for {request.text}.", request=request.text))
            return failure, None
        if self._clock.monotonic() > request.not_after:
            problem = f"{request.text} had to wait so long that the integration may have changed."
            return Failure(errors.Outdated(problem, request=request.text)), None
        timeout = min(self._timeout, left)
        path = request.path if request.params is None else f"{request.path}?{urlencode(request.params)}"
        body = None if request.body is None else _ENCODER.encode(request.body).encode()
        from urllib3.exceptions import HTTPError

        try:
            status, headers, content = self._connections.exchange(
                request.method, path, self._headers(request), body, timeout, deadline
            )
        except (OSError, ValueError, HTTPError, RecursionError) as error:
            from .failed_attempts import network_failure

            # requests and urllib3 also let errors of the system and ValueErrors about URLs through.
            # Out of here goes no original, whose text may hold a proxy's password.
            failure = network_failure(error, request, timeout, sent=self._connections.sent)
            # Frames of urllib3 1 refer to the error, and to a connection that would stay open with it.
            error.__traceback__ = None
            return failure, None
        if self._on_response:
            self._on_response(request, status, headers, content)
        text = _text(content)
        del content  # megabytes for the list of a large account
        return self._read(request, status, headers, text), headers

    def _headers(self, request: Request) -> Mapping[str, str]:
        headers = {
            "Authorization": self._token.reveal(),
            "User-Agent": f"ld-segment-store/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        if request.beta:
            headers["LD-API-Version"] = "beta"
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if not request.headers:
            return headers
        from urllib3._collections import HTTPHeaderDict

        several = HTTPHeaderDict(headers)  # which has room for two of one name
        for name, value in request.headers:
            several.add(name, value)
        return several

    def _read(self, request: Request, status: int, headers: Mapping[str, str], text: str) -> Any:
        if status == 204 and request.method == "DELETE":
            return None
        decoded = _decode(text)
        if 200 <= status < 300 and isinstance(decoded, Mapping):
            return decoded
        # A task without failures does not need it, and each task compiles what it imports.
        from .failed_attempts import doubtful, response_failure

        if not 200 <= status < 300:
            return response_failure(request, status, headers, self._words(decoded, request), self._clock.time())
        error = errors.UnexpectedResponse(
            f"LaunchDarkly's response to {request.text} is not a JSON object.", request=request.text, status=status
        )
        # It has worked, so a POST must not be repeated.
        return doubtful(error, request, "unreadable response", late=True)

    def _words(self, content: Any, request: Request) -> Words:
        """The API's own words, without any secret that was sent (a message may quote it)."""
        if not isinstance(content, Mapping):
            return Words()
        secrets = [self._token, *_secrets_in(request.body)]
        texts = (content.get(key) for key in ("code", "message", "id"))
        cleaned = (scrub(" ".join(text.split()), secrets) if isinstance(text, str) else "" for text in texts)
        return Words(*(text[:_MAX_WORDS] for text in cleaned))


def _reveal(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"cannot be sent as JSON: {type(value).__name__}")


def _secrets_in(body: Any) -> Iterator[Secret]:
    if isinstance(body, Secret):
        yield body
    values = body.values() if isinstance(body, Mapping) else body if isinstance(body, (list, tuple)) else ()
    for value in values:
        yield from _secrets_in(value)


def _text(content: bytes) -> str:
    """JSON as text, decoded as `json.loads` does; empty, which is no JSON, where it cannot be decoded."""
    try:
        return content.decode(json.detect_encoding(content), "surrogatepass")
    except ValueError:
        return ""


def _decode(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _without_links(item: dict[str, Any]) -> dict[str, Any]:
    """Drop the links of an integration, which nobody follows: they are half of the list of an account. Pages keep theirs."""
    if "_id" in item and "items" not in item:
        item.pop("_links", None)
    return item


_ENCODER = json.JSONEncoder(default=_reveal)
_DECODER = json.JSONDecoder(object_hook=_without_links)
