# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One seeded run of a fleet through faults, and what it did wrong. Also run by `benchmarks/chaos.py`, many more times."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ld_segment_store.core.declaration import Declaration, read_declarations
from ld_segment_store.core.errors import OutcomeUnknown
from ld_segment_store.core.fleet import StoreResult, reconcile_many
from ld_segment_store.emulator import Emulator, Fault
from ld_segment_store.emulator.account import unseal
from tests.fleet.fleets import DEFAULTS, REDIS, QuickClock, account, connect, names

NUMBER = 12
FAULTY_RUNS = 3
# With one try for each request, a run takes at the most 5 rounds of a list, a GET and a write, with 7 lists between.
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

State = dict[str, list[tuple[Any, ...]]]


class Chaos:
    """A run with a seed. `wrong` is what it did wrong, a sentence each; `counts` what happened."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._hand_made: set[str] = set()
        # Every fourth run has answers that come too late; there time must not pass so fast that "late" means never.
        self._late = seed % 4 == 0
        self._clock = QuickClock(5.0 if self._late else 60.0)

    def run(self) -> Chaos:
        """Do it: some runs with faults, one without, and one that must find nothing to do."""
        with account(NUMBER) as ld:
            declarations = self._declare(ld)
            kinds = self._random.sample(KINDS, self._random.randint(2, 6)) + ([LATE] if self._late else [])
            # Fewer where answers come late, since each takes its time.
            ld.faults.rate(self._random.uniform(0.1, 0.6) / (4 if self._late else 1), kinds, seed=self.seed)
            for _run in range(FAULTY_RUNS):
                self._once(ld, declarations)
                self._disturb(ld)
            ld.faults.clear()
            last = self._once(ld, declarations)
            self._check(not any(result.error for result in last), "it does not converge without faults")
            again = self._once(ld, declarations)
            self._check({result.action for result in again} == {"nothing"}, "it is not at rest afterwards")
            self._look(ld, declarations)
        return self

    def _declare(self, ld: Emulator) -> list[Declaration]:
        """Stores that are missing, different, as declared, or to be removed."""
        stores = []
        for name in names(NUMBER):
            there, state = self._random.choice(("missing", "different", "same")), "present"
            if there != "missing":
                host = REDIS["host"] if there == "same" else "old.example.com"
                config = {**REDIS, **HAND_USER, "host": host}
                made = ld.account.create("shop", name, "redis", config, on=self._random.random() < 0.5, **BY_HAND)
                self._hand_made.add(made.id)
            if self._random.random() < 0.2:
                state = "absent"
            stores.append({"environment_key": name, "state": state})
        return read_declarations(stores, DEFAULTS)

    def _disturb(self, ld: Emulator) -> None:
        """Somebody changes or removes some of them, so that the next run has something to do."""
        for there in ld.account.integrations:
            what = self._random.random()
            if what < 0.3:
                ld.account.update(there.id, config={"host": "moved.example.com"})
            elif what < 0.45:
                ld.account.delete(there.id)

    def _once(self, ld: Emulator, declarations: list[Declaration]) -> list[StoreResult]:
        before, asked = _state(ld), len(ld.requests)
        timeout = TIMEOUT if self._late else 10.0
        made = connect(ld, clock=self._clock, timeout=timeout, first_wait=0.2, longest_wait=1.0)
        try:
            results = reconcile_many(made, declarations, clock=self._clock, concurrency=4)
        except Exception as error:  # noqa: BLE001 - the account could not be listed: nothing else may raise
            self._check(getattr(error, "request", "").startswith("GET"), f"it raised {type(error).__name__}")
            self._check(_state(ld) == before, "it changed something before it had listed the account")
            self.counts["no list"] += 1
            return [StoreResult(declaration) for declaration in declarations]
        after = _state(ld)
        for result in results:
            self._compare(result, before, after)
        sent = ld.requests[asked:]
        self._check(len(sent) <= MOST_REQUESTS, f"it sent {len(sent)} requests")
        self.counts["requests"] += len(sent)
        self.counts["faults"] += sum(request.fault is not None for request in sent)
        return results

    def _compare(self, result: StoreResult, before: State, after: State) -> None:
        """`changed` is what changed; only after a lost answer may it be too much."""
        self.counts[result.action] += 1
        name = result.declaration.settings.environment_key
        changed = before.get(name) != after.get(name)
        if isinstance(result.error, OutcomeUnknown):
            self.counts["unknown"] += 1
            return
        said = f"{name}: it says changed={result.changed}, and it is {changed} ({result.action})"
        self._check(result.changed == changed, said)

    def _look(self, ld: Emulator, declarations: list[Declaration]) -> None:
        """What is there in the end."""
        state = _state(ld)
        for declaration in declarations:
            name = declaration.settings.environment_key
            found = state.get(name, [])
            self._check(len(found) <= 1, f"{name} is there {len(found)} times")
            self._check(len(found) == (not declaration.absent), f"{name} is not as declared")
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


def _state(ld: Emulator) -> State:
    state: State = {}
    for there in ld.account.integrations:
        entry = (there.id, unseal(there.config), there.on, there.name, there.tags)
        state.setdefault(there.environment_key, []).append(entry)
    return state
