# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One seeded run of a fleet through faults, and what it did wrong. Also run by `benchmarks/chaos.py`, many more times.

The faults here are those of the emulator; chaos_ways.py adds a proxy that breaks connections, and processes that are killed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ld_segment_store.core.errors import OutcomeUnknown
from ld_segment_store.core.fleet.declaration import Declaration, read_declarations
from ld_segment_store.core.fleet.run import reconcile_many
from ld_segment_store.emulator import Emulator, Fault
from ld_segment_store.emulator.account.account import unseal
from tests.core.fleet.fleets import DEFAULTS, REDIS, QuickClock, account, connect, names

NUMBER = 12
FAULTY_RUNS = 3
# With one try for each request, a run takes at most 5 rounds of a list, a GET and a write, with 7 lists between.
MOST_REQUESTS = 200 * NUMBER

# What somebody set by hand, and no declaration speaks of.
BY_HAND: Mapping[str, Any] = {"name": "by hand", "tags": ("by", "hand")}
HAND_USER = {"username": "by-hand"}

KINDS: tuple[Fault, ...] = (
    Fault(429, retry_after=1),
    Fault(429, reset_in=1),
    Fault(429, reset_in=-5),
    Fault(429),
    Fault(500),
    Fault(503),
    Fault("close_before"),
    Fault("close_after"),
    Fault("html"),
    Fault("truncated"),
    Fault(409, method="POST"),
    Fault(409, method="PATCH"),
    Fault(409, method="DELETE"),
)
# Done after the client has given up.
LATE = Fault("delay", seconds=0.6)
TIMEOUT = 0.4

DONE = {"create", "update", "delete", "nothing"}
State = dict[str, list[tuple[Any, ...]]]


