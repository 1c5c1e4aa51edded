# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""JSON Patch (RFC 6902) as the PATCH route accepts it: `add`, `remove`, `replace` and `test`.

LaunchDarkly's document of an operation has no `from`, so `move` and `copy` are refused.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from ..behaviour import Behaviour
from .messages import Problem

_CHANGEABLE = ("name", "on", "config", "tags")
_OPERATIONS = ("add", "remove", "replace", "test")


def operations_of(body: Any, behaviour: Behaviour) -> list[Any]:
    """The operations of a PATCH body: a list, or the envelope with a comment. Raises Problem (400)."""
    if isinstance(body, dict) and behaviour.patch_comment == "honoured":
        if not isinstance(body.get("comment", ""), str):
            raise _refused("The comment is not a string.")
        body = body.get("patch")
    if not isinstance(body, list):
        raise _refused("The request's body is not a JSON Patch: send a list of operations.")
    return body


def apply_patch(document: dict[str, Any], operations: list[Any], behaviour: Behaviour) -> dict[str, Any]:
    """`document` (name, on, config, tags, version) changed by all operations. Raises Problem (400, 409)."""
    changed = copy.deepcopy(document)
    for number, operation in enumerate(operations):
        _apply(changed, operation, f"operation {number}", behaviour)
    return changed


def _apply(document: dict[str, Any], operation: Any, where: str, behaviour: Behaviour) -> None:
    if not isinstance(operation, dict) or operation.get("op") not in _OPERATIONS:
        raise _refused("{} has no known `op`: give one of {}.".format(where, ", ".join(_OPERATIONS)))
    op = operation["op"]
    place = _place(operation.get("path"), where)
    if op != "remove" and "value" not in operation:
        raise _refused(f"{where} has no `value`.")
    if op == "test":
        _test(document, place, operation["value"], where, behaviour)
        return
    if place[0] not in _CHANGEABLE:
        raise _refused(f"{where} can't change that path: change one of {_paths()}.")
    if place[0] == "config" and len(place) > 1 and behaviour.config_paths == "refused":
        raise _refused(f"{where} can't change a single field of `config`: replace `/config` as a whole.")
    _change(document, op, place, operation.get("value"), where)


def _place(path: Any, where: str) -> list[str]:
    if not isinstance(path, str) or not path.startswith("/"):
        raise _refused(f"{where} has no `path` that is a JSON Pointer: give one of {_paths()}.")
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _test(document: Any, place: list[str], expected: Any, where: str, behaviour: Behaviour) -> None:
    if behaviour.patch_test == "refused":
        raise _refused(f"{where} has the `op` test, which is not supported here.")
    if behaviour.patch_test == "ignored":
        return
    for part in place:
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list) and _index(part, len(document) - 1) is not None:
            document = document[int(part)]
        else:
            raise _test_failed(where)
    # As JSON, since Python calls 1 and True equal.
    if json.dumps(document, sort_keys=True) != json.dumps(expected, sort_keys=True):
        raise _test_failed(where)


def _change(document: Any, op: str, place: list[str], value: Any, where: str) -> None:
    *parents, last = place
    for part in parents:
        document = document.get(part) if isinstance(document, dict) else None
    if isinstance(document, list):
        _change_list(document, op, last, value, where)
    elif not isinstance(document, dict) or (op != "add" and last not in document):
        raise _refused(f"{where} has a `path` that does not exist.")
    elif op == "remove":
        del document[last]
    else:
        document[last] = value


def _change_list(items: list[Any], op: str, last: str, value: Any, where: str) -> None:
    index = len(items) if op == "add" and last == "-" else _index(last, len(items) if op == "add" else len(items) - 1)
    if index is None:
        raise _refused(f"{where} has a `path` that does not exist.")
    if op == "add":
        items.insert(index, value)
    elif op == "remove":
        del items[index]
    else:
        items[index] = value


def _index(part: str, highest: int) -> int | None:
    """A list index as RFC 6901 writes it, without leading zeros, or None."""
    if not part.isascii() or not part.isdigit() or (part != "0" and part.startswith("0")):
        return None
    return int(part) if len(part) < 10 and int(part) <= highest else None


def _paths() -> str:
    return ", ".join("/" + name for name in _CHANGEABLE)


def _refused(message: str) -> Problem:
    return Problem(400, "invalid_request", message[0].upper() + message[1:])


def _test_failed(where: str) -> Problem:
    message = f"Conflict: the `test` of {where} failed. Read again, then retry."
    return Problem(409, "optimistic_locking_error", message)
