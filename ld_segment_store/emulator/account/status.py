# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`_status`: how LaunchDarkly says it gets on with a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.errors import SegmentStoreError

# Nothing is synchronised yet, so LaunchDarkly can't call the store available. Nobody has seen it (a guess).
INITIAL_STATUS: Mapping[str, Any] = {"available": False, "potentiallyStale": True, "errors": []}

_FIELDS = {"available": bool, "potentiallyStale": bool, "lastSync": int, "lastError": int, "errors": list}
_ERROR_FIELDS = {"statusCode": int, "message": str, "timestamp": int}
_TYPES = {bool: "true or false", int: "a whole number", list: "a list", str: "a string"}


class InvalidStatus(SegmentStoreError):
    """A status with a field that it does not have, or of the wrong type."""

    failure = "invalid_status"


def check_status(status: Any) -> None:
    """Raises InvalidStatus unless `status` could be a `_status`, in the API's names."""
    _check(status, _FIELDS, "status")
    for number, error in enumerate(status.get("errors", ())):
        _check(error, _ERROR_FIELDS, "status.errors[{0}]".format(number))


def _check(data: Any, known: Mapping[str, type], where: str) -> None:
    if not isinstance(data, Mapping):
        raise InvalidStatus("{0} must be an object.".format(where))
    for name, value in data.items():
        if name not in known:
            raise InvalidStatus("{0}.{1} is unknown: known are {2}.".format(where, name, ", ".join(known)))
        if type(value) is not known[name]:
            raise InvalidStatus("{0}.{1} must be {2}.".format(where, name, _TYPES[known[name]]))
