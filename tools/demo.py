# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Makes the demo's environment and runs `demo/run.py` in it."""

from __future__ import annotations

import subprocess
import sys

from tools.environments import ROOT, demo_environment

if __name__ == "__main__":
    print("The demo sets up a big segment store by playbook, on an embedded Redis and an emulated LaunchDarkly.")
    print("It takes about 15 s, and a minute the first time, most of it pip.", flush=True)
    sys.exit(
        subprocess.run(
            [str(demo_environment() / "python"), str(ROOT / "demo/run.py")], cwd=ROOT, check=False
        ).returncode
    )
