# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""An account that behaves by given guesses, and two faces that set up a store in it: the core and a stores file."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from ld_segment_store.core.api import http_transport
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.http_connections import Response
from ld_segment_store.core.api.retry import RetryPolicy
from ld_segment_store.core.fleet.result import StoreResult
from ld_segment_store.core.fleet.run import reconcile_many
from ld_segment_store.core.fleet.stores_file import read_stores_text
from ld_segment_store.core.flow.apply import ensure_absent, ensure_present
from ld_segment_store.core.flow.lookup import Target
from ld_segment_store.core.flow.rounds import Outcome
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.emulator import Behaviour, Emulator
from ld_segment_store.emulator.account.account import Integration, unseal
from ld_segment_store.emulator.server.messages import Request
from tests.support.scripted import connection_closed

REDIS = StoreKey("shop", "live", "redis")
DYNAMODB = StoreKey("shop", "live", "dynamodb")
# In environments of their own, so that the list has pages.
OTHERS: dict[str, Any] = {
    name: {"integrations": [{"name": name, "tags": ["other"], "redis": {"host": name + ".example.com"}}]}
    for name in ("a", "b", "c")
}
# Of this process: the lock of a host is by this name, and would make tests of others wait.
HOST = f"https://ld-{os.getpid()}.example.com"
SEED: dict[str, Any] = {"projects": {"other": {"environments": OTHERS}, "shop": {"environments": {"live": {}}}}}
DEFAULTS = {"port": "6379", "username": "", "password": "", "tlsEnabled": False}


class SharedClock:
    """Time of the client and of LaunchDarkly, which passes only when somebody sleeps."""

    def __init__(self) -> None:
        self._now = 1_790_000_000.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds


class World:
    """An account and a client of it."""

    def __init__(self, ld: Emulator, client: Client, clock: SharedClock) -> None:
        self.ld = ld
        self.client = client
        self.clock = clock

    @property
    def behaviour(self) -> Behaviour:
        return self.ld.behaviour

    def reader(self) -> Client:
        """A client whose token may only read."""
        return Client("api-reader", HOST, clock=self.clock)

    def stores(self, key: StoreKey = REDIS) -> list[Integration]:
        """The integrations of a store that LaunchDarkly has."""
        return [each for each in self.ld.account.integrations if _key(each) == key]

    def store(self, key: StoreKey = REDIS) -> Integration:
        """The integration of a store, of which there must be one."""
        stores = self.stores(key)
        assert len(stores) == 1, f"{key}: {len(stores)} integrations"
        return stores[0]

    def state(self) -> dict[str, Any]:
        """All that the one Redis integration is, with its secret, as LaunchDarkly would use it."""
        store = self.store()
        fields = {"name": store.name, "on": store.on, "tags": sorted(store.tags)}
        return {**DEFAULTS, **unseal(store.config), **fields}

    def others(self) -> list[Integration]:
        """The integrations that nobody asked to change."""
        return [each for each in self.ld.account.integrations if each.project_key == "other"]

    def later(self) -> None:
        """Let the list show everything."""
        self.clock.sleep(self.behaviour.list_delay + 1)


class Face:
    """A way to set up the store."""

    def __init__(self, world: World) -> None:
        self._client = world.client

    def present(self, config: Any = None, key: StoreKey = REDIS, *, check: bool = False, **given: Any) -> Outcome:
        """The store with this config (options of the store type) and these other settings."""
        raise NotImplementedError

    def absent(self, key: StoreKey = REDIS, *, check: bool = False) -> Outcome:
        """No store."""
        raise NotImplementedError


class Core(Face):
    """`ensure_present` and `ensure_absent`."""

    def present(self, config: Any = None, key: StoreKey = REDIS, *, check: bool = False, **given: Any) -> Outcome:
        policy = given.pop("update_secrets", "if_different")
        settings = Settings(*key, config or {}, **given)  # type: ignore[arg-type]
        return ensure_present(self._client, settings, check=check, update_secrets=policy)

    def absent(self, key: StoreKey = REDIS, *, check: bool = False) -> Outcome:
        return ensure_absent(self._client, Target(*key), check=check)


class Fleet(Face):
    """A stores file."""

    def present(self, config: Any = None, key: StoreKey = REDIS, *, check: bool = False, **given: Any) -> Outcome:
        return self._run(key, {key.integration_key: config or {}, **given}, check=check)

    def absent(self, key: StoreKey = REDIS, *, check: bool = False) -> Outcome:
        return self._run(key, {"state": "absent"}, check=check)

    def _run(self, key: StoreKey, options: dict[str, Any], *, check: bool) -> Outcome:
        text = json.dumps({"stores": [{**key._asdict(), **options}]})
        declarations = read_stores_text(text.encode(), "stores.json", {})
        result: StoreResult
        (result,) = reconcile_many(self._client, declarations, check=check, concurrency=1)
        if result.error:
            raise result.error
        assert result.outcome is not None
        return result.outcome


FACES: dict[str, type[Face]] = {"core": Core, "fleet": Fleet}


class Direct:
    """Carries requests to the emulator without sockets: hundreds of runs in seconds."""

    def __init__(self, ld: Emulator) -> None:
        self._ld = ld
        self.sent = False

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None, *_bounds: Any
    ) -> Response:
        """Send a request and return the response."""
        path, _, query = target.partition("?")
        sent = {"host": "localhost", **{name.lower(): value for name, value in headers.items()}}
        self.sent = True
        made = self._ld._handle(Request(method, path, query, sent, body or b""))
        if made is None:
            raise connection_closed()
        return Response(made.status, {"Content-Type": made.content_type, **made.headers}, made.content)

    def close(self) -> None:
        """Nothing to close."""


@contextmanager
def world(behaviour: Behaviour) -> Iterator[World]:
    clock = SharedClock()
    ld = Emulator(seed=SEED, behaviour=behaviour, clock=clock.time, read_only_tokens=["api-reader"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http_transport, "Connections", lambda _api_host, **_options: Direct(ld))
        policy = RetryPolicy(random=lambda: 0.5)
        with Client(ld.access_token, HOST, retry=policy, clock=clock) as client:
            yield World(ld, client, clock)


def _key(integration: Integration) -> StoreKey:
    return StoreKey(integration.project_key, integration.environment_key, integration.integration_key)
