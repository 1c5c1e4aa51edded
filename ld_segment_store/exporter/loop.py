# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Read an account at intervals."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from ..core.fleet.reading import Account, Reading, read_account


def keep_reading(
    account: Account,
    put: Callable[[str, Reading], None],
    say: Callable[[str], None],
    stop: threading.Event,
    *,
    interval: float,
    jitter: float,
) -> None:
    """Read the account until `stop`, with pauses of `interval` seconds and up to that times `jitter` on top, at random.

    `put` gets each reading, `say` a sentence about each new problem and about its end.
    """
    problem = ""
    while not stop.is_set():
        reading = read_account(account)
        put(account.name, reading)
        error = reading.error or reading.drift_error
        now = error.message if error else ""
        if now != problem:
            say(f"{account.name}: {now or 'The account is read again.'}")
        problem = now
        stop.wait(interval * (1 + jitter * random.random()))  # noqa: S311 - no secret
