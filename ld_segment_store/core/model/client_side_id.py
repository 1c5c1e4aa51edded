# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The environment's client-side ID: public, and the prefix of everything that LaunchDarkly writes into a store."""

from __future__ import annotations

import re
from typing import Any

from ..errors import InvalidSettings

# No white space, quotes, backslashes or characters with a meaning in patterns: such a word needs no quoting in an ACL line.
PLAIN_WORD = re.compile(r"[A-Za-z0-9_.@:/+=-]+")
# SDK keys, mobile keys and access tokens, which are secrets or at least no prefix.
_OTHER_KEYS = ("sdk-", "mob-", "api-")


def checked_prefix(prefix: Any) -> str:
    """A prefix that can be a client-side ID. Raises InvalidSettings, without repeating it: an SDK key is a secret."""
    problem = ""
    if not isinstance(prefix, str) or not PLAIN_WORD.fullmatch(prefix):
        problem = "is not a client-side ID"
    elif prefix.startswith(_OTHER_KEYS):
        problem = "is another kind of key"
    if problem:
        remedy = "give the environment's client-side ID, which is public and begins with none of sdk-, mob- and api-"
        raise InvalidSettings.for_field("prefix", problem, remedy)
    return str(prefix)
