# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Redis's certificate: who signed it, for which name, and for how long."""

from __future__ import annotations

import os
import ssl
import time
from typing import Any, Callable

from ..checks import Verdict, failure, passed, skipped, warning
from .network import Endpoint

_SOON_DAYS = 30
# Codes of OpenSSL's x509_vfy.h, as SSLCertVerificationError gives them.
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = 18
_UNKNOWN_AUTHORITY = (19, 20, 21)
_WRONG_NAME = (62, 64)
# X509_V_FLAG_NO_CHECK_TIME of the same file; Python's ssl.VerifyFlags leaves it out.
_NO_CHECK_TIME = 0x200000


def check_certificate(endpoint: Endpoint, now: Callable[[], float]) -> Verdict:
    """Whether the certificate's chain, name and dates hold. `now` gives epoch seconds."""
    if not endpoint.tls:
        return skipped("a plain connection has no certificate")
    try:
        context = _context(endpoint.ca_path)
    except OSError as error:
        why = "it holds no certificate" if isinstance(error, ssl.SSLError) else os.strerror(error.errno or 0).lower()
        return failure(
            "the file that ca_path names cannot be used: {0}".format(why),
            "give the path of a file with the certificates of authorities, in PEM format",
        )
    try:
        code, details = _verify(endpoint, context)
        if code:
            return _judge_code(endpoint, code, details, now())
        return _judge_dates(endpoint, details["notAfter"], now())
    except OSError:
        return failure("the connection broke during the TLS handshake", "try again; check what stands before Redis")


def _context(ca_path: str | None) -> ssl.SSLContext:
    """Trusts the machine's well-known authorities, and those of `ca_path`."""
    context = ssl.create_default_context()
    if ca_path is not None:
        context.load_verify_locations(ca_path)
    return context


def _verify(endpoint: Endpoint, context: ssl.SSLContext) -> tuple[int, Any]:
    """Make a handshake: (0, the certificate) when it verifies, else (OpenSSL's code, its words)."""
    try:
        with endpoint.connect_tls(context, endpoint.timeout / 2) as connection:
            return 0, connection.getpeercert()
    except ssl.SSLCertVerificationError as error:
        return error.verify_code, error.verify_message


def _judge_code(endpoint: Endpoint, code: int, words: str, now: float) -> Verdict:
    if code in _UNKNOWN_AUTHORITY or code == _SELF_SIGNED:
        signed = "is self-signed" if code == _SELF_SIGNED else "is signed by an authority that is not trusted here"
        missing = (
            "the file of ca_path lacks its authority" if endpoint.ca_path else "for a private authority give ca_path"
        )
        return failure(
            "the certificate {0}".format(signed),
            "use one of a public authority, and let Redis send its intermediate certificates; {0}".format(missing),
        )
    if code in _WRONG_NAME:
        return failure(
            "the certificate is not for {0!r}: {1}".format(endpoint.host, _names(endpoint)),
            "give the host by a name of the certificate, or get one for this name",
        )
    if code == _EXPIRED:
        return _judge_expired(endpoint, now)
    if code == _NOT_YET_VALID:
        return failure(
            "the certificate is not valid yet", "check the clock of this machine and the certificate's dates"
        )
    return failure(
        "the certificate does not verify: {0}".format(words), "get one that does; `openssl s_client` tells more"
    )


def _judge_expired(endpoint: Endpoint, now: float) -> Verdict:
    context = _context(endpoint.ca_path)
    context.check_hostname = False
    context.verify_flags = ssl.VerifyFlags(context.verify_flags | _NO_CHECK_TIME)
    _code, details = _verify(endpoint, context)
    end = ssl.cert_time_to_seconds(details["notAfter"]) if isinstance(details, dict) else now
    if end > now:
        return failure("a certificate above it in the chain has expired", "renew the chain that Redis sends")
    return failure("the certificate expired on {0}".format(_date(end)), "renew it and let Redis load the new one")


def _judge_dates(endpoint: Endpoint, not_after: str, now: float) -> Verdict:
    end = ssl.cert_time_to_seconds(not_after)
    days = int((end - now) // 86400)
    if days < 0:
        return failure("the certificate expired on {0}".format(_date(end)), "renew it and let Redis load the new one")
    seen = "the certificate is for {0}, valid until {1} ({2} days)".format(endpoint.host, _date(end), days)
    remedies = []
    if days < _SOON_DAYS:
        remedies.append("renew it before it expires")
    if endpoint.ca_path and _verify(endpoint, _context(None))[0]:
        # A guess: the form has no field for a CA, so LaunchDarkly can hardly know a private one.
        seen += ", but only the CA of ca_path vouches for it"
        remedies.append(
            "LaunchDarkly has no field for a CA file, so it probably needs a certificate of a public authority"
        )
    return warning(seen, "; ".join(remedies)) if remedies else passed(seen)


def _names(endpoint: Endpoint) -> str:
    context = _context(endpoint.ca_path)
    context.check_hostname = False
    code, details = _verify(endpoint, context)
    names = [] if code else [value for _kind, value in details.get("subjectAltName", ())]
    return "it is for {0}".format(", ".join(names[:5])) if names else "it names no host"


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))
