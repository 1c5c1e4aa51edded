# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Guesses: behaviour of LaunchDarkly that is neither documented nor observed. Each is one setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from ..core.errors import SegmentStoreError
from .whole_number import whole_number

_MAX_SECONDS = 600


class UnknownGuess(SegmentStoreError):
    """An unknown setting of `Behaviour`, or a value that the setting does not accept."""

    failure = "unknown_guess"


def _choice(*values: str, why: str) -> Any:
    """A setting that takes one of `values`; the first is the default."""
    return field(default=values[0], metadata={"values": values, "why": why})


def _number(default: int, *, least: int, why: str) -> Any:
    """A setting that takes a whole number from `least` on."""
    return field(default=default, metadata={"least": least, "why": why})


def _seconds(default: float, *, why: str) -> Any:
    """A setting that takes a number of seconds."""
    return field(default=default, metadata={"why": why})


@dataclass(frozen=True)
class Behaviour:
    """The emulator's guesses about LaunchDarkly.

    Each field's `why` says what is unknown. Where nothing else decides, the default is the value that breaks a careless
    client.
    """

    list_config: str = _choice(
        "omitted",
        "empty",
        why="The list has no `config`. Whether its items lack the field or hold {} is not documented.",
    )
    list_page_size: int = _number(
        0,
        least=0,
        why="The list is documented without pages, which is 0 here. LaunchDarkly has added pages to other lists before.",
    )
    list_delay: float = _seconds(
        0,
        why="How many seconds after a creation, a change or a deletion the list shows it is not known.",
    )
    repeated_version_header: str = _choice(
        "first",
        "last",
        why="Of two headers `LD-API-Version` the first was observed to count; no document says so.",
    )
    missing_permission: str = _choice(
        "403",
        "401",
        why="403 is usual for a token without the permission; the document of 401 names a missing permission too.",
    )
    second_integration: str = _choice(
        "allowed",
        "key_exists",
        "optimistic_locking_error",
        why="Whether an environment may have two integrations of one type, or which code its 409 has, is not known.",
    )
    second_type_on: str = _choice(
        "allowed",
        "refused",
        why="Whether integrations of two types can be on in an environment at the same time is not documented.",
    )
    missing_name: str = _choice(
        "empty",
        "assigned",
        "null",
        "refused",
        why="The name of an integration that is created without one is not known. A sibling route assigns one.",
    )
    status_field: str = _choice(
        "present",
        "omitted",
        why="LaunchDarkly's document requires `_status`, as it requires `config`, which the list omits all the same.",
    )
    written_config: str = _choice(
        "present",
        "omitted",
        why="`config` is documented for reads by ID. The response to a POST had it; that each write's has it is a guess.",
    )
    empty_field: str = _choice(
        "kept",
        "omitted",
        "refused",
        why="Whether an empty `username` or `password` is accepted, and read back as it was sent, is not documented.",
    )
    port_number: str = _choice(
        "refused",
        "stored_as_text",
        why="A number for `port` was observed to be refused; code of the Terraform provider says that it is stored as text.",
    )
    patch_test: str = _choice(
        "honoured",
        "ignored",
        "refused",
        why="JSON Patch has `test`, and LaunchDarkly documents it in general; not for these beta routes.",
    )
    patch_comment: str = _choice(
        "honoured",
        "refused",
        why='The envelope {"comment", "patch"} is documented in general; not for these beta routes.',
    )
    config_paths: str = _choice(
        "refused",
        "honoured",
        why="Only `replace` of the whole `/config` was observed; whether `/config/host` works is not known.",
    )
    mask_starred_below: int = _number(
        8,
        least=7,  # below 7 the three characters at each end would show the secret whole
        why="`supersecret123` was seen as `sup********123`. That shorter secrets are starred whole is a guess.",
    )
    mask_shown: str = _choice(
        "3",
        "4",
        why="Both masks that were seen show three characters at each end; whether all do is not known.",
    )
    mask_stars: str = _choice(
        "as_long",
        "four",
        "eight",
        why="`sup********123` fits as many stars as hidden characters; `dum****ion`, of a sibling route, may be four always.",
    )
    mask_sent_back: str = _choice(
        "stored",
        "recognised",
        why="A mask sent back is probably stored as the new secret; LaunchDarkly may recognise it and keep the old.",
    )
    omitted_secret: str = _choice(
        "cleared",
        "kept",
        why="`/config` is replaced as a whole, so a secret left out is probably gone; LaunchDarkly may keep it.",
    )
    config_defaults: str = _choice(
        "omitted",
        "filled",
        why="Whether `config` is read back as it was sent, or with defaults filled in, is not documented.",
    )
    old_sync_errors: str = _choice(
        "kept",
        "cleared",
        why="Whether `_status.errors` still lists old errors after the store has come back is not documented.",
    )
    sync_status_code: str = _choice(
        "500",
        "omitted",
        why="The `_status.errors[].statusCode` of an error without an HTTP response, as with Redis, is not documented.",
    )

    def __post_init__(self) -> None:
        for setting in fields(self):
            _check(setting, getattr(self, setting.name))

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Behaviour:
        """Settings from the command line, such as `{"list_config": "empty"}`. Raises UnknownGuess."""
        known = {setting.name: setting for setting in fields(cls)}
        chosen: dict[str, Any] = {}
        for name, text in texts.items():
            if name not in known:
                raise UnknownGuess("{} is not a guess. Known are {}.".format(name, ", ".join(known)))
            chosen[name] = _parse(known[name], text)
        return cls(**chosen)


def _parse(setting: Field[Any], text: str) -> Any:
    """The value of `text`, or None, which no setting accepts."""
    if "values" in setting.metadata:
        return text
    if "least" in setting.metadata:
        return whole_number(text)
    try:
        return float(text)
    except ValueError:
        return None


def _check(setting: Field[Any], value: Any) -> None:
    metadata = setting.metadata
    if "values" in metadata:
        fits, expected = value in metadata["values"], " or ".join(metadata["values"])
    elif "least" in metadata:
        fits = type(value) is int and value >= metadata["least"]
        expected = "a whole number from {}".format(metadata["least"])
    else:
        fits = type(value) in (int, float) and 0 <= value <= _MAX_SECONDS
        expected = f"a number of seconds from 0 to {_MAX_SECONDS}"
    if not fits:
        raise UnknownGuess(f"{setting.name} does not accept that value. Give {expected}.")
