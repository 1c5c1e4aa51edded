# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Many seeded runs of a fleet through faults: `python benchmarks/chaos.py [WAY [RUNS]]`, by default all ways, in 20 minutes.

`faults` are the emulator's own, `proxy` breaks connections as well, and with `killed` the fleet is a process that is killed and
started again. The tests do the first few runs of each (tests/core/fleet/test_chaos.py).
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.core.fleet.chaos import Chaos
from tests.core.fleet.chaos_ways import KilledChaos, ProxyChaos

WAYS: dict[str, tuple[type[Chaos], int]] = {
    "faults": (Chaos, 500),
    "proxy": (ProxyChaos, 300),
    "killed": (KilledChaos, 100),
}


def run(way: str, runs: int) -> bool:
    """Run them, print each that went wrong, and the totals. Whether all went well."""
    counts: Counter[str] = Counter()
    wrong = 0
    began = time.monotonic()
    for seed in range(runs):
        chaos = WAYS[way][0](seed).run()
        counts += chaos.counts
        wrong += len(chaos.wrong)
        for sentence in chaos.wrong:
            print(sentence, flush=True)
    print(f"{way}: {runs} runs in {time.monotonic() - began:.0f} s, {wrong} things wrong; what happened:")
    for what, number in counts.most_common():
        print(f"{number:>8} {what}")
    return not wrong


def main(arguments: list[str]) -> int:
    """Run what is asked for."""
    runs = {way: number for way, (_kind, number) in WAYS.items() if arguments[:1] in ([], [way])}
    if arguments[1:]:
        runs = dict.fromkeys(runs, int(arguments[1]))
    went_well = [run(way, number) for way, number in runs.items()]
    return 0 if all(went_well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
