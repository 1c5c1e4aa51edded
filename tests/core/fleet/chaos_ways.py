# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""More ways to break a fleet: on its way to LaunchDarkly, and itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.emulator import Emulator
from tests.core.fleet.chaos import NUMBER, Chaos, State, state_of
from tests.core.fleet.fleets import DEFAULTS, PASSWORD, REDIS
from tests.support.breaking_proxy import BreakingProxy

ROOT = Path(__file__).parents[3]
# A process that waits, for a reset of the rate limit maybe, is killed then.
LONGEST_LIFE = 3.0


class ProxyChaos(Chaos):
    """Through a proxy that breaks connections, beside the emulator's own faults."""

    rates = (0.0, 0.3)
    broken = (0.1, 0.4)

    @contextmanager
    def _way(self, ld: Emulator) -> Iterator[str]:
        with BreakingProxy(int(ld.url.rsplit(":", 1)[1]), seed=self.seed) as self._proxy:
            self._proxy.rate(self._random.uniform(*self.broken))
            yield self._proxy.url
        self.counts += self._proxy.counts
        self.counts["broken"] += sum(self._proxy.counts.values())

    def _settle(self) -> None:
        self._proxy.wait_quiet()

    def _calm(self) -> None:
        self._proxy.clear()


class KilledChaos(ProxyChaos):
    """`ld-segment-store apply` as a process that is killed at some moment, and started again; through the same proxy."""

    rates = (0.0, 0.1)
    broken = (0.0, 0.15)

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._killing = True

    def _calm(self) -> None:
        super()._calm()
        self._killing = False

    def _once(self, ld: Emulator, url: str, declarations: list[Declaration]) -> list[str]:
        before, asked = state_of(ld), len(ld.requests)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "stores.json"
            redis = {**REDIS, "password": {"env": "FLEET_PASSWORD"}}
            file.write_text(json.dumps({"defaults": {**DEFAULTS, "redis": redis}, "stores": self._stores}))
            process = self._start(ld, url, file)
            if self._killing:
                self._kill(process, ld, asked)
            out, err = process.communicate(timeout=120)
        self._settle()
        self._count(ld, asked)
        self._check("Traceback" not in err, f"it printed a traceback: {err[-500:]}")
        self._check(PASSWORD not in out + err, "it printed the password")
        if process.returncode < 0:
            self.counts["killed"] += 1
            return []
        if not out:
            self.counts["no list"] += 1
            self._check(state_of(ld) == before, "it changed something before it had listed the account")
            return []
        return self._compare_all(json.loads(out), ld, before)

    def _start(self, ld: Emulator, url: str, file: Path) -> subprocess.Popen[str]:
        told = {"LAUNCHDARKLY_API_HOST": url, "LAUNCHDARKLY_ACCESS_TOKEN": ld.access_token, "FLEET_PASSWORD": PASSWORD}
        return subprocess.Popen(
            [sys.executable, "-m", "ld_segment_store", "apply", str(file), "--format", "json", "--timeout", "5"],
            cwd=ROOT,
            env={**os.environ, **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _kill(self, process: subprocess.Popen[str], ld: Emulator, asked: int) -> None:
        """After some of its requests were seen, or when it has lived long enough; it may end before."""
        seen = asked + self._random.randint(1, 2 * NUMBER)
        end = time.monotonic() + LONGEST_LIFE
        while process.poll() is None and len(ld.requests) < seen and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(self._random.uniform(0.0, 0.005))
        process.kill()

    def _compare_all(self, results: list[dict[str, Any]], ld: Emulator, before: State) -> list[str]:
        after = state_of(ld)
        actions = []
        for result in results:
            name, failure = result["environment_key"], result["failure"]
            unknown = failure is not None and failure["code"] == "outcome_unknown"
            changed = None if unknown else before.get(name) != after.get(name)
            self._compare(name, result["action"], result["changed"], changed)
            actions.append(result["action"])
        return actions
