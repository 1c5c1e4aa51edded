# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What many stores at once cost, beside bare `requests` doing no more than sending the same: `python benchmarks/fleet.py`.

The emulator runs in a process of its own, and so does what memory is measured of. The two sides of a ratio take turns, and the
median counts. Both have a thread pool of the same size, and a session for each thread. The bare side reads the JSON of each
answer, and neither plans nor compares. It takes a minute and a half.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import requests  # noqa: E402

from ld_segment_store import Client, Settings, ensure_present, read_declarations, reconcile_many  # noqa: E402

ENVIRONMENTS = 1000
ROUNDS = 11
CONCURRENCY = 8
LOOP = 50  # stores of the loop over single reconciliations; each lists the whole account
LIMIT, LIMITED = 100, 350  # requests in 10 seconds, and stores
TOKEN = "api-emulator"
STORES = "/api/v2/integration-capabilities/big-segment-store"
BODY = {"config": {"host": "redis.example.com"}, "on": True}
HEADERS = {"Authorization": TOKEN, "LD-API-Version": "beta", "Content-Type": "application/json"}


def names(number: int) -> list[str]:
    return [f"env-{place}" for place in range(number)]


@contextmanager
def emulator(number: int, *arguments: str) -> Iterator[str]:
    """The URL of an emulator with so many environments."""
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder) / "seed.json"
        seed.write_text(json.dumps({"projects": {"shop": {"environments": {name: {} for name in names(number)}}}}))
        command = [sys.executable, "-m", "ld_segment_store", "emulator", "--port", "0", "--seed", str(seed), *arguments]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            try:
                yield process.stdout.readline().rsplit(" ", 1)[1].strip()
            finally:
                process.terminate()


def seen(url: str) -> list[int | None]:
    """The statuses of the newest requests, up to 10,000."""
    with urllib.request.urlopen(url + "/_emulator/requests", timeout=30) as answer:
        return [request["status"] for request in json.load(answer)["items"]]


def fleet(url: str, number: int, *, concurrency: int = CONCURRENCY, share: float = 1.0) -> Counter[str]:
    """Reconcile so many stores."""
    defaults = {"project_key": "shop", "redis": {"host": "redis.example.com"}, "enabled": True}
    declarations = read_declarations([{"environment_key": name} for name in names(number)], defaults)
    with Client(TOKEN, url) as client:
        results = reconcile_many(client, declarations, concurrency=concurrency, share=share)
    return Counter(result.action for result in results)


def bare(jobs: list[tuple[str, str, bytes | None]], concurrency: int = CONCURRENCY) -> None:
    """Send requests (method, URL, body) from a thread pool and read the JSON of the answers."""
    sessions = threading.local()

    def send(job: tuple[str, str, bytes | None]) -> None:
        if not hasattr(sessions, "session"):
            sessions.session = requests.Session()
            sessions.session.trust_env = False
        method, url, body = job
        answer = sessions.session.request(method, url, data=body, headers=HEADERS, timeout=30)
        answer.raise_for_status()
        answer.json()

    with ThreadPoolExecutor(concurrency) as pool:
        list(pool.map(send, jobs))


def bare_gets(url: str, concurrency: int = CONCURRENCY) -> None:
    """The list, and a GET of each."""
    listed = requests.get(url + STORES, headers=HEADERS, timeout=30).json()["items"]
    keys = ("projectKey", "environmentKey", "integrationKey", "_id")
    bare([("GET", "/".join([url + STORES, *(item[key] for key in keys)]), None) for item in listed], concurrency)


def bare_posts(url: str) -> None:
    """A POST for each."""
    body = json.dumps(BODY).encode()
    bare([("POST", f"{url}{STORES}/shop/{name}/redis", body) for name in names(ENVIRONMENTS)])


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def reset(url: str) -> None:
    """As at the start: no integrations, no requests seen."""
    urllib.request.urlopen(urllib.request.Request(url + "/_emulator/reset", method="POST"), timeout=30).close()


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def turns(ours: Callable[[], Any], theirs: Callable[[], Any], before: Callable[[], Any]) -> tuple[float, float]:
    """Median seconds of both, taking turns."""
    took: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for work, times in zip((ours, theirs), took):
            before()
            times.append(seconds(work))
    return statistics.median(took[0]), statistics.median(took[1])


def loop(url: str) -> None:
    """Reconcile stores one after the other, each with a call of its own."""
    with Client(TOKEN, url) as client:
        for name in names(LOOP):
            ensure_present(client, Settings("shop", name, "redis", {"host": "redis.example.com"}, enabled=True))


def expect(counts: Counter[str], action: str, number: int) -> None:
    if counts != {action: number}:
        sys.exit(f"It should be {number} times {action!r}, and is {dict(counts)}.")


def unlimited() -> None:
    """Nothing to change, and creating all."""
    with emulator(ENVIRONMENTS) as url:
        ours, theirs = turns(lambda: fleet(url, ENVIRONMENTS), lambda: bare_posts(url), lambda: reset(url))
        row(f"{ENVIRONMENTS} creates", ours, theirs)
        reset(url)
        fleet(url, ENVIRONMENTS)
        before = len(seen(url))
        expect(fleet(url, ENVIRONMENTS), "nothing", ENVIRONMENTS)
        sent = len(seen(url)) - before
        ours, theirs = turns(lambda: fleet(url, ENVIRONMENTS), lambda: bare_gets(url), lambda: None)
        row(f"{ENVIRONMENTS} with nothing to change ({sent} requests)", ours, theirs)
        alone = seconds(lambda: loop(url)) / LOOP * ENVIRONMENTS
        print(
            f"the same by a loop over single stores, from {LOOP} of them: {alone:.1f} s, {alone / ours:.0f} times as long"
        )
        command = [sys.executable, __file__, "memory", url]
        memory = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        print(f"memory with {ENVIRONMENTS} stores, Python and imports included: {memory.strip()} MB")


def limited() -> None:
    """Under a limit that is enforced: the limit's own time is that of the windows that must be waited for."""
    with emulator(LIMITED, "--rate-limit", str(LIMIT)) as url:
        took = seconds(lambda: expect(fleet(url, LIMITED), "create", LIMITED))
        statuses = seen(url)
    windows = -(-(LIMITED + 3) // LIMIT)  # each create, and three lists
    least = (windows - 1) * 10
    refused = statuses.count(429)
    print(
        f"{LIMITED} creates under {LIMIT} requests in 10 s: {took:.1f} s, {took / least:.3f} times the limit's own {least} s;"
        f" {refused} of {len(statuses)} requests answered 429"
    )


def row(what: str, ours: float, theirs: float) -> None:
    print(
        f"{what}: {ours:.2f} s, bare requests {theirs:.2f} s, ratio {ours / theirs:.2f} (median of {ROUNDS})",
        flush=True,
    )


def main(arguments: list[str]) -> None:
    """Measure and print."""
    if arguments[:1] == ["memory"]:
        expect(fleet(arguments[1], ENVIRONMENTS), "nothing", ENVIRONMENTS)
        print(f"{megabytes():.0f}")
        return
    unlimited()
    limited()


if __name__ == "__main__":
    main(sys.argv[1:])
