# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The same work by this package, LaunchDarkly's Python client, bare `requests` and bare urllib3, in turns in one process.

`benchmarks/table.py` runs it with the Python of the official client. The official client gets a pool of as many connections as
threads and `LD-API-Version: beta` as a default header, which it needs. The others only send requests and read JSON; this
package also plans, compares, keeps to the rate limit and looks for duplicates of what it creates.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import launchdarkly_api as official_client
import urllib3
from fleet import BODY, CONCURRENCY, HEADERS, STORES, TOKEN, bare_gets, expect, fleet, names, reset

CREATED = official_client.IntegrationDeliveryConfigurationPost(config=BODY["config"], on=True)
Work = Callable[[], Any]


class Official:
    """The official client, in a thread pool."""

    def __init__(self, url: str, concurrency: int = CONCURRENCY) -> None:
        configuration = official_client.Configuration(host=url, api_key={"ApiKey": TOKEN})
        configuration.connection_pool_maxsize = concurrency
        self._client = official_client.ApiClient(configuration)
        self._client.set_default_header("LD-API-Version", "beta")
        self._api = official_client.PersistentStoreIntegrationsBetaApi(self._client)
        self._concurrency = concurrency

    def create(self, number: int) -> None:
        """Create so many stores."""
        self._all(
            lambda name: self._api.create_big_segment_store_integration("shop", name, "redis", CREATED), names(number)
        )

    def read(self) -> None:
        """Read the list, then each. Its model of the list requires `config`, which LaunchDarkly leaves out, so JSON is read."""
        listed = self._api.get_big_segment_store_integrations_without_preload_content()
        self._all(
            lambda keys: self._api.get_big_segment_store_integration(*keys),
            map(_keys, json.loads(listed.data)["items"]),
        )

    def rejects_list(self) -> bool:
        """Whether it rejects the list of integrations."""
        try:
            self._api.get_big_segment_store_integrations()
        except ValueError:
            return True
        return False

    def _all(self, work: Callable[[Any], Any], items: Iterable[Any]) -> None:
        with ThreadPoolExecutor(self._concurrency) as pool:
            list(pool.map(work, items))


def bare_urllib3(url: str) -> None:
    """The list, and a GET of each."""
    manager = urllib3.PoolManager(maxsize=CONCURRENCY)

    def get(address: str) -> Any:
        return json.loads(manager.request("GET", address, headers=HEADERS).data)

    with ThreadPoolExecutor(CONCURRENCY) as pool:
        list(pool.map(get, ["/".join([url + STORES, *_keys(item)]) for item in get(url + STORES)["items"]]))


def _keys(item: Any) -> list[str]:
    return [item[key] for key in ("projectKey", "environmentKey", "integrationKey", "_id")]


def turns(works: dict[str, Work], rounds: int, before: Work = lambda: None) -> dict[str, Any]:
    """For each, its median seconds on the clock and on the processor, and the medians of the rounds' ratios to it."""
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            before()
            clock, processor = time.perf_counter(), time.process_time()
            work()
            if number:  # the first round warms up
                took[name].append((time.perf_counter() - clock, time.process_time() - processor))
    ours = took["ours"]
    return {
        name: {
            "seconds": [statistics.median(column) for column in zip(*times)],
            "ratio": [statistics.median(mine[at] / theirs[at] for mine, theirs in zip(ours, times)) for at in range(2)],
        }
        for name, times in took.items()
    }


def slow_down(url: str, seconds: float) -> None:
    """Let the emulator add so many seconds to each response."""
    faults = {"rate": 1.0, "faults": [{"kind": "delay", "seconds": seconds}]}
    request = urllib.request.Request(
        url + "/_emulator/faults", json.dumps(faults).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=30).close()


def measure(what: str, url: str, number: int, rounds: int, concurrency: int) -> dict[str, Any]:
    """Measure creates, reads of unchanged stores, or such reads from far away."""
    client = Official(url, concurrency)
    if what == "create":
        ours = {"ours": lambda: expect(fleet(url, number), "create", number), "official": lambda: client.create(number)}
        return turns(ours, rounds, lambda: reset(url))
    fleet(url, number)
    if not client.rejects_list():
        sys.exit("The official client can read the list now: docs/background/measurements.md says that it rejects it.")
    unchanged: Work = lambda: expect(fleet(url, number, concurrency=concurrency), "nothing", number)  # noqa: E731
    if what == "read":
        return turns({"ours": unchanged, "official": client.read, "urllib3": lambda: bare_urllib3(url)}, rounds)
    slow_down(url, 0.08)
    return turns({"ours": unchanged, "requests": lambda: bare_gets(url, concurrency)}, rounds)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))))
