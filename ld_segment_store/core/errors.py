# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Every exception of the package, by cause.

    SegmentStoreError
    |-- InvalidSettings         the input is wrong; nothing was sent
    |-- MissingDependency       a Python package is missing or too old
    |-- AmbiguousIntegration    several integrations match
    |-- SecretRequired          a change needs a secret that was not given
    |-- StalePlan               the integration changed after the plan was made; nothing was sent
    |-- PurgeRefused            a purge would remove too much; nothing was changed
    |-- NotAvailable            the store did not become available in time (flow/wait.py)
    `-- ApiError                LaunchDarkly, or the connection to it
        |-- BadRequest          400, 405 and other 4xx
        |-- Unauthorized        401
        |-- Forbidden           403
        |   `-- BetaHeaderMissing
        |-- NotFound            404
        |-- Conflict            409
        |   `-- KeyExists       409 with the code `key_exists`: retrying cannot help
        |-- RateLimited         429, and the deadline left no time to wait
        |-- ServerError         5xx
        |-- NetworkError        no connection or no response
        |-- UnexpectedResponse  a response that does not come from the API
        |-- Outdated            a change that had to wait; nothing was sent
        `-- OutcomeUnknown      a write was sent and its response lost: read again before writing again

No exception holds a request body, a header or a raw response. All of them can be pickled and copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .findings import Finding


class SegmentStoreError(Exception):
    """Base class. `failure` is a stable code for programs, `details` has one sentence for each problem."""

    failure = "error"

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own would call the constructor with the message alone.
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[SegmentStoreError], arguments: tuple[Any, ...], attributes: dict[str, Any]) -> Any:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error


class InvalidSettings(SegmentStoreError):
    """The input is wrong. `findings` has every problem with its field; nothing was sent."""

    failure = "invalid_settings"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        details = [finding.text for finding in findings]
        super().__init__(" ".join(details), details)

    @classmethod
    def for_field(cls, field: str, problem: str, remedy: str) -> InvalidSettings:
        """Build the exception for one wrong field."""
        return cls([Finding("error", field, problem, remedy)])


class MissingDependency(SegmentStoreError):
    """The Python package `library` is missing where the code runs, or too old. `extra` is the extra that installs it."""

    failure = "missing_dependency"

    def __init__(self, library: str, extra: str = "") -> None:
        self.library = library
        self.extra = extra
        requirement = f"'ld-segment-store[{extra}]'" if extra else library
        super().__init__(
            f"The Python package {library!r} is missing or too old. Install it with:"
            f" python -m pip install --upgrade {requirement}"
        )


class AmbiguousIntegration(SegmentStoreError):
    """Several integrations match; `details` lists them."""

    failure = "ambiguous_integration"


class SecretRequired(SegmentStoreError):
    """LaunchDarkly replaces `config` as a whole, and a secret in it was not given. Nothing was changed."""

    failure = "secret_required"


class StalePlan(SegmentStoreError):
    """The integration is no longer what the plan was made from. Nothing was sent; make a new plan."""

    failure = "stale_plan"


class PurgeRefused(SegmentStoreError):
    """A purge would remove more than is allowed; `details` lists the integrations. Nothing was changed."""

    failure = "purge_refused"


class ApiError(SegmentStoreError):
    """An error of the API or of the connection to it.

    `problem` is the message without the hint, `status` the HTTP status or None, `code` and `api_message` the API's own
    words, `request_id` LaunchDarkly's ID of the request, `hint` what to do, `request` the method and path.
    """

    failure = "api_error"
    hint = ""

    def __init__(
        self,
        problem: str,
        *,
        request: str = "",
        status: int | None = None,
        code: str = "",
        api_message: str = "",
        request_id: str = "",
        hint: str = "",
    ) -> None:
        self.problem = problem
        self.request = request
        self.status = status
        self.code = code
        self.api_message = api_message
        self.request_id = request_id
        self.hint = hint or type(self).hint
        super().__init__(" ".join(part for part in (problem, self.hint) if part))


class BadRequest(ApiError):
    """400 and other 4xx without a class of their own."""

    failure = "bad_request"
    hint = "LaunchDarkly rejected the request for the reason above."


class Unauthorized(ApiError):
    """401. LaunchDarkly documents it for bad tokens and for a lack of permission."""

    failure = "unauthorized"
    hint = (
        "Check that the access token starts with 'api-', is not revoked or expired, belongs to the instance that api_host"
        " names, and has a role that allows this call. SDK keys, mobile keys and client-side IDs are not accepted."
    )


class Forbidden(ApiError):
    """403."""

    failure = "forbidden"
    hint = "Give the access token a role that can read and change integrations of this project and environment."


class BetaHeaderMissing(Forbidden):
    """403 because `LD-API-Version: beta` did not arrive."""

    failure = "beta_header_missing"
    hint = "The header 'LD-API-Version: beta' was sent but did not arrive. Look for a proxy that removes it."


class NotFound(ApiError):
    """404."""

    failure = "not_found"
    hint = "Check the project key, the environment key and the integration ID. Keys are case-sensitive."


class Conflict(ApiError):
    """409: the integration was changed at the same time."""

    failure = "conflict"
    hint = "The integration is being changed at the same time. Try again later."


class KeyExists(Conflict):
    """409 with the code `key_exists`: an integration of this type exists, or one with this name. Retrying cannot help."""

    failure = "key_exists"
    hint = "An integration with this key exists already. Check the list of integrations of the environment."


class RateLimited(ApiError):
    """429, and the requested wait is longer than the time left."""

    failure = "rate_limited"
    hint = "All tokens of the account share the rate limit. Try again later, or run fewer tasks at the same time."


class ServerError(ApiError):
    """5xx, after the retries."""

    failure = "server_error"
    hint = "The fault is in LaunchDarkly or in a proxy before it. Try again later."


class NetworkError(ApiError):
    """No connection or no response, after the retries."""

    failure = "network_error"
    hint = "Check api_host, name resolution, the proxy and the firewall on the host where this runs."


class UnexpectedResponse(ApiError):
    """A response that does not come from the API: HTML, truncated JSON, a missing required field."""

    failure = "unexpected_response"
    hint = "Check that api_host is LaunchDarkly's and that no proxy or login page responds instead."


class OutcomeUnknown(ApiError):
    """A write was sent and its response lost. Read again before writing again.

    `may_arrive_late`: it may still take effect, or has done so and is not in the list yet.
    """

    failure = "outcome_unknown"
    hint = "The change may or may not have been applied. Run again: the current state is read first."

    may_arrive_late = False


class Outdated(ApiError):
    """A change was not sent, because a wait for the rate limit came between reading the integration and sending it."""

    failure = "outdated"


def require_no_errors(findings: Iterable[Finding]) -> None:
    """Raise InvalidSettings with the findings that are errors, if there are any."""
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise InvalidSettings(errors)
