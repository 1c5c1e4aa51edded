# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The same work by this package, LaunchDarkly's Python client, bare `requests` and bare urllib3, in turns.

Each has a process of its own, which goes on from round to round: what one has imported slows the garbage collection of all in its
process, and the official client imports much.
`benchmarks/table.py` runs it with the Python of the official client. The official client gets a pool of as many connections as
threads and `LD-API-Version: beta` as a default header, which it needs. The others only send requests and read JSON; this
package also plans, compares, keeps to the rate limit and looks for duplicates of what it creates.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import urllib3
from fleet import BODY, CONCURRENCY, HEADERS, STORES, TOKEN, bare_gets, expect, fleet, names, reset

Work = Callable[[], Any]


class Official:
    """The official client, in a thread pool."""

    def __init__(self, url: str, concurrency: int) -> None:
        import launchdarkly_api as official_client  # in this process alone

        configuration = official_client.Configuration(host=url, api_key={"ApiKey": TOKEN})
        configuration.connection_pool_maxsize = concurrency
        self._client = official_client.ApiClient(configuration)
        self._client.set_default_header("LD-API-Version", "beta")
        self._api = official_client.PersistentStoreIntegrationsBetaApi(self._client)
        self._new = official_client.IntegrationDeliveryConfigurationPost(config=BODY["config"], on=True)
        self._concurrency = concurrency

    def create(self, number: int) -> None:
        """Create so many stores."""
        self._all(
            lambda name: self._api.create_big_segment_store_integration("shop", name, "redis", self._new), names(number)
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


def work_of(side: str, what: str, url: str, number: int, concurrency: int) -> Work:
    """What one side does in a round."""
    if side == "ours":
        action = "create" if what == "create" else "nothing"
        return lambda: expect(fleet(url, number, concurrency=concurrency), action, number)
    if side == "urllib3":
        return lambda: bare_urllib3(url)
    if side == "requests":
        return lambda: bare_gets(url, concurrency)
    client = Official(url, concurrency)
    if what == "create":
        return lambda: client.create(number)
    if not client.rejects_list():
        sys.exit("The official client can read the list now: docs/background/measurements.md says that it rejects it.")
    return client.read


def serve(work: Work) -> None:
    """For each line on standard input work once, and print the seconds on the clock and on the processor."""
    for _line in sys.stdin:
        clock, processor = time.perf_counter(), time.process_time()
        work()
        print(json.dumps([time.perf_counter() - clock, time.process_time() - processor]), flush=True)


def turns(sides: Iterable[str], arguments: list[str], rounds: int, before: Work) -> dict[str, Any]:
    """For each, its median seconds on the clock and on the processor, and the medians of the rounds' ratios to it."""
    took: dict[str, list[list[float]]] = {side: [] for side in sides}
    with ExitStack() as running:
        processes = {side: running.enter_context(start(side, arguments)) for side in took}
        for number in range(rounds + 1):
            for side, process in processes.items():
                before()
                seconds = ask(process)
                if number:  # the first round warms up
                    took[side].append(seconds)
    ours = took["ours"]
    return {
        side: {
            "seconds": [statistics.median(column) for column in zip(*times)],
            "ratio": [statistics.median(mine[at] / theirs[at] for mine, theirs in zip(ours, times)) for at in range(2)],
        }
        for side, times in took.items()
    }


def start(side: str, arguments: list[str]) -> subprocess.Popen[str]:
    """The process of one side. It ends when its standard input is closed."""
    command = [sys.executable, __file__, "side", side, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(process: subprocess.Popen[str]) -> list[float]:
    """Let it work once."""
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        sys.exit(1)  # it has said why
    seconds: list[float] = json.loads(answer)
    return seconds


def slow_down(url: str, seconds: float) -> None:
    """Let the emulator add so many seconds to each response."""
    faults = {"rate": 1.0, "faults": [{"kind": "delay", "seconds": seconds}]}
    request = urllib.request.Request(
        url + "/_emulator/faults", json.dumps(faults).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=30).close()


SIDES = {"create": ("ours", "official"), "read": ("ours", "official", "urllib3"), "far": ("ours", "requests")}


def measure(what: str, url: str, number: int, rounds: int, concurrency: int) -> dict[str, Any]:
    """Measure creates, reads of unchanged stores, or such reads from far away."""
    before: Work = lambda: None  # noqa: E731
    if what == "create":
        before = lambda: reset(url)  # noqa: E731
    else:
        fleet(url, number)
    if what == "far":
        slow_down(url, 0.08)
    return turns(SIDES[what], [what, url, str(number), str(concurrency)], rounds, before)


if __name__ == "__main__":
    if sys.argv[1] == "side":
        serve(work_of(*sys.argv[2:5], *map(int, sys.argv[5:])))
    else:
        print(json.dumps(measure(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))))
