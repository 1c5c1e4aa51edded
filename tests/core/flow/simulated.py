# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Runs that interleave at every request, in a time of their own, against an account in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ld_segment_store.core.api.retry import Deadline, Wait
from ld_segment_store.core.errors import NotFound
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.core.model.store_key import StoreKey

KEY = StoreKey("shop", "live", "redis")


class Account:
    """Integrations of one store. A list shows a new one `latency` seconds after its creation; `ids` gives their IDs."""

    def __init__(self, now: Callable[[], float], latency: float, ids: Callable[[], str]) -> None:
        self._now = now
        self._latency = latency
        self._ids = ids
        self.integrations: dict[str, Integration] = {}
        self._visible_at: dict[str, float] = {}

    def create(self, body: Mapping[str, Any]) -> Integration:
        made = Integration(
            self._ids(), "redis", "shop", "live", body.get("name", ""), body.get("on", False), (), 1, body["config"]
        )
        self.integrations[made.id] = made
        self._visible_at[made.id] = self._now() + self._latency
        return made

    def listed(self) -> list[Integration]:
        return [
            replace(each, config=None)
            for each in self.integrations.values()
            if self._visible_at[each.id] <= self._now()
        ]

    def get(self, integration_id: str) -> Integration:
        if integration_id not in self.integrations:
            raise NotFound("gone")
        return self.integrations[integration_id]

    def update(self, integration_id: str, operations: Sequence[Mapping[str, Any]]) -> Integration:
        fields = {"/name": "name", "/on": "enabled", "/config": "config", "/tags": "tags"}
        changes: dict[str, Any] = {fields[each["path"]]: each["value"] for each in operations}
        self.integrations[integration_id] = replace(self.get(integration_id), **changes)
        return self.integrations[integration_id]

    def delete(self, integration_id: str) -> None:
        self.get(integration_id)
        del self.integrations[integration_id]


class World:
    """One thread runs at a time: `choose` picks the next of those that are not asleep. Time passes when all sleep."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self._choose = choose
        self.now = 0.0
        self._runs: list[Run] = []

    def start(self, work: Callable[[SimulatedClient], Any], account: Account, at: float, slow: float) -> Run:
        run = Run(self, work, account, at, slow)
        self._runs.append(run)
        return run

    def play(self) -> None:
        """Until every run has ended."""
        for run in self._runs:
            run.thread.start()
        while waiting := [run for run in self._runs if not run.ended]:
            ready = [run for run in waiting if run.wakes <= self.now]
            if not ready:
                self.now = min(run.wakes for run in waiting)
                continue
            ready[self._choose(len(ready))].step()


class Run:
    """One run. `slow` is how long each of its requests takes to get there; `error` and `value` are what came of it."""

    def __init__(
        self, world: World, work: Callable[[SimulatedClient], Any], account: Account, at: float, slow: float
    ) -> None:
        self.world = world
        self.wakes = at
        self.slow = slow
        self.created: list[str] = []
        self.deleted: list[str] = []
        self.value: Any = None
        self.error: BaseException | None = None
        self.ended = False
        self._go = threading.Semaphore(0)
        self._paused = threading.Semaphore(0)
        self.thread = threading.Thread(target=self._run, args=(work, SimulatedClient(self, account)), daemon=True)

    def _run(self, work: Callable[[SimulatedClient], Any], client: SimulatedClient) -> None:
        self._go.acquire()
        try:
            self.value = work(client)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error
        self.ended = True
        self._paused.release()

    def step(self) -> None:
        """Let it go on to its next request, sleep or end."""
        self._go.release()
        assert self._paused.acquire(timeout=10), "the run does not pause"

    def pause(self, seconds: float) -> None:
        """Give the turn back for so long."""
        self.wakes = self.world.now + seconds
        self._paused.release()
        self._go.acquire()


class SimulatedClient:
    """The part of a client that a reconciliation uses."""

    api_host = "https://ld.example.com"

    def __init__(self, run: Run, account: Account) -> None:
        self._run = run
        self._account = account
        self.clock = self

    def monotonic(self) -> float:
        return self._run.world.now

    def time(self) -> float:
        return self._run.world.now

    def sleep(self, seconds: float) -> bool:
        self._run.pause(seconds)
        return True

    def deadline(self) -> Deadline:
        return Deadline(self, 300.0)  # type: ignore[arg-type]  # as a clock it returns too much

    def backoff(self, _attempt: int) -> float:
        return 0.5

    def pause(self, wait: Wait, _deadline: Deadline) -> bool:
        self._run.pause(wait.seconds)
        return True

    def list_integrations(self, _deadline: Any = None) -> list[Integration]:
        self._run.pause(self._run.slow)
        return self._account.listed()

    def get_integration(self, _key: StoreKey, integration_id: str, _deadline: Any = None) -> Integration:
        self._run.pause(self._run.slow)
        return self._account.get(integration_id)

    def create_integration(self, _key: StoreKey, body: Mapping[str, Any], _deadline: Any = None) -> Integration:
        self._run.pause(self._run.slow)
        made = self._account.create(body)
        self._run.created.append(made.id)
        return made

    def update_integration(
        self, _key: StoreKey, integration_id: str, operations: Sequence[Mapping[str, Any]], _deadline: Any = None
    ) -> Integration:
        self._run.pause(self._run.slow)
        return self._account.update(integration_id, operations)

    def delete_integration(self, _key: StoreKey, integration_id: str, _deadline: Any = None) -> None:
        self._run.pause(self._run.slow)
        self._account.delete(integration_id)
        self._run.deleted.append(integration_id)
