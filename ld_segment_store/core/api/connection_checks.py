# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Checks of the connection to LaunchDarkly before anything is sent: host, token, timeout, CA file."""

from __future__ import annotations

import ipaddress
import math
import os
import ssl
from urllib.parse import urlsplit

from ..findings import Finding
from ..secret import Secret

TOKEN_REMEDY = "give a LaunchDarkly API access token, which starts with 'api-'"
_NOT_TOKENS = {"sdk-": "an SDK key", "mob-": "a mobile key", "Bearer ": "prefixed with 'Bearer '"}


def check_api_host(api_host: str, allow_http: bool) -> list[Finding]:
    """Findings about `api_host`: https, or http to loopback; a scheme and a host, nothing else."""
    remedy = "give scheme and host, such as https://app.launchdarkly.com"
    try:
        url = urlsplit(api_host)
        host, _port = url.hostname, url.port
    except ValueError:
        return [Finding("error", "api_host", "is not a URL", remedy)]
    if url.scheme not in ("http", "https") or not host:
        return [Finding("error", "api_host", "is not an https URL", remedy)]
    if url.path not in ("", "/") or not api_host.isprintable() or any(char in " @?#\\" for char in api_host):
        return [Finding("error", "api_host", "has more than scheme and host", remedy)]
    if url.scheme == "http" and not allow_http and not is_loopback(api_host):
        return [Finding("error", "api_host", "would send the access token unencrypted", "give an https URL")]
    return []


def check_access_token(token: Secret) -> list[Finding]:
    """Findings about an access token that cannot work, without a request."""
    text = token.reveal()
    remedy = TOKEN_REMEDY
    if not text.strip():
        return [Finding("error", "access_token", "is empty", remedy)]
    for start, what in _NOT_TOKENS.items():
        if text.startswith(start):
            return [Finding("error", "access_token", f"is {what}", remedy)]
    if not text.isascii() or not text.isprintable() or " " in text:
        return [Finding("error", "access_token", "holds a space, a line break or a non-ASCII character", remedy)]
    return []


def check_timeout(timeout: float) -> list[Finding]:
    """Findings about a timeout in seconds."""
    if isinstance(timeout, (int, float)) and 0 < timeout < math.inf:
        return []
    remedy = "give the seconds that one request may take, such as 30"
    return [Finding("error", "timeout", "must be a positive number of seconds", remedy)]


def check_ca_path(verify: bool | str) -> list[Finding]:
    """Findings about a file of CA certificates: it must hold some, or requests fails with an error of its own."""
    if isinstance(verify, bool):
        return []
    remedy = "give the path of a PEM file with CA certificates, on the host where this runs"
    if not isinstance(verify, (str, os.PathLike)):
        return [Finding("error", "ca_path", "is not a path", remedy)]
    if not verify:
        return [Finding("error", "ca_path", "is empty", remedy)]  # requests would take it for False
    try:
        ssl.create_default_context(cafile=verify)
    except FileNotFoundError:
        return [Finding("error", "ca_path", "names a file that does not exist", remedy)]
    except (OSError, ValueError):
        return [Finding("error", "ca_path", "names a file that cannot be used", remedy)]
    return []


def is_loopback(api_host: str) -> bool:
    """Whether a URL leads to this machine."""
    return is_loopback_host(urlsplit(api_host).hostname or "")


def is_loopback_host(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
