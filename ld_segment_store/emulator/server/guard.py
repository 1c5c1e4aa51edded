# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Protection from web pages, which a browser on the same machine lets reach the emulator.

A page of another site sends `Origin`, or `Sec-Fetch-Site` on requests without one. With DNS rebinding,
`Host` has the attacker's name. A form cannot send JSON.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from .messages import Problem, Request


class Guard:
    """Refuses requests that a web page may have sent. Loopback names and addresses, `host` and `allowed_hosts` are allowed."""

    def __init__(self, host: str, allowed_hosts: Collection[str]) -> None:
        self._names = {name.lower() for name in ("localhost", host, *allowed_hosts)}
        # Only names can be rebound. An emulator that listens on all addresses accepts each of them.
        self._any_address = _address(host) is not None and ipaddress.ip_address(host).is_unspecified

    def check(self, request: Request) -> None:
        """Raises Problem for a request that a web page may have sent."""
        if not self._is_own(request.header("Host")):
            raise Problem(403, "forbidden", "The header Host names another server. Allow it with --allow-host.")
        if request.header("Origin") or request.header("Sec-Fetch-Site") in ("cross-site", "same-site"):
            raise Problem(403, "forbidden", "Web pages may not use the emulator: send no header Origin.")
        media_type = request.header("Content-Type").partition(";")[0].strip().lower()
        writes = request.method not in ("GET", "HEAD")
        if media_type != "application/json" and (request.body or (writes and media_type)):
            raise Problem(415, "unsupported_media_type", "Send JSON, with the header 'Content-Type: application/json'.")

    def _is_own(self, header: str) -> bool:
        try:
            name = urlsplit("//" + header).hostname or ""
        except ValueError:
            return False
        address = _address(name)
        return name in self._names or (address is not None and (self._any_address or address.is_loopback))


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
