# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Rate limits: requests per 10 seconds, shared by all tokens of the account, reported in LaunchDarkly's headers."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Callable

from .server.messages import Problem

WINDOW_SECONDS = 10


class RateLimit:
    """Counts requests.

    LaunchDarkly's own numbers are not published, so one `limit` serves the account and each route. A window opens with
    a request, and the next one with the first request after it.
    """

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._opened = float("-inf")

    def take(self, operation: str) -> dict[str, str]:
        """Count a request and return its headers. Raises Problem (429) when the limit is reached."""
        with self._lock:
            now = self._clock()
            if not 0 <= now - self._opened < WINDOW_SECONDS:
                self._opened = now
                self._counts.clear()
            exceeded = sum(self._counts.values()) >= self._limit
            if not exceeded:
                self._counts[operation] += 1
            headers = self._headers(operation)
        if exceeded:
            raise Problem(429, "rate_limited", "The rate limit of the account is reached. Try again later.", headers)
        return headers

    def clear(self) -> None:
        """Start a new window."""
        with self._lock:
            self._opened = float("-inf")

    def _headers(self, operation: str) -> dict[str, str]:
        return {
            "X-Ratelimit-Global-Remaining": str(self._limit - sum(self._counts.values())),
            "X-Ratelimit-Route-Remaining": str(self._limit - self._counts[operation]),
            "X-Ratelimit-Reset": str(round((self._opened + WINDOW_SECONDS) * 1000)),
        }
