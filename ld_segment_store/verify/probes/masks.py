# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""How LaunchDarkly shows a password, and what it does with a mask that is sent back. All passwords are made up."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..bench import CONFIGS, PASSWORD, Bench
from ..probe import Answer, Probe, judged, undecided

_LENGTHS = range(1, len(PASSWORD) + 1)
# What the emulator accepts: fewer would show a short password whole.
_LEAST_STARRED = 7
_SHOWN = (3, 4)
_STARS = {4: "four", 8: "eight"}


class _Mask(NamedTuple):
    """A mask of a password: its length, the characters shown at each end, and the stars."""

    length: int
    head: int
    stars: int
    tail: int


class _Masks(NamedTuple):
    """The masks that could be read, and how many passwords were refused or are shown in another way."""

    read: list[_Mask]
    refused: int
    odd: int


def _config(password: str) -> dict[str, Any]:
    return {**CONFIGS["redis"], "password": password}


def _replacing(password: str) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": "/config", "value": _config(password)}]


def _look(bench: Bench) -> _Masks:
    """The mask of a password of each length, by one PATCH each."""
    masks, refused, odd = [], 0, 0
    with bench.made() as made:
        for length in _LENGTHS:
            reply = bench.patch(made, _replacing(PASSWORD[:length]))
            if not reply.ok:
                refused += 1
                continue
            shown = (reply.config or bench.get(made).config).get("password")
            found = re.fullmatch(r"([^*]*)(\*+)([^*]*)", shown) if isinstance(shown, str) else None
            if not found:
                odd += 1
                continue
            masks.append(_Mask(length, *map(len, found.groups())))
    return _Masks(masks, refused, odd)


def _text(masks: _Masks) -> str:
    """A sentence for each run of lengths that are masked alike."""
    lines: list[list[_Mask]] = []
    for mask in masks.read:
        if not lines or (lines[-1][0].head, lines[-1][0].tail) != (mask.head, mask.tail):
            lines.append([])
        lines[-1].append(mask)
    texts = []
    for line in lines:
        stars = sorted({mask.stars for mask in line})
        counted = f"{stars[0]} to {stars[-1]}" if len(stars) > 1 else str(stars[0])
        lengths = f"{line[0].length} to {line[-1].length}"
        texts.append(f"Length {lengths}: {line[0].head} and {line[0].tail} characters shown, {counted} stars.")
    if masks.refused:
        texts.append(f"{masks.refused} passwords were refused.")
    if masks.odd:
        texts.append(f"{masks.odd} passwords are shown without stars, or not at all.")
    return " ".join(texts)


def _ends(bench: Bench) -> Answer:
    masks = bench.once(_look)
    showing = [mask for mask in masks.read if mask.head or mask.tail]
    ends = {(mask.head, mask.tail) for mask in showing}
    behaviour: dict[str, Any] = {}
    if len(ends) == 1 and (shown := showing[0].head) == showing[0].tail and shown in _SHOWN:
        behaviour["mask_shown"] = str(shown)
    stars = {mask.stars for mask in showing}
    if showing and all(mask.stars == mask.length - mask.head - mask.tail for mask in showing):
        behaviour["mask_stars"] = "as_long"
    elif len(stars) == 1 and (number := stars.pop()) in _STARS:
        behaviour["mask_stars"] = _STARS[number]
    if not masks.read:
        return undecided(_text(masks))
    return judged(ends == {(3, 3)} and not masks.odd, _text(masks), **behaviour)


def _short(bench: Bench) -> Answer:
    masks = bench.once(_look)
    showing = [mask.length for mask in masks.read if mask.head or mask.tail]
    if not masks.read:
        return undecided(_text(masks))
    least = min(showing, default=len(PASSWORD) + 1)
    evidence = f"Passwords shorter than {least} characters have no character shown."
    behaviour = {"mask_starred_below": least} if least >= _LEAST_STARRED else {}
    return judged(masks.read[0].length < least and not masks.odd, evidence, **behaviour)


def _sent_back(bench: Bench) -> Answer:
    """A mask of a mask looks like the mask, so PATCH's `test` has to tell them apart."""
    password = str(CONFIGS["redis"]["password"])
    with bench.made() as made:
        mask = bench.get(made).config.get("password")
        if not isinstance(mask, str):
            return undecided("The password is not shown.")

        def stored(text: str) -> bool:
            return bench.patch(made, [{"op": "test", "path": "/config/password", "value": text}]).ok

        if not stored(password) or stored(PASSWORD):
            return undecided("The API does not show which password is stored.")
        reply = bench.patch(made, _replacing(mask))
        if not reply.ok:
            return judged(False, f"A mask that was sent back got {reply.text}.")
        if stored(password):
            return judged(False, "The password is still stored.", mask_sent_back="recognised")
        if stored(mask):
            return judged(True, "The mask is stored instead of the password.", mask_sent_back="stored")
        return undecided("Neither the password nor the mask is stored.")


PROBES = (
    Probe(
        "A secret comes back masked, with three characters visible at each end: `sup********123`, on a sibling route"
        " `dum****ion`",
        _ends,
        "`if_different` can't compare; it warns, and `always` still sends",
    ),
    Probe("A short secret is masked completely", _short, "`if_different` compares what is shown of it"),
    Probe("Sending a mask back overwrites the secret", _sent_back, "nothing: a mask is never sent"),
)
