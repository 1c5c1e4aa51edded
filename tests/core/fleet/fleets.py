# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Accounts with many environments, their declarations, and clients of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import SYSTEM_CLOCK, Clock, RetryPolicy, Wait
from ld_segment_store.core.fleet.declaration import Declaration, read_declarations
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.emulator import Emulator

PASSWORD = "MARKER-passw0rd"
REDIS = {"host": "redis.example.com", "password": PASSWORD}
DEFAULTS: dict[str, Any] = {"project_key": "shop", "redis": REDIS, "enabled": True}


def names(number: int) -> list[str]:
    """Keys of so many environments."""
    return [f"env-{place}" for place in range(number)]


def account(number: int, **options: Any) -> Emulator:
    """An account with so many environments in project `shop`, and no integrations."""
    return Emulator(seed={"projects": {"shop": {"environments": {name: {} for name in names(number)}}}}, **options)


def declared(number: int, **defaults: Any) -> list[Declaration]:
    """A Redis for each of them."""
    return read_declarations([{"environment_key": name} for name in names(number)], {**DEFAULTS, **defaults})


def settings_of(declaration: Declaration) -> Settings:
    """The settings of a declaration that has some."""
    assert declaration.settings is not None
    return declaration.settings


def config_of(declaration: Declaration) -> dict[str, Any]:
    """The options of the declared store."""
    return dict(settings_of(declaration).config)


def connect(
    ld: Emulator,
    kind: type[Client] = Client,
    *,
    url: str = "",
    clock: Clock = SYSTEM_CLOCK,
    timeout: float = 10.0,
    on_wait: Callable[[Wait], None] | None = None,
    **policy: Any,
) -> Client:
    """A client of the account, through `url` where that is given."""
    retry = RetryPolicy(**policy)
    return kind(ld.access_token, url or ld.url, clock=clock, timeout=timeout, on_wait=on_wait, retry=retry)


class QuickClock:
    """Time that passes faster: `speed` seconds in one."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._epoch = time.time()

    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * self._speed

    def time(self) -> float:
        return self._epoch + self.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._speed)


class SteadyClock(QuickClock):
    """One that a machine under load does not hurry: between two looks at it at most half a second passes."""

    def __init__(self, speed: float) -> None:
        super().__init__(speed)
        self._looking = threading.Lock()
        self._seen = self._now = 0.0

    def monotonic(self) -> float:
        with self._looking:
            real = super().monotonic()
            self._now += min(real - self._seen, 0.5)
            self._seen = real
            return self._now
