# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`_status`: a store's health as LaunchDarkly reports it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.errors import SegmentStoreError

# A guess: nothing is synchronised yet, so the store cannot be available.
INITIAL_STATUS: Mapping[str, Any] = {"available": False, "potentiallyStale": True, "errors": []}

_FIELDS = {"available": bool, "potentiallyStale": bool, "lastSync": int, "lastError": int, "errors": list}
_ERROR_FIELDS = {"statusCode": int, "message": str, "timestamp": int}
_TYPES = {bool: "true or false", int: "a whole number", list: "a list", str: "a string"}


class InvalidStatus(SegmentStoreError):
    """A status with an unknown field or a value of the wrong type."""

    failure = "invalid_status"


def check_status(status: Any) -> None:
    """Raises InvalidStatus unless `status` is a valid `_status` with the API's names."""
    _check(status, _FIELDS, "status")
    for number, error in enumerate(status.get("errors", ())):
        _check(error, _ERROR_FIELDS, f"status.errors[{number}]")


def _check(data: Any, known: Mapping[str, type], where: str) -> None:
    if not isinstance(data, Mapping):
        raise InvalidStatus(f"{where} must be an object.")
    for name, value in data.items():
        if name not in known:
            raise InvalidStatus("{}.{} is unknown: known are {}.".format(where, name, ", ".join(known)))
        if type(value) is not known[name]:
            raise InvalidStatus(f"{where}.{name} must be {_TYPES[known[name]]}.")
