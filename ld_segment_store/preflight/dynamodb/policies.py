# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Trust policies of IAM roles, as far as their text decides. No simulation of AWS covers them.

A reading of the rules in "Policy evaluation logic" and "IAM JSON policy elements" of the IAM user guide. Conditions on what only
AWS knows at the time of the request (addresses, dates, organizations) result in `UNKNOWN`.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from typing import Any, Callable, Optional

Policy = Mapping[str, Any]
Statement = Mapping[str, Any]
# The known keys of the request. None: the key is known to be absent. Other keys may have any value.
Context = Mapping[str, Optional[str]]
# True, False, or None: unknown.
_Truth = Optional[bool]


class Decision(enum.Enum):
    """The effect of a policy on a request."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    DENIED = "explicitly denied"
    UNKNOWN = "depends on conditions"


def decide_trust(policy: Policy, external_id: str | None) -> Decision:
    """Whether a role's trust policy lets some AWS account assume the role with this external ID, or with none."""
    found = [
        (
            statement.get("Effect"),
            _and(
                [
                    _covers_action(statement, "sts:AssumeRole"),
                    _some_aws_principal(statement),
                    _conditions(statement, {"sts:externalid": external_id}),
                ]
            ),
        )
        for statement in statements(policy)
    ]
    return _outcome(found)


def statements(policy: Policy) -> list[Statement]:
    """The statements of a policy, which may hold one without a list around it."""
    found = policy.get("Statement", [])
    return [found] if isinstance(found, Mapping) else [item for item in found if isinstance(item, Mapping)]


def texts(value: Any) -> list[str]:
    """An element's values, which may be one without a list around it. Booleans and numbers become text, as in IAM."""
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def aws_principals(statement: Statement) -> list[str]:
    """The AWS principals of a trust policy's statement: account IDs, ARNs or `*`."""
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        return texts(principal["AWS"]) if "AWS" in principal else []
    return [principal] if isinstance(principal, str) else []


def condition_keys(policy: Policy) -> list[str]:
    """The keys that a policy's conditions look at, as written, sorted."""
    keys = {
        key
        for statement in statements(policy)
        for block in (statement.get("Condition") or {}).values()
        for key in block
    }
    return sorted(keys)


def condition_values(policy: Policy, wanted: str) -> list[str]:
    """The values that a policy's conditions compare the key `wanted` with."""
    return [
        value
        for statement in statements(policy)
        for block in (statement.get("Condition") or {}).values()
        for key, values in block.items()
        if key.lower() == wanted.lower()
        for value in texts(values)
    ]


def matches(pattern: str, text: str, ignore_case: bool = False) -> _Truth:
    """Whether a pattern of IAM's covers the text: `*` is any text, `?` one character. `${...}` is not known."""
    if "${" in pattern:
        return None
    expression = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _outcome(found: Iterable[tuple[Any, _Truth]]) -> Decision:
    """An explicit Deny wins, then an Allow; an unknown one leaves the outcome open."""
    truths = list(found)
    denied = [truth for effect, truth in truths if effect == "Deny"]
    allowed = [truth for effect, truth in truths if effect == "Allow"]
    if True in denied:
        return Decision.DENIED
    if True in allowed and None not in denied:
        return Decision.ALLOWED
    if True in allowed or None in allowed:
        return Decision.UNKNOWN
    return Decision.NOT_ALLOWED


def _covers_action(statement: Statement, action: str) -> _Truth:
    if "NotAction" in statement:
        return _not(_or(matches(pattern, action, ignore_case=True) for pattern in texts(statement["NotAction"])))
    return _or(matches(pattern, action, ignore_case=True) for pattern in texts(statement.get("Action", [])))


def _some_aws_principal(statement: Statement) -> _Truth:
    if "NotPrincipal" in statement:
        return None
    principals = aws_principals(statement)
    # A Deny of one principal may not be about LaunchDarkly's.
    if principals and statement.get("Effect") == "Deny" and "*" not in principals:
        return None
    return bool(principals)


def _conditions(statement: Statement, context: Context) -> _Truth:
    return _and(
        [
            _condition(operator, key, texts(values), context)
            for operator, block in (statement.get("Condition") or {}).items()
            for key, values in block.items()
        ]
    )


def _condition(operator: str, key: str, values: list[str], context: Context) -> _Truth:
    """One condition. The request gives at most one value for a key, so `ForAnyValue` and `ForAllValues` mean little."""
    if key.lower() not in context:
        return None
    actual = context[key.lower()]
    quantifier, _colon, name = operator.rpartition(":")
    if name == "Null":
        return ("true" in values) == (actual is None)
    if_exists = name.endswith("IfExists")
    name = name[: -len("IfExists")] if if_exists else name
    negated = name.startswith("StringNot")
    compare = _COMPARISONS.get(name.replace("Not", "", 1) if negated else name)
    if compare is None:
        return None
    if actual is None:
        return negated or if_exists or quantifier == "ForAllValues"
    matched = _or(compare(value, actual) for value in values)
    return _not(matched) if negated else matched


def _equal(value: str, actual: str) -> _Truth:
    return None if "${" in value else value == actual


def _equal_ignoring_case(value: str, actual: str) -> _Truth:
    return _equal(value.lower(), actual.lower())


_COMPARISONS: dict[str, Callable[[str, str], _Truth]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": matches,
}


def _and(truths: Iterable[_Truth]) -> _Truth:
    found = list(truths)
    if False in found:
        return False
    return None if None in found else True


def _or(truths: Iterable[_Truth]) -> _Truth:
    found = list(truths)
    if True in found:
        return True
    return None if None in found else False


def _not(truth: _Truth) -> _Truth:
    return None if truth is None else not truth
