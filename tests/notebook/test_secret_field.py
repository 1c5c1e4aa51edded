# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
from typing import Any

import pytest

from ld_segment_store.core.secret import Secret
from ld_segment_store.notebook import SecretField

MARKER = "PLANTED-hunter2"


def enter(field: SecretField, content: Any) -> None:
    """As a message of the browser arrives."""
    field._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def test_a_secret_is_in_the_kernel_and_nowhere_else() -> None:
    changes: list[bool] = []
    field = SecretField("Password", on_change=lambda: changes.append(True))
    enter(field, {"secret": MARKER})
    assert field.secret == Secret(MARKER)
    assert changes == [True]
    assert field.is_set
    assert MARKER not in repr(field)
    assert MARKER not in json.dumps(
        {name: value for name, value in field.get_state().items() if name != "layout"}, default=repr
    )
    assert MARKER not in repr(field.trait_values())


def test_another_one_replaces_it_and_undo_forgets_it() -> None:
    field = SecretField("Password")
    enter(field, {"secret": "first"})
    enter(field, {"secret": "second"})
    assert field.secret == Secret("second")
    enter(field, {"forget": True})
    assert field.secret is None
    assert not field.is_set


def test_one_that_is_stored_is_kept_or_removed() -> None:
    field = SecretField("Password", stored=True)
    assert (field.secret, field.forget, field.state) == (None, "Remove", "stored at LaunchDarkly, kept")
    enter(field, {"forget": True})
    assert field.secret == Secret("")
    assert (field.forget, field.state) == ("Undo", "will be removed")
    enter(field, {"forget": True})
    assert field.secret is None


def test_whitespace_is_stripped_from_a_token_and_kept_in_a_password() -> None:
    token, password = SecretField("Token", strip=True), SecretField("Password")
    for field in (token, password):
        enter(field, {"secret": " pasted\n"})
    assert token.secret == Secret("pasted")
    assert password.secret == Secret(" pasted\n")


@pytest.mark.parametrize(
    "content", ["text", None, [], {"secret": 5}, {"secret": ""}, {"forget": "yes"}, {"secret": None}]
)
def test_what_is_not_understood_is_dropped(content: Any) -> None:
    field = SecretField("Password", stored=True)
    enter(field, content)
    assert field.secret is None
