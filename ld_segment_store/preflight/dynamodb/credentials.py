# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""AWS credentials, found before any check runs.

A source of credentials may ask for an MFA code on the terminal: that happens in the caller's thread, without a bound, so that it
can be answered and interrupted. All other sources run in a thread with a bound, since `credential_process` has none.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Unfinished
from typing import Any

from ..checks import Verdict, skipped

_SOURCES = (
    "give them where the AWS SDK looks for them (AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, 'aws sso login'),"
    " or run this on a host with a role"
)
_LOG_IN = "log in again with 'aws sso login'"
_METADATA_SECONDS = 0.9  # botocore gives the metadata service 1 s

# By the name of botocore's exception.
_PROBLEMS = {
    "ProfileNotFound": ("the profile does not exist", "correct AWS_PROFILE, or add the profile with 'aws configure'"),
    "PartialCredentialsError": ("the access key is incomplete", "give the key ID and the secret key"),
    "ConfigParseError": (
        "the AWS config file is not valid",
        "fix the file that AWS_CONFIG_FILE names, or ~/.aws/config",
    ),
    "SSOTokenLoadError": ("there is no SSO login", _LOG_IN),
    "UnauthorizedSSOTokenError": ("the SSO login has expired", _LOG_IN),
    "TokenRetrievalError": ("the SSO login has expired", _LOG_IN),
    "CredentialRetrievalError": (
        "the source of the credentials failed",
        "run the credential_process or the login of the profile by hand, and read its error",
    ),
    "MetadataRetrievalError": (
        "the metadata service of the container or instance failed",
        "check the role of the container or instance",
    ),
    "FileNotFoundError": (
        "a file that they need does not exist",
        "check the file that AWS_WEB_IDENTITY_TOKEN_FILE or web_identity_token_file names",
    ),
    "PermissionError": ("a file that they need cannot be read", "check the permissions of the token and config files"),
    "EOFError": ("the MFA code was not given", "type the code, or log in first and use those credentials"),
    "AccessDenied": (
        "the profile's role may not be assumed",
        "allow the user sts:AssumeRole, and check the role's trust policy",
    ),
    "ExpiredToken": ("they have expired", "log in again or renew them"),
}


class CredentialsError(Exception):
    """There are no usable credentials; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.seen)
        self.verdict = verdict


def find_credentials(session: Any, bound: float, prompt: bool) -> Any:
    """The session, with credentials. Without a session, a new one of the default profile.

    `bound` is in seconds. `prompt` says that an MFA code may be asked for on the terminal. Raises CredentialsError.
    """
    start = time.monotonic()
    profile: dict[str, Any] = {}
    try:
        session = session or _new_session()
        profile = _profile(session)
        if "mfa_serial" not in profile:
            frozen = _bounded(session, bound)
        elif prompt:
            frozen = _frozen(session)
        else:
            raise CredentialsError(
                skipped(
                    "the AWS profile needs an MFA code, which cannot be typed here",
                    "get temporary credentials first, for instance with 'aws configure export-credentials --format env'",
                )
            )
    except Unfinished:
        raise CredentialsError(_unfinished(profile, bound)) from None
    except CredentialsError:
        raise
    # Each source of credentials has errors of its own; their texts are left out, since they may hold a secret.
    except Exception as error:  # noqa: BLE001
        raise CredentialsError(_unusable(error)) from None
    if frozen is None:
        raise CredentialsError(_none_found(time.monotonic() - start))
    return session


def _new_session() -> Any:
    import boto3

    return boto3.Session()


def _frozen(session: Any) -> Any:
    credentials = session.get_credentials()
    return credentials and credentials.get_frozen_credentials()


def _bounded(session: Any, bound: float) -> Any:
    result: Future[Any] = Future()

    def work() -> None:
        try:
            result.set_result(_frozen(session))
        except Exception as error:  # noqa: BLE001 - it is raised in the caller's thread
            result.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return result.result(bound)


def _profile(session: Any) -> dict[str, Any]:
    """The settings of the session's profile, with those of the profiles that it takes its credentials from."""
    core = session._session  # noqa: SLF001 - boto3 has no public way to its configuration
    profiles = core.full_config.get("profiles", {})
    name = core.profile or "default"
    found: dict[str, Any] = {}
    seen = set()
    while name in profiles and name not in seen:
        seen.add(name)
        found = {**profiles[name], **found}
        name = profiles[name].get("source_profile", "")
    return found


def _unfinished(profile: dict[str, Any], bound: float) -> Verdict:
    if "credential_process" in profile:
        return skipped(
            f"the profile's credential_process did not finish within {bound:g} s",
            "run that command by hand: it may wait for input, or for a login in a browser",
        )
    return skipped(
        f"no AWS credentials were found within {bound:g} s",
        f"check the network path to the metadata service or the login service, or {_SOURCES}",
    )


def _unusable(error: Exception) -> Verdict:
    name = type(error).__name__
    response = getattr(error, "response", None)
    code = str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else name
    problem, remedy = _PROBLEMS.get(
        code,
        (
            "they cannot be used",
            "check the profile's name, its keys and its role, or log in again with 'aws sso login'",
        ),
    )
    return skipped(f"the AWS credentials are not usable: {problem} ({code})", remedy)


def _none_found(seconds: float) -> Verdict:
    if seconds > _METADATA_SECONDS:
        return skipped(
            "no AWS credentials were found here, and the instance metadata service did not respond", _SOURCES
        )
    return skipped("no AWS credentials were found here", _SOURCES)
