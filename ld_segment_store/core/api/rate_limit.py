# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The rate limit that all threads of one run share: how many requests may be in flight, and until when all wait.

LaunchDarkly counts per 10 seconds for the account, the token and the route. Its headers say how many requests remain and when
the count starts again; the limits themselves are not published. So only the headers are known.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ..errors import ApiError, require_no_errors
from ..findings import Finding
from .rate_limit_headers import requested_wait
from .retry import SYSTEM_CLOCK, Clock, Deadline, Wait

DEFAULT_CONCURRENCY = 8
MAX_CONCURRENCY = 100
DEFAULT_SHARE = 0.9

# The header of each limit that says how many requests remain.
REMAINING = {
    "account": "X-Ratelimit-Global-Remaining",
    "token": "X-Ratelimit-Auth-Token-Remaining",
    "route": "X-Ratelimit-Route-Remaining",
}
_ENDS = ("X-Ratelimit-Reset", "Date")
# Documented: limits are per 10 seconds. Counts where an answer has no X-Ratelimit-Reset.
_WINDOW = 10.0
# Two ends of a window closer than this are the same: they are rounded, and read at different moments.
_SAME_END = 0.5
# A request that arrives a moment before the end still counts in the old window.
_MARGIN = 0.05
# Where a part is left to others, one request of it is sent so many seconds before the end: it shows what they have used so far.
_LAST_LOOK = 1.0
# Others are left this much more than was seen, because the beginning and the end of the window are not seen.
_MORE = 1.15
# How often a waiting thread looks again: clocks may be set, and tests have clocks of their own.
_LONGEST_LOOK = 0.05


class _Limit:
    """One limit. `left` is what remains of its window, `ends` the window's end, `size` the most ever seen to remain.

    `others` is what others used in the last window after this run had used its part: they will need that again.
    """

    def __init__(self) -> None:
        self.size = 0.0
        self.left = math.inf
        self.ends = math.inf
        self.under_way = 0
        self.others = 0.0
        # What would remain if nobody else sent requests, since this run has used its part of the window.
        self._expected: float | None = None
        # Whether `left` is known since then.
        self._fresh = True

    def learn(self, left: float, ends: float) -> None:
        """What an answer says. Answers come out of order, so within a window the least counts."""
        if self.ends == math.inf or ends > self.ends + _SAME_END:
            self._begin(left, ends)
        elif self._expected is not None:
            self._fresh = True
            used = max(0.0, self._expected - left)
            # Where they have used all, they may need more.
            self.others = used * _MORE if left else 2 * (used + 1)
        self.left = min(self.left, left)
        self.size = max(self.size, left)

    def _begin(self, left: float, ends: float) -> None:
        """A new window."""
        self.left, self.ends = left, ends
        self._expected, self._fresh = None, True

    def take(self) -> None:
        """One more request is under way."""
        self.under_way += 1
        if self._expected is not None:
            self._expected -= 1

    def wait(self, share: float, now: float) -> float:
        """Seconds until one more request has room; 0 for at once, infinity for when an answer arrives."""
        if self.left == math.inf:
            return 0.0  # no response has shown it
        if now >= self.ends:
            # Nobody has seen the new window: it is taken to be as large as they were, where one was seen at all.
            self._begin(self.size or math.inf, math.inf)
        lent = (1 - share) * self.size
        early = now < self.ends - _LAST_LOOK
        kept_free = max(lent, self.others) if early else lent
        if early or self._fresh:
            # Requests under way may not be counted yet in what remains.
            room = self.left - self.under_way - kept_free >= 1
        else:
            room = self.left >= max(1.0, lent - 1) and not self.under_way
        if room or (self.ends == math.inf and not self.under_way):
            return 0.0
        if self.ends == math.inf or self.left - kept_free >= 1:
            return math.inf
        if early and lent >= 1 and self._expected is None and not self.under_way:
            self._expected, self._fresh = self.left, False
        return self.ends - now


