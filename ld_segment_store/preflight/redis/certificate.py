# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Redis's certificate: issuer, names and dates."""

from __future__ import annotations

import ssl
import time
from typing import Any, Callable

from ..checks import Verdict, failure, passed, skipped, warning
from .network import Endpoint, trusting

_SOON_DAYS = 30
# Codes of OpenSSL's x509_vfy.h, as SSLCertVerificationError gives them.
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = 18
_UNKNOWN_AUTHORITY = (19, 20, 21)
_WRONG_NAME = (62, 64)
# X509_V_FLAG_NO_CHECK_TIME of the same file; Python's ssl.VerifyFlags leaves it out.
_NO_CHECK_TIME = 0x200000


def check_certificate(endpoint: Endpoint, now: Callable[[], float], by_launchdarkly: bool = True) -> Verdict:
    """Whether the certificate's chain, name and dates are valid, and for LaunchDarkly where that matters.

    `now` gives epoch seconds.
    """
    if not endpoint.tls:
        return skipped("a plain-text connection has no certificate")
    try:
        code, details = _verify(endpoint, endpoint.trust)
        if code:
            return _judge_code(endpoint, code, details, now())
        return _judge_dates(endpoint, details["notAfter"], now(), by_launchdarkly)
    except OSError:
        return failure("the connection broke during the TLS handshake", "retry; check the proxies in front of Redis")


def _verify(endpoint: Endpoint, context: ssl.SSLContext) -> tuple[int, Any]:
    """Make a handshake: (0, the certificate) when it verifies, else (OpenSSL's code, OpenSSL's message)."""
    try:
        with endpoint.connect_tls(context) as connection:
            return 0, connection.getpeercert()
    except ssl.SSLCertVerificationError as error:
        return error.verify_code, error.verify_message


def _judge_code(endpoint: Endpoint, code: int, message: str, now: float) -> Verdict:
    if code in _UNKNOWN_AUTHORITY or code == _SELF_SIGNED:
        signed = "is self-signed" if code == _SELF_SIGNED else "is signed by an authority that is not trusted here"
        missing = (
            "the CA file lacks its authority"
            if endpoint.ca_path
            else "for a private authority give its certificate in a CA file"
        )
        return failure(
            f"the certificate {signed}",
            f"use one of a public authority, and let Redis send its intermediate certificates; {missing}",
        )
    if code in _WRONG_NAME:
        return _judge_names(endpoint)
    if code == _EXPIRED:
        return _judge_expired(endpoint, now)
    if code == _NOT_YET_VALID:
        return failure(
            "the certificate is not valid yet", "check the clock of this machine and the certificate's dates"
        )
    return failure(
        f"the certificate does not verify: {message}", "replace it; `openssl s_client -connect` shows the details"
    )


def _judge_expired(endpoint: Endpoint, now: float) -> Verdict:
    context = trusting(endpoint.ca_path)
    context.check_hostname = False
    context.verify_flags = ssl.VerifyFlags(context.verify_flags | _NO_CHECK_TIME)
    _code, details = _verify(endpoint, context)
    end = ssl.cert_time_to_seconds(details["notAfter"]) if isinstance(details, dict) else now
    if end > now:
        return failure("a certificate above it in the chain has expired", "renew the chain that Redis sends")
    return _expired(end, now)


def _expired(end: float, now: float) -> Verdict:
    return failure(
        f"the certificate expired on {_date(end)}",
        "renew it and let Redis load the new one",
        certificate_days=_days(end, now),
    )


def _judge_dates(endpoint: Endpoint, not_after: str, now: float, by_launchdarkly: bool) -> Verdict:
    end = ssl.cert_time_to_seconds(not_after)
    days = _days(end, now)
    if end < now:
        return _expired(end, now)
    seen = f"the certificate is for {endpoint.host}, valid until {_date(end)} ({days} days)"
    remedies = []
    if days < _SOON_DAYS:
        remedies.append("renew it before it expires")
    if by_launchdarkly and endpoint.ca_path and _verify(endpoint, trusting(None))[0]:
        # A guess: the form has no field for a CA, so LaunchDarkly can hardly know a private one.
        seen += ", but only the given CA file vouches for it"
        remedies.append(
            "LaunchDarkly has no field for a CA file, so it probably needs a certificate of a public authority"
        )
    if remedies:
        return warning(seen, "; ".join(remedies), certificate_days=days)
    return passed(seen, certificate_days=days)


def _judge_names(endpoint: Endpoint) -> Verdict:
    context = trusting(endpoint.ca_path)
    context.check_hostname = False
    code, details = _verify(endpoint, context)
    found: dict[str, Any] = {} if code else details
    names = [value for _kind, value in found.get("subjectAltName", ())]
    common = [value for part in found.get("subject", ()) for key, value in part if key == "commonName"]
    if common and not names:
        return failure(
            f"the certificate has only the common name {common[0]!r}, which TLS clients ignore",
            f"issue it with the subject alternative name {endpoint.host!r}",
        )
    listed = f"it is for {', '.join(names[:5])}" if names else "it names no host"
    return failure(
        f"the certificate is not for {endpoint.host!r}: {listed}",
        "give the host by a name of the certificate, or issue one for this name",
    )


def _days(end: float, now: float) -> int:
    return int((end - now) // 86400)


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))