class Chaos:
    """A run with a seed. `wrong` is what it did wrong, a sentence each; `counts` what happened."""

    # The share of requests that the emulator lets fail, at the least and at most.
    rates = (0.1, 0.6)

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._hand_made: set[str] = set()
        self._stores: list[dict[str, Any]] = []
        # Every fourth run has answers that come too late; there time must not pass so fast that "late" means never.
        self._late = seed % 4 == 0
        self._clock = QuickClock(5.0 if self._late else 60.0)

    def run(self) -> Chaos:
        """Do it: some runs with faults, one without, and one that must find nothing to do."""
        with account(NUMBER) as ld, self._way(ld) as url:
            declarations = self._declare(ld)
            kinds = self._random.sample(KINDS, self._random.randint(2, 6)) + ([LATE] if self._late else [])
            # Fewer where answers come late, since each takes its time.
            ld.faults.rate(self._random.uniform(*self.rates) / (4 if self._late else 1), kinds, seed=self.seed)
            for _run in range(FAULTY_RUNS):
                self._once(ld, url, declarations)
                self._settle()
                self._check_doubles(ld)
                self._disturb(ld)
            ld.faults.clear()
            self._calm()
            last = self._once(ld, url, declarations)
            self._check(set(last) <= DONE, "it does not converge without faults")
            again = self._once(ld, url, declarations)
            self._check(set(again) == {"nothing"}, "it is not at rest afterwards")
            self._look(ld, declarations)
        return self

    @contextmanager
    def _way(self, ld: Emulator) -> Iterator[str]:
        """The way to the emulator: a URL."""
        yield ld.url

    def _settle(self) -> None:
        """Somebody runs it again when nothing is on its way any more."""

    def _calm(self) -> None:
        """No more faults but those of the emulator, which is reported automatically."""

    def _declare(self, ld: Emulator) -> list[Declaration]:
        """Stores that are missing, different, as declared, or to be removed."""
        for name in names(NUMBER):
            there, state = self._random.choice(("missing", "different", "same")), "present"
            if there != "missing":
                host = REDIS["host"] if there == "same" else "old.example.com"
                config = {**REDIS, **HAND_USER, "host": host}
                made = ld.account.create("shop", name, "redis", config, on=self._random.random() < 0.5, **BY_HAND)
                self._hand_made.add(made.id)
            if self._random.random() < 0.2:
                state = "absent"
            self._stores.append({"environment_key": name, "state": state})
        return read_declarations(self._stores, DEFAULTS)

    def _disturb(self, ld: Emulator) -> None:
        """Somebody changes or removes some of them, so that the next run has something to do."""
        for there in ld.account.integrations:
            what = self._random.random()
            if what < 0.3:
                ld.account.update(there.id, config={"host": "moved.example.com"})
            elif what < 0.45:
                ld.account.delete(there.id)

    def _once(self, ld: Emulator, url: str, declarations: list[Declaration]) -> list[str]:
        """Bring the fleet about, compare what it says with what happened, and return the action of each store."""
        before, asked = state_of(ld), len(ld.requests)
        timeout = TIMEOUT if self._late else 10.0
        client = connect(ld, url=url, clock=self._clock, timeout=timeout, first_wait=0.2, longest_wait=1.0)
        try:
            results = reconcile_many(client, declarations, concurrency=4)
        except Exception as error:  # noqa: BLE001 - the account could not be listed: nothing else may raise
            self._check(getattr(error, "request", "").startswith("GET"), f"it raised {type(error).__name__}")
            self._check(state_of(ld) == before, "it changed something before it had listed the account")
            self.counts["no list"] += 1
            return []
        after = state_of(ld)
        for result in results:
            name = result.declaration.key.environment_key
            unknown = isinstance(result.error, OutcomeUnknown)
            self._compare(name, result.action, result.changed, None if unknown else before.get(name) != after.get(name))
        self._count(ld, asked)
        return [result.action for result in results]

    def _count(self, ld: Emulator, asked: int) -> None:
        sent = ld.requests[asked:]
        self._check(len(sent) <= MOST_REQUESTS, f"it sent {len(sent)} requests")
        self.counts["requests"] += len(sent)
        self.counts["faults"] += sum(request.fault is not None for request in sent)

    def _compare(self, name: str, action: str, said: bool, changed: bool | None) -> None:
        """`changed` must be what changed; only after a lost answer, where it is None here, may it be too much."""
        self.counts[action] += 1
        if changed is None:
            self.counts["unknown"] += 1
            return
        self._check(said == changed, f"{name}: it says changed={said}, and it is {changed} ({action})")

    def _check_doubles(self, ld: Emulator) -> None:
        for name, found in state_of(ld).items():
            self._check(len(found) <= 1, f"{name} is there {len(found)} times")

    def _look(self, ld: Emulator, declarations: list[Declaration]) -> None:
        """The current state in the end."""
        state = state_of(ld)
        for declaration in declarations:
            name = declaration.key.environment_key
            found = state.get(name, [])
            self._check(len(found) <= 1, f"{name} is there {len(found)} times")
            self._check(len(found) == (declaration.settings is not None), f"{name} is not as declared")
            for id_, config, on, kept_name, tags in found:
                self._check(config["host"] == REDIS["host"], f"{name} has another host")
                self._check(config["password"] == REDIS["password"], f"{name} has lost its password")
                self._check(on is True, f"{name} is switched off")
                if id_ in self._hand_made:
                    kept = config.get("username") == HAND_USER["username"] and kept_name == BY_HAND["name"]
                    self._check(kept and tags == BY_HAND["tags"], f"{name} has lost what was set by hand")

    def _check(self, good: bool, otherwise: str) -> None:
        if not good:
            self.wrong.append(f"seed {self.seed}: {otherwise}")


def state_of(ld: Emulator) -> State:
    state: State = {}
    for there in ld.account.integrations:
        entry = (there.id, unseal(there.config), there.on, there.name, there.tags)
        state.setdefault(there.environment_key, []).append(entry)
    return state
