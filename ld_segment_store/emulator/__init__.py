# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A local emulator of LaunchDarkly's big segment store API, for tests and demos. docs/emulator.md tells its limits."""

from __future__ import annotations

from .account import Account, Environment, Integration, Project, UnknownKey
from .behaviour import Behaviour, UnknownGuess
from .emulator import CannotListen, Emulator, RequestRecord
from .faults import Fault, Faults, InvalidFault
from .seed import InvalidSeed
from .segments import InvalidSegments, Segment
from .state_file import StateFileError
from .status import InvalidStatus
from .sync import InvalidSyncOptions, SyncOptions

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
