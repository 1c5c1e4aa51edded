# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The account's integrations, listed once for all threads of a run, and again when they are too old for a purpose."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import ApiError
from ..flow.lookup import Target
from ..model.integration import Integration
from ..model.store_key import StoreKey

# Seconds after which the account is listed again before something is created: another host may have created it meanwhile.
_MAX_AGE = 30.0


class Listing:
    """The integrations of an account. For use from several threads, each with a client of its own."""

    def __init__(self, client: Client) -> None:
        self._lock = threading.Lock()
        self._failed: tuple[float, ApiError] | None = None  # when, and why
        self._list(client)

    def of(self, client: Client, target: Target, *, creates: bool) -> list[Integration]:
        """Those that may be of the target's store: where a key could not be read, it may be any."""
        asked = client.clock.monotonic()
        with self._lock:
            found = self._by_key.get(target.key, [])
            if creates and not found and client.clock.monotonic() - self._listed_at > _MAX_AGE:
                self._list(client, asked)
                found = self._by_key.get(target.key, [])
            return [*found, *self._without_key]

    def since(
        self, client: Client, key: StoreKey, time: float, deadline: Deadline | None = None
    ) -> Sequence[Integration]:
        """Those of a store, by a list that was requested after this monotonic time."""
        asked = client.clock.monotonic()
        with self._lock:
            if self._listed_at <= time:
                self._list(client, asked, deadline)
            return self._by_key.get(key, [])

    def ids_of(self, key: StoreKey) -> set[str]:
        """The IDs of those of a store, as listed."""
        return {integration.id for integration in self._by_key.get(key, ())}

    def by_key(self) -> Mapping[StoreKey, Sequence[Integration]]:
        """All of them, by store."""
        return self._by_key

    def _list(self, client: Client, asked: float = math.inf, deadline: Deadline | None = None) -> None:
        """List again; where that failed for another thread while this one waited for it, it failed for both.

        Without a server, one thread after the other would try for seconds, for each store that is to be created.
        """
        if self._failed and self._failed[0] > asked:
            raise self._failed[1]
        began = client.clock.monotonic()
        try:
            integrations = client.list_integrations(deadline)
        except ApiError as error:
            self._failed = client.clock.monotonic(), error
            raise
        by_key: dict[StoreKey, list[Integration]] = {}
        for integration in integrations:
            by_key.setdefault(integration.key, []).append(integration)
        self._by_key, self._listed_at = by_key, began
        self._without_key = [integration for key, found in by_key.items() if not all(key) for integration in found]
