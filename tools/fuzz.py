# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Fuzz the emulator with Schemathesis from its own OpenAPI document, under the default guesses and under all others.

python -m tools.fuzz [OPTION OF schemathesis run ...]
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from ld_segment_store.emulator import Behaviour, Emulator

# `store-1` is the integration that schemathesis.toml names.
_STORE = {"id": "store-1", "name": "Main", "redis": {"host": "redis.example.com", "password": "supersecret123"}}
_SEED = {"projects": {"default": {"environments": {"test": {"integrations": [_STORE]}}}}}
_CONFIG = Path(__file__).with_name("schemathesis.toml")


def other_guesses() -> Behaviour:
    """The last value of each setting that has several; a page of two integrations."""
    last = {
        setting.name: setting.metadata["values"][-1] for setting in fields(Behaviour) if "values" in setting.metadata
    }
    return Behaviour(**last, list_page_size=2)


def main(options: list[str]) -> int:
    """Fuzz, and return how many of the runs found something."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(_CONFIG), "run"]
    failed = 0
    for behaviour in (Behaviour(), other_guesses()):
        with Emulator(seed=_SEED, behaviour=behaviour) as ld:
            document = ld.url + "/_emulator/openapi.yaml"
            run = subprocess.run(
                [*command, document, "--url", ld.url, *options], check=False, cwd=_CONFIG.parents[1] / ".cache"
            )
            failed += run.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
