# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A local emulator of LaunchDarkly's big segment store API, for tests and demos. docs/emulator.md describes its limits."""

from __future__ import annotations

from .account.account import Account, Environment, Integration, Project, UnknownKey
from .account.seed import InvalidSeed
from .account.segments import InvalidSegments, Segment
from .account.state_file import StateFileError
from .account.status import InvalidStatus
from .behaviour import Behaviour, UnknownGuess
from .emulator import CannotListen, Emulator, RequestRecord
from .faults import Fault, Faults, InvalidFault
from .sync.synchroniser import InvalidSyncOptions, SyncOptions

__all__ = [
    "Account",
    "Behaviour",
    "CannotListen",
    "Emulator",
    "Environment",
    "Fault",
    "Faults",
    "Integration",
    "InvalidFault",
    "InvalidSeed",
    "InvalidSegments",
    "InvalidStatus",
    "InvalidSyncOptions",
    "Project",
    "RequestRecord",
    "Segment",
    "StateFileError",
    "SyncOptions",
    "UnknownGuess",
    "UnknownKey",
]
