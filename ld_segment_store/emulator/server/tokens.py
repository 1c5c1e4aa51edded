# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The access tokens of the emulated account."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.secret import Secret
from .messages import Request


class Tokens:
    """Access tokens, those that may write first. Empty ones match nothing."""

    def __init__(self, tokens: Sequence[str], read_only: Sequence[str] = ()) -> None:
        self._tokens = tuple(Secret(token) for token in (*tokens, *read_only))
        self._writers = len(tokens)

    @property
    def first(self) -> str:
        """The first token, in clear."""
        return self._tokens[0].reveal()

    def number(self, request: Request) -> int | None:
        """Which token the request bears, from 0, or None. All are compared, each in constant time."""
        sent = Secret(request.header("Authorization"))
        matches = [number for number, token in enumerate(self._tokens) if token == sent]
        return matches[0] if sent and matches else None

    def read_only(self, number: int) -> bool:
        """Whether the token lacks the permission to write."""
        return number >= self._writers
