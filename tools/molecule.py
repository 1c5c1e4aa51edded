# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The scenarios of `extensions/molecule`, in the built and installed collection, against the emulator.

    python -m tools.molecule

runs in the environment that has molecule, as the nox session `molecule` does.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from ld_segment_store.emulator import Emulator
from tools import collection
from tools.environments import CACHE

_ACCESS_TOKEN = "api-emulator"


def main() -> int:
    """Run every scenario; return the exit code of molecule."""
    commands, folder = Path(sys.executable).parent, CACHE / "molecule"
    shutil.rmtree(folder, ignore_errors=True)
    path = folder / "installed"
    tree = collection.install(commands, collection.build(commands, folder / "dist"), path)
    with Emulator(access_tokens=[_ACCESS_TOKEN]) as emulator:
        account = {"LAUNCHDARKLY_API_HOST": emulator.url, "LAUNCHDARKLY_ACCESS_TOKEN": _ACCESS_TOKEN}
        environ = collection.environ(commands, path) | account
        command = [str(commands / "molecule"), "test", "--all"]
        return subprocess.run(command, cwd=tree / "extensions", env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
