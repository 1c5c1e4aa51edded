# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The name that was probably meant by one that nobody knows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like a name, or that begins with it; None where there is none.

    >>> closest("environment_keys", ["project_key", "environment_key"])
    'environment_key'
    """
    wanted, names = plain(name), {plain(each): each for each in known}
    close = difflib.get_close_matches(wanted, names)
    close = close or [each for each in names if len(wanted) > 2 and each.startswith(wanted)]
    return names[close[0]] if close else None


def known_instead(name: object, known: Sequence[str]) -> str:
    """The remedy for a name that is not known: what was probably meant, or what is known."""
    meant = closest(name, known) if isinstance(name, str) else None
    return f"did you mean `{meant}`?" if meant else f"leave it out; known are {', '.join(known)}"


def plain(name: str) -> str:
    """A name without what writers of camelCase, snake_case and words do differently."""
    return re.sub("[-_ ]", "", name).casefold()
