# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Where LaunchDarkly's behaviour is not documented and was not observed: each guess is one setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from ..core.errors import SegmentStoreError
from .digits import whole_number


class UnknownGuess(SegmentStoreError):
    """A setting of `Behaviour` that does not exist, or a value that it does not take."""

    failure = "unknown_guess"


def _choice(*values: str, why: str) -> Any:
    """A setting that takes one of `values`; the first is the default."""
    return field(default=values[0], metadata={"values": values, "why": why})


@dataclass(frozen=True)
class Behaviour:
    """The emulator's guesses about LaunchDarkly.

    Each field's `why` says what is not known. Where nothing else decides, the default is what a careless client trips
    over.
    """

    list_config: str = _choice(
        "omitted",
        "empty",
        why="The list has no `config`. Whether its items lack the field or hold {} is not documented.",
    )
    patch_test: str = _choice(
        "honoured",
        "ignored",
        "refused",
        why="JSON Patch has `test`, and LaunchDarkly documents it in general; for these beta routes nobody says so.",
    )
    patch_comment: str = _choice(
        "honoured",
        "refused",
        why='The envelope {"comment", "patch"} is documented in general; for these beta routes nobody says so.',
    )
    config_paths: str = _choice(
        "refused",
        "honoured",
        why="Only `replace` of the whole `/config` was observed; whether `/config/host` works is not known.",
    )
    mask_starred_below: int = field(
        default=8,
        metadata={
            "why": "`supersecret123` was seen as `sup********123`. That shorter secrets are starred whole is a guess."
        },
    )
    mask_stars: str = _choice(
        "as_long",
        "eight",
        why="The one mask that was seen fits both: as many stars as hidden characters, or always eight.",
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
        why="What stands in `_status.errors[].statusCode` where no HTTP answer came, as with Redis, is not documented.",
    )

    def __post_init__(self) -> None:
        for setting in fields(self):
            _check(setting, getattr(self, setting.name))

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Behaviour:
        """Settings as the command line has them, such as `{"list_config": "empty"}`. Raises UnknownGuess."""
        known = {setting.name: setting for setting in fields(cls)}
        chosen: dict[str, Any] = {}
        for name, text in texts.items():
            if name not in known:
                raise UnknownGuess("{0} is not a guess: known are {1}.".format(name, ", ".join(known)))
            chosen[name] = text if "values" in known[name].metadata else whole_number(text)
        return cls(**chosen)


def _check(setting: Field[Any], value: Any) -> None:
    values = setting.metadata.get("values")
    if values:
        if value not in values:
            raise UnknownGuess("{0} does not take that value: give {1}.".format(setting.name, " or ".join(values)))
    # Below 7 the three characters at each end would show the secret whole.
    elif type(value) is not int or value < 7:
        raise UnknownGuess("{0} does not take that value: give a whole number from 7 on.".format(setting.name))
