# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A secret never shows itself, and a mask says no more than its visible ends."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from dataclasses import asdict, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld_segment_store.core.secret import Secret, SecretMatch, compare_with_mask

MARKER = "MARKER-5ecret"
SHOWN = [
    repr,
    str,
    "{}".format,
    "{!r:>30}".format,
    lambda secret: f"{secret}",
    lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
    lambda secret: repr([secret, {"password": secret}]),
    lambda secret: repr(dir(secret)),
    lambda secret: logging.LogRecord("x", 1, "x", 1, "%s", (secret,), None).getMessage(),
]


@pytest.mark.parametrize("show", SHOWN)
def test_no_way_of_printing_shows_it(show: object) -> None:
    assert callable(show)
    shown = show(Secret(MARKER))
    assert shown
    assert MARKER not in shown


def test_it_says_whether_it_is_set() -> None:
    assert repr(Secret("x")) == str(Secret("x")) == "Secret(set)"
    assert repr(Secret("")) == "Secret(empty)"
    assert Secret("x")
    assert not Secret("")


def test_reveal_gives_it() -> None:
    assert Secret(MARKER).reveal() == MARKER


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_secret_leaves_its_text_behind(protocol: int) -> None:
    pickled = pickle.dumps({"password": Secret(MARKER)}, protocol)
    assert MARKER.encode() not in pickled
    copied = pickle.loads(pickled)["password"]
    assert isinstance(copied, Secret)
    assert repr(copied) == "Secret(not copied)"
    assert bool(copied)
    assert copied not in (Secret(MARKER), Secret(""), pickle.loads(pickled)["password"])
    with pytest.raises(RuntimeError, match="never pickled"):
        copied.reveal()


def test_json_is_refused_without_showing_it() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"password": Secret(MARKER)})
    assert MARKER not in str(caught.value)


def test_nothing_can_be_hung_on_it() -> None:
    with pytest.raises(AttributeError):
        Secret(MARKER).note = "x"  # type: ignore[attr-defined]
    assert not hasattr(Secret(MARKER), "__dict__")


def test_a_deep_copy_is_the_secret_itself() -> None:
    @dataclass
    class Holder:
        secret: Secret

    secret = Secret(MARKER)
    assert copy.deepcopy([secret])[0] is secret
    assert asdict(Holder(secret)) == {"secret": secret}


def test_equality_is_that_of_the_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("ä") == Secret("ä")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("a"))
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


def test_undecodable_text_from_the_environment_can_be_compared() -> None:
    """What `os.environ` gives for bytes that aren't UTF-8."""
    assert Secret("\udcff") == Secret("\udcff")
    assert Secret("\udcff") != Secret("\udcfe")


@pytest.mark.parametrize("value", [None, 5, b"MARKER-5ecret", ["MARKER-5ecret"]])
def test_only_text_is_taken(value: object) -> None:
    with pytest.raises(TypeError, match=f"not {type(value).__name__}") as caught:
        Secret(value)  # type: ignore[arg-type]
    assert MARKER not in str(caught.value)


SAME, DIFFERENT, UNKNOWN = SecretMatch.SAME, SecretMatch.DIFFERENT, SecretMatch.UNKNOWN


@pytest.mark.parametrize(
    ("secret", "mask", "match"),
    [
        ("supersecret123", "sup********123", SAME),
        ("sup123", "sup********123", SAME),  # whether the stars tell the length isn't known
        ("xupersecret123", "sup********123", DIFFERENT),
        ("supersecret124", "sup********123", DIFFERENT),
        ("SUPERSECRET123", "sup********123", DIFFERENT),
        ("sup", "sup********", SAME),
        ("su", "sup********", DIFFERENT),
        ("123", "********123", SAME),
        ("1234", "********123", DIFFERENT),
        # The ends may not overlap: "aba" can't be both "ab..." and "...ba".
        ("aba", "ab****ba", DIFFERENT),
        ("abba", "ab****ba", SAME),
        ("anything", "********", UNKNOWN),
        ("anything", "\u2022\u2022\u2022\u2022", UNKNOWN),
        ("anything", "an\u25cf\u25cf\u25cf\u25cfng", SAME),
        ("anything", "*", UNKNOWN),
        ("********", "********", UNKNOWN),
        ("with*star-in-it", "wit********-it", SAME),
        ("", "", SAME),
        ("", "********", DIFFERENT),
        ("", "sup********123", DIFFERENT),
        ("anything", "", DIFFERENT),
        # No star: taken for the stored text itself.
        ("plain", "plain", SAME),
        ("plain", "plaid", DIFFERENT),
    ],
)
def test_comparing_with_a_mask(secret: str, mask: str, match: SecretMatch) -> None:
    assert compare_with_mask(Secret(secret), mask) is match


@given(st.text(min_size=1), st.integers(0, 5), st.integers(0, 5), st.integers(1, 12))
def test_a_secret_never_differs_from_its_own_mask(text: str, start: int, end: int, stars: int) -> None:
    """However many of its ends are shown, with however many stars between: else every run would change something."""
    start, end = min(start, len(text)), min(end, max(0, len(text) - start))
    mask = text[:start] + "*" * stars + text[len(text) - end :]
    assert compare_with_mask(Secret(text), mask) is not DIFFERENT
