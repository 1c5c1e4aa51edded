# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Processes that create the same integrations at the same time, on one host and as on several."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.emulator import Behaviour, Emulator, Fault
from tests.core.fleet.fleets import names

NUMBER = 12
SEED: dict[str, Any] = {"projects": {"shop": {"environments": {name: {} for name in names(NUMBER)}}}}
# As on another host: no lock of the first one is seen.
ELSEWHERE = "import ld_segment_store.core.flow.host_lock as host_lock; host_lock._fcntl = lambda: None;"
PRESENT = """
import sys
from ld_segment_store import Client, Settings, ensure_present
with Client(sys.argv[2], sys.argv[1]) as client:
    settings = Settings("shop", "env-0", "redis", {"host": "redis.example.com"}, enabled=True)
    print(ensure_present(client, settings).changed)
"""
APPLY = (
    "from ld_segment_store.cli.main import main; import sys; sys.exit(main(['apply', sys.argv[3], '--format', 'json']))"
)


@pytest.fixture(params=["one host", "several hosts"])
def prefix(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "one host" else ELSEWHERE


@pytest.fixture(params=[0.0, 0.7], ids=["listed at once", "listed later"])
def ld(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(seed=SEED, behaviour=Behaviour(list_delay=request.param)) as emulator:
        yield emulator


def start(ld: Emulator, code: str, *arguments: str) -> subprocess.Popen[str]:
    environ = {"LAUNCHDARKLY_ACCESS_TOKEN": ld.access_token, "LAUNCHDARKLY_API_HOST": ld.url, "PATH": "/usr/bin"}
    return subprocess.Popen(
        [sys.executable, "-c", code, ld.url, ld.access_token, *arguments],
        env=environ,
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outputs(processes: list[subprocess.Popen[str]]) -> list[str]:
    printed = []
    for process in processes:
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, out + error
        printed.append(out)
    return printed


def test_five_at_once_make_one(ld: Emulator, prefix: str) -> None:
    printed = outputs([start(ld, prefix + PRESENT) for _number in range(5)])
    assert sorted(text.strip() for text in printed) == ["False"] * 4 + ["True"]
    assert len(ld.account.integrations) == 1


@pytest.mark.slow
@pytest.mark.parametrize("pause", [0.0, 1.5])
def test_two_applications_of_one_file(ld: Emulator, prefix: str, pause: float, tmp_path: Path) -> None:
    file = tmp_path / "stores.yml"
    stores = "".join(f"  - environment_key: {name}\n" for name in names(NUMBER))
    file.write_text(
        "defaults:\n  project_key: shop\n  enabled: true\n  redis: {host: redis.example.com}\nstores:\n" + stores,
        encoding="utf-8",
    )
    processes = []
    for _number in range(3):
        processes.append(start(ld, prefix + APPLY, str(file)))
        time.sleep(pause)  # runs that begin a moment apart, not a wait for something
    outputs(processes)
    places = Counter(integration.environment_key for integration in ld.account.integrations)
    assert places == dict.fromkeys(names(NUMBER), 1)


def test_a_proxy_that_sends_the_request_twice() -> None:
    with Emulator(seed=SEED) as ld:
        ld.faults.add(Fault(kind="twice", operation="createBigSegmentStoreIntegration"))
        (printed,) = outputs([start(ld, PRESENT)])
        assert printed.strip() in ("True", "False")
        assert len(ld.account.integrations) == 1
