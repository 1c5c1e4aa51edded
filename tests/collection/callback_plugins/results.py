# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Writes each task's result as a line of JSON, with the number of requests that the emulator has seen by then."""

from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results
type: aggregate
short_description: Results of tasks as lines of JSON
description: For the tests of the collection.
"""

# The emulator is on loopback: a proxy of the environment must not be asked.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class CallbackModule(CallbackBase):  # type: ignore[misc, unused-ignore]  # ansible is not always there to look at
    """Hears of every result, whatever the verbosity."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write("skipped", result)

    def _write(self, outcome: str, result: Any) -> None:
        line = {
            "host": result._host.get_name(),
            "task": result._task.get_name(),
            "outcome": outcome,
            "values": result._result,
            "seen": _requests_seen(),
        }
        with Path(os.environ["TEST_RESULTS"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")


def _requests_seen() -> int:
    url = os.environ.get("TEST_EMULATOR")
    if not url:
        return 0
    with _OPENER.open(url + "/_emulator/requests", timeout=10) as answer:
        return len(json.load(answer)["items"])
