# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Everything that can go wrong, by cause.

    SegmentStoreError
    |-- InvalidSettings         what was asked for is wrong; nothing was sent
    |-- MissingDependency       a Python package is missing
    |-- AmbiguousIntegration    several integrations match
    |-- SecretRequired          a change needs a secret that is not at hand
    `-- ApiError                LaunchDarkly, or the way to it
        |-- BadRequest          400, 405 and other 4xx
        |-- BadToken            401
        |-- Forbidden           403
        |   `-- BetaHeaderMissing
        |-- NotFound            404
        |-- Conflict            409
        |-- RateLimited         429, and the deadline left no time to wait
        |-- ServerError         5xx
        |-- NetworkError        no connection, no answer
        |-- NonsenseAnswer      an answer that is not the API's
        `-- OutcomeUnknown      a write was sent and its answer lost: read again before writing again

No error holds a request body, a header or a raw answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .findings import Finding


class SegmentStoreError(Exception):
    """Base of all. `failure` is a stable word for programs, `details` a sentence for each single problem."""

    failure = "error"

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)


class InvalidSettings(SegmentStoreError):
    """What was asked for is wrong. `findings` holds every problem, each with its field; nothing was sent."""

    failure = "invalid_settings"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        details = [finding.text for finding in findings]
        super().__init__(" ".join(details), details)

    @classmethod
    def for_field(cls, field: str, problem: str, remedy: str) -> InvalidSettings:
        """The error for one wrong field."""
        return cls([Finding("error", field, problem, remedy)])


class MissingDependency(SegmentStoreError):
    """The Python package `library` is not installed where this runs, or is too old."""

    failure = "missing_dependency"

    def __init__(self, library: str) -> None:
        self.library = library
        super().__init__(
            f"The Python package {library!r} is missing or too old: install it with 'pip install --upgrade {library}'."
        )


class AmbiguousIntegration(SegmentStoreError):
    """Several integrations match; `details` lists them."""

    failure = "ambiguous_integration"


class SecretRequired(SegmentStoreError):
    """`config` must be replaced as a whole and a secret in it is not at hand."""

    failure = "secret_required"


class ApiError(SegmentStoreError):
    """An error of the API or on the way to it.

    `what` is the message without the hint, `status` the HTTP status or None, `code` and `api_message` what the answer
    says, `request_id` LaunchDarkly's ID for it, `hint` what to do, `request` the method and path.
    """

    failure = "api_error"
    hint = ""

    def __init__(
        self,
        what: str,
        *,
        request: str = "",
        status: int | None = None,
        code: str = "",
        api_message: str = "",
        request_id: str = "",
        hint: str = "",
    ) -> None:
        self.what = what
        self.request = request
        self.status = status
        self.code = code
        self.api_message = api_message
        self.request_id = request_id
        self.hint = hint or type(self).hint
        super().__init__(" ".join(part for part in (what, self.hint) if part))


class BadRequest(ApiError):
    """400 and other 4xx without a class of their own."""

    failure = "bad_request"
    hint = "LaunchDarkly refused the request; the message above names what it did not like."


class BadToken(ApiError):
    """401."""

    failure = "bad_token"
    hint = (
        "Give a LaunchDarkly API access token (it starts with 'api-'), one that is not revoked or expired, for the"
        " instance that api_host names. SDK keys, mobile keys and client-side IDs are not accepted."
    )


class Forbidden(ApiError):
    """403."""

    failure = "forbidden"
    hint = "Give the access token a role that may read and change integrations of this project and environment."


class BetaHeaderMissing(Forbidden):
    """403 because `LD-API-Version: beta` did not arrive."""

    failure = "beta_header_missing"
    hint = "The header 'LD-API-Version: beta' was sent but did not arrive: look for a proxy that removes it."


class NotFound(ApiError):
    """404."""

    failure = "not_found"
    hint = "Check the project key, the environment key and the integration ID; keys are case-sensitive."


class Conflict(ApiError):
    """409: somebody else changed it meanwhile."""

    failure = "conflict"
    hint = "Somebody else is changing this integration: try again when they are done."


class RateLimited(ApiError):
    """429, and what it asks to wait for is longer than the time left."""

    failure = "rate_limited"
    hint = "All tokens of the account share the limit: try again later, or run fewer tasks side by side."


class ServerError(ApiError):
    """5xx, after the retries."""

    failure = "server_error"
    hint = "The fault lies with LaunchDarkly or a proxy before it: try again later."


class NetworkError(ApiError):
    """No connection or no answer, after the retries."""

    failure = "network_error"
    hint = "Check api_host, name resolution, the proxy and the firewall where this runs."


class NonsenseAnswer(ApiError):
    """An answer that is not the API's: HTML, truncated JSON, a required field missing."""

    failure = "nonsense_answer"
    hint = "Check that api_host is LaunchDarkly's and that no proxy or login page answers in its place."


class OutcomeUnknown(ApiError):
    """A write was sent and its answer lost. Read again before writing again. `may_arrive_late` after a time-out."""

    failure = "outcome_unknown"
    hint = "The change may or may not have been made: run again, what is there is read first."

    may_arrive_late = False


def require_no_errors(findings: Iterable[Finding]) -> None:
    """Raise InvalidSettings with the findings that are errors, if there are any."""
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise InvalidSettings(errors)
