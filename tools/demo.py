# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The demo: build the collection, install it as a user would, start the emulator, run a playbook.

Everything happens on this machine and in a temporary folder; no account and no network are needed once the environment is
made. Takes about a minute the first time, most of it pip, and about ten seconds after that.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.environments import ROOT, demo_environment


def main() -> int:
    """Run the demo and return its exit code."""
    began = time.monotonic()
    print("The demo builds the collection, installs it, starts the LaunchDarkly emulator and runs demo/playbook.yml.")
    bin_folder = demo_environment()
    with tempfile.TemporaryDirectory(prefix="ld-segment-store-demo-") as folder:
        collections = install_collection(bin_folder, Path(folder))
        with emulator(bin_folder) as url:
            code = run_playbook(bin_folder, collections, url)
    print(f"The demo {'is done' if code == 0 else 'FAILED'}, after {time.monotonic() - began:.0f} s.")
    return code


def install_collection(bin_folder: Path, folder: Path) -> Path:
    """Build the tarball and install it below a folder of its own."""
    print("Building and installing the collection featureops.launchdarkly ...", flush=True)
    galaxy = [str(bin_folder / "ansible-galaxy"), "collection"]
    _quietly([*galaxy, "build", "--output-path", str(folder), str(ROOT)])
    tarball = next(folder.glob("featureops-launchdarkly-*.tar.gz"))
    collections = folder / "collections"
    _quietly([*galaxy, "install", "--offline", "--collections-path", str(collections), str(tarball)])
    return collections


@contextmanager
def emulator(bin_folder: Path) -> Iterator[str]:
    """Start the emulator on a free port, as a process of its own, and yield its URL."""
    command = [str(bin_folder / "ld-segment-store"), "emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # a pipe was asked for
            line = process.stdout.readline().strip()
            print(line, flush=True)
            yield line.rsplit(" ", 1)[1]
        finally:
            process.terminate()


def run_playbook(bin_folder: Path, collections: Path, url: str) -> int:
    """Run the playbook against the emulator, with a password made up for this run."""
    environ = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "LAUNCHDARKLY_API_HOST": url,
        "LAUNCHDARKLY_ACCESS_TOKEN": "api-emulator",
        "REDIS_PASSWORD": secrets.token_urlsafe(18),
    }
    command = [str(bin_folder / "ansible-playbook"), str(ROOT / "demo/playbook.yml")]
    command += ["-e", f"ansible_python_interpreter={bin_folder / 'python'}"]
    command += ["-e", "redis_password={{ lookup('ansible.builtin.env', 'REDIS_PASSWORD') }}"]
    return subprocess.run(command, env=environ, check=False).returncode


def _quietly(command: list[str]) -> None:
    """Run a command and show what it said only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(done.stdout)
        sys.exit(f"{' '.join(command)} failed with exit code {done.returncode}.")


if __name__ == "__main__":
    sys.exit(main())
