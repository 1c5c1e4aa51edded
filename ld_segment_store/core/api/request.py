# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""One request to the API, before it becomes HTTP."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Request(NamedTuple):
    """One request. `body` may hold `Secret` objects. `beta` asks for the beta version of the API.

    `headers` are sent besides, also two of one name. After the monotonic time `not_after` it is not sent any more.
    A `repeatable` request is sent again after 5xx, network errors and unexpected responses. After such an end of another
    request nobody knows whether the write took effect: OutcomeUnknown.
    """

    method: str
    path: str
    params: Mapping[str, str | int] | None = None
    body: Any = None
    beta: bool = False
    headers: Sequence[tuple[str, str]] = ()
    not_after: float = math.inf

    @property
    def repeatable(self) -> bool:
        """Whether sending the request twice is the same as sending it once."""
        return self.method == "GET"

    @property
    def text(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.path}"

    @property
    def route(self) -> str:
        """What has a rate limit of its own: the method, and how deep the path is, whatever the keys in it."""
        return f"{self.method} {self.path.count('/')}"
