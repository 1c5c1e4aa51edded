# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How long a fleet takes under a rate limit, in simulated time: `python benchmarks/rate_limit.py`, in a minute.

LaunchDarkly's limits are not published, so the numbers are assumptions. The simulation runs the package's own `Budget` with
requests that take 80 ms and a server that counts per 10 seconds, rejects what is too much with 429, and sends the headers that
LaunchDarkly documents. Slices are runs on several machines that share the limit; a tenant sends requests of its own at an even
pace. The ideal is the number of requests divided by what `share` and the tenant leave of the limit.
"""

from __future__ import annotations

import heapq
import itertools
import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ld_segment_store.core.api.rate_limit import Budget
from ld_segment_store.core.api.rate_limit_headers import requested_wait

WINDOW, LATENCY, JITTER, EPOCH = 10.0, 0.08, 0.25, 1_790_000_000.0
CONCURRENCY = 8
LOOK = 0.05  # how often the package looks again while it waits
ROUTE = "GET 9"


class Server:
    """Counts requests per window."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: dict[int, int] = {}

    def respond(self, now: float) -> tuple[bool, dict[str, str]]:
        """Whether the request is carried out, and the headers of the response."""
        window = int(now // WINDOW)
        count = self._counts[window] = self._counts.get(window, 0) + 1
        reset = round((EPOCH + (window + 1) * WINDOW) * 1000)
        left = max(0, self._limit - count)
        return count <= self._limit, {"X-Ratelimit-Global-Remaining": str(left), "X-Ratelimit-Reset": str(reset)}


class Result(NamedTuple):
    """Seconds, and how many requests of the runs and of the tenant were rejected."""

    seconds: float
    rejected: int
    tenant_rejected: int


class Run:
    """One slice: sends its requests as its budget allows, and those that are rejected again."""

    def __init__(self, requests: int, share: float) -> None:
        self.budget = Budget(CONCURRENCY, share)
        self.unsent = requests
        self.undone = requests
        self.rejected = 0


class Simulation:
    """Runs and a tenant that sends the part `tenant` of the limit, until the runs are done."""

    def __init__(self, requests: int, limit: int, *, slices: int, tenant: float, share: float) -> None:
        self._server = Server(limit)
        self._runs = [Run(requests // slices, share) for _number in range(slices)]
        self._pause = WINDOW / (limit * tenant) if tenant else 0.0
        self._tenant_rejected = 0
        self._now = 0.0
        self._order = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def result(self) -> Result:
        """Simulate all of it."""
        for run in self._runs:
            self._send(run)
        if self._pause:
            self._tenant()
        while any(run.undone for run in self._runs):
            self._now, _order, event = heapq.heappop(self._events)
            event()
        return Result(self._now, sum(run.rejected for run in self._runs), self._tenant_rejected)

    def _after(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._order), event))

    def _tenant(self) -> None:
        done, _headers = self._server.respond(self._now)
        self._tenant_rejected += not done
        self._after(self._pause, self._tenant)

    def _send(self, run: Run) -> None:
        while run.unsent:
            wait = run.budget.take(ROUTE, self._now)
            if wait:
                if wait < math.inf:
                    self._after(min(wait, LOOK), partial(self._send, run))
                return
            run.unsent -= 1
            self._after(LATENCY / 2, partial(self._arrive, run))

    def _arrive(self, run: Run) -> None:
        self._after(LATENCY / 2, partial(self._answer, run, *self._server.respond(self._now)))

    def _answer(self, run: Run, done: bool, headers: dict[str, str]) -> None:
        run.budget.give_back(ROUTE, headers, self._now, EPOCH + self._now)
        if done:
            run.undone -= 1
        else:
            run.rejected += 1
            run.unsent += 1
            asked = requested_wait(headers, EPOCH + self._now) or 0.0
            run.budget.hold(asked + JITTER, self._now)
        self._send(run)


def main() -> None:
    """Simulate and print."""
    print("| requests | limit in 10 s | slices | tenant | share | time | of the ideal | rejected | of the tenant |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    cases = [
        *((2_000, 100, 1, 0.5, share) for share in (0.9, 0.5, 0.45)),
        *((2_000, 100, slices, 0.0, 0.9) for slices in (1, 2, 4, 8)),
        *((20_000, limit, 1, 0.0, 0.9) for limit in (100, 300, 1_000)),
    ]
    for requests, limit, slices, tenant, share in cases:
        found = Simulation(requests, limit, slices=slices, tenant=tenant, share=share).result()
        ideal = requests / (limit * min(share * slices, 1 - tenant)) * WINDOW
        settings = [f"{requests:,}", f"{limit:,}", slices, f"{tenant:.0%}", f"{share:.2f}"]
        results = [f"{found.seconds:.0f} s", f"{found.seconds / ideal:.2f}", found.rejected, found.tenant_rejected]
        print("| " + " | ".join(map(str, settings + results)) + " |")


if __name__ == "__main__":
    main()
