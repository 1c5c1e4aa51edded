# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Packages from npm, installed when a test first needs them."""

from __future__ import annotations

import fcntl
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def installed(name: str, *packages: str) -> Path:
    """The folder that has `node_modules` with these packages, each with its exact version: `name@1.2.3`."""
    folder = ROOT / ".cache" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes may run tests
        done = folder / "installed"
        if not done.exists() or done.read_text() != "\n".join(packages):
            command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            command += ["--legacy-peer-deps", *packages]  # an old store is for an older SDK
            subprocess.run(command, cwd=folder, check=True, timeout=300, capture_output=True)
            done.write_text("\n".join(packages))
    return folder
