# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How time and memory grow with the number of environments: `python benchmarks/fleet_scale.py`, in two minutes.

For each size the emulator and the fleet are processes of their own; memory is the most that the fleet's ever held, Python and
imports included. Beside it, a thread pool of the same size that only sends the same GETs with bare `requests`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from fleet import bare_gets, emulator, expect, fleet, megabytes, seconds

SIZES = (1000, 2500, 5000, 10_000)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    if arguments:
        measure(*arguments)
        return
    print(
        f"{'environments':>12} {'what':<20} {'s':>7} {'ms each':>8} {'bare s':>7} {'ratio':>6} {'MB':>5} {'KB each':>8}"
    )
    for size in SIZES:
        with emulator(size) as url:
            show(size, "creates", child("create", url, size))
            show(size, "nothing to change", child("nothing", url, size))


def measure(action: str, url: str, size: str) -> None:
    """In a process of its own: seconds and megabytes, and then seconds of the bare side."""
    before = megabytes()
    took = seconds(lambda: expect(fleet(url, int(size)), action, int(size)))
    memory = megabytes()
    bare = seconds(lambda: bare_gets(url)) if action == "nothing" else None
    print(json.dumps({"seconds": took, "before": before, "megabytes": memory, "bare": bare}))


def child(action: str, url: str, size: int) -> Any:
    command = [sys.executable, __file__, action, url, str(size)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def show(size: int, what: str, found: Any) -> None:
    took, bare = found["seconds"], found["bare"]
    beside = f"{bare:7.2f} {took / bare:6.2f}" if bare else f"{'':7} {'':6}"
    each = (found["megabytes"] - found["before"]) / size * 1024
    timed = f"{size:12} {what:<20} {took:7.2f} {took / size * 1000:8.3f} {beside}"
    print(f"{timed} {found['megabytes']:5.0f} {each:8.1f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
