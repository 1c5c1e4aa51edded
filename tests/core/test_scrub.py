# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Secrets in the words of a server, in encodings that differ from the secret itself."""

from __future__ import annotations

import base64
import html
from urllib.parse import quote

import pytest

from ld_segment_store.core.scrub import scrub
from ld_segment_store.core.secret import Secret

SECRETS = ["p\u00e4ss&word%1", "a\u00a0b\u00a0c'd", "\u00c4\u00f6\u00fc\U0001f511x\\"]


def hidden(secret: str, form: str) -> bool:
    """Whether a server's text with `form` in it is shown without it."""
    return form not in scrub(f"login as {form} failed", [Secret(secret)])


@pytest.mark.parametrize("secret", SECRETS)
def test_hex_entities_and_double_percent_are_hidden(secret: str) -> None:
    encoded = secret.encode()
    assert hidden(secret, encoded.hex())
    assert hidden(secret, encoded.hex().upper())
    assert hidden(secret, ascii(secret)[1:-1])
    assert hidden(secret, quote(quote(secret, safe="")))
    assert hidden(secret, quote(secret.encode("latin-1", "replace"), safe=""))
    assert hidden(secret, html.escape(secret).encode("ascii", "xmlcharrefreplace").decode())


@pytest.mark.parametrize("secret", ["abcd", "abcde", "abcdef", "hunter2", "pa55w0rd"])
@pytest.mark.parametrize("user", ["u", "us", "use", "user"])
@pytest.mark.parametrize("end", ["", "@", "\n\n"])
def test_a_short_password_is_hidden_within_base64(secret: str, user: str, end: str) -> None:
    assert hidden(secret, base64.b64encode(f"{user}:{secret}{end}".encode()).decode())
