# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`_status` of a store that cannot be reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..bench import Bench
from ..probe import Answer, Probe, judged, undecided

_PAUSE = 2.0


def _unreachable(bench: Bench) -> Answer:
    if bench.in_use:
        return undecided("Nothing is switched on in an environment that has integrations.")
    with bench.made(on=True) as made:
        began = bench.clock.monotonic()
        while True:
            status = bench.get(made).field("_status", dict) or {}
            seconds = bench.clock.monotonic() - began
            errors = [error for error in status.get("errors") or () if isinstance(error, Mapping)]
            if errors or seconds + _PAUSE > bench.status_seconds:
                break
            bench.clock.sleep(_PAUSE)
    if not errors:
        return undecided(f"No error was reported within {seconds:.0f} s.")
    return _judge(bench, status, errors[0], seconds)


def _judge(bench: Bench, status: Mapping[str, Any], error: Mapping[str, Any], seconds: float) -> Answer:
    message, code = error.get("message"), error.get("statusCode")
    known = isinstance(message, str) and bool(message)
    said = f'"{bench.names.hide(message)}"' if isinstance(message, str) and message else "no message"
    flags = ", ".join(f"{name} {status.get(name)}" for name in ("available", "potentiallyStale"))
    evidence = f"After {seconds:.0f} s: {said}, statusCode {code if isinstance(code, int) else 'missing'}, {flags}."
    behaviour = {"sync_status_code": "omitted"} if code is None else {"sync_status_code": "500"} if code == 500 else {}
    return judged(known, evidence, **behaviour)


PROBES = (
    Probe(
        "`_status` of a store that cannot be reached has an error with a message",
        _unreachable,
        "waiting for the store ends without a cause",
    ),
)
