# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Beside LaunchDarkly's own Python client (`launchdarkly-api`): `python benchmarks/official_client.py`, in two minutes.

Both create 1,000 stores, and read 1,000 that are there: the list, then each. Both run in processes of their own, with the same
Python and the same libraries, and 8 threads, in turns. The official client gets a pool of 8 connections and `LD-API-Version:
beta` as a default header, which it needs. It reads and writes; this package also plans, compares and keeps to the rate limit.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

NUMBER = 1000
ROUNDS = 5
CONCURRENCY = 8
TOKEN = "api-emulator"
WORK = ("create", "read")
HOST = {"host": "redis.example.com"}


def ours(action: str, url: str) -> None:
    """With this package."""
    from fleet import expect, fleet

    expect(fleet(url, NUMBER), {"create": "create", "read": "nothing"}[action], NUMBER)


def official(action: str, url: str) -> None:
    """With the official client."""
    import launchdarkly_api as official_client

    configuration = official_client.Configuration(host=url, api_key={"ApiKey": TOKEN})
    configuration.connection_pool_maxsize = CONCURRENCY
    with official_client.ApiClient(configuration) as client:
        client.set_default_header("LD-API-Version", "beta")
        api = official_client.PersistentStoreIntegrationsBetaApi(client)

        def create(name: str) -> str:
            body = official_client.IntegrationDeliveryConfigurationPost(config=HOST, on=True)
            return str(api.create_big_segment_store_integration("shop", name, "redis", body).id)

        def read(item: Any) -> str:
            keys = (item["projectKey"], item["environmentKey"], item["integrationKey"], item["_id"])
            return str(api.get_big_segment_store_integration(*keys).id)

        with ThreadPoolExecutor(CONCURRENCY) as pool:
            if action == "create":
                done = list(pool.map(create, [f"env-{place}" for place in range(NUMBER)]))
            else:
                # Its model takes `config` for required, which LaunchDarkly documents to be missing from the list.
                listed = api.get_big_segment_store_integrations_without_preload_content()
                done = list(pool.map(read, json.loads(listed.data)["items"]))
    if len(set(done)) != NUMBER:
        sys.exit(f"It should be {NUMBER}, and is {len(set(done))}.")


def refuses_list(url: str) -> str:
    """What the official client makes of the list."""
    import launchdarkly_api as official_client

    with official_client.ApiClient(official_client.Configuration(host=url, api_key={"ApiKey": TOKEN})) as client:
        client.set_default_header("LD-API-Version", "beta")
        try:
            official_client.PersistentStoreIntegrationsBetaApi(client).get_big_segment_store_integrations()
        except ValueError as error:
            return f"refused ({type(error).__name__}: {str(error).splitlines()[0]})"
        return "read"


def measure(side: str, action: str, url: str) -> dict[str, Any]:
    """Seconds to import, seconds to work, and megabytes, of a process that does nothing else."""
    began = time.perf_counter()
    if side == "ours":
        import requests  # noqa: F401  our package imports it with the first request

        import ld_segment_store  # noqa: F401
    else:
        import launchdarkly_api  # noqa: F401
    imported = time.perf_counter()
    {"ours": ours, "official": official}[side](action, url)
    done = time.perf_counter()
    from fleet import megabytes

    return {"import": imported - began, "work": done - imported, "megabytes": megabytes()}


def compare(python: Path) -> None:
    """All sides and work in turns; medians."""
    from fleet import emulator, reset

    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with emulator(NUMBER) as url:
        for _round in range(ROUNDS):
            for side in ("ours", "official"):
                reset(url)
                for action in WORK:
                    found.setdefault((side, action), []).append(child(python, side, action, url))
        print("the list, by the official client as it is:", child(python, "official", "list", url))
    print(f"{'':<10} {'':<8} {'import s':>9} {'work s':>7} {'MB':>5}   (median of {ROUNDS})")
    for (side, action), runs in found.items():
        import_s, work_s, memory = (statistics.median(run[what] for run in runs) for what in runs[0])
        print(f"{side:<10} {action:<8} {import_s:9.2f} {work_s:7.2f} {memory:5.0f}")


def child(python: Path, *arguments: str) -> Any:
    answer = subprocess.run([str(python), __file__, *arguments], capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    if not arguments:
        from tools.environments import environment

        compare(environment("official-client") / "python")
    elif arguments[1] == "list":
        print(json.dumps(refuses_list(arguments[2])))
    else:
        print(json.dumps(measure(*arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
