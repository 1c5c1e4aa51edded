# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Keeping secrets out of other people's words: the API's, a store's, a server's."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from .secret import Secret

STARS = "********"
HIDDEN = "(hidden, because the text contained part of a secret)"
# Fewer characters of a longer secret are found in any text.
_MIN_PART = 8
# What `html.escape` replaces, with and without quotes. Importing html takes longer than all else here, in every task.
_HTML_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_HTML = {**_HTML_TEXT, ord('"'): "&quot;", ord("'"): "&#x27;"}
# The hex digits of fewer bytes are found in many IDs.
_MIN_HEX = 4


def scrub(text: str, secrets: Iterable[Secret]) -> str:
    """The text with stars for each secret, or HIDDEN where one shows in another encoding or in part (eight characters)."""
    # The longest first: one may begin with another.
    texts = sorted((secret.reveal() for secret in secrets), key=len, reverse=True)
    for secret in filter(None, texts):
        text = text.replace(secret, STARS)
    for secret in texts:
        for form in encodings(secret):
            parts = {form[start : start + _MIN_PART] for start in range(max(1, len(form) - _MIN_PART + 1))}
            if any(part in text for part in parts):
                return HIDDEN
    return text


def encodings(text: str) -> set[str]:
    """A secret as programs write it: as it is, and as Python, JSON, Go, URLs, HTML, base64 and hex encode it.

    >>> sorted(encodings("a&b"))[:3]
    ['YSZi', 'a%2526b', 'a%26b']
    >>> encodings("")
    set()
    """
    if not text:
        return set()
    encoded = text.encode("utf-8", "surrogatepass")
    escaped = text.translate(_HTML)
    forms = {
        text,
        repr(text)[1:-1],
        repr(repr(text)[1:-1])[1:-1],
        repr(encoded)[2:-1],
        ascii(text)[1:-1],
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(text)[1:-1])[1:-1],
        _go(text),
        quote(encoded, safe=""),
        quote(encoded),
        quote_plus(encoded),
        quote(encoded, safe="").lower(),
        quote(quote(encoded, safe="")),
        quote(text, safe="", encoding="latin-1", errors="replace"),
        escaped,
        text.translate(_HTML_TEXT),
        escaped.replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
        text.replace("&", "&#38;"),
        escaped.encode("ascii", "xmlcharrefreplace").decode(),
    }
    if len(encoded) >= _MIN_HEX:
        forms |= {encoded.hex(), encoded.hex().upper()}
    # Within longer text a secret begins at one of three places of a group of base64.
    for skipped in range(3):
        whole = base64.b64encode(b"\0" * skipped + encoded).decode()
        # Six bits a character; one that also has bits of the text before or after may be any.
        part = whole[-(-8 * skipped // 6) : 8 * (skipped + len(encoded)) // 6]
        if len(part) >= 4:
            forms |= {part, part.replace("+", "-").replace("/", "_")}
    return forms


def _go(text: str) -> str:
    """As Go's `%q` writes text: JSON's escapes for ASCII, and others for what cannot be printed."""
    short = {
        "\a": r"\a",
        "\b": r"\b",
        "\f": r"\f",
        "\n": r"\n",
        "\r": r"\r",
        "\t": r"\t",
        "\v": r"\v",
        "\\": r"\\",
        '"': r"\"",
    }
    return "".join(short.get(char) or (char if char.isprintable() else _go_escape(char)) for char in text)


def _go_escape(char: str) -> str:
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
