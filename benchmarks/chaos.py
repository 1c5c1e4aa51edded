# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Many seeded runs of a fleet through faults: `python benchmarks/chaos.py [RUNS]`, by default 500, which takes ten minutes.

The tests do the first 40 of them (tests/fleet/test_chaos.py).
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.fleet.chaos import Chaos


def main(runs: int) -> int:
    """Run them, print each that went wrong, and what happened in all."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    began = time.monotonic()
    for seed in range(runs):
        chaos = Chaos(seed).run()
        counts += chaos.counts
        wrong += chaos.wrong
        for sentence in chaos.wrong:
            print(sentence, flush=True)
    print(f"{runs} runs in {time.monotonic() - began:.0f} s, {len(wrong)} things wrong; what happened:")
    for what, number in counts.most_common():
        print(f"{number:>8} {what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 500))