class Budget:
    """Decides, and does not wait. Times are in seconds of one monotonic clock.

    One request is in flight until its headers are seen, then up to `concurrency`. Where routes have limits of their own, that
    goes for each route. After a 429 the number starts at 1 again, and grows by 1 with each response. `share` of each limit is
    used, the rest left to others.
    """

    def __init__(self, concurrency: int, share: float) -> None:
        self._concurrency = concurrency
        self._share = share
        self._width = 1
        self._growth = concurrency
        self.under_way = 0
        self._held_until = -math.inf
        self._limits: defaultdict[str, _Limit] = defaultdict(_Limit)
        self._routes_seen: set[str] = set()
        self._routes_are_limited = False

    def take(self, route: str, now: float) -> float:
        """0 when a request may be sent, which then counts as under way; else seconds until asking again is of use."""
        if now < self._held_until:
            return self._held_until - now
        if self.under_way >= self._width:
            return math.inf
        limits = self._of(route)
        if self._routes_are_limited and route not in self._routes_seen and self._limits[route].under_way:
            return math.inf
        longest = max(limit.wait(self._share, now) for limit in limits)
        if not longest:
            self.under_way += 1
            for limit in limits:
                limit.take()
        return longest

    def give_back(self, route: str, headers: Mapping[str, str] | None, now: float, epoch: float) -> None:
        """A request has ended, with these headers or without an answer. `epoch` is now in seconds since the epoch."""
        self.under_way -= 1
        for limit in self._of(route):
            limit.under_way -= 1
        if headers is None:
            return
        self._width = min(self._concurrency, self._width + self._growth)
        self._routes_seen.add(route)
        remaining = remaining_in(headers)
        if not remaining:
            return
        self._routes_are_limited = self._routes_are_limited or "route" in remaining
        reset = requested_wait({name: headers[name] for name in _ENDS if name in headers}, epoch)
        ends = now + _WINDOW if reset is None else now + reset + _MARGIN
        for name, limit in zip(REMAINING, self._of(route)):
            text = remaining.get(name, "")
            if text.isascii() and text.isdigit():
                limit.learn(float(text), ends)

    def hold(self, seconds: float, now: float) -> None:
        """Send nothing for so long."""
        self._held_until = max(self._held_until, now + seconds)
        self._width = self._growth = 1

    def _of(self, route: str) -> tuple[_Limit, _Limit, _Limit]:
        return self._limits["account"], self._limits["token"], self._limits[route]


def remaining_in(headers: Mapping[str, str]) -> dict[str, str]:
    """What the headers of a response say that remains of each limit, as text."""
    return {limit: headers[header] for limit, header in REMAINING.items() if header in headers}


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt also where a Condition raises RuntimeError: interrupted while it takes its lock again."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise


class Stopped(ApiError):
    """The request was not sent, because the run was stopped. The run reports what stopped it instead."""


class Gate:
    """Lets the requests of several threads through as the budget allows. `on_wait` gets each wait of all threads once."""

    def __init__(
        self,
        concurrency: int = DEFAULT_CONCURRENCY,
        share: float = DEFAULT_SHARE,
        *,
        clock: Clock = SYSTEM_CLOCK,
        on_wait: Callable[[Wait], None] | None = None,
    ) -> None:
        require_no_errors(check_budget(concurrency, share))
        self.clock = clock
        self._budget = Budget(concurrency, share)
        self._on_wait = on_wait
        self._changed = threading.Condition()
        self.stopped = False
        self._told_until = -math.inf

    def enter(self, route: str, request: str, deadline: Deadline) -> bool:
        """Wait until the request may be sent. False when the deadline comes first. Raises Stopped after `stop`."""
        with interruptible(), self._changed:
            while not self.stopped:
                now = self.clock.monotonic()
                seconds = self._budget.take(route, now)
                if not seconds:
                    return True
                left = deadline.left()
                if left <= 0 or left < seconds < math.inf:
                    return False
                if seconds < math.inf:
                    reason = "rate limit reached"
                    self._tell(Wait(seconds, reason, request, verb="sending"), now)
                self._changed.wait(min(seconds, _LONGEST_LOOK))
            raise Stopped(f"{request} was not sent, because the run was stopped.", request=request)

    def leave(self, route: str, headers: Mapping[str, str] | None) -> None:
        """The request has ended, with these headers or without an answer."""
        with self._changed:
            self._budget.give_back(route, headers, self.clock.monotonic(), self.clock.time())
            self._changed.notify_all()

    def hold(self, wait: Wait, deadline: Deadline) -> bool:
        """After a 429, let nothing through for so long. False when the deadline of who asks comes first."""
        with self._changed:
            now = self.clock.monotonic()
            self._budget.hold(wait.seconds, now)
            if wait.seconds >= deadline.left():
                return False
            self._tell(wait, now)
            return True

    def pause(self, seconds: float) -> bool:
        """Wait. False after `stop`, at once."""
        end = self.clock.monotonic() + seconds
        while not self.stopped and (left := end - self.clock.monotonic()) > 0:
            self.clock.sleep(min(left, _LONGEST_LOOK))
        return not self.stopped

    def stop(self) -> int:
        """Let nothing through any more. How many requests are under way."""
        with self._changed:
            self.stopped = True
            self._changed.notify_all()
            return self._budget.under_way

    def _tell(self, wait: Wait, now: float) -> None:
        if self._on_wait and now + wait.seconds > self._told_until + _SAME_END:
            self._told_until = now + wait.seconds
            self._on_wait(wait)


def check_budget(concurrency: int, share: float) -> list[Finding]:
    """What is wrong with the two numbers."""
    findings = []
    if isinstance(concurrency, bool) or not isinstance(concurrency, int) or not 1 <= concurrency <= MAX_CONCURRENCY:
        remedy = "give the maximum number of concurrent requests"
        findings.append(Finding("error", "concurrency", f"is not a whole number from 1 to {MAX_CONCURRENCY}", remedy))
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share <= 1:
        remedy = "give the part of the account's rate limit to use, such as 0.9"
        findings.append(Finding("error", "share", "is not a number above 0 and up to 1", remedy))
    return findings
